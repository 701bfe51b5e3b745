//! Replies, closings and what customers write: a transaction each.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Refused, header, refused,
    store::{self, Store},
    user,
};

/// What became of a click.
enum Done {
    Answer(String),
    Refused(StatusCode, &'static str),
}

pub(crate) async fn list(State(store): State<Arc<Store>>, headers: HeaderMap) -> Result<Json<Value>, Refused> {
    user(&store, &headers).await?;
    let items = store.with(|sql| {
        let mut statement =
            sql.prepare("SELECT id, last_customer_message_id FROM conversations WHERE status = 'open'")?;
        let rows = statement.query_map([], |row| {
            Ok(json!({ "id": row.get::<_, String>(0)?, "last_customer_message_id": row.get::<_, String>(1)? }))
        })?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    });
    Ok(Json(json!({ "items": items.await?, "next": null })))
}

pub(crate) async fn reply(
    State(store): State<Arc<Store>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Result<(StatusCode, String), Refused> {
    click(store, id, headers, body, false).await
}

pub(crate) async fn close(
    State(store): State<Arc<Store>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Result<(StatusCode, String), Refused> {
    click(store, id, headers, body, true).await
}

async fn click(
    store: Arc<Store>,
    id: String,
    headers: HeaderMap,
    body: String,
    closes: bool,
) -> Result<(StatusCode, String), Refused> {
    let user = user(&store, &headers).await?;
    let key = header(&headers, "idempotency-key").to_owned();
    let done = store.with(move |sql| {
        let write = sql.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = apply(&write, &Click { user, key, conversation: id, closes }, &body)?;
        if matches!(done, Done::Answer(_)) {
            write.commit()?;
        }
        Ok(done)
    });
    match done.await? {
        Done::Answer(answer) => {
            store.announce();
            Ok((StatusCode::CREATED, answer))
        }
        Done::Refused(status, code) => Err(refused(status, code)),
    }
}

struct Click {
    user: String,
    key: String,
    conversation: String,
    closes: bool,
}

fn apply(sql: &Connection, click: &Click, body: &str) -> rusqlite::Result<Done> {
    let fingerprint = Sha256::digest(format!("{}{}{body}", click.conversation, click.closes).as_bytes()).to_vec();
    let known: Option<(Vec<u8>, String)> = sql
        .query_row(
            "SELECT fingerprint, body FROM idempotency WHERE user_id = ?1 AND key = ?2",
            [&click.user, &click.key],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if let Some((stored, answer)) = known {
        let is_same = stored == fingerprint;
        return Ok(if is_same {
            Done::Answer(answer)
        } else {
            Done::Refused(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused")
        });
    }
    let Ok(body) = serde_json::from_str::<Value>(body) else {
        return Ok(Done::Refused(StatusCode::BAD_REQUEST, "malformed-json"));
    };
    let text = if click.closes { &body["reply"]["text"] } else { &body["text"] };
    let Some(text) = text.as_str() else {
        return Ok(Done::Refused(StatusCode::UNPROCESSABLE_ENTITY, "invalid-body"));
    };
    let found: Option<(String, String)> = sql
        .query_row(
            "SELECT status, last_customer_message_id FROM conversations WHERE id = ?1",
            [&click.conversation],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    match found {
        None => return Ok(Done::Refused(StatusCode::NOT_FOUND, "conversation-unknown")),
        Some((status, _)) if status != "open" => return Ok(Done::Refused(StatusCode::CONFLICT, "conversation-closed")),
        Some((_, last)) if click.closes && body["last_seen_message_id"] != last => {
            return Ok(Done::Refused(StatusCode::PRECONDITION_FAILED, "customer-wrote-since"));
        }
        Some(_) => {}
    }
    let (message, action) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    store::insert_message(sql, &message, &click.conversation, ("reply", &click.user, text), Some(&click.key))?;
    sql.execute("INSERT INTO outbound (channel, message_id, text) VALUES ('ch_webchat', ?1, ?2)", [&message, text])?;
    record(sql, &action, "answer", click)?;
    announce(sql, "reply.sent", &click.conversation, &message)?;
    if click.closes {
        sql.execute(
            "UPDATE conversations SET status = 'closed', closed_at = ?2, closed_by = ?3, version = version + 1 WHERE id = ?1",
            params![click.conversation, store::now(), click.user],
        )?;
        record(sql, &Uuid::now_v7().to_string(), "close-conversation", click)?;
        announce(sql, "conversation.closed", &click.conversation, &message)?;
    } else {
        sql.execute(
            "UPDATE conversations SET assignee = ?2, version = version + 1 WHERE id = ?1",
            [&click.conversation, &click.user],
        )?;
    }
    let answer = json!({
        "action_id": action, "idempotency_key": click.key, "conversation_id": click.conversation,
        "reply": { "message_id": message, "at": store::now() },
        "closed": if click.closes { json!({ "at": store::now() }) } else { Value::Null },
    })
    .to_string();
    sql.execute(
        "INSERT INTO idempotency (user_id, key, fingerprint, body) VALUES (?1, ?2, ?3, ?4)",
        params![click.user, click.key, fingerprint, answer],
    )?;
    Ok(Done::Answer(answer))
}

fn record(sql: &Connection, id: &str, kind: &str, click: &Click) -> rusqlite::Result<()> {
    sql.execute(
        "INSERT INTO actions (id, kind, author, conversation_id, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![id, kind, click.user, click.conversation, store::now()],
    )?;
    Ok(())
}

/// An event with the conversation and the message as they are now.
fn announce(sql: &Connection, kind: &str, conversation: &str, message: &str) -> rusqlite::Result<()> {
    let data = sql.query_row(
        "SELECT c.id, c.channel, c.customer, c.status, c.assignee, c.opened_at, c.closed_at, c.closed_by, c.version,
            m.id, m.kind, m.author, m.text, m.client_key, m.at
         FROM conversations c JOIN messages m ON m.id = ?2 WHERE c.id = ?1",
        [conversation, message],
        |row| {
            Ok(json!({
                "conversation_id": row.get::<_, String>(0)?,
                "conversation": {
                    "id": row.get::<_, String>(0)?, "channel": row.get::<_, String>(1)?,
                    "customer": row.get::<_, String>(2)?, "status": row.get::<_, String>(3)?,
                    "assignee": row.get::<_, Option<String>>(4)?, "opened_at": row.get::<_, i64>(5)?,
                    "closed_at": row.get::<_, Option<i64>>(6)?, "closed_by": row.get::<_, Option<String>>(7)?,
                    "version": row.get::<_, i64>(8)?,
                },
                "message": {
                    "id": row.get::<_, String>(9)?, "kind": row.get::<_, String>(10)?, "author": row.get::<_, String>(11)?,
                    "text": row.get::<_, String>(12)?, "client_key": row.get::<_, Option<String>>(13)?,
                    "at": row.get::<_, i64>(14)?,
                },
            }))
        },
    )?;
    sql.execute("INSERT INTO events (kind, data) VALUES (?1, ?2)", [kind, &data.to_string()])?;
    Ok(())
}

/// A customer writes.
pub(crate) async fn inbound(
    State(store): State<Arc<Store>>,
    Path(channel): Path<String>,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let customer = body["customer"]["external_id"].as_str().unwrap_or_default().to_owned();
    let text = body["message"]["text"].as_str().unwrap_or_default().to_owned();
    let id = store.with(move |sql| {
        let write = sql.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let open = "SELECT id FROM conversations WHERE customer = ?1 AND status = 'open'";
        let id = match write.query_row(open, [&customer], |row| row.get::<_, String>(0)).optional()? {
            None => begin_and_announce(&write, &channel, &customer, &text)?,
            Some(id) => {
                let message = Uuid::now_v7().to_string();
                store::insert_message(&write, &message, &id, ("message", &customer, &text), None)?;
                write.execute(
                    "UPDATE conversations SET last_customer_message_id = ?2, version = version + 1 WHERE id = ?1",
                    [&id, &message],
                )?;
                announce(&write, "message.received", &id, &message)?;
                id
            }
        };
        write.commit()?;
        Ok(id)
    });
    let id = id.await?;
    store.announce();
    Ok((StatusCode::ACCEPTED, Json(json!({ "conversation_id": id }))))
}

fn begin_and_announce(sql: &Connection, channel: &str, customer: &str, text: &str) -> rusqlite::Result<String> {
    let id = store::begin(sql, channel, customer, text)?;
    let message: String =
        sql.query_row("SELECT last_customer_message_id FROM conversations WHERE id = ?1", [&id], |row| row.get(0))?;
    announce(sql, "conversation.started", &id, &message)?;
    Ok(id)
}
