//! A platform to test, the people who use it, and what they usually do.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use signoff_platform::{
    Chance, Clock as _, ManualClock, Options, Running, Start, demo_blueprint, serve, workspace::Blueprint,
};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const WEBCHAT: &str = "ch_webchat";
pub(crate) const WHATSAPP: &str = "ch_whatsapp";
pub(crate) const MESSENGER: &str = "ch_messenger";
pub(crate) const PASSWORD: &str = "signoff-demo";

/// A running platform with the demo's people and no conversations, at noon of a fixed day.
pub(crate) struct Desk {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) url: String,
    pub(crate) http: Client,
    running: Option<Running>,
    dir: TempDir,
}

/// Somebody with a token.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// The JSON of an answer that has to have this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()
    }

    /// Checks that this is a problem document with the status and the code.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code);
        assert_eq!(problem["status"], status);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        for field in ["type", "title", "detail"] {
            assert!(problem[field].is_string(), "a problem has {field}");
        }
        assert!(problem["retryable"].is_boolean());
        problem
    }

    /// What no such thing can be is refused, be it that a schema says so or not. Which of the two it was, whoever judges by the schema finds.
    pub(crate) fn refused_as_senseless(&self) -> Value {
        let code = if self.json()["code"] == "invalid-value" { "invalid-value" } else { "invalid-body" };
        self.refused(422, code)
    }
}

impl Desk {
    pub(crate) async fn start() -> Self {
        Self::start_with(demo_blueprint()).await
    }

    pub(crate) async fn start_with(blueprint: Blueprint) -> Self {
        Self::start_as(blueprint, |_| {}).await
    }

    /// With other options than usual.
    pub(crate) async fn start_as(blueprint: Blueprint, change: impl FnOnce(&mut Options)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let noon: DateTime<Utc> = "2026-03-02T12:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::at(noon));
        let mut options = Options::new(dir.path());
        options.start = Start::With(Box::new(blueprint));
        options.clock = clock.clone();
        options.chance = Chance::seeded(1);
        change(&mut options);
        let running = serve(options).await.unwrap();
        Self { clock, url: running.url(), http: Client::new(), running: Some(running), dir }
    }

    /// Sits down at a platform that somebody else started. Its clock is not the desk's.
    pub(crate) fn around(running: &Running) -> Self {
        Self::at(&running.url())
    }

