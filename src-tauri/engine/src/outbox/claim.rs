//! Whose turn it is: the heads that are due, found by an index however much stands behind them (DESIGN, outbox 6).

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::entry::{Entry, State};
use super::machine::{Happening, Move, next};
use super::{OutboxError, Progress, rows, upkeep};
use crate::cache::columns::{count, get_time_option, millis};
use crate::files::{self, Waiting};
use crate::remote::{Act, Attempt, Platform};

/// What to do for an entry now.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) key: String,
    pub(super) conversation_id: String,
    pub(super) attempt: Attempt,
    pub(super) call: Call,
    /// The files that the act names, once the platform has them.
    pub(super) files: Vec<Waiting>,
    /// Nothing has left this machine under this key before.
    pub(super) first: bool,
}

/// The next call for an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// Take the step. The entry is marked as `sending` already.
    Perform,
    /// Look for it first: the outcome of an attempt is unknown, or the platform does not recognise a repeated one.
    Look,
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
    pub(super) fn to_send(transaction: &Transaction<'_>, entry: &Entry) -> Result<Self, OutboxError> {
        let claims = call(transaction, entry, Call::Perform)?.into_iter().collect();
        Ok(Self { claims, set_aside: Vec::new() })
    }
}

/// Claims up to `limit` due heads, leaving out conversations in which something is under way.
pub(super) fn claim(
    transaction: &Transaction<'_>,
    owner: &str,
    platform: &dyn Platform,
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
            begin(transaction, head, platform, now, &mut claimed)?;
        }
    }
    Ok(claimed)
}

/// Claims the head of one conversation if it is due.
pub(super) fn claim_next(
    transaction: &Transaction<'_>,
    owner: &str,
    conversation_id: &str,
    platform: &dyn Platform,
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
        begin(transaction, head, platform, now, &mut claimed)?;
    }
    Ok(claimed)
}

fn call(transaction: &Transaction<'_>, entry: &Entry, call: Call) -> Result<Option<Claim>, OutboxError> {
    let Some(intent) = &entry.intent else { return Ok(None) };
    let Some(act) = intent.act(&entry.conversation_id) else { return Ok(None) };
    let step = entry.progress.current();
    let files = if call == Call::Perform && step.carries_files() {
        files::waiting(transaction, &entry.key, &intent.files)?
    } else {
        Vec::new()
    };
    let attempt = Attempt { key: step.key(&entry.key), act, step, mark: entry.mark.clone() };
    let (key, conversation_id) = (entry.key.clone(), entry.conversation_id.clone());
    Ok(Some(Claim { key, conversation_id, attempt, call, files, first: false }))
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
    platform: &dyn Platform,
    now: Moment,
    claimed: &mut Claimed,
) -> Result<(), OutboxError> {
    let Some(act) = entry.intent.as_ref().and_then(|intent| intent.act(&entry.conversation_id)) else {
        upkeep::quarantine(transaction, &mut entry, now.here)?;
        claimed.set_aside.push(entry);
        return Ok(());
    };
    let first = entry.first_attempt_at.is_none();
    let is_old = entry.first_attempt_at.is_some_and(|at| now.may_have_forgotten(at));
    let turn = match platform.keeps_keys() {
        true if is_old => Happening::TurnWithOldKey,
        true => Happening::Turn,
        false => Happening::TurnToLook,
    };
    match next(entry.standing(), turn) {
        Move::To(State::Sending) => {
            plan(&mut entry, &act, platform);
            entry.state = State::Sending;
            entry.first_attempt_at = entry.first_attempt_at.or(Some(now.there));
            rows::write(transaction, &entry)?;
            claimed.claims.extend(call(transaction, &entry, Call::Perform)?.map(|claim| Claim { first, ..claim }));
        }
        Move::To(State::Queued) => {
            let before = entry.progress.clone();
            plan(&mut entry, &act, platform);
            if entry.progress != before {
                rows::write(transaction, &entry)?;
            }
            claimed.claims.extend(call(transaction, &entry, Call::Look)?);
        }
        Move::To(State::InDoubt) => {
            if entry.state != State::InDoubt {
                entry.state = State::InDoubt;
                rows::write(transaction, &entry)?;
            }
            claimed.claims.extend(call(transaction, &entry, Call::Look)?.map(|claim| Claim { first, ..claim }));
        }
        Move::To(State::Blocked | State::Done | State::Cancelled)
        | Move::BackInDraft
        | Move::NoteUndo
        | Move::Nothing => {}
    }
    Ok(())
}

/// Decides the steps. What has begun goes on as it began; before that the platform, or what is asked of it, may have become another.
fn plan(entry: &mut Entry, act: &Act, platform: &dyn Platform) {
    if entry.progress.begun() {
        return;
    }
    let progress = Progress::along(platform.steps(act));
    if progress != entry.progress {
        entry.progress = progress;
        entry.forget_attempts();
    }
}
