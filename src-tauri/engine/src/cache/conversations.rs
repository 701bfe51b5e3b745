//! The rows of conversations.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, named_params, params};
use signoff_wire::contract::conversations::{Conversation, ConversationState};

use super::columns::{get_state, json, json_option, millis, state_word};
use super::{CacheError, directory};

/// Characters of the last text that a row of the inbox shows.
const PREVIEW: usize = 160;

/// What putting a conversation did.
pub(super) struct Put {
    /// Its number in this file.
    pub(super) num: i64,
    /// The row changed: it was new, or newer than ours.
    pub(super) changed: bool,
    /// It was not there before.
    pub(super) inserted: bool,
    /// The customer's name changed: all their conversations are found under another name now.
    pub(super) renamed: bool,
}

/// Where a conversation comes from, which decides what this machine notes about it.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    /// Unread if its newest customer message is new to this machine.
    pub(super) counts_as_news: bool,
    /// What to ask the platform for older entries with, if it is new here.
    pub(super) history: Option<&'a str>,
    /// The synchronisation that confirms it.
    pub(super) generation: i64,
}

/// Takes in a conversation unless its version is known already.
pub(super) fn put(
    transaction: &Transaction<'_>,
    conversation: &Conversation,
    origin: Origin<'_>,
) -> Result<Put, CacheError> {
    let known: Option<(i64, i64)> = transaction
        .prepare_cached("SELECT num, version FROM conversations WHERE id = ?1")?
        .query_row(params![conversation.id], |row| Ok((row.get("num")?, row.get("version")?)))
        .optional()?;
    if let Some((num, version)) = known
        && version >= conversation.version
    {
        return Ok(Put { num, changed: false, inserted: false, renamed: false });
    }
    directory::put_channel(transaction, &conversation.channel)?;
    let renamed = directory::put_customer(transaction, &conversation.customer)?;
    write(transaction, conversation, origin)?;
    let num = match known {
        Some((num, _)) => num,
        None => transaction.last_insert_rowid(),
    };
    Ok(Put { num, changed: true, inserted: known.is_none(), renamed })
}

/// Takes in what the platform says now about a survey, if it speaks of the conversation as it is kept. Says whether that is news.
///
/// # Errors
/// SQLite's.
pub fn put_survey_preview(transaction: &Transaction<'_>, conversation: &Conversation) -> Result<bool, CacheError> {
    let changed = transaction
        .prepare_cached(
            "UPDATE conversations SET survey_preview = ?3 WHERE id = ?1 AND version = ?2 AND survey_preview <> ?3",
        )?
        .execute(params![conversation.id, conversation.version, json(&conversation.survey_preview)?])?;
    Ok(changed > 0)
}

