//! Single sign-on through a real provider (npm's oidc-provider, a process of its own), and through one that forges.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use reqwest::{Client, Method, redirect::Policy};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use signoff_platform::{Clock as _, ManualClock, SystemClock, demo_blueprint};
use url::Url;

use crate::desk::{Answer, Desk, PASSWORD, Person, answer_of, column, items};

const SECRET: &str = "a secret of the client";
const VERIFIER: &str = "what the app keeps to itself";
const PORT: u16 = 49_152;

/// A process with two issuers. It ends with its input.
struct Provider {
    process: Child,
    issuer: String,
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
    fn for_platform(address: &str) -> Self {
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

    fn forger(&self) -> String {
        format!("{}/forger", self.issuer)
    }

    /// Who signs in there, or what is forged.
    async fn told(&self, what: Value) {
        Client::new().post(format!("{}/test", self.issuer)).json(&what).send().await.unwrap();
    }

    async fn says(&self, account: Value) {
        self.told(json!({ "account": account })).await;
    }
}

/// A platform at the provider's own time, which goes on by hand.
async fn desk() -> (Desk, Arc<ManualClock>, Provider) {
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

fn settings(desk: &Desk, issuer: &str) -> Value {
    json!({
        "enabled": true, "name": "Acme", "issuer": issuer, "client_id": "signoff", "client_secret": SECRET,
        "address": desk.url, "domains": ["demo.test"], "adds_people": false, "passwords_allowed": true,
    })
}

async fn put(desk: &Desk, admin: &Person, settings: &Value) -> Answer {
    desk.put(admin, "/v1/admin/single-sign-on", settings, Some("*")).await
}

async fn begin(desk: &Desk) -> Value {
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let body = json!({ "port": PORT, "challenge": challenge, "device": "Signoff of a test" });
    desk.post(None, "/v1/sessions/single-sign-on", &body).await.expect(201)
}

/// What a browser does: it follows until it is sent to the app's port or is refused, and keeps cookies.
async fn browse(url: &str) -> Result<BTreeMap<String, String>, Answer> {
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

async fn finish(desk: &Desk, code: &str, verifier: &str) -> Answer {
    desk.post(None, "/v1/sessions/single-sign-on/finish", &json!({ "code": code, "verifier": verifier })).await
}

/// The whole way; the error is what the app is told.
async fn enter(desk: &Desk) -> Result<Value, String> {
    let begun = begin(desk).await;
    let back = browse(begun["url"].as_str().unwrap()).await.expect("sent back to the app");
    assert_eq!(back["visit"], begun["visit"].as_str().unwrap(), "the app knows its own visit");
    match back.get("code") {
        Some(code) => Ok(finish(desk, code, VERIFIER).await.expect(201)),
        None => Err(back["error"].clone()),
    }
}

fn alice() -> Value {
    json!({ "sub": "provider-alice", "email": "Alice@demo.test", "email_verified": true, "name": "Alice of Acme" })
}

#[tokio::test]
async fn a_person_enters_through_the_real_provider_and_is_known_again_by_subject() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    let ways = || async { answer_of(desk.request(Method::GET, "/v1/sign-in-ways")).await.expect(200) };
    assert_eq!(ways().await, json!({ "passwords": true, "single_sign_on": null }));
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    assert_eq!(ways().await, json!({ "passwords": true, "single_sign_on": "Acme" }));

    provider.says(alice()).await;
    let begun = begin(&desk).await;
    let asked: BTreeMap<_, _> =
        Url::parse(begun["url"].as_str().unwrap()).unwrap().query_pairs().into_owned().collect();
    assert_eq!(asked["code_challenge_method"], "S256", "PKCE");
    assert!(asked["state"].len() >= 43 && asked["nonce"].len() >= 43);
    let session = enter(&desk).await.unwrap();
    assert_eq!(session["user"]["email"], "alice@demo.test");
    let token = session["token"].as_str().unwrap().to_owned();
    let me = Person { id: String::new(), token };
    let sessions = desk.get(&me, "/v1/me/sessions").await.expect(200);
    assert_eq!(items(&sessions)[0]["device"], "Signoff of a test");

    // The address changes there; the subject stays who it is.
    let mut married = alice();
    married["email"] = json!("someone-else@demo.test");
    provider.says(married).await;
    assert_eq!(enter(&desk).await.unwrap()["user"]["email"], "alice@demo.test");
    assert_eq!(desk.audited(&admin, "user.bind").await.len(), 1, "bound once");
}

#[tokio::test]
async fn only_known_verified_active_people_of_the_domains_enter() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    let somebody = |email: &str, verified: bool| json!({ "sub": email, "email": email, "email_verified": verified });
    for (account, problem) in [
        (somebody("alice@demo.test", false), "email-unverified"),
        (json!({ "sub": "nameless" }), "email-unverified"),
        (somebody("stranger@demo.test", true), "person-unknown"),
        (somebody("alice@elsewhere.test", true), "domain-not-allowed"),
        (Value::Null, "provider-declined"),
    ] {
        provider.says(account.clone()).await;
        assert_eq!(enter(&desk).await.unwrap_err(), problem, "{account}");
    }
    let people = desk.get(&admin, "/v1/admin/users?limit=100").await.expect(200);
    assert!(!people.to_string().contains("stranger@demo.test"), "nobody is added silently");

    provider.says(alice()).await;
    let session = enter(&desk).await.unwrap();
    let path = format!("/v1/admin/users/{}", session["user"]["id"].as_str().unwrap());
    let off = desk.request(Method::PATCH, &path).bearer_auth(&admin.token).header("If-Match", "*");
    answer_of(off.json(&json!({ "active": false }))).await.expect(200);
    assert_eq!(
        enter(&desk).await.unwrap_err(),
        "person-inactive",
        "deactivated here is out, whatever the provider says"
    );
}

#[tokio::test]
async fn an_admin_may_have_people_added_and_passwords_refused() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    let mut wanted = settings(&desk, &provider.issuer);
    wanted["adds_people"] = json!(true);
    wanted["passwords_allowed"] = json!(false);
    put(&desk, &admin, &wanted).await.expect(200);

