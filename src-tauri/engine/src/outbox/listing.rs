//! The outbox, as the advisor and the cache look at it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};
use signoff_wire::contract::receipts::{Receipt, SurveyStatus};
use signoff_wire::contract::timeline::Attachment;
use signoff_wire::interface::{
    ActionKind, AttachedFile, Attention, Code, Effect, EntryState, HalfDone, QueueCounts, QueueEntry,
};

use super::choose::offered;
use super::entry::{Blocked, Entry, State};
use super::{Intent, OutboxError, rows};
use crate::cache::columns::from_json_option;
use crate::cache::overlay::{Intent as Replayed, Stage};
use crate::cache::{CacheError, customer_messages_after, standing};
use crate::remote::{Brought, Step};

/// Open entries of a conversation that are replayed at most; each overrides what came before it.
const LAST_INTENTS: u32 = 16;
/// Entries of the queue view that have ended.
const ENDED_SHOWN: u32 = 50;

/// The whole queue of a person: what needs attention first, then in the order of the clicks, then what is done, the latest first.
///
/// # Errors
/// SQLite's.
pub fn list(connection: &Connection, owner: &str) -> Result<Vec<QueueEntry>, OutboxError> {
    let open = select(connection, &format!("owner = ?1 AND {} ORDER BY seq LIMIT ?2", rows::OPEN), owner, u32::MAX)?;
    let done = select(connection, "owner = ?1 AND state = 'done' ORDER BY settled DESC LIMIT ?2", owner, ENDED_SHOWN)?;
    let (attention, pending): (Vec<Entry>, Vec<Entry>) = open.into_iter().partition(needs_attention);
    attention.iter().chain(&pending).chain(&done).map(|entry| view(connection, entry)).collect()
}

/// The open entries of one conversation, in their order (D22).
///
/// # Errors
/// SQLite's.
pub fn list_of(connection: &Connection, owner: &str, conversation_id: &str) -> Result<Vec<QueueEntry>, CacheError> {
    let entries = connection
        .prepare_cached(&format!(
            "SELECT {} FROM outbox WHERE owner = ?1 AND conversation_id = ?2 AND {} ORDER BY seq",
            rows::COLUMNS,
            rows::OPEN
        ))?
        .query_map(params![owner, conversation_id], rows::read)?
        .collect::<Result<Vec<_>, _>>()?;
    entries.iter().map(|entry| view(connection, entry)).collect::<Result<_, OutboxError>>().map_err(into_cache)
}

/// One entry, also after its end.
///
/// # Errors
/// [`OutboxError::EntryUnknown`], if there is none of this person's with that key.
pub fn entry(connection: &Connection, owner: &str, key: &str) -> Result<QueueEntry, OutboxError> {
    let entry = rows::get(connection, key)?.filter(|entry| entry.owner == owner).ok_or(OutboxError::EntryUnknown)?;
    view(connection, &entry)
}

/// The queue in numbers (D24).
///
/// # Errors
/// SQLite's.
pub fn counts(connection: &Connection, owner: &str) -> Result<QueueCounts, OutboxError> {
    // Asked at every click, however much is queued: what is open is counted in an index alone, and only a head can need attention.
    let counts = connection
        .prepare_cached(&format!(
            "SELECT (SELECT count(*) FROM outbox WHERE owner = ?1 AND {}) AS open,
                 (SELECT count(*) FROM outbox WHERE owner = ?1 AND head = 1 AND state = 'blocked' AND waits_for_switch = 0)
                     AS needs_attention",
            rows::OPEN
        ))?
        .query_row(params![owner], |row| {
            let (open, needs_attention): (u32, u32) = (row.get("open")?, row.get("needs_attention")?);
            Ok(QueueCounts { pending: open.saturating_sub(needs_attention), needs_attention })
        })?;
    Ok(counts)
}

