//! The outbox's rows: how an entry is read and written, and which entry is the head.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};

use super::entry::{Blocked, Entry, State, Tries};
use super::{Intent, OutboxError, Progress, codes};
use crate::cache::columns::{Columns, json_option, millis};
use crate::cache::{CacheError, overlay};

/// Columns of an entry, for `SELECT` and for [`read`].
pub(super) const COLUMNS: &str = "seq, key, owner, conversation_id, kind, payload_version, payload, text, clicked_at, not_before, \
    state, head, undo_requested, due_at, due_set_at, retry_after_until, first_attempt_at, tries_unreachable, tries_in_doubt, \
    tries_unavailable, tries_refused, tries_in_row, last_problem, blocked_code, blocked_newest_message_id, \
    blocked_newer_conversation_id, waits_for_switch, progress, mark, missed_at, settled, receipt";

/// Which entries are open, for `WHERE`; word for word as in the partial indexes, or SQLite does not use them.
pub(super) const OPEN: &str = "state IN ('queued', 'sending', 'in_doubt', 'blocked')";

/// Reads an entry from [`COLUMNS`], which stand in this order.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let mut columns = Columns::of(row);
    let (seq, key) = (columns.next()?, columns.next()?);
    let (owner, conversation_id) = (columns.next()?, columns.next()?);
    let (kind, version, payload): (String, _, String) = (columns.next()?, columns.next()?, columns.next()?);
    let text: Option<String> = columns.next()?;
    let (clicked_at, not_before) = (columns.next_time()?, columns.next_time_option()?);
    let state: String = columns.next()?;
    let (head, undo_requested) = (columns.next()?, columns.next()?);
    let (due_at, due_set_at) = (columns.next_time()?, columns.next_time()?);
    let (retry_after_until, first_attempt_at) = (columns.next_time_option()?, columns.next_time_option()?);
    let tries = Tries {
        unreachable: columns.next()?,
        in_doubt: columns.next()?,
        unavailable: columns.next()?,
        refused: columns.next()?,
        in_row: columns.next()?,
    };
    let (last_problem, blocked_code): (Option<String>, Option<String>) = (columns.next()?, columns.next()?);
    let (newest_message_id, newer_conversation_id) = (columns.next()?, columns.next()?);
    let blocked =
        blocked_code.map(|word| Blocked { code: codes::from_word(word), newest_message_id, newer_conversation_id });
    let waits_for_switch = columns.next()?;
    let progress = read_progress(columns.next()?);
    // What has been done of it cannot be known, so nothing more is done.
    let readable = progress.is_some();
    let intent = Intent::read(&kind, version, &payload, text.as_deref()).filter(|_| readable);
    Ok(Entry {
        seq,
        key,
        owner,
        conversation_id,
        intent,
        text,
        clicked_at,
        not_before,
        // The schema allows no other word.
        state: State::from_word(&state).unwrap_or(State::Blocked),
        head,
        undo_requested,
        due_at,
        due_set_at,
        retry_after_until,
        first_attempt_at,
        tries,
        last_problem: last_problem.map(codes::from_word),
        blocked,
        waits_for_switch,
        progress: progress.unwrap_or_else(Progress::unreadable),
        mark: columns.next()?,
        missed_at: columns.next_time_option()?,
        settled: columns.next()?,
        receipt: columns.next_json_option()?,
    })
}

/// How far an entry is; `None` if that cannot be read.
fn read_progress(json: Option<String>) -> Option<Progress> {
    json.map_or_else(|| Some(Progress::default()), |json| serde_json::from_str(&json).ok())
}

/// The entry with this key.
pub(super) fn get(connection: &Connection, key: &str) -> Result<Option<Entry>, OutboxError> {
    let entry = connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE key = ?1"))?
        .query_row(params![key], read)
        .optional()?;
    Ok(entry)
}

/// Writes a new entry behind all others.
pub(super) fn insert(transaction: &Transaction<'_>, entry: &Entry, intent: &Intent) -> Result<(), OutboxError> {
    let written = intent.write().map_err(CacheError::from)?;
    transaction
        .prepare_cached(
            "INSERT INTO outbox (
                 key, owner, conversation_id, kind, payload_version, payload, text, clicked_at, not_before,
                 state, head, due_at, due_set_at
             ) VALUES (
                 :key, :owner, :conversation_id, :kind, :payload_version, :payload, :text, :clicked_at, :not_before,
                 :state,
                 NOT EXISTS (SELECT 1 FROM outbox WHERE owner = :owner AND conversation_id = :conversation_id AND head = 1),
                 :due_at, :due_set_at
             )",
        )?
        .execute(named_params! {
            ":key": entry.key,
            ":owner": entry.owner,
            ":conversation_id": entry.conversation_id,
            ":kind": written.kind,
            ":payload_version": written.version,
            ":payload": written.payload,
            ":text": entry.text,
            ":clicked_at": millis(entry.clicked_at),
            ":not_before": entry.not_before.map(millis),
            ":state": entry.state.word(),
            ":due_at": millis(entry.due_at),
            ":due_set_at": millis(entry.due_set_at),
        })?;
    Ok(())
}

/// Writes what has changed about an entry. One that is no longer open hands its place to the next of its conversation. What is shown of
/// the conversation is derived anew.
pub(super) fn save(transaction: &Transaction<'_>, entry: &Entry) -> Result<(), OutboxError> {
    write(transaction, entry)?;
    if !entry.state.is_open() {
        promote(transaction, &entry.owner, &entry.conversation_id)?;
    }
    overlay::project(transaction, &entry.conversation_id)?;
    Ok(())
}

