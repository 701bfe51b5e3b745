//! What keeps the outbox in order without anybody's click: a start after a crash, a clock that was set back, the feature switch, other
//! versions' entries, and the end of what has ended.

use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};
use signoff_wire::interface::Code;

use super::entry::{Blocked, Entry};
use super::machine::{Happening, Move, next};
use super::{OutboxError, codes, listing, rows, settle};
use crate::cache::columns::millis;
use crate::cache::{CacheError, facts, overlay};
use crate::{files, notify};

/// Entries that are kept after their end, for the queue view.
const KEPT_AFTER_END: i64 = 50;
/// How many ends there are between two looks at what has ended.
const PRUNED_EVERY: i64 = 20;

/// Puts the outbox of a person in order when its dispatcher starts: whatever was being sent by a process that is gone is in doubt, each
/// conversation has its head, and waits of a clock that was set back, or for a switch that is on, are over.
///
/// # Errors
/// SQLite's.
pub fn recover(transaction: &Transaction<'_>, owner: &str, now: DateTime<Utc>) -> Result<(), OutboxError> {
    let sending = select(transaction, "owner = ?1 AND state = 'sending'", owner)?;
    for mut entry in sending {
        if let Move::To(state) = next(entry.standing(), Happening::Died) {
            entry.state = state;
            entry.decided_at(now);
            entry.due_at = now;
            settle::finish(transaction, &mut entry)?;
        }
    }
    let without_head = transaction
        .prepare(&format!(
            "SELECT DISTINCT conversation_id FROM outbox o WHERE owner = ?1 AND {}
                 AND NOT EXISTS (SELECT 1 FROM outbox h WHERE h.owner = ?1 AND h.conversation_id = o.conversation_id AND h.head = 1)",
            rows::OPEN
        ))?
        .query_map(params![owner], |row| row.get("conversation_id"))?
        .collect::<Result<Vec<String>, _>>()?;
    for conversation_id in without_head {
        rows::promote(transaction, owner, &conversation_id)?;
    }
    files::adopt_orphans(transaction, owner)?;
    reread_quarantined(transaction, owner, now)?;
    close_switched(transaction, facts::close_enabled(transaction)?)?;
    end_waits_of_other_clocks(transaction, owner, now)
}

/// Ends the waits that were decided at a time that has not come yet: the clock was set back, and their ends may be a year away. Those of
/// entries behind a head, too: nobody looks at them again when their turn comes.
pub(super) fn end_waits_of_other_clocks(
    transaction: &Transaction<'_>,
    owner: &str,
    now: DateTime<Utc>,
) -> Result<(), OutboxError> {
    transaction
        .prepare_cached(&format!(
            "UPDATE outbox SET due_at = ?2, due_set_at = ?2, retry_after_until = NULL
             WHERE owner = ?1 AND {} AND due_set_at > ?2",
            rows::OPEN
        ))?
        .execute(params![owner, millis(now)])?;
    Ok(())
}

/// Makes everything due that waits only because an attempt failed. What the platform or the advisor asked to wait for still waits.
pub(super) fn hurry(transaction: &Transaction<'_>, owner: &str, now: DateTime<Utc>) -> Result<(), OutboxError> {
    transaction
        .prepare_cached(
            "UPDATE outbox SET due_at = max(?2, coalesce(not_before, 0), coalesce(retry_after_until, 0)), due_set_at = ?2
             WHERE owner = ?1 AND head = 1 AND state IN ('queued', 'in_doubt') AND due_at > ?2",
        )?
        .execute(params![owner, millis(now)])?;
    Ok(())
}

/// Takes note that closing was switched on or off: what was told to wait for it goes on (D8).
///
/// # Errors
/// SQLite's.
pub fn close_switched(transaction: &Transaction<'_>, enabled: bool) -> Result<(), CacheError> {
    if !enabled {
        return Ok(());
    }
    let conversations = transaction
        .prepare_cached("SELECT DISTINCT conversation_id FROM outbox WHERE state = 'blocked' AND waits_for_switch = 1")?
        .query_map([], |row| row.get("conversation_id"))?
        .collect::<Result<Vec<String>, _>>()?;
    for conversation_id in conversations {
        transaction
            .prepare_cached(
                // `GoOn` of the machine, for all of them at once.
                "UPDATE outbox SET state = 'queued', waits_for_switch = 0, blocked_code = NULL, last_problem = NULL,
                     due_at = due_set_at
                 WHERE conversation_id = ?1 AND state = 'blocked' AND waits_for_switch = 1",
            )?
            .execute(params![conversation_id])?;
        overlay::project(transaction, &conversation_id)?;
    }
    Ok(())
}

