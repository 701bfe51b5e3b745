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

    /// How often it was asked for what, since it was told something.
    async fn asked(&self) -> Value {
        Client::new().get(format!("{}/test", self.issuer)).send().await.unwrap().json().await.unwrap()
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
    for query in ["code=x&state=forged", "error=access_denied&state=forged"] {
        page(&callback(query).await, 401, "This sign-in is over");
    }
    for query in ["", "code=x", "error=access_denied", "state=a&state=b&code=x", "state=%ff%fe&code=x"] {
        let answer = callback(query).await;
        assert!(answer.status.is_client_error(), "{query}");
        page(&answer, answer.status.as_u16(), "This sign-in is over");
    }

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
    page(&callback(&format!("code=x&state={state}")).await, 401, "This sign-in is over");

    let slow = back(begin(&desk).await).await;
    clock.advance(TimeDelta::minutes(1));
    finish(&desk, &slow["code"], VERIFIER).await.refused(401, "visit-unknown");
    let begun = begin(&desk).await;
    clock.advance(TimeDelta::minutes(10));
    let late = browse(begun["url"].as_str().unwrap()).await.unwrap_err();
    page(&late, 401, "This sign-in is over");
}

/// What somebody in a browser gets is never a document for programs.
#[track_caller]
fn page(answer: &Answer, status: u16, says: &str) {
    let text = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status.as_u16(), status, "{text}");
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    assert!(text.contains(says) && !text.contains("{{"), "{text}");
}

#[tokio::test]
async fn somebody_whose_sign_in_is_over_reads_so_in_their_language() {
    let desk = Desk::start().await;
    let (english, french) = ("go back to the Signoff app", "revenez dans l’application Signoff");
    for (languages, lang, says) in [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr", french),
        ("de,fr;q=0.8,en;q=0.5", "fr", french),
        ("en-GB,en;q=0.9,fr;q=0.8", "en", english),
        ("de", "en", english),
        ("", "en", english),
        ("é,,;q=x", "en", english),
    ] {
        let request = desk.request(Method::GET, "/v1/single-sign-on/callback?code=x&state=y");
        let answer = answer_of(request.header("accept-language", languages)).await;
        page(&answer, 401, says);
        assert_eq!(answer.headers["content-language"], lang);
        assert!(String::from_utf8_lossy(&answer.bytes).contains(&format!("<html lang=\"{lang}\">")), "{languages}");
    }
    let style = answer_of(desk.request(Method::GET, "/join/join.css")).await;
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8", "what the page looks like is there");
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
        ("others may use it, too", json!({ "aud": ["signoff", "somebody else"] })),
        ("made for another client", json!({ "azp": "somebody else" })),
        ("wrong issuer", json!({ "iss": provider.issuer })),
        ("expired", json!({ "exp": now - 60 })),
        ("from before the sign-in", json!({ "iat": now - 400 })),
        ("from the future", json!({ "iat": now + 400, "exp": now + 700 })),
        ("no subject", json!({ "sub": null })),
    ] {
        provider.told(json!({ "claims": claims })).await;
        assert_eq!(enter(&desk).await.err().as_deref(), Some("provider-failed"), "{what}");
    }
    for how in ["not at all", "with the secret", "with the public key", "by a stranger"] {
        provider.told(json!({ "signed": how })).await;
        assert_eq!(enter(&desk).await.err().as_deref(), Some("provider-failed"), "signed {how}");
    }
    provider.told(json!({ "claims": { "email_verified": false } })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "email-unverified");
    for fits in [json!({}), json!({ "azp": "signoff", "aud": ["signoff"] }), json!({ "iat": now - 200 })] {
        provider.told(json!({ "claims": fits })).await;
        assert_eq!(enter(&desk).await.unwrap()["user"]["email"], "alice@demo.test", "{fits}");
    }
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

/// Two sign-ins are in the browser while an admin changes the provider.
#[tokio::test]
async fn whoever_comes_back_from_another_provider_than_they_were_sent_to_stays_out() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.forger())).await.expect(200);
    provider.told(json!({ "back": { "iss": provider.issuer } })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "RFC 9207");
    assert_eq!(provider.asked().await.get("token"), None, "the code went nowhere");
    provider.told(json!({ "back": { "iss": provider.forger() } })).await;
    enter(&desk).await.unwrap();

    let begun = begin(&desk).await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    provider.told(json!({})).await;
    let back = browse(begun["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(back["error"], "provider-failed");
    assert_eq!(provider.asked().await.get("token"), None, "the new provider's secret was not shown to the old one");
}

#[tokio::test]
async fn a_provider_may_change_its_keys_and_nobody_makes_the_platform_ask_for_ever() {
    let (desk, clock, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.forger())).await.expect(200);
    enter(&desk).await.unwrap();
    let keys_asked = || async { provider.asked().await.get("jwks").and_then(Value::as_i64).unwrap_or(0) };

    provider.told(json!({ "signed": "with a new key" })).await;
    for _ in 0..3 {
        assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "a key that the provider does not have");
    }
    assert_eq!(keys_asked().await, 1, "once a minute");
    provider.told(json!({ "signed": "with a new key", "keys": "new" })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "not yet");
    clock.advance(TimeDelta::minutes(1));
    enter(&desk).await.unwrap();
    enter(&desk).await.unwrap();
    assert_eq!(keys_asked().await, 1, "they are remembered");
    provider.told(json!({ "keys": "new" })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "the old key is not believed any more");
}

