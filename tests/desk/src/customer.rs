//! Customers: they write over a channel of the platform, as the channel would hand their messages in.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::json;

use crate::line::Line;
use crate::platform::Platform;

/// A customer of one channel.
#[derive(Debug, Clone)]
pub struct Customer {
    line: Line,
    channel: String,
    external_id: String,
    name: String,
}

/// What the platform made of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// The conversation that it belongs to.
    pub conversation_id: String,
    /// The message.
    pub message_id: String,
    /// It began that conversation (R9).
    pub new_conversation: bool,
}

impl Platform {
    /// A customer of the web chat whom nobody knows yet.
    pub fn customer(&self, name: &str) -> Customer {
        self.customer_of("ch_webchat", name)
    }

    /// A customer of any channel whom nobody knows yet.
    pub fn customer_of(&self, channel: &str, name: &str) -> Customer {
        Customer {
            line: self.line.clone(),
            channel: channel.to_owned(),
            external_id: uuid::Uuid::new_v4().to_string(),
            name: name.to_owned(),
        }
    }
}

impl Customer {
    /// Shown name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes.
    ///
    /// # Errors
    /// If the platform does not take the message.
    pub fn writes(&self, text: &str) -> Result<Arrived> {
        let body = json!({
            "customer": { "external_id": self.external_id, "name": self.name },
            "message": { "external_id": uuid::Uuid::new_v4().to_string(), "text": text },
        });
        let key = format!("demo-key-{}", self.channel);
        let path = format!("/v1/channels/{}/inbound", self.channel);
        let answer = self.line.send(Method::POST, &path, Some(&key), &[], Some(&body))?;
        let id = |field: &str| answer[field].as_str().map(str::to_owned).with_context(|| format!("no {field}"));
        Ok(Arrived {
            conversation_id: id("conversation_id")?,
            message_id: id("message_id")?,
            new_conversation: answer["new_conversation"].as_bool().context("no new_conversation")?,
        })
    }
}
