//! The platform as somebody with a token sees it: for arranging what a test needs and for looking at what became of it.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};

use crate::line::Line;
use crate::platform::{PASSWORD, Platform};

/// Somebody who is signed in, beside the app.
#[derive(Debug)]
pub struct Session {
    line: Line,
    token: String,
}

impl Platform {
    /// Signs in `name@demo.test`.
    ///
    /// # Errors
    /// If the platform says no.
    pub fn sign_in(&self, name: &str) -> Result<Session> {
        let credentials = json!({ "email": format!("{name}@demo.test"), "password": PASSWORD });
        let answer = self.line.send(Method::POST, "/v1/sessions", None, &[], Some(&credentials))?;
        let token = answer["token"].as_str().context("no token")?.to_owned();
        Ok(Session { line: self.line.clone(), token })
    }

    /// Whoever has this token, or this secret.
    pub fn holding(&self, token: &str) -> Session {
        Session { line: self.line.clone(), token: token.to_owned() }
    }

    /// Turns the feature on or off, as an admin elsewhere would (R1).
    ///
    /// # Errors
    /// If the platform says no.
    pub fn allow_manual_close(&self, allow: bool) -> Result<()> {
        let admin = self.sign_in("admin")?;
        let version = self.line.version("/v1/settings/inbox-options", &admin.token)?;
        let change = json!({ "allow_manual_close": allow });
        let header = [("If-Match", version.as_str())];
        self.line.send(Method::PUT, "/v1/settings/inbox-options", Some(&admin.token), &header, Some(&change))?;
        Ok(())
    }
}

impl Platform {
    /// Replaces what stands under a path, in the version that is there.
    ///
    /// # Errors
    /// If the platform says no.
    pub fn replace(&self, who: &Session, path: &str, body: &Value) -> Result<()> {
        let version = self.line.version(path, &who.token)?;
        self.line.send(Method::PUT, path, Some(&who.token), &[("If-Match", version.as_str())], Some(body)).map(drop)
    }
}

impl Session {
    /// Reads.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.line.send(Method::GET, path, Some(&self.token), &[], None)
    }

    /// Acts, with a key of its own as every click has.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let key = format!("\"{}\"", uuid::Uuid::new_v4());
        self.line.send(Method::POST, path, Some(&self.token), &[("Idempotency-Key", &key)], Some(body))
    }

    /// Removes what it has seen in this version; `*` stands for any.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn delete(&self, path: &str, version: &str) -> Result<()> {
        self.line.send(Method::DELETE, path, Some(&self.token), &[("If-Match", version)], None).map(drop)
    }

    /// Ends this session, and with it what uses its token.
    ///
    /// # Errors
    /// [`Refusal`], if the platform says no.
    pub fn sign_out(&self) -> Result<()> {
        self.line.send(Method::DELETE, "/v1/sessions/current", Some(&self.token), &[], None).map(drop)
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
        let text = self.line.text(Method::GET, "/v1/exports/actions.csv", Some(&self.token), &[], None)?;
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
