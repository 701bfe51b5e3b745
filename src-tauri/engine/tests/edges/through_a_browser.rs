//! Single sign-on through the system's browser, with the real platform and a provider's process (npm's; see the platform's tests).

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use signoff_wire::interface::{Administer, Code, Method, SignInOutcome, Stage};
use url::Url;

use crate::company::{ADMIN, ALICE, Company};
use crate::desk::{Desk, as_person, eventually, online, until};

/// It ends with its input.
struct Provider {
    process: Child,
    address: String,
    _output: BufReader<ChildStdout>,
}

impl Provider {
    fn of(company: &Company) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../platform/tests/platform/provider/provider.mjs");
        let ui = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui");
        let mut process = Command::new("node")
            .args([script, ui, &format!("{}/v1/single-sign-on/callback", company.address())])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let address = output.by_ref().lines().find_map(|line| line.ok().filter(|line| line.starts_with("http://")));
        let address = address.expect("the provider starts; `npm ci` in ui/ installs it");
        Self { process, address, _output: output }
    }

    async fn claims(&self, claims: Value) {
        self.told(json!({ "claims": claims })).await;
    }

    /// Whoever comes says no.
    async fn declines(&self) {
        self.told(json!({ "back": { "error": "access_denied" } })).await;
    }

    async fn told(&self, told: Value) {
        Client::new().post(format!("{}/test", self.address)).json(&told).send().await.unwrap();
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // Gone already is gone.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A company whose admin has named the provider.
async fn company() -> (Company, Provider) {
    let company = Company::open().await;
    let provider = Provider::of(&company);
    let admins = Desk::new();
    let engine = admins.opened().await;
    engine.sign_in(as_person(&company.address(), ADMIN)).await.unwrap();
    online(&engine).await;
    let body = json!({
        "enabled": true, "name": "Acme", "issuer": format!("{}/forger", provider.address), "client_id": "signoff",
        "client_secret": "secret", "address": company.address(), "domains": [], "adds_people": false,
        "passwords_allowed": true,
    });
    let path = "/v1/admin/single-sign-on".to_owned();
    let put = Administer { method: Method::Put, path, body: Some(body), version: Some("*".to_owned()) };
    engine.administer(put).await.unwrap();
    (company, provider)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_comes_back_to_the_app_and_the_person_is_in() {
    let (company, _provider) = company().await;
    let (desk, address) = (Desk::new(), company.address());
    let engine = desk.opened().await;
    let ways = engine.sign_in_ways(Some(&address)).await.unwrap();
    assert_eq!(ways.single_sign_on.as_deref(), Some("Acme"));

    let url = engine.begin_single_sign_on(Some(&address)).await.unwrap();
    let waiting = tokio::spawn({
        let engine = engine.clone();
        async move { engine.finish_single_sign_on().await }
    });
    assert!(farewell(url, "en-GB,en;q=0.9").await.contains("Welcome back"));
    let outcome = waiting.await.unwrap().unwrap();
    assert_eq!(outcome, SignInOutcome::SignedIn { recovery_codes: Vec::new() });
    let state = until(&engine, "signed in", |state| matches!(state.stage, Stage::SignedIn { .. })).await;
    assert_eq!(state.user.unwrap().email, ALICE);
    online(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_refuses_reaches_the_person_with_its_reason() {
    let (company, provider) = company().await;
    let (desk, address) = (Desk::new(), company.address());
    let engine = desk.opened().await;
    for (claims, problem) in [
        (json!({ "email": "stranger@demo.test" }), "person-unknown"),
        (json!({ "email_verified": false }), "email-unverified"),
        (json!({ "nonce": "another" }), "provider-failed"),
    ] {
        provider.claims(claims).await;
        let url = engine.begin_single_sign_on(Some(&address)).await.unwrap();
        let (failure, page) = tokio::join!(engine.finish_single_sign_on(), farewell(url, "fr-FR,fr;q=0.9,en;q=0.8"));
        assert!(page.contains("<html lang=fr>") && page.contains("Vous n’êtes pas connecté"), "{page}");
        let failure = failure.unwrap_err();
        assert_eq!((failure.code, failure.problem.as_deref()), (Code::RefusedOtherwise, Some(problem)));
    }
    assert_eq!(engine.state().stage, Stage::SignedOut);
}

/// What the person reads who has declined at the provider.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_declines_at_the_provider_reads_so_in_the_browser_and_in_the_app() {
    let (company, provider) = company().await;
    let (desk, address) = (Desk::new(), company.address());
    let engine = desk.opened().await;
    provider.declines().await;
    let url = engine.begin_single_sign_on(Some(&address)).await.unwrap();
    let (failure, page) = tokio::join!(engine.finish_single_sign_on(), farewell(url, "de,en;q=0.5"));
    assert_eq!(failure.unwrap_err().problem.as_deref(), Some("provider-declined"));
    assert!(page.contains("<html lang=en>") && page.contains("The sign-in was declined"), "{page}");
}

/// The last page that a browser with these languages shows.
async fn farewell(url: Url, languages: &str) -> String {
    let last = Client::new().get(url).header("accept-language", languages).send().await.unwrap();
    assert_eq!(last.status(), StatusCode::OK);
    last.text().await.unwrap()
}

/// A page that the browser has open may ask any port of this machine.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_to_this_visit_is_no_answer_and_whoever_waits_can_stop() {
    let (company, _provider) = company().await;
    let (desk, address) = (Desk::new(), company.address());
    let engine = desk.opened().await;
    let url = engine.begin_single_sign_on(Some(&address)).await.unwrap();
    let waiting = tokio::spawn({
        let engine = engine.clone();
        async move { engine.finish_single_sign_on().await }
    });
    let browser = Client::builder().redirect(Policy::none()).build().unwrap();
    let mut at = url;
    while at.path() != "/" {
        let answer = browser.get(at.clone()).send().await.unwrap();
        at = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    }
    for query in ["", "visit=another&code=x", "visit=another&error=provider-declined"] {
        let mut wrong = at.clone();
        wrong.set_query(Some(query));
        assert!(browser.get(wrong).send().await.unwrap().status().is_client_error(), "{query}");
    }
    assert!(!waiting.is_finished(), "it goes on waiting for its own");
    engine.cancel_single_sign_on();
    assert_eq!(waiting.await.unwrap().unwrap_err().code, Code::SignInTooSlow);
    eventually("nobody listens any more", async || browser.get(at.clone()).send().await.is_err()).await;
    assert_eq!(engine.finish_single_sign_on().await.unwrap_err().code, Code::SignInTooSlow, "nobody is on the way");
}
