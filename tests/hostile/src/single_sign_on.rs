//! What a provider of OpenID Connect says: about itself, its keys, about who came, and what a browser brings back.
//!
//! Whatever it says, the platform answers, and lets nobody in but who is named by an ID token that was signed with the provider's own key,
//! for this platform and for this visit.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::bytes::Bytes;
use crate::elsewhere::{Elsewhere, whole};
use crate::json;
use crate::workspace::{Answer, Workspace, text};

/// Visits after which a new platform is begun.
const LIFETIME: u32 = 2_000;
const CLIENT: &str = "signoff";
const VERIFIER: &str = "what the app keeps to itself";
const CONFIGURATION: &str = "/.well-known/openid-configuration";
/// Claims and heads that mean something to somebody.
const CLAIMS: &[&str] = &[
    "iss",
    "aud",
    "nonce",
    "exp",
    "iat",
    "sub",
    "email",
    "email_verified",
    "azp",
    "name",
    "auth_time",
    "acr",
    "amr",
    "at_hash",
    "c_hash",
    "nbf",
    "jti",
    "address",
    "birthdate",
    "phone_number",
    "updated_at",
    "locale",
    "name#fr",
];
const HEADS: &[&str] = &["alg", "kid", "typ", "cty", "crit", "jku", "jwk", "x5c", "b64", "enc", "zip"];
const ALGORITHMS: &[&str] = &["none", "HS256", "RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA", "eddsa", ""];

/// A platform and its provider.
pub struct SingleSignOn {
    runtime: tokio::runtime::Runtime,
    world: Option<World>,
}

struct World {
    workspace: Workspace,
    provider: Elsewhere,
    key: SigningKey,
    admin: String,
    visits: u32,
}

impl Default for SingleSignOn {
    fn default() -> Self {
        Self::new()
    }
}

impl SingleSignOn {
    /// Nobody has come yet.
    #[must_use]
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { runtime, world: None }
    }

    /// Somebody goes to a provider that says what the bytes say.
    pub fn visited(&mut self, data: &[u8]) {
        if self.world.as_ref().is_some_and(|world| world.visits >= LIFETIME)
            && let Some(world) = self.world.take()
        {
            self.runtime.block_on(world.workspace.end());
        }
        if self.world.is_none() {
            self.world = Some(self.runtime.block_on(World::begin()));
        }
        if let Some(world) = &mut self.world {
            self.runtime.block_on(world.visited(&mut Bytes::new(data)));
        }
    }
}

/// What of all that is said is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoiled {
    Nothing,
    Configuration,
    Keys,
    Claims,
    Token,
    Answer,
    Info,
    Back,
}

const SPOILED: &[Spoiled] = &[
    Spoiled::Nothing,
    Spoiled::Configuration,
    Spoiled::Keys,
    Spoiled::Claims,
    Spoiled::Claims,
    Spoiled::Token,
    Spoiled::Answer,
    Spoiled::Info,
    Spoiled::Back,
];

impl World {
    async fn begin() -> Self {
        let workspace = Workspace::begin().await;
        let admin = workspace.admin().await;
        let provider = Elsewhere::open().await;
        let mut world = Self { workspace, provider, key: SigningKey::from_bytes(&[7; 32]), admin, visits: 0 };
        let came = world.visited(&mut Bytes::new(&[])).await;
        assert!(came, "whoever is vouched for comes in");
        world
    }