/// Sets an entry of another version aside, with its text readable (DESIGN, outbox 2), and has the advisor told (D23).
pub(super) fn quarantine(
    transaction: &Transaction<'_>,
    entry: &mut Entry,
    now: DateTime<Utc>,
) -> Result<(), OutboxError> {
    if let Move::To(state) = next(entry.standing(), Happening::Unreadable) {
        tracing::warn!(entry = entry.key, "the entry was written by another version");
        entry.state = state;
        entry.blocked = Some(Blocked::because(Code::EntryUnreadable));
        settle::finish(transaction, entry)?;
        have_told(transaction, entry, now)?;
    }
    Ok(())
}

/// Has the advisor told that an entry has come to need him (D23), unless another one waits for the very same cause: one switch, or one
/// other version, stops many conversations, and is one piece of news. All of them are counted and listed all the same. What was told to wait for
/// the switch (D8) needs nobody, so it keeps nothing quiet.
pub(super) fn have_told(transaction: &Transaction<'_>, entry: &Entry, now: DateTime<Utc>) -> Result<(), OutboxError> {
    let code = entry.blocked.as_ref().map(|blocked| blocked.code);
    if let Some(code @ (Code::CloseDisabled | Code::EntryUnreadable)) = code {
        let known = transaction
            .prepare_cached(
                "SELECT 1 FROM outbox
                 WHERE owner = ?1 AND head = 1 AND state = 'blocked' AND waits_for_switch = 0 AND blocked_code = ?2 AND key <> ?3",
            )?
            .exists(params![entry.owner, codes::to_word(code), entry.key])?;
        if known {
            return Ok(());
        }
    }
    notify::needs_attention(transaction, &listing::entry(transaction, &entry.owner, &entry.key)?, now)?;
    Ok(())
}

/// Lets entries go on that an older version could not read and this one can. What may have been attempted is asked for first.
fn reread_quarantined(transaction: &Transaction<'_>, owner: &str, now: DateTime<Utc>) -> Result<(), OutboxError> {
    let Some(word) = codes::to_word(Code::EntryUnreadable) else { return Ok(()) };
    let quarantined =
        select(transaction, &format!("owner = ?1 AND state = 'blocked' AND blocked_code = '{word}'"), owner)?;
    for mut entry in quarantined.into_iter().filter(|entry| entry.intent.is_some()) {
        let attempted = entry.first_attempt_at.is_some();
        let happening = if attempted { Happening::RereadAfterAttempt } else { Happening::Reread };
        if let Move::To(state) = next(entry.standing(), happening) {
            entry.state = state;
            entry.decided_at(now);
            entry.due_at = now;
            settle::finish(transaction, &mut entry)?;
        }
    }
    Ok(())
}

/// Forgets what has ended, except the latest and what the cache does not show by itself yet.
///
/// While the event stream is behind, all of it may have to stay, and some of it for good: a conversation that this person does not get
/// any more stays at its version. So everything is looked at, and to keep that cheap, not at every end: `settled` is the number of this one.
pub(super) fn prune(transaction: &Transaction<'_>, owner: &str, settled: i64) -> Result<(), OutboxError> {
    if settled % PRUNED_EVERY != 0 {
        return Ok(());
    }
    transaction
        .prepare_cached(
            "DELETE FROM outbox WHERE settled <= ?2 AND owner = ?1
                 AND NOT (state = 'done' AND receipt_version > coalesce(
                     (SELECT c.version FROM conversations c WHERE c.id = outbox.conversation_id), receipt_version))",
        )?
        .execute(params![owner, settled - KEPT_AFTER_END])?;
    Ok(())
}

/// Forgets the texts and the names of files of what has ended in a conversation; what has not is the advisor's (D23).
pub(crate) fn erase_settled(transaction: &Transaction<'_>, conversation_id: &str) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "UPDATE outbox SET text = '', payload = iif(payload_version = 3, json_remove(payload, '$.files'), payload)
             WHERE conversation_id = ?1 AND text IS NOT NULL AND state IN ('done', 'cancelled')",
        )?
        .execute(params![conversation_id])?;
    Ok(())
}

fn select(transaction: &Transaction<'_>, condition: &str, owner: &str) -> Result<Vec<Entry>, OutboxError> {
    let entries = transaction
        .prepare(&format!("SELECT {} FROM outbox WHERE {condition} ORDER BY seq", rows::COLUMNS))?
        .query_map(params![owner], rows::read)?
        .collect::<Result<_, _>>()?;
    Ok(entries)
}