#[tokio::test]
async fn a_provider_that_is_not_as_it_should_be_is_not_saved() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    let wanted = settings(&desk, &provider.forger());
    for (what, told) in [
        ("somebody else", json!({ "says": { "issuer": "https://accounts.example.com" } })),
        ("sends people on", json!({ "elsewhere": ".well-known/openid-configuration" })),
        ("sends those who want its keys on", json!({ "elsewhere": "jwks" })),
        ("says more than anybody reads", json!({ "says": { "service_documentation": "https://x/".repeat(20_000) } })),
        ("has people open a file", json!({ "says": { "authorization_endpoint": "file:///etc/passwd" } })),
        ("has the secret sent to no web server", json!({ "says": { "token_endpoint": "ldap://127.0.0.1/" } })),
        (
            "signs with a shared secret",
            json!({ "says": { "id_token_signing_alg_values_supported": ["HS256", "none"] } }),
        ),
    ] {
        provider.told(told).await;
        let problem = put(&desk, &admin, &wanted).await.refused(422, "provider-unfit");
        assert!(problem["detail"].as_str().unwrap().len() < 600, "{what}: {problem}");
    }
    let kept = desk.get(&admin, "/v1/admin/single-sign-on").await.expect(200);
    assert_eq!(kept["enabled"], false, "nothing was saved");

    // What a provider offers does not decide what is believed.
    provider.told(json!({ "says": { "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"] } })).await;
    put(&desk, &admin, &wanted).await.expect(200);
    begin(&desk).await;
    for how in ["not at all", "with the secret", "with the public key"] {
        provider.told(json!({ "signed": how })).await;
        assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "signed {how}");
    }
    provider.told(json!({ "elsewhere": "token" })).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "provider-failed", "the secret follows nobody");
    assert_eq!(provider.asked().await.get("elsewhere/token"), None);
}

#[tokio::test]
async fn a_provider_that_fails_is_not_asked_by_everybody_who_tries() {
    let (desk, clock, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.forger())).await.expect(200);
    provider.told(json!({ "elsewhere": ".well-known/openid-configuration" })).await;
    let body = json!({ "port": PORT, "challenge": "A".repeat(43) });
    let begin = || desk.post(None, "/v1/sessions/single-sign-on", &body);
    for _ in 0..5 {
        begin().await.refused(409, "provider-failed");
    }
    assert_eq!(provider.asked().await[".well-known/openid-configuration"], 1);
    provider.told(json!({})).await;
    clock.advance(TimeDelta::seconds(10));
    for _ in 0..99 - 5 {
        begin().await.expect(201);
    }
    let refused = (0..60).map(|_| begin());
    let refused = futures_util::future::join_all(refused).await;
    let last = refused.last().unwrap();
    last.refused(429, "rate-limited");
    assert!(last.headers.contains_key("retry-after"), "as many as an office needs, and not as many as a flood");
}

#[tokio::test]
async fn an_address_that_the_id_token_leaves_out_is_asked_for_and_is_that_of_the_same_person() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    let in_body = json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] });
    provider.told(json!({ "says": in_body })).await;
    put(&desk, &admin, &settings(&desk, &provider.forger())).await.expect(200);
    begin(&desk).await;
    let nothing = json!({ "email": null, "email_verified": null });
    for (info, problem) in [
        (json!({ "sub": "somebody else" }), "provider-failed"),
        (json!({ "email_verified": false }), "email-unverified"),
        (json!({ "email_verified": null }), "email-unverified"),
    ] {
        provider.told(json!({ "claims": nothing, "info": info })).await;
        assert_eq!(enter(&desk).await.unwrap_err(), problem, "{info}");
    }
    provider.told(json!({ "claims": nothing })).await;
    assert_eq!(enter(&desk).await.unwrap()["user"]["email"], "alice@demo.test");
    assert_eq!(provider.asked().await["secret"], "in the body", "as this provider wants it");
}

/// The id and the accounts of somebody, as admins see them.
async fn accounts(desk: &Desk, admin: &Person, email: &str) -> (String, Vec<Value>) {
    let people = desk.get(admin, &format!("/v1/admin/users?text={email}")).await.expect(200);
    let person = &items(&people)[0];
    (person["id"].as_str().unwrap().to_owned(), person["provider_accounts"].as_array().unwrap().clone())
}

