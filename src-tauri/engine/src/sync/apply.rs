//! Events into the cache: what they change, the notifications that they cause and the sequence, in one transaction.

use chrono::{DateTime, Duration, Utc};
use rusqlite::{Connection, Transaction};
use signoff_wire::contract::events::{Event, EventType};
use signoff_wire::interface::{Announcement, QueueCounts, QueueEntry};

use super::{Ended, Synchronisation, first};
use crate::cache::{self, Applied, CacheError, facts};
use crate::notify::{self, Person};
use crate::outbox::{self, Report, State};
use crate::store::meta;

impl Synchronisation {
    /// Applies events that came in this order. `upto` is where the platform says they end, if it goes further than the last of them.
    pub(super) async fn apply(&self, events: Vec<Event>, upto: Option<i64>) -> Result<Applied, Ended> {
        let (me, now) = (self.me(), self.clock.now());
        let settings = events.iter().any(|event| event.kind == EventType::SettingsChanged);
        let write = move |transaction: &Transaction<'_>| apply(transaction, &events, upto, &me, now);
        let applied = self.store.write_in_background::<_, CacheError, _>(write).await?;
        self.say(&applied).await?;
        if settings {
            self.frame.announce(Announcement::SettingsChanged);
        }
        Ok(applied)
    }

    /// Tells the window and the outbox what changed.
    pub(super) async fn say(&self, applied: &Applied) -> Result<(), Ended> {
        if applied.switch_changed {
            let enabled = self.store.read(facts::close_enabled).await?;
            self.frame.update(|state| state.close_enabled = enabled);
            self.frame.everything_changed();
        }
        if !applied.conversation_ids.is_empty() {
            self.frame.inbox_changed(applied.conversation_ids.iter().cloned());
            self.say_queue().await;
        }
        if applied.switch_changed || !applied.settled.is_empty() {
            // What waited for the switch, and what stood behind an entry that is done, can go on.
            self.outbox.look();
            self.frame.queue_changed();
        }
        self.report(&applied.settled).await;
        Ok(())
    }

    /// The own key on the stream is the acknowledgement (DESIGN, outbox 4).
    async fn report(&self, settled: &[String]) {
        for key in settled {
            let (key, owner) = (key.clone(), self.owner.clone());
            let entry = self.store.read(move |connection| outbox::entry(connection, &owner, &key)).await;
            if let Ok(QueueEntry { id: entry_id, conversation_id, .. }) = entry {
                // Nobody hears it only while everything ends.
                let _ = self.reports.send(Report::Settled { entry_id, conversation_id, state: State::Done });
            }
        }
    }

    /// What arrives may have settled an entry, and an entry under *Needs attention* quotes what the customer wrote since (D6).
    async fn say_queue(&self) {
        let owner = self.owner.clone();
        let queue = match self.store.read(move |connection| outbox::counts(connection, &owner)).await {
            Ok(queue) => queue,
            Err(error) => return tracing::warn!(%error, "the queue cannot be counted"),
        };
        let before = self.frame.state().queue;
        if queue != before || queue != QueueCounts::default() {
            self.frame.update(|state| state.queue = queue);
            self.frame.queue_changed();
        }
    }
}

fn apply(
    transaction: &Transaction<'_>,
    events: &[Event],
    upto: Option<i64>,
    me: &Person,
    now: DateTime<Utc>,
) -> Result<Applied, CacheError> {
    let mut applied = Applied::default();
    let mut sequence = facts::event_sequence(transaction)?.unwrap_or_default();
    for event in events {
        if event.kind == EventType::Reset {
            first::begin_anew(transaction)?;
            return Ok(Applied { reset: true, ..applied });
        }
        if event.seq <= sequence {
            continue;
        }
        sequence = event.seq;
        match cache::apply_change(transaction, event) {
            Ok(change) => applied.extend(change),
            Err(CacheError::Unreadable(reason)) => {
                tracing::warn!(seq = event.seq, kind = %event.kind, reason, "an event was passed over");
                continue;
            }
            Err(error) => return Err(error),
        }
        if let Some(mut occasion) = event.decode().ok().and_then(|data| notify::occasions(&data, me)) {
            if occasion.text.is_none() && occasion.kind.quotes() {
                // Of a conversation that was routed after its first message, the message is here already.
                let written = cache::customer_messages_after(transaction, &occasion.conversation_id, None)?.pop();
                occasion.text = written.map(|message| message.text);
            }
            notify::record(transaction, &occasion, now)?;
        }
    }
    facts::set_event_sequence(transaction, Some(sequence.max(upto.unwrap_or_default())))?;
    keep_current_as_of(transaction, now)?;
    Ok(applied)
}

const CURRENT_AS_OF: &str = "sync.current_as_of";
const CLOCK_AHEAD_MS: &str = "sync.clock_ahead_ms";

/// What earlier runs have found out, for an offline start.
pub(crate) struct Known {
    /// The moment up to which the cache was known to be the platform's truth: the age of what is shown.
    pub(crate) current_as_of: Option<DateTime<Utc>>,
    /// The platform's clock minus this machine's.
    pub(crate) clock_ahead_by: Option<Duration>,
}

pub(crate) fn known(connection: &Connection) -> Result<Known, CacheError> {
    Ok(Known {
        current_as_of: meta::get_number(connection, CURRENT_AS_OF)?.and_then(DateTime::from_timestamp_millis),
        clock_ahead_by: meta::get_number(connection, CLOCK_AHEAD_MS)?.and_then(Duration::try_milliseconds),
    })
}

pub(super) fn keep_clock_ahead_by(transaction: &Transaction<'_>, by: Option<Duration>) -> Result<(), CacheError> {
    match by {
        Some(by) => Ok(meta::set(transaction, CLOCK_AHEAD_MS, &by.num_milliseconds().to_string())?),
        None => Ok(()),
    }
}

pub(super) fn keep_current_as_of(transaction: &Transaction<'_>, now: DateTime<Utc>) -> Result<(), CacheError> {
    Ok(meta::set(transaction, CURRENT_AS_OF, &now.timestamp_millis().to_string())?)
}
