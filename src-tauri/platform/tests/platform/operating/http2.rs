//! HTTP/2 by a client that does what no library would, and by one that does what it should.

use std::{sync::Arc, time::Duration};

use axum::{body::Bytes, http::Request};
use h2::{RecvStream, client::SendRequest};
use serde_json::{Value, json};
use signoff_platform::{demo_blueprint, serving::Limits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

use super::tls::certificate;
use crate::desk::{Desk, PASSWORD};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const NO_SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
/// Far beyond the limit of the test; whoever is not hung up on by then never is.
const PATIENCE: Duration = Duration::from_secs(20);

/// A platform that speaks TLS, and what connects to it.
struct Secure {
    desk: Desk,
    connector: TlsConnector,
}

impl Secure {
    async fn start(header_timeout: Duration) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (files, pem) = certificate(dir.path());
        let desk = Desk::start_as(demo_blueprint(), |options| {
            options.serving.tls = Some(files);
            options.serving.limits = Limits { header_timeout, ..Limits::default() };
        })
        .await;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        Self { desk, connector: TlsConnector::from(Arc::new(config)) }
    }

    async fn connect(&self) -> TlsStream<TcpStream> {
        let socket = TcpStream::connect(self.desk.running().addr()).await.unwrap();
        let stream = self.connector.connect(ServerName::try_from("localhost").unwrap(), socket).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        stream
    }

    async fn client(&self) -> SendRequest<Bytes> {
        let (client, connection) = h2::client::handshake(self.connect().await).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

fn request(method: &str, path: &str, bearer: &str) -> Request<()> {
    let request = Request::builder().method(method).uri(format!("https://localhost{path}"));
    request.header("authorization", format!("Bearer {bearer}")).body(()).unwrap()
}

async fn ask(client: &SendRequest<Bytes>, path: &str, bearer: &str, body: &Value) -> Value {
    let mut client = client.clone().ready().await.unwrap();
    let (answer, mut sending) = client.send_request(request("POST", path, bearer), false).unwrap();
    sending.send_data(body.to_string().into(), true).unwrap();
    serde_json::from_slice(&all(answer.await.unwrap().into_body()).await).unwrap()
}

async fn all(mut body: RecvStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.data().await {
        bytes.extend_from_slice(&chunk.unwrap());
    }
    bytes
}

async fn token(client: &SendRequest<Bytes>) -> String {
    let session = json!({ "email": "alice@demo.test", "password": PASSWORD });
    ask(client, "/v1/sessions", "", &session).await["token"].as_str().unwrap().to_owned()
}

async fn events(client: &SendRequest<Bytes>, token: &str) -> RecvStream {
    let mut client = client.clone().ready().await.unwrap();
    let (answer, _) = client.send_request(request("GET", "/v1/events", token), true).unwrap();
    answer.await.unwrap().into_body()
}

/// Until the platform hangs up.
async fn hung_up_on(mut stream: TlsStream<TcpStream>, again: &[u8]) {
    let hung_up = async {
        let mut buffer = [0; 4096];
        while matches!(stream.read(&mut buffer).await, Ok(1..)) {
            if !again.is_empty() && stream.write_all(again).await.is_err() {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, hung_up).await.expect("the platform hangs up");
}

#[tokio::test]
async fn whoever_asks_nothing_is_hung_up_on() {
    let secure = Secure::start(Duration::from_millis(200)).await;
    hung_up_on(secure.connect().await, b"").await;

    let mut pinging = secure.connect().await;
    pinging.write_all(&[PREFACE, NO_SETTINGS, PING].concat()).await.unwrap();
    hung_up_on(pinging, PING).await;

    let mut half_a_head = secure.connect().await;
    half_a_head.write_all(&[PREFACE, NO_SETTINGS, &[0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82]].concat()).await.unwrap();
    hung_up_on(half_a_head, PING).await;
}

#[tokio::test]
async fn a_stream_of_events_is_no_silence() {
    let secure = Secure::start(Duration::from_millis(200)).await;
    let client = secure.client().await;
    let mut stream = events(&client, &token(&client).await).await;
    // Each of them outlives the limit.
    for _ in 0..2 {
        hung_up_on(secure.connect().await, b"").await;
    }
    let customer = json!({ "external_id": "zoe", "name": "Zoe" });
    let inbound = json!({ "customer": customer, "message": { "external_id": "1", "text": "Hello" } });
    ask(&client, "/v1/channels/ch_webchat/inbound", "demo-key-ch_webchat", &inbound).await;
    let mut told = String::new();
    while !told.contains("event: message.received") && !told.contains("event:message.received") {
        let chunk = stream.data().await.expect("the stream is open").unwrap();
        stream.flow_control().release_capacity(chunk.len()).unwrap();
        told.push_str(&String::from_utf8_lossy(&chunk));
    }
}

#[tokio::test]
async fn a_stop_drops_no_request_that_is_under_way() {
    let secure = Secure::start(Duration::from_secs(60)).await;
    let client = secure.client().await;
    let stream = events(&client, &token(&client).await).await;
    let mut asking = client.clone().ready().await.unwrap();
    let (answer, mut sending) = asking.send_request(request("POST", "/v1/sessions", ""), false).unwrap();
    let session = json!({ "email": "bob@demo.test", "password": PASSWORD }).to_string();
    let (first, rest) = session.split_at(10);
    sending.send_data(first.to_owned().into(), false).unwrap();
    // Streams end once the platform stops.
    let stopped = tokio::spawn(secure.desk.stop());
    all(stream).await;
    sending.send_data(rest.to_owned().into(), true).unwrap();
    assert_eq!(answer.await.unwrap().status(), 201);
    drop((client, asking));
    stopped.await.unwrap();
}
