//! The platform as somebody with a token sees it: for arranging what a test needs and for looking at what became of it.

use anyhow::{Context, Result, bail};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::platform::{PASSWORD, Platform};

/// Somebody who is signed in, beside the app.
#[derive(Debug)]
pub struct Session<'a> {
    platform: &'a Platform,
    token: String,
}

/// An answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The code of the problem.
    pub code: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.code)
    }
}

impl std::error::Error for Refusal {}

impl Platform {
    /// Signs in `name@demo.test`.
    ///
    /// # Errors
    /// If the platform says no.
    pub fn sign_in(&self, name: &str) -> Result<Session<'_>> {
        let credentials = json!({ "email": format!("{name}@demo.test"), "password": PASSWORD });
        let answer = self.send(Method::POST, "/v1/sessions", None, &[], Some(&credentials))?;
        let token = answer["token"].as_str().context("no token")?.to_owned();
        Ok(Session { platform: self, token })
    }

    /// Turns the feature on or off, as an admin elsewhere would (R1).
    ///
    /// # Errors
    /// If the platform says no.
    pub fn allow_manual_close(&self, allow: bool) -> Result<()> {
        let admin = self.sign_in("admin")?;
        let request = self.http.get(format!("{}/v1/settings/inbox-options", self.address())).bearer_auth(&admin.token);
        let answer = self.runtime.block_on(request.send())?.error_for_status()?;
        let version = answer.headers().get("etag").context("settings without an ETag")?.to_str()?.to_owned();
        let change = json!({ "allow_manual_close": allow });
        let header = [("If-Match", version.as_str())];
        self.send(Method::PUT, "/v1/settings/inbox-options", Some(&admin.token), &header, Some(&change))?;
        Ok(())
    }

    pub(crate) fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value> {
        let text = self.text(method, path, token, headers, body)?;
        if text.is_empty() {
            Ok(Value::Null)
        } else {
            serde_json::from_str(&text).with_context(|| format!("{path} answered no JSON"))
        }
    }

    fn text(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<String> {
        let mut request = self.http.request(method, format!("{}{path}", self.address()));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let (status, text) = self.runtime.block_on(async {
            let answer = request.send().await?;
            Ok::<_, reqwest::Error>((answer.status(), answer.text().await?))
        })?;
        if status.is_success() { Ok(text) } else { bail!(refusal(status, &text)) }
    }
}

fn refusal(status: StatusCode, text: &str) -> Refusal {
    let problem: Value = serde_json::from_str(text).unwrap_or_default();
    Refusal { status: status.as_u16(), code: problem["code"].as_str().unwrap_or(text).to_owned() }
}

impl Session<'_> {
    /// Reads.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.platform.send(Method::GET, path, Some(&self.token), &[], None)
    }

    /// Acts, with a key of its own as every click has.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let key = format!("\"{}\"", uuid::Uuid::new_v4());
        self.platform.send(Method::POST, path, Some(&self.token), &[("Idempotency-Key", &key)], Some(body))
    }

    /// Ends this session, and with it what uses its token.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn sign_out(&self) -> Result<()> {
        self.platform.send(Method::DELETE, "/v1/sessions/current", Some(&self.token), &[], None).map(drop)
    }

    /// A conversation.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn conversation(&self, id: &str) -> Result<Value> {
        self.get(&format!("/v1/conversations/{id}"))
    }

    /// The newest entries of a conversation, newest last.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn timeline(&self, id: &str) -> Result<Vec<Value>> {
        let page = self.get(&format!("/v1/conversations/{id}/messages?limit=100"))?;
        page["items"].as_array().cloned().context("a page has items")
    }

    /// Texts of the advisors' replies in a conversation, oldest first.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn replies(&self, id: &str) -> Result<Vec<String>> {
        let entries = self.timeline(id)?;
        let replies = entries.iter().filter(|entry| entry["kind"] == "reply" && entry["author"]["kind"] == "advisor");
        Ok(replies.filter_map(|entry| entry["text"].as_str().map(str::to_owned)).collect())
    }

    /// Rows of `actions.csv` about a conversation, as column and cell. For admins.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn exported_actions(&self, conversation: &str) -> Result<Vec<std::collections::BTreeMap<String, String>>> {
        let text = self.platform.text(Method::GET, "/v1/exports/actions.csv", Some(&self.token), &[], None)?;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for row in reader.deserialize() {
            let row: std::collections::BTreeMap<String, String> = row?;
            if row.get("conversation_id").is_some_and(|id| id == conversation) {
                rows.push(row);
            }
        }
        Ok(rows)
    }
}