    /// Sits down at a process.
    pub(crate) fn at(url: &str) -> Self {
        Self {
            clock: Arc::new(ManualClock::at(DateTime::UNIX_EPOCH)),
            url: url.to_owned(),
            http: Client::new(),
            running: None,
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// Stops the platform and starts it again on the same folder.
    pub(crate) async fn restart(&mut self) {
        self.restart_with(|_| {}).await;
    }

    /// The same, with something done to the file of the workspace while nobody serves it.
    pub(crate) async fn restart_after(&mut self, change: impl FnOnce(&std::path::Path)) {
        self.running.take().unwrap().shutdown().await;
        change(&self.dir.path().join("workspace.db"));
        let mut options = Options::new(self.dir.path());
        options.clock = self.clock.clone();
        self.running = Some(serve(options).await.unwrap());
        self.url = self.running().url();
    }

    pub(crate) async fn restart_with(&mut self, change: impl FnOnce(&mut Options)) {
        self.running.take().unwrap().shutdown().await;
        let mut options = Options::new(self.dir.path());
        options.clock = self.clock.clone();
        change(&mut options);
        let running = serve(options).await.unwrap();
        self.url = running.url();
        self.running = Some(running);
    }

    pub(crate) async fn stop(mut self) {
        self.running.take().unwrap().shutdown().await;
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    /// Stops the platform and hands out what it left.
    pub(crate) async fn stop_keeping_the_folder(mut self) -> TempDir {
        self.running.take().unwrap().shutdown().await;
        self.dir
    }

    /// The folder of the workspace.
    pub(crate) fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// What the platform's clock shows.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn later(&self, delta: TimeDelta) {
        self.clock.advance(delta);
    }

    pub(crate) async fn sign_in(&self, name: &str) -> Person {
        let body = json!({ "email": format!("{name}@demo.test"), "password": PASSWORD });
        let session = self.post(None, "/v1/sessions", &body).await.expect(201);
        Person {
            id: session["user"]["id"].as_str().unwrap().to_owned(),
            token: session["token"].as_str().unwrap().to_owned(),
        }
    }

    pub(crate) async fn alice(&self) -> Person {
        self.sign_in("alice").await
    }

    pub(crate) async fn bob(&self) -> Person {
        self.sign_in("bob").await
    }

    pub(crate) async fn admin(&self) -> Person {
        self.sign_in("admin").await
    }

    /// R1: turns the feature on or off, as an admin.
    pub(crate) async fn allow_manual_close(&self, on: bool) {
        let admin = self.admin().await;
        let answer = self
            .request(Method::PUT, "/v1/settings/inbox-options")
            .bearer_auth(&admin.token)
            .header("If-Match", "*")
            .json(&json!({ "allow_manual_close": on }));
        answer_of(answer).await.expect(200);
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, person: &Person, path: &str) -> Answer {
        answer_of(self.request(Method::GET, path).bearer_auth(&person.token)).await
    }

    pub(crate) async fn post(&self, token: Option<&str>, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).json(body);
        answer_of(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
        .await
    }

    /// Changes a document of the administration, from the version that `seen` names.
    pub(crate) async fn put(&self, person: &Person, path: &str, body: &Value, seen: Option<&str>) -> Answer {
        let request = self.request(Method::PUT, path).bearer_auth(&person.token).json(body);
        answer_of(match seen {
            Some(tag) => request.header("If-Match", tag),
            None => request,
        })
        .await
    }

    /// The newest entries of the audit log, as what, from and to.
    pub(crate) async fn audited(&self, person: &Person, what: &str) -> Vec<(Value, Value)> {
        let log = self.get(person, "/v1/audit-log?limit=500").await.expect(200);
        let matching = items(&log).into_iter().filter(|entry| entry["what"] == what);
        matching.map(|entry| (entry["from"].clone(), entry["to"].clone())).collect()
    }

    /// A click under a fresh key.
    pub(crate) async fn click(&self, person: &Person, conversation: &str, call: &str, body: &Value) -> Answer {
        self.click_as(person, conversation, call, body, &Uuid::now_v7().to_string()).await
    }

    pub(crate) async fn click_as(
        &self,
        person: &Person,
        conversation: &str,
        call: &str,
        body: &Value,
        key: &str,
    ) -> Answer {
        let request = self
            .request(Method::POST, &format!("/v1/conversations/{conversation}/{call}"))
            .bearer_auth(&person.token)
            .header("Idempotency-Key", format!("\"{key}\""))
            .json(body);
        answer_of(request).await
    }

    pub(crate) async fn reply(&self, person: &Person, conversation: &str, text: &str) -> Value {
        self.click(person, conversation, "replies", &json!({ "text": text, "attachments": [] })).await.expect(201)
    }

    pub(crate) async fn close(&self, person: &Person, conversation: &str, seen: &str) -> Answer {
        self.click(person, conversation, "close", &closing("All settled. Goodbye!", seen)).await
    }

    /// A customer writes.
    pub(crate) async fn writes(&self, channel: &str, customer: &str, text: &str) -> Inbound {
        let message = json!({ "external_id": Uuid::now_v7().to_string(), "text": text });
        self.inbound(channel, customer, message).await.into()
    }

    pub(crate) async fn inbound(&self, channel: &str, customer: &str, message: Value) -> Value {
        let body = json!({ "customer": { "external_id": customer, "name": format!("{customer} Example") }, "message": message });
        self.post(Some(&format!("demo-key-{channel}")), &format!("/v1/channels/{channel}/inbound"), &body)
            .await
            .expect(202)
    }

    pub(crate) async fn conversation(&self, person: &Person, id: &str) -> Value {
        self.get(person, &format!("/v1/conversations/{id}")).await.expect(200)
    }

    pub(crate) async fn timeline(&self, person: &Person, id: &str) -> Vec<Value> {
        items(&self.get(person, &format!("/v1/conversations/{id}/messages")).await.expect(200))
    }

    pub(crate) async fn actions(&self, person: &Person, query: &str) -> Vec<Value> {
        items(&self.get(person, &format!("/v1/actions?{query}")).await.expect(200))
    }

    pub(crate) async fn changes(&self, person: &Person, after: i64) -> Vec<Value> {
        items(&self.get(person, &format!("/v1/changes?after={after}&limit=1000")).await.expect(200))
    }

    pub(crate) async fn newest_seq(&self, person: &Person) -> i64 {
        let changes = self.get(person, "/v1/changes?after=0&limit=1000").await.expect(200);
        changes["next"].as_i64().unwrap()
    }

    /// How many different contents of files lie in the data directory.
    pub(crate) fn files_kept(&self) -> usize {
        let shelves = std::fs::read_dir(self.dir.path().join("files")).unwrap().flatten();
        let shelves = shelves.filter(|shelf| shelf.file_name() != ".incoming");
        shelves.map(|shelf| std::fs::read_dir(shelf.path()).unwrap().count()).sum()
    }

    /// Waits until something that happens by itself has happened.
    pub(crate) async fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        for _ in 0..3000 {
            if holds() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("waited in vain: {what}");
    }

    /// Everything that a channel was ever given to deliver.
    pub(crate) async fn outbound(&self, channel: &str) -> Vec<Value> {
        let (mut after, mut all) = (0, Vec::new());
        loop {
            let request = self
                .request(Method::GET, &format!("/v1/channels/{channel}/outbound?after={after}&limit=500"))
                .bearer_auth(format!("demo-key-{channel}"));
            let page = answer_of(request).await.expect(200);
            if items(&page).is_empty() {
                return all;
            }
            all.extend(items(&page));
            after = page["next"].as_i64().unwrap();
        }
    }
}

/// What an inbound message led to.
pub(crate) struct Inbound {
    pub(crate) conversation: String,
    pub(crate) message: String,
    pub(crate) new: bool,
}

impl From<Value> for Inbound {
    fn from(answer: Value) -> Self {
        Self {
            conversation: answer["conversation_id"].as_str().unwrap().to_owned(),
            message: answer["message_id"].as_str().unwrap().to_owned(),
            new: answer["new_conversation"].as_bool().unwrap(),
        }
    }
}

pub(crate) async fn answer_of(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        bytes: response.bytes().await.unwrap().to_vec(),
    }
}

/// The body of a close.
pub(crate) fn closing(text: &str, seen: &str) -> Value {
    json!({ "reply": { "text": text, "attachments": [] }, "last_seen_message_id": seen, "origin": "console" })
}

pub(crate) fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().clone()
}

/// One field of all rows.
pub(crate) fn column<'a>(rows: &'a [Value], field: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[field].as_str().unwrap_or_default()).collect()
}
