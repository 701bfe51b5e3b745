//! One conversation with everything that its view shows at once.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use signoff_wire::contract::channels::{ChannelRef, ChannelType};
use signoff_wire::contract::conversations::ConversationState;
use signoff_wire::contract::sessions::Me;
use signoff_wire::interface::{
    CloseQuestion, Composer, ComposerBlock, ConversationView, CustomerCard, OtherConversation, PreviousConversation,
    TimelinePage, TimelineQuery,
};

use super::timeline::timeline;
use crate::cache::columns::{from_json, from_json_option, get_state, get_time, get_time_option};
use crate::cache::{CacheError, directory, drafts, facts, standing};
use crate::{files, outbox};

/// Entries that a conversation opens with.
const FIRST_PAGE: u32 = 50;
/// Earlier conversations beside it.
const OTHERS: u32 = 20;

/// Everything that the view of a conversation shows, from the cache.
///
/// # Errors
/// [`CacheError::ConversationUnknown`], if the conversation is not here.
pub fn conversation(
    connection: &Connection,
    id: &str,
    me: &Me,
    now: DateTime<Utc>,
) -> Result<ConversationView, CacheError> {
    let owner = facts::owner(me);
    let mut view = connection
        .prepare_cached(
            "SELECT c.*, k.external_id, k.name AS customer_name, k.language, k.vip,
                 ch.kind AS channel_kind, ch.name AS channel_name, ch.reply_limit
             FROM conversations c JOIN customers k ON k.id = c.customer_id JOIN channels ch ON ch.id = c.channel_id
             WHERE c.id = ?1",
        )?
        .query_row(params![id], |row| read(row, me))
        .optional()?
        .ok_or(CacheError::ConversationUnknown)?;
    view.customer.others = others(connection, &view.customer.id, id)?;
    if view.tab == ConversationState::Closed {
        view.newer_conversation_id = standing(connection, id)?.and_then(|standing| standing.newer_conversation_id);
    }
    let query = TimelineQuery { conversation_id: id.to_owned(), before: None, limit: FIRST_PAGE };
    view.timeline = timeline(connection, &query)?.page;
    view.queue = outbox::list_of(connection, &owner, id)?;
    view.composer.draft = drafts::draft(connection, &owner, id)?.unwrap_or_default();
    view.composer.files = files::attached(connection, &owner, id)?;
    view.composer.takes_files = files::limits(connection, id)?;
    view.composer.blocked = blocked(connection, &view, &owner, now)?;
    Ok(view)
}

/// What the confirmation of a closing has to say (D3).
///
/// # Errors
/// [`CacheError::ConversationUnknown`], if the conversation is not here.
pub fn close_question(connection: &Connection, id: &str, offline: bool) -> Result<CloseQuestion, CacheError> {
    connection
        .prepare_cached(
            "SELECT k.name, c.survey_preview FROM conversations c JOIN customers k ON k.id = c.customer_id WHERE c.id = ?1",
        )?
        .query_row(params![id], |row| {
            Ok(CloseQuestion { customer_name: row.get("name")?, survey: from_json(row, "survey_preview")?, offline })
        })
        .optional()?
        .ok_or(CacheError::ConversationUnknown)
}

fn read(row: &Row<'_>, me: &Me) -> rusqlite::Result<ConversationView> {
    let previous: Option<String> = row.get("previous_conversation_id")?;
    let previous_closed_by = from_json_option(row, "previous_closed_by")?;
    let assignee: Option<String> = row.get("shown_assignee_id")?;
    Ok(ConversationView {
        id: row.get("id")?,
        tab: get_state(row, "shown_state")?,
        customer: CustomerCard {
            id: row.get("customer_id")?,
            name: row.get("customer_name")?,
            external_id: row.get("external_id")?,
            language: row.get("language")?,
            vip: row.get("vip")?,
            others: Vec::new(),
        },
        channel: ChannelRef {
            id: row.get("channel_id")?,
            kind: ChannelType::from(row.get_ref("channel_kind")?.as_str()?),
            name: row.get("channel_name")?,
            reply_limit: row.get("reply_limit")?,
        },
        team_name: row.get("team_name")?,
        assignee_name: row.get("shown_assignee_name")?,
        mine: assignee.as_deref() == Some(me.user.id.as_str()),
        tags: from_json(row, "tags")?,
        opened_at: get_time(row, "opened_at")?,
        closed_at: get_time_option(row, "shown_closed_at")?,
        closed_by: from_json_option(row, "shown_closed_by")?,
        previous: previous.map(|id| PreviousConversation { id, closed_by: previous_closed_by }),
        newer_conversation_id: None,
        last_customer_message_id: row.get("last_customer_message_id")?,
        survey: from_json(row, "survey_preview")?,
        composer: Composer {
            draft: String::new(),
            files: Vec::new(),
            takes_files: None,
            window_ends_at: get_time_option(row, "reply_window_ends_at")?,
            close_enabled: me.features.close_conversation,
            blocked: None,
        },
        timeline: TimelinePage { entries: Vec::new(), next: None },
        queue: Vec::new(),
    })
}

fn others(connection: &Connection, customer_id: &str, except: &str) -> Result<Vec<OtherConversation>, CacheError> {
    let others = connection
        .prepare_cached(
            "SELECT id, opened_at, shown_closed_at, shown_state, last_text FROM conversations
             WHERE customer_id = ?1 AND id <> ?2 ORDER BY opened_at DESC LIMIT ?3",
        )?
        .query_map(params![customer_id, except, OTHERS], |row| {
            Ok(OtherConversation {
                id: row.get("id")?,
                opened_at: get_time(row, "opened_at")?,
                closed_at: get_time_option(row, "shown_closed_at")?,
                tab: get_state(row, "shown_state")?,
                last_text: row.get("last_text")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(others)
}

fn blocked(
    connection: &Connection,
    view: &ConversationView,
    owner: &str,
    now: DateTime<Utc>,
) -> Result<Option<ComposerBlock>, CacheError> {
    if outbox::close_is_queued(connection, owner, &view.id)? {
        return Ok(Some(ComposerBlock::CloseQueued));
    }
    if view.tab == ConversationState::Closed {
        return Ok(Some(ComposerBlock::Closed));
    }
    let expired = view.composer.window_ends_at.is_some_and(|ends_at| ends_at <= now);
    if expired {
        return Ok(Some(ComposerBlock::WindowExpired));
    }
    let is_sorted = directory::is_sorted(connection, &view.tags, view.team_name.is_some())?;
    Ok(if is_sorted { None } else { Some(ComposerBlock::TagsMissing) })
}
