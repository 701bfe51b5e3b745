//! A real provider (npm's oidc-provider) as a process of its own, with a second issuer that forges; and a person's way through it.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{Client, redirect::Policy};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use signoff_platform::{Clock as _, ManualClock, SystemClock, demo_blueprint};
use url::Url;

use crate::desk::{Answer, Desk, Person, answer_of};

pub(crate) const SECRET: &str = "a secret of the client";
pub(crate) const VERIFIER: &str = "what the app keeps to itself";
pub(crate) const PORT: u16 = 49_152;

/// A process with two issuers. It ends with its input.
pub(crate) struct Provider {
    process: Child,
    pub(crate) issuer: String,
    /// It has to be able to write.
    _output: BufReader<ChildStdout>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        // Gone already is gone.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Provider {
    pub(crate) fn for_platform(address: &str) -> Self {
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/platform/provider/provider.mjs");
        let ui = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui");
        let mut process = Command::new("node")
            .args([here, ui, &format!("{address}/v1/single-sign-on/callback")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let address = output.by_ref().lines().find_map(|line| line.ok().filter(|line| line.starts_with("http://")));
        let issuer = address.expect("the provider starts; `npm ci` in ui/ installs it");
        Self { process, issuer, _output: output }
    }

    pub(crate) fn forger(&self) -> String {
        format!("{}/forger", self.issuer)
    }

    /// Who signs in there, or what is forged.
    pub(crate) async fn told(&self, what: Value) {
        Client::new().post(format!("{}/test", self.issuer)).json(&what).send().await.unwrap();
    }

    /// How often it was asked for what, since it was told something.
    pub(crate) async fn asked(&self) -> Value {
        Client::new().get(format!("{}/test", self.issuer)).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn says(&self, account: Value) {
        self.told(json!({ "account": account })).await;
    }
}

/// A platform at the provider's own time, which goes on by hand.
pub(crate) async fn desk() -> (Desk, Arc<ManualClock>, Provider) {
    let clock = Arc::new(ManualClock::at(SystemClock::default().now()));
    let with = clock.clone();
    let change = |options: &mut signoff_platform::Options| {
        options.private_addresses = true;
        options.clock = with;
    };
    let desk = Desk::start_as(demo_blueprint(), change).await;
    let provider = Provider::for_platform(&desk.url);
    (desk, clock, provider)
}

pub(crate) fn settings(desk: &Desk, issuer: &str) -> Value {
    json!({
        "enabled": true, "name": "Acme", "issuer": issuer, "client_id": "signoff", "client_secret": SECRET,
        "address": desk.url, "domains": ["demo.test"], "adds_people": false, "passwords_allowed": true,
    })
}

pub(crate) async fn put(desk: &Desk, admin: &Person, settings: &Value) -> Answer {
    desk.put(admin, "/v1/admin/single-sign-on", settings, Some("*")).await
}

pub(crate) async fn begin(desk: &Desk) -> Value {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let body = json!({ "port": PORT, "challenge": challenge, "device": "Signoff of a test" });
    desk.post(None, "/v1/sessions/single-sign-on", &body).await.expect(201)
}

/// What a browser does: it follows until it is sent to the app's port or is refused, and keeps cookies.
pub(crate) async fn browse(url: &str) -> Result<BTreeMap<String, String>, Answer> {
    let browser = Client::builder().redirect(Policy::none()).build().unwrap();
    let (mut at, mut cookies) = (Url::parse(url).unwrap(), BTreeMap::new());
    for _ in 0..20 {
        if at.port() == Some(PORT) {
            return Ok(at.query_pairs().into_owned().collect());
        }
        let jar: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = answer_of(browser.get(at.clone()).header("cookie", jar.join("; "))).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = cookie.split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        match answer.headers.get("location") {
            Some(next) => at = at.join(next.to_str().unwrap()).unwrap(),
            None => return Err(answer),
        }
    }
    panic!("sent around in circles");
}

pub(crate) async fn finish(desk: &Desk, code: &str, verifier: &str) -> Answer {
    desk.post(None, "/v1/sessions/single-sign-on/finish", &json!({ "code": code, "verifier": verifier })).await
}

/// The whole way; the error is what the app is told.
pub(crate) async fn enter(desk: &Desk) -> Result<Value, String> {
    let begun = begin(desk).await;
    let back = browse(begun["url"].as_str().unwrap()).await.expect("sent back to the app");
    assert_eq!(back["visit"], begun["visit"].as_str().unwrap(), "the app knows its own visit");
    match back.get("code") {
        Some(code) => Ok(finish(desk, code, VERIFIER).await.expect(201)),
        None => Err(back["error"].clone()),
    }
}

pub(crate) fn alice() -> Value {
    json!({ "sub": "provider-alice", "email": "Alice@demo.test", "email_verified": true, "name": "Alice of Acme" })
}