fn write(transaction: &Transaction<'_>, conversation: &Conversation, origin: Origin<'_>) -> Result<(), CacheError> {
    let last = conversation.last_message.as_ref();
    let last_at = last
        .map(|last| last.at)
        .into_iter()
        .chain(conversation.last_customer_message_at)
        .chain(conversation.closed_at)
        .chain([conversation.opened_at])
        .max();
    // What is shown starts as the truth; the overlay changes it where something is pending.
    transaction
        .prepare_cached(
            "INSERT INTO conversations (
                 id, version, generation, state, channel_id, customer_id, team_id, team_name, assignee_id, assignee_name,
                 on_hold, help_requested, tags, opened_at, closed_at, closed_by, previous_conversation_id, previous_closed_by,
                 last_customer_message_id, last_customer_message_at, message_count, last_author, last_text, last_at,
                 reply_window_ends_at, survey_preview, history, unread,
                 shown_state, shown_assignee_id, shown_assignee_name, shown_closed_at, shown_closed_by
             ) VALUES (
                 :id, :version, :generation, :state, :channel_id, :customer_id, :team_id, :team_name, :assignee_id, :assignee_name,
                 :on_hold, :help_requested, :tags, :opened_at, :closed_at, :closed_by, :previous_conversation_id, :previous_closed_by,
                 :last_customer_message_id, :last_customer_message_at, :message_count, :last_author, :last_text, :last_at,
                 :reply_window_ends_at, :survey_preview, :history, :news,
                 :state, :assignee_id, :assignee_name, :closed_at, :closed_by
             ) ON CONFLICT (id) DO UPDATE SET
                 version = excluded.version, generation = max(generation, excluded.generation), state = excluded.state,
                 channel_id = excluded.channel_id, customer_id = excluded.customer_id,
                 team_id = excluded.team_id, team_name = excluded.team_name,
                 assignee_id = excluded.assignee_id, assignee_name = excluded.assignee_name,
                 on_hold = excluded.on_hold, help_requested = excluded.help_requested, tags = excluded.tags,
                 opened_at = excluded.opened_at, closed_at = excluded.closed_at, closed_by = excluded.closed_by,
                 previous_conversation_id = excluded.previous_conversation_id, previous_closed_by = excluded.previous_closed_by,
                 unread = unread OR last_customer_message_id IS NOT excluded.last_customer_message_id,
                 last_customer_message_id = excluded.last_customer_message_id,
                 last_customer_message_at = excluded.last_customer_message_at, message_count = excluded.message_count,
                 last_author = excluded.last_author, last_text = excluded.last_text, last_at = excluded.last_at,
                 reply_window_ends_at = excluded.reply_window_ends_at, survey_preview = excluded.survey_preview,
                 shown_state = excluded.shown_state, shown_assignee_id = excluded.shown_assignee_id,
                 shown_assignee_name = excluded.shown_assignee_name,
                 shown_closed_at = excluded.shown_closed_at, shown_closed_by = excluded.shown_closed_by",
        )?
        .execute(named_params! {
            ":id": conversation.id,
            ":version": conversation.version,
            ":generation": origin.generation,
            ":state": state_word(conversation.state),
            ":channel_id": conversation.channel.id,
            ":customer_id": conversation.customer.id,
            ":team_id": conversation.team.as_ref().map(|team| &team.id),
            ":team_name": conversation.team.as_ref().map(|team| &team.name),
            ":assignee_id": conversation.assignee.as_ref().map(|user| &user.id),
            ":assignee_name": conversation.assignee.as_ref().map(|user| &user.name),
            ":on_hold": conversation.on_hold,
            ":help_requested": conversation.help_requested,
            ":tags": json(&conversation.tags)?,
            ":opened_at": millis(conversation.opened_at),
            ":closed_at": conversation.closed_at.map(millis),
            ":closed_by": json_option(conversation.closed_by.as_ref())?,
            ":previous_conversation_id": conversation.previous_conversation_id,
            ":previous_closed_by": json_option(conversation.previous_closed_by.as_ref())?,
            ":last_customer_message_id": conversation.last_customer_message_id,
            ":last_customer_message_at": conversation.last_customer_message_at.map(millis),
            ":message_count": conversation.message_count,
            ":last_author": json_option(last.map(|last| &last.author))?,
            ":last_text": last.map(|last| preview(&last.text)).unwrap_or_default(),
            ":last_at": last_at.map(millis),
            ":reply_window_ends_at": conversation.reply_window_ends_at.map(millis),
            ":survey_preview": json(&conversation.survey_preview)?,
            ":history": origin.history,
            ":news": origin.counts_as_news && conversation.state == ConversationState::Received,
        })?;
    Ok(())
}

/// The beginning of a text on one line.
fn preview(text: &str) -> String {
    let mut line = String::with_capacity(PREVIEW);
    for (at, word) in text.split_whitespace().enumerate() {
        if at > 0 {
            line.push(' ');
        }
        for character in word.chars().filter(|character| !character.is_control()) {
            line.push(character);
            if line.chars().count() >= PREVIEW {
                line.push('…');
                return line;
            }
        }
    }
    line
}

/// What the outbox has to know about a conversation.
pub(crate) struct Standing {
    /// The platform's state.
    pub(crate) state: ConversationState,
    /// What a close must have seen (D6).
    pub(crate) last_customer_message_id: Option<String>,
    /// Longest reply of the channel.
    pub(crate) reply_limit: u32,
    /// The customer's newer conversation on the same channel, if one is known (D7).
    pub(crate) newer_conversation_id: Option<String>,
}

/// Looks a conversation up for the outbox.
pub(crate) fn standing(connection: &Connection, id: &str) -> Result<Option<Standing>, CacheError> {
    let standing = connection
        .prepare_cached(
            "SELECT c.state, c.last_customer_message_id, ch.reply_limit,
                 (SELECT newer.id FROM conversations newer
                  WHERE newer.customer_id = c.customer_id AND newer.channel_id = c.channel_id
                      AND newer.opened_at > c.opened_at AND newer.state <> 'closed'
                  ORDER BY newer.opened_at DESC LIMIT 1) AS newer_conversation_id
             FROM conversations c JOIN channels ch ON ch.id = c.channel_id WHERE c.id = ?1",
        )?
        .query_row(params![id], read_standing)
        .optional()?;
    Ok(standing)
}

fn read_standing(row: &Row<'_>) -> rusqlite::Result<Standing> {
    Ok(Standing {
        state: get_state(row, "state")?,
        last_customer_message_id: row.get("last_customer_message_id")?,
        reply_limit: row.get("reply_limit")?,
        newer_conversation_id: row.get("newer_conversation_id")?,
    })
}