/// Whether a closing is among the open entries of a conversation: whatever came behind it could only be refused (R8).
///
/// # Errors
/// SQLite's.
pub fn close_is_queued(connection: &Connection, owner: &str, conversation_id: &str) -> Result<bool, CacheError> {
    let queued = connection
        .prepare_cached(&format!(
            "SELECT 1 FROM outbox WHERE owner = ?1 AND conversation_id = ?2 AND kind = 'send_and_close' AND {}",
            rows::OPEN
        ))?
        .exists(params![owner, conversation_id])?;
    Ok(queued)
}

/// The open entry of a conversation that says most about it.
pub(crate) fn state_of(
    connection: &Connection,
    owner: &str,
    conversation_id: &str,
) -> Result<Option<EntryState>, CacheError> {
    // The head decides: nothing behind it moves before it does.
    let head = connection
        .prepare_cached(
            "SELECT state, waits_for_switch FROM outbox WHERE owner = ?1 AND conversation_id = ?2 AND head = 1",
        )?
        .query_row(params![owner, conversation_id], |row| {
            Ok((row.get::<_, String>("state")?, row.get::<_, bool>("waits_for_switch")?))
        })
        .optional()?;
    Ok(head.and_then(|(word, waits)| Some(shown_state(State::from_word(&word)?, waits))))
}

/// Whether a person has anything queued.
pub(crate) fn has_open(connection: &Connection, owner: &str) -> Result<bool, CacheError> {
    Ok(connection.prepare_cached("SELECT 1 FROM outbox WHERE owner = ?1 AND head = 1")?.exists(params![owner])?)
}

/// The conversations of which the outbox knows anything.
pub(crate) fn conversations_with_entries(connection: &Connection) -> Result<HashSet<String>, CacheError> {
    let conversations = connection
        .prepare_cached("SELECT DISTINCT conversation_id FROM outbox")?
        .query_map([], |row| row.get("conversation_id"))?
        .collect::<Result<_, _>>()?;
    Ok(conversations)
}

/// The intents that decide what is shown of a conversation, in their order.
///
/// A conversation may have thousands of entries, and this is asked at every step of each. But an intent overrides what came before it, so
/// few decide: the head, which may stop everything; the last that are open; the last that is done, which the truth may not contain
/// yet; and the last that said whose the conversation is.
pub(crate) fn intents(
    connection: &Connection,
    owner: &str,
    conversation_id: &str,
) -> Result<Vec<Replayed>, CacheError> {
    let mut entries = Vec::new();
    for (condition, limit) in [
        ("head = 1", 1),
        (rows::OPEN, LAST_INTENTS),
        ("state = 'done'", 1),
        ("kind IN ('assign', 'release') AND state <> 'cancelled'", 1),
    ] {
        let sql = format!(
            "SELECT {} FROM outbox WHERE owner = ?1 AND conversation_id = ?2 AND {condition} ORDER BY seq DESC LIMIT {limit}",
            rows::COLUMNS
        );
        let found = connection
            .prepare_cached(&sql)?
            .query_map(params![owner, conversation_id], rows::read)?
            .collect::<Result<Vec<_>, _>>()?;
        entries.extend(found);
    }
    entries.sort_by_key(|entry| entry.seq);
    entries.dedup_by_key(|entry| entry.seq);
    Ok(entries.iter().map(replayed).collect())
}

fn replayed(entry: &Entry) -> Replayed {
    let stage = match entry.state {
        State::Queued | State::Sending | State::InDoubt => Stage::Pending,
        State::Blocked | State::Cancelled => Stage::Blocked,
        State::Done => Stage::Applied {
            closed_at: entry.receipt.as_ref().and_then(|receipt| receipt.closed.as_ref()).map(|closed| closed.at),
            version: entry.receipt.as_ref().map(|receipt| receipt.version),
        },
    };
    let last_seen_message_id = entry.intent.as_ref().and_then(|intent| intent.last_seen_message_id.clone());
    Replayed { kind: entry.kind(), last_seen_message_id, stage }
}

/// A reply that the platform has acknowledged.
pub(crate) struct SentReply {
    pub(crate) key: String,
    pub(crate) message_id: String,
    pub(crate) text: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) attachments: Vec<Attachment>,
}