    /// Whether somebody came in.
    async fn visited(&mut self, bytes: &mut Bytes<'_>) -> bool {
        self.visits += 1;
        self.workspace.later(TimeDelta::seconds(1));
        let spoiled = bytes.pick(SPOILED).copied().unwrap_or(Spoiled::Nothing);
        self.introduces_itself(spoiled, bytes);
        let saved = self.workspace.say(Method::PUT, "/v1/admin/single-sign-on", &self.admin, &self.settings()).await;
        answered(&saved);
        let begins = json!({ "port": 49_152, "challenge": BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)) });
        let begun = self.workspace.post("/v1/sessions/single-sign-on", "", &begins).await;
        answered(&begun);
        if begun.status != StatusCode::CREATED {
            return false;
        }
        let sent = query_of(&text(&begun.json()["url"]));
        let claims = self.tells(spoiled, &sent, bytes);
        let back = if spoiled == Spoiled::Back { bytes.text() } else { "a-code".to_owned() };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", sent.get("state").map_or("", String::as_str)).append_pair("code", &back);
        if spoiled == Spoiled::Back && bytes.one_in(2) {
            query.append_pair(["error", "iss", "state"][bytes.below(3)], &bytes.text());
        }
        let callback = format!("/v1/single-sign-on/callback?{}", query.finish());
        let returned = self.workspace.get(&callback, "").await;
        assert_ne!(returned.status, StatusCode::INTERNAL_SERVER_ERROR, "{callback}");
        let brought = query_of(returned.header("location"));
        let Some(code) = brought.get("code") else { return false };
        let finishes = json!({ "code": code, "verifier": VERIFIER });
        let session = self.workspace.post("/v1/sessions/single-sign-on/finish", "", &finishes).await;
        answered(&session);
        if session.status != StatusCode::CREATED {
            return false;
        }
        let claims = claims.unwrap_or_else(|| panic!("somebody came in with a token that the provider has not signed"));
        self.require_fitting(&claims, &sent);
        true
    }

    fn settings(&self) -> Value {
        json!({
            "enabled": true, "name": "Acme", "issuer": self.provider.url, "client_id": CLIENT, "client_secret": "secret",
            "address": "http://127.0.0.1", "domains": ["demo.test"], "adds_people": false, "passwords_allowed": true,
        })
    }

    /// What it says about itself, and its keys.
    fn introduces_itself(&self, spoiled: Spoiled, bytes: &mut Bytes<'_>) {
        let url = &self.provider.url;
        let mut configuration = json!({
            "issuer": url, "authorization_endpoint": format!("{url}/authorize"), "token_endpoint": format!("{url}/token"),
            "userinfo_endpoint": format!("{url}/userinfo"), "jwks_uri": format!("{url}/jwks"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
        });
        let x = BASE64_URL_SAFE_NO_PAD.encode(self.key.verifying_key().to_bytes());
        let mut keys = json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "one", "use": "sig", "alg": "EdDSA" },
        ] });
        if spoiled == Spoiled::Keys && bytes.one_in(2) {
            let kind = bytes.pick(&["RSA", "EC", "OKP", "oct"]).copied();
            let curve = bytes.pick(&["P-256", "P-384", "Ed25519"]).copied();
            let n = BASE64_URL_SAFE_NO_PAD.encode(bytes.raw());
            let other = json!({ "kty": kind, "crv": curve, "n": n, "e": "AQAB", "x": x, "y": x, "k": x, "kid": "one" });
            let other = json::spoiled(other, bytes);
            if let Some(keys) = keys["keys"].as_array_mut() {
                keys.insert(0, other);
            }
        }
        for (path, document, which) in
            [(CONFIGURATION, &mut configuration, Spoiled::Configuration), ("/jwks", &mut keys, Spoiled::Keys)]
        {
            if which != spoiled {
                self.provider.says(path, document.to_string().as_bytes());
                continue;
            }
            *document = json::spoiled(document.take(), bytes);
            self.provider.answers(path, answer(document.to_string().into_bytes(), bytes));
        }
    }

    /// What it says about who came: the claims, if it has signed them.
    fn tells(&self, spoiled: Spoiled, sent: &BTreeMap<String, String>, bytes: &mut Bytes<'_>) -> Option<Value> {
        let now = self.workspace.now_s();
        let mut claims = json!({
            "iss": self.provider.url, "aud": CLIENT, "sub": "alice-there", "iat": now, "exp": now + 300,
            "nonce": sent.get("nonce"), "email": "alice@demo.test", "email_verified": true, "name": "Alice",
        });
        if spoiled == Spoiled::Claims {
            for _ in 0..=bytes.below(3) {
                let name = bytes.pick(CLAIMS).copied().unwrap_or_default();
                claims[name] = json::odd(bytes);
            }
        }
        if spoiled == Spoiled::Info {
            claims["email"] = Value::Null;
        }
        let mut head = json!({ "alg": "EdDSA", "kid": "one", "typ": "JWT" });
        let mut is_signed = true;
        if spoiled == Spoiled::Token && bytes.one_in(2) {
            let name = bytes.pick(HEADS).copied().unwrap_or_default();
            head[name] = if name == "alg" { json!(bytes.pick(ALGORITHMS)) } else { json::odd(bytes) };
        }
        let said = [&head, &claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let signature = self.key.sign(said.as_bytes()).to_bytes();
        let mut token = format!("{said}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)).into_bytes();
        if spoiled == Spoiled::Token && bytes.one_in(2) {
            let before = token.clone();
            json::spoil(&mut token, bytes);
            is_signed = token == before;
        }
        let token = String::from_utf8_lossy(&token).into_owned();
        let mut told = json!({ "access_token": "an access token", "token_type": "Bearer", "id_token": token });
        let mut info = json!({ "sub": "alice-there", "email": "alice@demo.test", "email_verified": true });
        if spoiled == Spoiled::Answer {
            told = json::spoiled(told, bytes);
            self.provider.answers("/token", answer(told.to_string().into_bytes(), bytes));
        } else {
            self.provider.says("/token", told.to_string().as_bytes());
        }
        if spoiled == Spoiled::Info {
            info = json::spoiled(info, bytes);
            self.provider.answers("/userinfo", answer(info.to_string().into_bytes(), bytes));
        } else {
            self.provider.says("/userinfo", info.to_string().as_bytes());
        }
        is_signed.then_some(claims)
    }

    fn require_fitting(&self, claims: &Value, sent: &BTreeMap<String, String>) {
        let now = self.workspace.now_s();
        let for_us = claims["aud"] == CLIENT || claims["aud"] == json!([CLIENT]);
        let lives =
            claims["exp"].as_f64().is_some_and(|until| until >= f64::from(u32::try_from(now).unwrap_or(u32::MAX)));
        let by = claims["iss"] == self.provider.url.as_str();
        let here = claims["nonce"].as_str() == sent.get("nonce").map(String::as_str);
        assert!(for_us && lives && by && here, "somebody came in with {claims}");
    }
}

/// A body with a head that fits, or with one that the bytes say.
fn answer(body: Vec<u8>, bytes: &mut Bytes<'_>) -> Vec<u8> {
    match bytes.below(8) {
        0 => bytes.raw().to_vec(),
        1 => whole("200 OK", "content-type: text/html\r\n", &body),
        2 => whole("302 Found", "location: http://127.0.0.1:9/\r\n", &body),
        3 => whole("500 Internal Server Error", "content-type: application/json\r\n", &body),
        4 => whole("200 OK", "content-type: application/json\r\n", bytes.raw()),
        5 => whole("400 Bad Request", "content-type: application/json\r\n", &body),
        _ => whole("200 OK", "content-type: application/json\r\n", &body),
    }
}

fn answered(answer: &Answer) {
    assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{}", String::from_utf8_lossy(&answer.bytes));
    if !answer.status.is_success() {
        assert!(answer.json()["code"].is_string(), "a refusal has a code");
    }
}

fn query_of(url: &str) -> BTreeMap<String, String> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
