//! TLS by the platform itself.

use std::{path::Path, time::Duration};

use reqwest::{Certificate, Client, Version};
use signoff_platform::{demo_blueprint, serving::TlsFiles};

use super::{output, stderr};
use crate::desk::Desk;

/// A certificate for localhost in two files; its PEM is what a client trusts.
pub(super) fn certificate(dir: &Path) -> (TlsFiles, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (dir.join("certificate.pem"), dir.join("key.pem"));
    // The key first: whoever reads in between finds a pair that does not fit, and keeps what it has.
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    (TlsFiles { certificate, key, looked_at_every: Duration::from_secs(3600) }, made.cert.pem())
}

fn trusting(pem: &str) -> Client {
    let certificate = Certificate::from_pem(pem.as_bytes()).unwrap();
    Client::builder().tls_certs_only([certificate]).build().unwrap()
}

async fn serving(files: TlsFiles) -> Desk {
    Desk::start_as(demo_blueprint(), |options| options.serving.tls = Some(files)).await
}

#[tokio::test]
async fn it_speaks_tls_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let (files, pem) = certificate(dir.path());
    let desk = serving(files).await;
    assert!(desk.url.starts_with("https://"));
    let answer = trusting(&pem).get(format!("{}/healthz", desk.url)).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_11));
    let in_the_clear = desk.url.replace("https://", "http://");
    assert!(Client::new().get(format!("{in_the_clear}/healthz")).send().await.is_err());
    desk.stop().await;
}

/// OpenSSL's own client: an old protocol is refused, HTTP/2 is offered.
#[tokio::test]
async fn tls_1_2_and_1_3_and_http_2() {
    let dir = tempfile::tempdir().unwrap();
    let (files, _) = certificate(dir.path());
    let desk = serving(files).await;
    let addr = desk.running().addr().to_string();
    let handshake = |arguments: &'static [&'static str]| {
        let addr = addr.clone();
        tokio::task::spawn_blocking(move || {
            let mut command = std::process::Command::new("openssl");
            command.args(["s_client", "-connect", &addr, "-brief"]).args(arguments);
            let output = command.stdin(std::process::Stdio::null()).output().ok()?;
            Some(stderr(&output) + &super::stdout(&output))
        })
    };
    // A machine without OpenSSL's program shows less.
    let Some(modern) = handshake(&["-alpn", "h2", "-tls1_3"]).await.unwrap() else { return };
    assert!(modern.contains("TLSv1.3"), "{modern}");
    assert!(handshake(&["-tls1_2"]).await.unwrap().unwrap().contains("TLSv1.2"));
    assert!(!handshake(&["-tls1_1"]).await.unwrap().unwrap().contains("TLSv1.1,"));
    let verbose = tokio::task::spawn_blocking({
        let addr = addr.clone();
        move || {
            let mut command = std::process::Command::new("openssl");
            command.args(["s_client", "-connect", &addr, "-alpn", "h2"]);
            super::stdout(&command.stdin(std::process::Stdio::null()).output().unwrap())
        }
    });
    assert!(verbose.await.unwrap().contains("ALPN protocol: h2"));
}

#[tokio::test]
async fn a_new_certificate_is_used_without_a_restart_and_a_broken_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let (files, old) = certificate(dir.path());
    let desk = serving(files).await;
    let asked = |client: Client| client.get(format!("{}/healthz", desk.url)).send();
    assert!(asked(trusting(&old)).await.is_ok());

    let (_, new) = certificate(dir.path());
    desk.running().reload_certificate();
    assert!(asked(trusting(&new)).await.is_ok());
    assert!(asked(trusting(&old)).await.is_err());

    std::fs::write(dir.path().join("key.pem"), "no key").unwrap();
    desk.running().reload_certificate();
    assert!(asked(trusting(&new)).await.is_ok(), "what was in use stays in use");
}

#[tokio::test]
async fn changed_files_are_found_without_being_told() {
    let dir = tempfile::tempdir().unwrap();
    let (files, _) = certificate(dir.path());
    let desk = serving(TlsFiles { looked_at_every: Duration::from_millis(20), ..files }).await;
    let (_, new) = certificate(dir.path());
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while trusting(&new).get(format!("{}/healthz", desk.url)).send().await.is_err() {
        assert!(std::time::Instant::now() < deadline, "the new certificate is found");
    }
}

#[test]
fn a_pair_that_does_not_fit_is_refused_at_the_start() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ((one, _), (other, _)) = (certificate(one.path()), certificate(other.path()));
    let set = |name: &str, path: &Path| format!("tls.{name}={}", path.display());
    let (certificate, key) = (set("certificate_file", &one.certificate), set("key_file", &other.key));
    let checked = output(&["config", "check", "--data-dir", "/a", "--set", &certificate, "--set", &key]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(stderr(&checked).contains("cannot be used"), "{}", stderr(&checked));
}
