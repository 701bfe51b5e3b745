//! A company with a platform of its own: the real one, in this process, on a port that stays the same when it is stopped and started again.
//! What customers and admins do is done over HTTP, as they would.

use std::net::{Ipv4Addr, SocketAddr};

use reqwest::{Client, Response};
use serde_json::{Value, json};
use signoff_platform::{Options, Running, Start, serve};
use tempfile::TempDir;

pub(crate) const ALICE: &str = "alice@demo.test";
pub(crate) const BOB: &str = "bob@demo.test";
pub(crate) const ADMIN: &str = "admin@demo.test";

pub(crate) struct Company {
    folder: TempDir,
    listen: SocketAddr,
    running: Option<Running>,
    http: Client,
}

impl Company {
    pub(crate) async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let mut company = Self {
            folder,
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            running: None,
            http: Client::builder().no_proxy().build().unwrap(),
        };
        company.start().await;
        company
    }

    /// With `conversations` already there, and nothing else going on.
    pub(crate) async fn with(bulk: signoff_platform::Bulk) -> Self {
        let folder = TempDir::new().unwrap();
        signoff_platform::fill(folder.path(), bulk).await.unwrap();
        let mut company = Self {
            folder,
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            running: None,
            http: Client::builder().no_proxy().build().unwrap(),
        };
        company.start().await;
        company
    }

    pub(crate) async fn start(&mut self) {
        let mut options = Options::new(self.folder.path());
        options.listen = self.listen;
        options.start = Start::Demo;
        let running = serve(options).await.unwrap();
        self.listen = running.addr();
        self.running = Some(running);
    }

    pub(crate) async fn stop(&mut self) {
        self.running.take().expect("it runs").shutdown().await;
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.listen)
    }

    /// A customer writes on the web chat. Answers the conversation.
    pub(crate) async fn customer_writes(&self, customer: &str, text: &str) -> String {
        let message = uuid::Uuid::new_v4().to_string();
        let body = json!({
            "customer": { "external_id": customer, "name": format!("Customer {customer}") },
            "message": { "external_id": message, "text": text },
        });
        let url = format!("{}/v1/channels/ch_webchat/inbound", self.address());
        let sent = self.http.post(url).bearer_auth("demo-key-ch_webchat").json(&body).send().await.unwrap();
        said(sent).await["conversation_id"].as_str().unwrap().to_owned()
    }

    /// A customer sends files on the web chat. Answers the conversation.
    pub(crate) async fn customer_sends(&self, customer: &str, files: &[(&str, &[u8])]) -> String {
        let channel = format!("{}/v1/channels/ch_webchat", self.address());
        let mut sent = Vec::new();
        for (name, content) in files {
            let upload =
                self.http.post(format!("{channel}/attachments?name={name}")).bearer_auth("demo-key-ch_webchat");
            let file = said(upload.body(content.to_vec()).send().await.unwrap()).await;
            sent.push(json!({ "id": file["id"] }));
        }
        let body = json!({
            "customer": { "external_id": customer, "name": format!("Customer {customer}") },
            "message": { "external_id": uuid::Uuid::new_v4().to_string(), "text": "", "attachments": sent },
        });
        let message = self.http.post(format!("{channel}/inbound")).bearer_auth("demo-key-ch_webchat").json(&body);
        said(message.send().await.unwrap()).await["conversation_id"].as_str().unwrap().to_owned()
    }

    /// Somebody writes on the chat page. Answers their token and the conversation.
    pub(crate) async fn visitor_writes(&self, text: &str) -> (String, String) {
        let chat = format!("{}/v1/chat/ch_webchat", self.address());
        let begun = self.http.post(format!("{chat}/sessions")).json(&json!({ "name": "Zora the visitor" }));
        let token = said(begun.send().await.unwrap()).await["token"].as_str().unwrap().to_owned();
        let message = json!({ "client_id": uuid::Uuid::new_v4().to_string(), "text": text });
        said(self.http.post(format!("{chat}/messages")).bearer_auth(&token).json(&message).send().await.unwrap()).await;
        let alice = self.sign_in(ALICE).await;
        let list = format!("{}/v1/conversations?tab=received&limit=200", self.address());
        let rows = said(self.http.get(list).bearer_auth(alice).send().await.unwrap()).await;
        let row = rows["items"].as_array().unwrap().iter().find(|row| row["customer"]["name"] == "Zora the visitor");
        (token, row.unwrap()["id"].as_str().unwrap().to_owned())
    }

    /// Somebody types on the chat page.
    pub(crate) async fn visitor_types(&self, token: &str) {
        let url = format!("{}/v1/chat/ch_webchat/typing", self.address());
        self.http.post(url).bearer_auth(token).json(&json!({ "on": true })).send().await.unwrap();
    }

    /// The channel reports that a reply could not be delivered (D12).
    pub(crate) async fn channel_fails(&self, reply_id: &str) {
        let body = json!({ "reply_id": reply_id, "status": "failed", "reason": "number unknown" });
        let url = format!("{}/v1/channels/ch_webchat/deliveries", self.address());
        said(self.http.post(url).bearer_auth("demo-key-ch_webchat").json(&body).send().await.unwrap()).await;
    }

    /// The admin turns the feature on or off (R1).
    pub(crate) async fn allow_manual_close(&self, allow: bool) {
        let token = self.sign_in(ADMIN).await;
        let url = format!("{}/v1/settings/inbox-options", self.address());
        let read = self.http.get(&url).bearer_auth(&token).send().await.unwrap();
        let version = read.headers()["etag"].to_str().unwrap().to_owned();
        let body = json!({ "allow_manual_close": allow });
        said(self.http.put(&url).bearer_auth(&token).header("if-match", version).json(&body).send().await.unwrap())
            .await;
    }

    /// The admin changes a document of the administration, whatever its version is.
    pub(crate) async fn admin_puts(&self, path: &str, body: &Value) {
        let token = self.sign_in(ADMIN).await;
        let put = self.http.put(format!("{}{path}", self.address())).bearer_auth(token).header("if-match", "*");
        said(put.json(body).send().await.unwrap()).await;
    }

    /// The admin changes the rules of the web chat.
    pub(crate) async fn admin_changes_channel(&self, change: impl FnOnce(&mut Value)) {
        let token = self.sign_in(ADMIN).await;
        let url = format!("{}/v1/admin/channels/ch_webchat", self.address());
        let mut settings = said(self.http.get(url).bearer_auth(token).send().await.unwrap()).await;
        change(&mut settings["rules"]);
        self.admin_puts("/v1/admin/channels/ch_webchat", &settings["rules"]).await;
    }

    /// The admin tags a conversation.
    pub(crate) async fn tags(&self, conversation: &str, tags: &[&str]) {
        let token = self.sign_in(ADMIN).await;
        let url = format!("{}/v1/conversations/{conversation}/tags", self.address());
        let key = uuid::Uuid::new_v4().to_string();
        let set = self.http.post(url).bearer_auth(token).header("idempotency-key", key).json(&json!({ "tags": tags }));
        said(set.send().await.unwrap()).await;
    }

    /// The id of the tag of this name.
    pub(crate) async fn id_of_tag(&self, name: &str) -> String {
        let token = self.sign_in(ADMIN).await;
        let list = self.http.get(format!("{}/v1/admin/tags", self.address())).bearer_auth(token).send().await.unwrap();
        let list = said(list).await;
        let tag = list["items"].as_array().unwrap().iter().find(|tag| tag["name"] == name).unwrap();
        tag["id"].as_str().unwrap().to_owned()
    }

    /// Another desk of the same person signs in.
    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let body = json!({ "email": email, "password": "signoff-demo" });
        let session = self.http.post(format!("{}/v1/sessions", self.address())).json(&body).send().await.unwrap();
        said(session).await["token"].as_str().unwrap().to_owned()
    }

    /// The workspace's id.
    pub(crate) async fn workspace(&self) -> String {
        let token = self.sign_in(ADMIN).await;
        let me = self.http.get(format!("{}/v1/me", self.address())).bearer_auth(token).send().await.unwrap();
        said(me).await["workspace"]["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn ends_session(&self, token: &str) {
        let url = format!("{}/v1/sessions/current", self.address());
        let ended = self.http.delete(url).bearer_auth(token).send().await.unwrap();
        assert!(ended.status().is_success(), "{ended:?}");
    }

    /// Whether a token still opens anything.
    pub(crate) async fn knows(&self, token: &str) -> bool {
        let me = self.http.get(format!("{}/v1/me", self.address())).bearer_auth(token).send().await.unwrap();
        me.status().is_success()
    }

    /// How often this text stands in a conversation, as the platform has it.
    pub(crate) async fn times_said(&self, conversation: &str, text: &str) -> usize {
        let token = self.sign_in(ADMIN).await;
        let url = format!("{}/v1/conversations/{conversation}/messages?limit=200", self.address());
        let page = said(self.http.get(url).bearer_auth(token).send().await.unwrap()).await;
        page["items"].as_array().unwrap().iter().filter(|entry| entry["text"] == text).count()
    }

    /// The files that the channel is given with the reply of this text: name, media type and bytes.
    pub(crate) async fn files_said(&self, conversation: &str, text: &str) -> Vec<(String, String, Vec<u8>)> {
        let channel = format!("{}/v1/channels/ch_webchat", self.address());
        let get = |url: String| self.http.get(url).bearer_auth("demo-key-ch_webchat").send();
        let is_it =
            |item: &&Value| item["kind"] == "reply" && item["conversation_id"] == conversation && item["text"] == text;
        let (mut after, mut reply) = (0, None);
        while reply.is_none() {
            let page = said(get(format!("{channel}/outbound?after={after}")).await.unwrap()).await;
            let items = page["items"].as_array().unwrap();
            assert!(!items.is_empty(), "the channel is given no such reply");
            reply = items.iter().find(is_it).cloned();
            after = page["next"].as_i64().unwrap();
        }
        let mut files = Vec::new();
        for file in reply.unwrap()["attachments"].as_array().unwrap() {
            let id = file["id"].as_str().unwrap();
            let content = get(format!("{channel}/attachments/{id}")).await.unwrap().bytes().await.unwrap();
            let text = |field: &str| file[field].as_str().unwrap().to_owned();
            files.push((text("name"), text("media_type"), content.to_vec()));
        }
        files
    }
}

async fn said(response: Response) -> Value {
    let status = response.status();
    let body = response.text().await.unwrap();
    assert!(status.is_success(), "{status}: {body}");
    serde_json::from_str(&body).unwrap_or(Value::Null)
}
