//! Customers, colleagues and admins at the vendor: the few calls of our own platform's API that they make, so that they are the same people in
//! both worlds.

use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Value, json};
use signoff_engine::remote::{RemoteError, What};
use signoff_wire::contract::conversations::Conversation;
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::sessions::UserRef;

use super::books::{Books, refused};
use super::{Does, Handled, Vendor, places};
use crate::api::{Answer, Api, Call};
use crate::view::TABS;

#[async_trait]
impl Api for Vendor {
    async fn call(&self, call: Call) -> Option<Answer> {
        let does = if call.method == "GET" { Does::Nothing } else { Does::Change };
        match self.handles(does, |books| answer(books, &call)) {
            Handled::Answered(Ok(answer)) => Some(answer),
            Handled::Answered(Err(error)) => Some(refusal(&error)),
            Handled::Refused | Handled::Died => None,
        }
    }
}

fn answer(books: &mut Books, call: &Call) -> Result<Answer, RemoteError> {
    let path = call.path.split('?').next().unwrap_or_default();
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let body = call.body.as_ref().unwrap_or(&Value::Null);
    match (call.method, segments.as_slice()) {
        ("POST", ["v1", "sessions"]) => {
            let person = places::person_of(text(body, "/email")).ok_or(RemoteError::SignedOut)?;
            said(201, &json!({ "token": books.signs_in(person) }))
        }
        ("POST", ["v1", "channels", channel, "inbound"]) => {
            let (customer, name) = (text(body, "/customer/external_id"), text(body, "/customer/name"));
            books.customer_writes(
                channel,
                customer,
                name,
                text(body, "/message/external_id"),
                text(body, "/message/text"),
            );
            said(202, &Value::Null)
        }
        ("PUT", ["v1", "settings", "inbox-options"]) => {
            books.switches(body.pointer("/allow_manual_close").and_then(Value::as_bool).unwrap_or_default());
            said(200, &Value::Null)
        }
        ("GET", ["v1", "conversations"]) => {
            let wanted = TABS.iter().find(|(_, name)| call.path.contains(&format!("tab={name}")));
            let talks = books.newest_first();
            let items = talks.into_iter().map(|talk| talk.conversation.clone());
            let items = items.filter(|conversation| wanted.is_none_or(|(tab, _)| conversation.state == *tab));
            said(200, &Page::<Conversation> { items: items.collect(), next: None })
        }
        ("POST", ["v1", "conversations", id, click]) => {
            let by = call.token.as_ref().and_then(|token| books.sessions.get(token)).cloned();
            clicks(books, id, click, body, &by.ok_or(RemoteError::SignedOut)?)?;
            said(200, &Value::Null)
        }
        _ => Err(refused(ProblemCode::NotFound)),
    }
}

/// What a colleague does, who uses the vendor's own console. There a closing is the vendor's business: all of it, at once.
fn clicks(books: &mut Books, id: &str, click: &str, body: &Value, by: &UserRef) -> Result<(), RemoteError> {
    match click {
        "replies" => drop(books.replies(id, by, text(body, "/text"))?),
        "close" => {
            if !books.closing.0 {
                return Err(refused(ProblemCode::CloseDisabled));
            }
            books.replies(id, by, text(body, "/reply/text"))?;
            books.closes(id, by)?;
        }
        "archive" => drop(books.acts(id, by, &What::Archive)?),
        "assign" => drop(books.acts(id, by, &What::Assign { user_id: text(body, "/user_id").to_owned() })?),
        _ => return Err(refused(ProblemCode::NotFound)),
    }
    Ok(())
}

fn text<'a>(body: &'a Value, pointer: &str) -> &'a str {
    body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn said(status: u16, body: &impl Serialize) -> Result<Answer, RemoteError> {
    let body = serde_json::to_vec(body).map_err(|error| RemoteError::Nonsense(error.to_string()))?;
    Ok(Answer { status, body })
}

fn refusal(error: &RemoteError) -> Answer {
    let status = match error {
        RemoteError::Refused(refusal) => refusal.status,
        RemoteError::SignedOut => 401,
        RemoteError::Unreachable(_)
        | RemoteError::Certificate(_)
        | RemoteError::Interrupted(_)
        | RemoteError::Fault(_)
        | RemoteError::Nonsense(_)
        | RemoteError::Unavailable { .. }
        | RemoteError::InProgress
        | RemoteError::KeyReused => 500,
    };
    Answer { status, body: Vec::new() }
}