#[tokio::test]
async fn an_account_is_bound_to_one_person_until_an_admin_takes_it_back() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    assert_eq!(accounts(&desk, &admin, "alice@demo.test").await.1, Vec::<Value>::new());
    provider.says(alice()).await;
    let session = enter(&desk).await.unwrap();
    let (id, bound) = accounts(&desk, &admin, "alice@demo.test").await;
    assert_eq!((&bound[0]["subject"], &bound[0]["issuer"]), (&json!("provider-alice"), &json!(provider.issuer)));
    assert!(bound[0]["bound_at"].is_string() && bound.len() == 1);

    // The company gave her address to somebody new.
    let mut heir = alice();
    heir["sub"] = json!("provider-heir");
    provider.says(heir.clone()).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "person-bound-otherwise");

    let unbind = |person: &Person, id: &str, account: &str| {
        let path = format!("/v1/admin/users/{id}/provider-accounts/{account}");
        answer_of(desk.request(Method::DELETE, &path).bearer_auth(&person.token))
    };
    let account = bound[0]["id"].as_str().unwrap();
    let (bob, hers) = (desk.bob().await, Person { id: id.clone(), token: session["token"].as_str().unwrap().into() });
    unbind(&bob, &id, account).await.refused(404, "not-found");
    unbind(&hers, &id, account).await.refused(404, "not-found");
    unbind(&admin, &id, "binding_none").await.refused(404, "not-found");
    unbind(&admin, &bob.id, account).await.refused(404, "not-found");
    unbind(&admin, "usr_none", account).await.refused(404, "not-found");
    desk.get(&hers, "/v1/me").await.expect(200);

    // On her way in at this very moment.
    provider.says(alice()).await;
    let back = browse(begin(&desk).await["url"].as_str().unwrap()).await.unwrap();
    assert_eq!(unbind(&admin, &id, account).await.status, 204);
    desk.get(&hers, "/v1/me").await.refused(401, "unauthenticated");
    finish(&desk, &back["code"], VERIFIER).await.refused(401, "visit-unknown");
    unbind(&admin, &id, account).await.refused(404, "not-found");
    assert_eq!(accounts(&desk, &admin, "alice@demo.test").await.1, Vec::<Value>::new());
    let unbound = desk.audited(&admin, "user.unbind").await;
    let was = json!({ "issuer": provider.issuer, "subject": "provider-alice" });
    assert_eq!(unbound, [(was, json!({ "sessions": 1 }))]);

    // Whoever the provider vouches for next is bound, by the same rules as the first time.
    provider.says(heir).await;
    assert_eq!(enter(&desk).await.unwrap()["user"]["email"], "alice@demo.test");
    assert_eq!(accounts(&desk, &admin, "alice@demo.test").await.1[0]["subject"], "provider-heir");
    provider.says(alice()).await;
    assert_eq!(enter(&desk).await.unwrap_err(), "person-bound-otherwise");
    desk.alice().await;
}

#[tokio::test]
async fn whoever_is_let_in_by_the_provider_is_asked_for_no_second_step_here() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    desk.put(&admin, "/v1/admin/sign-in-rules", &json!({ "second_factor_required": true }), Some("*"))
        .await
        .expect(200);
    let password = json!({ "email": "alice@demo.test", "password": PASSWORD });
    desk.post(None, "/v1/sessions", &password).await.refused(401, "second-factor-enrolment-required");
    provider.says(alice()).await;
    enter(&desk).await.unwrap();
    let entered = desk.audited(&admin, "sign-in").await;
    assert_eq!(entered[0].1["single_sign_on"], true, "the log tells the ways apart");
}

/// Wrong passwords, anybody's, do not close the provider's door.
#[tokio::test]
async fn guessing_passwords_keeps_nobody_from_the_provider() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    put(&desk, &admin, &settings(&desk, &provider.issuer)).await.expect(200);
    for _ in 0..6 {
        desk.post(None, "/v1/sessions", &json!({ "email": "alice@demo.test", "password": "wrong" })).await;
    }
    provider.says(alice()).await;
    enter(&desk).await.unwrap();
}

#[tokio::test]
async fn what_was_switched_off_lets_nobody_in_who_is_on_the_way() {
    let (desk, _, provider) = desk().await;
    let admin = desk.admin().await;
    let mut wanted = settings(&desk, &provider.issuer);
    put(&desk, &admin, &wanted).await.expect(200);
    provider.says(alice()).await;
    let back = browse(begin(&desk).await["url"].as_str().unwrap()).await.unwrap();
    let begun = begin(&desk).await;
    wanted["enabled"] = json!(false);
    put(&desk, &admin, &wanted).await.expect(200);
    finish(&desk, &back["code"], VERIFIER).await.refused(401, "visit-unknown");
    assert_eq!(browse(begun["url"].as_str().unwrap()).await.unwrap()["error"], "single-sign-on-off");
}