/// Writes what has changed about an entry that was pending and still is: what is shown stays the same.
pub(super) fn write(transaction: &Transaction<'_>, entry: &Entry) -> Result<(), OutboxError> {
    let blocked = entry.blocked.as_ref();
    // Of an act that is taken whole there is nothing to keep.
    let progress = Some(&entry.progress).filter(|progress| **progress != Progress::default());
    let progress = json_option(progress)?;
    transaction
        .prepare_cached(
            "UPDATE outbox SET
                 not_before = :not_before, state = :state, head = :head, undo_requested = :undo_requested, due_at = :due_at,
                 due_set_at = :due_set_at, retry_after_until = :retry_after_until, first_attempt_at = :first_attempt_at,
                 tries_unreachable = :tries_unreachable, tries_in_doubt = :tries_in_doubt, tries_unavailable = :tries_unavailable,
                 tries_refused = :tries_refused, tries_in_row = :tries_in_row, last_problem = :last_problem,
                 blocked_code = :blocked_code, blocked_newest_message_id = :newest_message_id,
                 blocked_newer_conversation_id = :newer_conversation_id, waits_for_switch = :waits_for_switch,
                 progress = iif(:keep_progress, progress, :progress), mark = :mark, missed_at = :missed_at,
                 settled = :settled, receipt = :receipt, receipt_version = coalesce(:receipt_version, receipt_version)
             WHERE seq = :seq",
        )?
        .execute(named_params! {
            ":seq": entry.seq,
            ":not_before": entry.not_before.map(millis),
            ":state": entry.state.word(),
            ":head": entry.head && entry.state.is_open(),
            ":undo_requested": entry.undo_requested,
            ":due_at": millis(entry.due_at),
            ":due_set_at": millis(entry.due_set_at),
            ":retry_after_until": entry.retry_after_until.map(millis),
            ":first_attempt_at": entry.first_attempt_at.map(millis),
            ":tries_unreachable": entry.tries.unreachable,
            ":tries_in_doubt": entry.tries.in_doubt,
            ":tries_unavailable": entry.tries.unavailable,
            ":tries_refused": entry.tries.refused,
            ":tries_in_row": entry.tries.in_row,
            ":last_problem": entry.last_problem.and_then(codes::to_word),
            ":blocked_code": blocked.and_then(|blocked| codes::to_word(blocked.code)),
            ":newest_message_id": blocked.and_then(|blocked| blocked.newest_message_id.as_deref()),
            ":newer_conversation_id": blocked.and_then(|blocked| blocked.newer_conversation_id.as_deref()),
            ":waits_for_switch": entry.waits_for_switch,
            // What this version cannot read stays as it is, for one that can.
            ":keep_progress": entry.intent.is_none(),
            ":progress": progress,
            ":mark": entry.mark,
            ":missed_at": entry.missed_at.map(millis),
            ":settled": entry.settled,
            ":receipt": json_option(entry.receipt.as_ref())?,
            ":receipt_version": entry.receipt.as_ref().map(|receipt| receipt.version),
        })?;
    Ok(())
}

/// Writes a changed intent, which may have moved to the end of another conversation.
pub(super) fn save_intent(transaction: &Transaction<'_>, entry: &Entry, intent: &Intent) -> Result<(), OutboxError> {
    let written = intent.write().map_err(CacheError::from)?;
    transaction
        .prepare_cached("UPDATE outbox SET kind = ?2, payload_version = ?3, payload = ?4 WHERE seq = ?1")?
        .execute(params![entry.seq, written.kind, written.version, written.payload])?;
    Ok(())
}

/// Moves an entry behind everything else in another conversation, and lets the next of its old one take its place.
pub(super) fn move_to(
    transaction: &Transaction<'_>,
    entry: &mut Entry,
    conversation_id: &str,
) -> Result<(), OutboxError> {
    let seq: i64 =
        transaction.prepare_cached("SELECT max(seq) + 1 AS seq FROM outbox")?.query_row([], |row| row.get("seq"))?;
    transaction
        .prepare_cached("UPDATE outbox SET seq = ?2, conversation_id = ?3, head = 0 WHERE seq = ?1")?
        .execute(params![entry.seq, seq, conversation_id])?;
    let left = std::mem::replace(&mut entry.conversation_id, conversation_id.to_owned());
    entry.seq = seq;
    promote(transaction, &entry.owner, &left)?;
    promote(transaction, &entry.owner, conversation_id)?;
    entry.head = transaction
        .prepare_cached("SELECT head FROM outbox WHERE seq = ?1")?
        .query_row(params![seq], |row| row.get("head"))?;
    overlay::project(transaction, &left)?;
    Ok(())
}

/// The number of the next entry to end.
pub(super) fn next_settled(transaction: &Transaction<'_>) -> Result<i64, OutboxError> {
    let number = transaction
        .prepare_cached("SELECT coalesce(max(settled), 0) + 1 AS number FROM outbox WHERE settled IS NOT NULL")?
        .query_row([], |row| row.get("number"))?;
    Ok(number)
}

/// Makes the oldest open entry of a conversation its head, if it has none.
pub(super) fn promote(transaction: &Transaction<'_>, owner: &str, conversation_id: &str) -> Result<(), OutboxError> {
    transaction
        .prepare_cached(&format!(
            "UPDATE outbox SET head = 1
             WHERE seq = (SELECT seq FROM outbox WHERE owner = ?1 AND conversation_id = ?2 AND {OPEN} ORDER BY seq LIMIT 1)
                 AND NOT EXISTS (SELECT 1 FROM outbox WHERE owner = ?1 AND conversation_id = ?2 AND head = 1)"
        ))?
        .execute(params![owner, conversation_id])?;
    Ok(())
}