    provider.says(json!({ "sub": "zoe", "email": "zoe@demo.test", "email_verified": true, "name": "Zoë" })).await;
    let session = enter(&desk).await.unwrap();
    assert_eq!((&session["user"]["name"], &session["user"]["role"]), (&json!("Zoë"), &json!("advisor")));

    let password = |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        let desk = &desk;
        async move { desk.post(None, "/v1/sessions", &body).await }
    };
    password("alice@demo.test", PASSWORD).await.refused(403, "passwords-off");
    password("alice@demo.test", "wrong").await.refused(401, "bad-credentials");
    password("admin@demo.test", PASSWORD).await.expect(201);

    // An invitation says so, instead of taking a password that lets nobody in.
    let invited = |role: &str| {
        let (desk, admin, body) = (&desk, &admin, json!({ "email": format!("{role}2@demo.test"), "role": role }));
        async move {
            let link = desk.post(Some(&admin.token), "/v1/admin/invitations", &body).await.expect(201);
            let token = link["path"].as_str().unwrap().strip_prefix("/join#").unwrap().to_owned();
            let seen = desk.post(None, "/v1/invitations/look", &json!({ "token": token })).await.expect(200);
            let accepting = json!({ "token": token, "name": "Max Berg", "password": "a long enough passphrase" });
            (seen, desk.post(None, "/v1/invitations/accept", &accepting).await)
        }
    };
    let (seen, accepted) = invited("advisor").await;
    assert_eq!((&seen["takes_password"], &seen["single_sign_on"]), (&json!(false), &json!("Acme")));
    accepted.refused(403, "passwords-off");
    let (seen, accepted) = invited("admin").await;
    assert_eq!(seen["takes_password"], true, "admins always may");
    accepted.expect(200);
}