/// The replies of a conversation for which there are receipts that the cache has not caught up with, oldest first.
pub(crate) fn receipts_of_replies(
    connection: &Connection,
    owner: &str,
    conversation_id: &str,
) -> Result<Vec<SentReply>, CacheError> {
    let sent = connection
        .prepare_cached(
            "SELECT key, kind, payload_version, payload, text, receipt FROM outbox
             WHERE owner = ?1 AND conversation_id = ?2 AND state = 'done' AND text IS NOT NULL AND receipt IS NOT NULL
                 AND receipt_version > (SELECT version FROM conversations WHERE id = ?2) ORDER BY seq",
        )?
        .query_map(params![owner, conversation_id], |row| {
            let receipt: Option<Receipt> = from_json_option(row, "receipt")?;
            let (kind, payload): (String, String) = (row.get("kind")?, row.get("payload")?);
            let text: String = row.get("text")?;
            let intent = Intent::read(&kind, row.get("payload_version")?, &payload, Some(&text));
            let files = intent.map(|intent| intent.files).unwrap_or_default();
            let key = row.get("key")?;
            Ok(receipt.and_then(|receipt| receipt.reply).map(|reply| SentReply {
                key,
                message_id: reply.message_id,
                text,
                at: reply.at,
                attachments: files.into_iter().map(sent_file).collect(),
            }))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(sent.into_iter().flatten().collect())
}

/// A file as the platform will tell of it: it has the platform's id by now.
fn sent_file(file: AttachedFile) -> Attachment {
    let AttachedFile { id, name, media_type, size } = file;
    Attachment { id, name, media_type, size }
}

fn view(connection: &Connection, entry: &Entry) -> Result<QueueEntry, OutboxError> {
    let attention = entry.blocked.as_ref().filter(|_| needs_attention(entry));
    let newer = newer_conversation(connection, entry)?;
    let takes_text = match &newer {
        Some(newer) => !close_is_queued(connection, &entry.owner, newer)?,
        None => false,
    };
    let customer_name = connection
        .prepare_cached("SELECT k.name FROM conversations c JOIN customers k ON k.id = c.customer_id WHERE c.id = ?1")?
        .query_row(params![entry.conversation_id], |row| row.get("name"))
        .optional()?;
    Ok(QueueEntry {
        id: entry.key.clone(),
        action: entry.kind(),
        conversation_id: entry.conversation_id.clone(),
        customer_name: customer_name.unwrap_or_default(),
        text: entry.text.clone(),
        files: entry.intent.as_ref().map(|intent| intent.files.clone()).unwrap_or_default(),
        queued_at: entry.clicked_at,
        state: shown_state(entry.state, entry.waits_for_switch),
        undo_requested: entry.undo_requested,
        waits_for_switch: entry.waits_for_switch,
        held_up_by: held_up_by(connection, entry)?,
        attempts: entry.attempts(),
        next_attempt_at: match entry.state {
            State::Queued | State::InDoubt if entry.due_at > entry.due_set_at => Some(entry.due_at),
            State::Queued | State::InDoubt | State::Sending | State::Blocked | State::Done | State::Cancelled => None,
        },
        last_problem: entry.last_problem,
        half_done: half_done(entry),
        attention: attention.map(|blocked| attention_for(connection, entry, blocked, newer.clone())).transpose()?,
        choices: offered(entry, takes_text),
    })
}

/// What has been done of an open entry and what has not, once a step has taken effect.
fn half_done(entry: &Entry) -> Option<HalfDone> {
    if !entry.progress.begun() || !entry.state.is_open() {
        return None;
    }
    let unknown = entry.state == State::InDoubt
        || entry.blocked.as_ref().is_some_and(|blocked| blocked.code == Code::OutcomeUnknown);
    let mut left: Vec<Effect> = entry.progress.left().iter().copied().filter_map(effect).collect();
    let in_doubt = if unknown && !left.is_empty() { Some(left.remove(0)) } else { None };
    let done = entry.progress.taken().filter(|(_, brought)| !brought.is_some_and(is_skipped));
    Some(HalfDone { done: done.filter_map(|(step, _)| effect(step)).collect(), in_doubt, left })
}

fn is_skipped(brought: &Brought) -> bool {
    match brought {
        Brought::Survey(survey) => survey.status != SurveyStatus::Sent,
        Brought::Whole(_) | Brought::Reply(_) | Brought::Closed(_) => false,
    }
}

fn effect(step: Step) -> Option<Effect> {
    match step {
        Step::Reply => Some(Effect::Reply),
        Step::Survey => Some(Effect::Survey),
        Step::Close => Some(Effect::Close),
        Step::Whole => None,
    }
}

fn attention_for(
    connection: &Connection,
    entry: &Entry,
    blocked: &Blocked,
    newer_conversation_id: Option<String>,
) -> Result<Attention, OutboxError> {
    let seen = entry.intent.as_ref().and_then(|intent| intent.last_seen_message_id.as_deref());
    let new_messages = match &newer_conversation_id {
        Some(newer) => customer_messages_after(connection, newer, seen)?,
        None if blocked.code == Code::CustomerWroteSince => {
            customer_messages_after(connection, &entry.conversation_id, seen)?
        }
        None => Vec::new(),
    };
    Ok(Attention { code: blocked.code, new_messages, newer_conversation_id })
}

/// The customer's newer conversation of an entry that found its own closed (D7): as the platform said, or as the cache knows by now.
pub(super) fn newer_conversation(connection: &Connection, entry: &Entry) -> Result<Option<String>, OutboxError> {
    let Some(blocked) = entry.blocked.as_ref().filter(|blocked| blocked.code == Code::ConversationClosed) else {
        return Ok(None);
    };
    // The cache may know a conversation that began after the refusal.
    let known = standing(connection, &entry.conversation_id)?.and_then(|standing| standing.newer_conversation_id);
    Ok(known.or_else(|| blocked.newer_conversation_id.clone()))
}

/// The head of the conversation, if it waits for the advisor or for the switch and this entry stands behind it (D22).
fn held_up_by(connection: &Connection, entry: &Entry) -> Result<Option<String>, OutboxError> {
    if entry.head || !entry.state.is_open() {
        return Ok(None);
    }
    let head = connection
        .prepare_cached(
            "SELECT key FROM outbox WHERE owner = ?1 AND conversation_id = ?2 AND head = 1 AND state = 'blocked'",
        )?
        .query_row(params![entry.owner, entry.conversation_id], |row| row.get("key"))
        .optional()?;
    Ok(head)
}

/// An entry that was told to wait for the switch needs nobody meanwhile (D8).
fn needs_attention(entry: &Entry) -> bool {
    entry.state == State::Blocked && !entry.waits_for_switch
}

fn shown_state(state: State, waits_for_switch: bool) -> EntryState {
    match state {
        State::Queued => EntryState::Queued,
        State::Sending => EntryState::Sending,
        State::InDoubt => EntryState::Checking,
        State::Blocked if waits_for_switch => EntryState::Queued,
        State::Blocked => EntryState::NeedsAttention,
        State::Done => EntryState::Done,
        State::Cancelled => EntryState::Cancelled,
    }
}

fn select(connection: &Connection, condition: &str, owner: &str, limit: u32) -> Result<Vec<Entry>, OutboxError> {
    let entries = connection
        .prepare_cached(&format!("SELECT {} FROM outbox WHERE {condition}", rows::COLUMNS))?
        .query_map(params![owner, limit], rows::read)?
        .collect::<Result<_, _>>()?;
    Ok(entries)
}

fn into_cache(error: OutboxError) -> CacheError {
    match error {
        OutboxError::Cache(error) => error,
        OutboxError::Store(error) => CacheError::Store(error),
        OutboxError::Refused { .. } | OutboxError::EntryUnknown | OutboxError::NotOffered(_) => {
            CacheError::ConversationUnknown
        }
    }
}

/// Which kinds carry a text that can go back into a draft.
pub(super) fn carries_text(kind: ActionKind) -> bool {
    match kind {
        ActionKind::Reply | ActionKind::ReplyWithSurvey | ActionKind::SendAndClose | ActionKind::Unknown => true,
        ActionKind::Archive | ActionKind::Assign | ActionKind::Release => false,
    }
}
