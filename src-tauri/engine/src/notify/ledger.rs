//! The ledger's table.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use signoff_wire::interface::{Loudness, NotificationPreferences};

/// What a person can be told of; one preference each (D31).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A closed customer has started a new conversation (R14).
    ReturnedAfterClose,
    /// Any other new conversation.
    NewConversation,
    /// A conversation was given to this person by somebody else.
    AssignedToMe,
    /// A message in a conversation of this person.
    MessageInMine,
    /// A reply of this person was not delivered (D12).
    ReplyNotDelivered,
    /// A queued action waits for this person (D23).
    NeedsAttention,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::ReturnedAfterClose,
        Self::NewConversation,
        Self::AssignedToMe,
        Self::MessageInMine,
        Self::ReplyNotDelivered,
        Self::NeedsAttention,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::ReturnedAfterClose => "returned_after_close",
            Self::NewConversation => "new_conversation",
            Self::AssignedToMe => "assigned_to_me",
            Self::MessageInMine => "message_in_mine",
            Self::ReplyNotDelivered => "reply_not_delivered",
            Self::NeedsAttention => "needs_attention",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether the customer's message belongs to what is told.
    pub(crate) fn quotes(self) -> bool {
        match self {
            Self::ReturnedAfterClose | Self::NewConversation | Self::MessageInMine => true,
            Self::AssignedToMe | Self::ReplyNotDelivered | Self::NeedsAttention => false,
        }
    }

    /// How the person wants to be told of it.
    pub(super) fn loudness(self, wanted: &NotificationPreferences) -> Loudness {
        match self {
            Self::ReturnedAfterClose => wanted.returned_after_close,
            Self::NewConversation => wanted.new_conversation,
            Self::AssignedToMe => wanted.assigned_to_me,
            Self::MessageInMine => wanted.message_in_mine,
            Self::ReplyNotDelivered => wanted.reply_not_delivered,
            Self::NeedsAttention => wanted.needs_attention,
        }
    }
}

/// Something that happened and that a person could be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Occasion {
    /// A name that is the same whenever the event is heard of again.
    pub(crate) event: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// Where.
    pub(crate) conversation_id: String,
    /// For whom.
    pub(crate) customer_name: String,
    /// The message.
    pub(crate) text: Option<String>,
}

/// Forgets who and what the notifications about a conversation quote.
pub(crate) fn erase(transaction: &Connection, conversation_id: &str, name: &str) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE notifications SET customer_name = ?2, text = NULL WHERE conversation_id = ?1")?
        .execute(params![conversation_id, name])?;
    Ok(())
}

/// Writes an occasion down, unless it has been before. Takes part in the transaction of the change.
pub(crate) fn record(transaction: &Connection, occasion: &Occasion, now: DateTime<Utc>) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO notifications (event, kind, conversation_id, customer_name, text, recorded_at, told)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)
             ON CONFLICT (event) DO UPDATE SET text = excluded.text
             WHERE notifications.told = 0 AND notifications.text IS NULL",
        )?
        .execute(params![
            occasion.event,
            occasion.kind.name(),
            occasion.conversation_id,
            occasion.customer_name,
            occasion.text,
            now.timestamp_millis(),
        ])?;
    Ok(())
}

/// What has not been told, oldest first.
pub(super) fn untold(connection: &Connection) -> rusqlite::Result<Vec<Occasion>> {
    let rows = connection
        .prepare_cached(
            "SELECT event, kind, conversation_id, customer_name, text FROM notifications
             WHERE told = 0 ORDER BY recorded_at, event",
        )?
        .query_map([], |row| {
            let kind: String = row.get("kind")?;
            Ok(Kind::named(&kind).map(|kind| {
                Ok(Occasion {
                    event: row.get("event")?,
                    kind,
                    conversation_id: row.get("conversation_id")?,
                    customer_name: row.get("customer_name")?,
                    text: row.get("text")?,
                })
            }))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    rows.into_iter().flatten().collect()
}

/// Marks events as told. Their texts are not needed any more.
pub(super) fn mark_told(transaction: &Connection, events: &[String]) -> rusqlite::Result<()> {
    let mut mark = transaction.prepare_cached("UPDATE notifications SET told = 1, text = NULL WHERE event = ?1")?;
    for event in events {
        mark.execute(params![event])?;
    }
    Ok(())
}

/// Forgets what was told before `before`. No platform announces an event again that is older.
pub(super) fn forget(transaction: &Connection, before: DateTime<Utc>) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM notifications WHERE told = 1 AND recorded_at < ?1")?
        .execute(params![before.timestamp_millis()])?;
    Ok(())
}