#[tokio::test]
async fn nothing_works_twice_and_a_code_opens_nothing_without_its_verifier() {
    let (desk, clock, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    provider.says(alice()).await;
    let callback = |query: &str| {
        let request = desk.request(Method::GET, &format!("/v1/single-sign-on/callback?{query}"));
        async move { answer_of(request).await }
    };
    callback("code=x&state=forged").await.refused(401, "visit-unknown");
    callback("code=x").await.refused(400, "invalid-query");

    let back = |begun: Value| async move { browse(begun["url"].as_str().unwrap()).await.unwrap() };
    let stolen = back(begin(&desk).await).await;
    finish(&desk, &stolen["code"], "another verifier").await.refused(401, "visit-unknown");
    finish(&desk, &stolen["code"], VERIFIER).await.refused(401, "visit-unknown");
    let used = back(begin(&desk).await).await;
    finish(&desk, &used["code"], VERIFIER).await.expect(201);
    finish(&desk, &used["code"], VERIFIER).await.refused(401, "visit-unknown");

    let begun = begin(&desk).await;
    let state = Url::parse(begun["url"].as_str().unwrap()).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let failed = format!("{}/v1/single-sign-on/callback?error=server_error&state={state}", desk.url);
    assert_eq!(browse(&failed).await.unwrap()["error"], "provider-failed");
    callback(&format!("code=x&state={state}")).await.refused(401, "visit-unknown");

    let slow = back(begin(&desk).await).await;
    clock.advance(TimeDelta::minutes(1));
    finish(&desk, &slow["code"], VERIFIER).await.refused(401, "visit-unknown");
    let begun = begin(&desk).await;
    clock.advance(TimeDelta::minutes(10));
    let late = browse(begun["url"].as_str().unwrap()).await.unwrap_err();
    late.refused(401, "visit-unknown");
}

#[tokio::test]
async fn a_forged_id_token_lets_nobody_in() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.forger())).await.expect(200);
    let now = desk_now();
    for (what, claims) in [
        ("wrong nonce", json!({ "nonce": "another" })),
        ("no nonce", json!({ "nonce": null })),
        ("wrong audience", json!({ "aud": "somebody else" })),
        ("wrong issuer", json!({ "iss": provider.issuer })),
        ("expired", json!({ "iat": now - 600, "exp": now - 300 })),
        ("no subject", json!({ "sub": null })),
    ] {
        provider.told(json!({ "claims": claims })).await;
        assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "{what}");
    }
    provider.told(json!({ "strange": true })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "signed with another key");
    provider.told(json!({ "claims": { "email_verified": false } })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "email-unverified");
    provider.told(json!({})).await;
    assert_eq!(enter(&desk).await.unwrap()["user"]["email"], "alice@demo.test", "without a fault it would have worked");
}

fn desk_now() -> i64 {
    SystemClock::default().now().timestamp()
}

#[tokio::test]
async fn the_provider_is_tried_before_it_is_saved_and_the_secret_stays_here() {
    let (desk, _, provider) = desk().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let right = settings(&desk, &provider.issuer);
    let changed = |field: &str, value: Value| {
        let mut other = right.clone();
        other[field] = value;
        other
    };
    desk.get(&alice, "/v1/admin/single-sign-on").await.refused(404, "not-found");
    put(&desk, &alice, &right).await.refused(404, "not-found");
    desk.put(&admin, "/v1/admin/single-sign-on", &right, None).await.refused(428, "if-match-missing");
    desk.put(&admin, "/v1/admin/single-sign-on", &right, Some("\"7\"")).await.refused(412, "stale");
    for (settings, code) in [
        (changed("issuer", json!(desk.url)), "provider-unfit"),
        (changed("issuer", json!("http://127.0.0.1:9/")), "provider-unfit"),
        (changed("issuer", json!("nonsense")), "address-refused"),
        (changed("client_secret", json!("")), "invalid-value"),
        (changed("client_id", json!(" ")), "invalid-value"),
        (changed("name", json!("x".repeat(61))), "invalid-body"),
        (changed("domains", json!(["not a domain"])), "invalid-value"),
        (changed("address", json!("http://support.example.com")), "invalid-value"),
        (
            changed("adds_people", json!(true))
                .as_object()
                .map(|_| {
                    let mut other = changed("adds_people", json!(true));
                    other["domains"] = json!([]);
                    other
                })
                .unwrap(),
            "invalid-value",
        ),
    ] {
        put(&desk, &admin, &settings).await.refused(422, code);
    }
    let kept = desk.get(&admin, "/v1/admin/single-sign-on").await.expect(200);
    assert_eq!(kept["enabled"], false, "nothing was saved");

    let saved = put(&desk, &admin, &right).await.expect(200);
    assert_eq!(saved["has_secret"], true);
    assert_eq!(saved["redirect_uri"], format!("{}/v1/single-sign-on/callback", desk.url));
    let mut again = changed("name", json!("Acme Corp"));
    again.as_object_mut().unwrap().remove("client_secret");
    let saved = put(&desk, &admin, &again).await.expect(200);
    assert_eq!(saved["has_secret"], true, "the one that is kept");
    again["issuer"] = json!(provider.forger());
    put(&desk, &admin, &again).await.refused(422, "invalid-value");
    let log = desk.get(&admin, "/v1/audit-log?limit=100").await.expect(200);
    assert!(column(&items(&log), "what").contains(&"single-sign-on.change"));
    for shown in [&saved, &log, &kept] {
        assert!(!shown.to_string().contains(SECRET), "never shown again");
    }
    put(&desk, &admin, &changed("enabled", json!(false))).await.expect(200);
    desk.post(None, "/v1/sessions/single-sign-on", &json!({ "port": PORT, "challenge": "A".repeat(43) }))
        .await
        .refused(409, "single-sign-on-off");
}
