//! Whose turn it is: the heads that are due, found by an index however much stands behind them (DESIGN, outbox 6).

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::entry::{Entry, State};
use super::machine::{Happening, Move, next};
use super::{OutboxError, rows, upkeep};
use crate::cache::columns::{count, get_time_option, millis};
use crate::remote::Act;

/// What to do for an entry now.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) key: String,
    pub(super) conversation_id: String,
    pub(super) step: Step,
    /// Nothing has left this machine under this key before.
    pub(super) first: bool,
}

/// The next step of an entry.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// Send it. It is marked as `sending` already.
    Send(Act),
    /// Ask for its receipt first: the outcome of an attempt is unknown.
    Ask,
}

/// A moment on two clocks. What this machine waits for goes by its own; how old a key is goes by the platform's, which is the one that
/// forgets it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) here: DateTime<Utc>,
    pub(super) there: DateTime<Utc>,
    /// How long the platform surely remembers a key.
    pub(super) key_is_kept: TimeDelta,
}

/// How far two readings of the platform's clock can be apart for no reason.
const CLOCKS_AGREE: TimeDelta = TimeDelta::minutes(10);

impl Moment {
    /// Whether the platform may have forgotten a key that was first used then. A time that is yet to come was taken from a wrong clock.
    pub(super) fn may_have_forgotten(&self, first_attempt_at: DateTime<Utc>) -> bool {
        let age = self.there - first_attempt_at;
        age >= self.key_is_kept || age < -CLOCKS_AGREE
    }
}

/// What a look at the due heads has brought.
#[derive(Debug, Default)]
pub(super) struct Claimed {
    /// What to do now.
    pub(super) claims: Vec<Claim>,
    /// What this version cannot read, and has set aside.
    pub(super) set_aside: Vec<Entry>,
}

impl Claimed {
    /// The step for an entry that was just decided to be sent.
    pub(super) fn to_send(entry: &Entry) -> Self {
        Self { claims: to_send(entry).into_iter().collect(), set_aside: Vec::new() }
    }
}

/// Claims up to `limit` due heads, leaving out conversations in which something is under way.
pub(super) fn claim(
    transaction: &Transaction<'_>,
    owner: &str,
    now: Moment,
    limit: usize,
    under_way: &[String],
) -> Result<Claimed, OutboxError> {
    let heads = transaction
        .prepare_cached(&format!(
            "SELECT {} FROM outbox
             WHERE owner = ?1 AND head = 1 AND state IN ('queued', 'in_doubt') AND due_at <= ?2
             ORDER BY due_at, seq LIMIT ?3",
            rows::COLUMNS
        ))?
        .query_map(params![owner, millis(now.here), count(limit + under_way.len())], rows::read)?
        .collect::<Result<Vec<_>, _>>()?;
    let mut claimed = Claimed::default();
    for head in heads {
        if claimed.claims.len() >= limit {
            break;
        }
        if !under_way.contains(&head.conversation_id) {
            begin(transaction, head, now, &mut claimed)?;
        }
    }
    Ok(claimed)
}

/// Claims the head of one conversation if it is due.
pub(super) fn claim_next(
    transaction: &Transaction<'_>,
    owner: &str,
    conversation_id: &str,
    now: Moment,
) -> Result<Claimed, OutboxError> {
    let head = transaction
        .prepare_cached(&format!(
            "SELECT {} FROM outbox
             WHERE owner = ?1 AND conversation_id = ?2 AND head = 1 AND state IN ('queued', 'in_doubt') AND due_at <= ?3",
            rows::COLUMNS
        ))?
        .query_row(params![owner, conversation_id, millis(now.here)], rows::read)
        .optional()?;
    let mut claimed = Claimed::default();
    if let Some(head) = head {
        begin(transaction, head, now, &mut claimed)?;
    }
    Ok(claimed)
}

fn to_send(entry: &Entry) -> Option<Claim> {
    let act = entry.intent.as_ref()?.act(&entry.conversation_id)?;
    let (key, conversation_id) = (entry.key.clone(), entry.conversation_id.clone());
    Some(Claim { key, conversation_id, step: Step::Send(act), first: false })
}

/// When the next head will be due; `None` if none waits for its time.
pub(super) fn next_due(
    connection: &Connection,
    owner: &str,
    under_way: &[String],
) -> Result<Option<DateTime<Utc>>, OutboxError> {
    // What is under way is due as well, so as many heads are looked at as could be.
    let mut statement = connection.prepare_cached(
        "SELECT conversation_id, due_at FROM outbox
         WHERE owner = ?1 AND head = 1 AND state IN ('queued', 'in_doubt') ORDER BY due_at, seq LIMIT ?2",
    )?;
    let mut heads = statement.query(params![owner, count(under_way.len() + 1)])?;
    while let Some(head) = heads.next()? {
        let conversation_id: String = head.get("conversation_id")?;
        if !under_way.contains(&conversation_id) {
            return Ok(get_time_option(head, "due_at")?);
        }
    }
    Ok(None)
}

fn begin(
    transaction: &Transaction<'_>,
    mut entry: Entry,
    now: Moment,
    claimed: &mut Claimed,
) -> Result<(), OutboxError> {
    if entry.intent.is_none() {
        upkeep::quarantine(transaction, &mut entry, now.here)?;
        claimed.set_aside.push(entry);
        return Ok(());
    }
    let first = entry.first_attempt_at.is_none();
    let is_old = entry.first_attempt_at.is_some_and(|at| now.may_have_forgotten(at));
    let turn = if is_old { Happening::TurnWithOldKey } else { Happening::Turn };
    match next(entry.state, entry.undo_requested, turn) {
        Move::To(State::Sending) => {
            entry.state = State::Sending;
            entry.first_attempt_at = entry.first_attempt_at.or(Some(now.there));
            rows::write(transaction, &entry)?;
            claimed.claims.extend(to_send(&entry).map(|claim| Claim { first, ..claim }));
        }
        Move::To(State::InDoubt) => {
            if entry.state != State::InDoubt {
                entry.state = State::InDoubt;
                rows::write(transaction, &entry)?;
            }
            let Entry { key, conversation_id, .. } = entry;
            claimed.claims.push(Claim { key, conversation_id, step: Step::Ask, first });
        }
        Move::To(State::Queued | State::Blocked | State::Done | State::Cancelled)
        | Move::BackInDraft
        | Move::NoteUndo
        | Move::Nothing => {}
    }
    Ok(())
}
