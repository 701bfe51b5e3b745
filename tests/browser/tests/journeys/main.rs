//! The platform's pages in a real Chromium: what customers and other companies' people see of Signoff.
//!
//! Every journey has browsers and a platform process of its own; what became of a click is read from the platform. `cargo xtask e2e` builds
//! what is needed and runs them.
#![cfg(target_os = "linux")]

mod chat;
mod embedding;
mod foreign_text;
mod harness;
mod interruptions;
mod widget;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use signoff_browser::{Browser, Platform, Session, until};

/// The demo's web chat.
fn chat_page(platform: &Platform) -> String {
    format!("{}/chat/ch_webchat", platform.address())
}

/// Writes into the chat and sends it with Enter.
fn write(browser: &Browser, text: &str) -> Result<()> {
    browser.type_into("#text", text)?;
    browser.press("\u{e007}")
}

/// The customer's message is with the platform: it carries a tick.
fn wait_for_tick(browser: &Browser, text: &str) -> Result<()> {
    let script = format!(
        "return [...document.querySelectorAll('.entry.customer')].some((entry) => entry.innerText.includes({}) \
         && entry.querySelector('.tick.delivered, .tick.read'))",
        Value::from(text)
    );
    browser.until(&format!("a tick at {text:?}"), &script).map(drop)
}

/// The newest conversation of the web chat that the advisor sees.
fn newest_conversation(advisor: &Session) -> Result<Value> {
    until("a conversation of the visitor's", || {
        let page = advisor.get("/v1/sync/conversations?limit=1&entries=20")?;
        Ok(Some(page["items"][0]["conversation"].clone()).filter(|conversation| {
            conversation["customer"]["name"].as_str().is_some_and(|name| name.starts_with("Visit"))
        }))
    })
}

fn id(of: &Value) -> Result<&str> {
    of["id"].as_str().context("it has an id")
}

fn reply(advisor: &Session, conversation: &Value, text: &str) -> Result<Value> {
    let path = format!("/v1/conversations/{}/replies", id(conversation)?);
    advisor.post(&path, &json!({ "text": text, "attachments": [] }))
}

/// Send + Close on whatever the customer wrote last.
fn close(advisor: &Session, conversation: &Value, text: &str) -> Result<Value> {
    let now = advisor.conversation(id(conversation)?)?;
    let body = json!({
        "reply": { "text": text, "attachments": [] },
        "last_seen_message_id": now["last_customer_message_id"],
        "origin": "console",
    });
    advisor.post(&format!("/v1/conversations/{}/close", id(conversation)?), &body)
}
