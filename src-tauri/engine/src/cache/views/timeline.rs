//! A conversation's timeline, as far as it is here, and what to ask the platform for the rest.

use rusqlite::{Connection, OptionalExtension, params};
use signoff_wire::contract::sessions::UserRef;
use signoff_wire::contract::timeline::{Author, AuthorKind, Delivery, DeliveryStatus, EntryKind, TimelineEntry};
use signoff_wire::interface::{TimelinePage, TimelineQuery};

use crate::cache::{CacheError, entries, facts};
use crate::outbox;

/// Entries of a page at most.
const LONGEST_PAGE: u32 = 200;

/// A page of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The page. Its `next` is there as long as there is more, here or at the platform.
    pub page: TimelinePage,
    /// The page is shorter than asked for and the platform has more: ask it for the page before this value (`None` within: its newest page),
    /// take that in with [`put_timeline_page`](crate::cache::put_timeline_page), and ask here again.
    pub ask_platform: Option<Option<String>>,
}

/// A page of a conversation's timeline, oldest entry first.
///
/// # Errors
/// [`CacheError::ConversationUnknown`], if the conversation is not here.
pub fn timeline(connection: &Connection, query: &TimelineQuery) -> Result<Timeline, CacheError> {
    let (num, history): (i64, Option<String>) = connection
        .prepare_cached("SELECT num, history FROM conversations WHERE id = ?1")?
        .query_row(params![query.conversation_id], |row| Ok((row.get("num")?, row.get("history")?)))
        .optional()?
        .ok_or(CacheError::ConversationUnknown)?;
    let before = query.before.as_deref().and_then(|before| before.parse().ok());
    let limit = query.limit.clamp(1, LONGEST_PAGE) as usize;
    // One more than asked for tells whether there is more.
    let mut page = entries::page(connection, &query.conversation_id, num, before, limit + 1)?;
    let more_here = page.len() > limit;
    if more_here {
        page.remove(0);
    }
    let oldest = page.first().map_or(before, |entry| Some(entry.position));
    let next = if more_here || history.is_some() { Some(oldest.unwrap_or(i64::MAX).to_string()) } else { None };
    let ask_platform = match history {
        Some(history) if !more_here && page.len() < limit => Some(Some(history).filter(|history| !history.is_empty())),
        Some(_) | None => None,
    };
    if before.is_none() {
        page.extend(just_sent(connection, &query.conversation_id, num, page.last().map_or(0, |entry| entry.position))?);
    }
    Ok(Timeline { page: TimelinePage { entries: page, next }, ask_platform })
}

/// Replies that the platform has acknowledged and the event stream has not brought yet, with the ids and times of their receipts.
fn just_sent(
    connection: &Connection,
    conversation_id: &str,
    num: i64,
    newest: i64,
) -> Result<Vec<TimelineEntry>, CacheError> {
    let Some(me) = facts::me(connection)? else { return Ok(Vec::new()) };
    let owner = facts::owner(&me);
    let author = UserRef { id: me.user.id, name: me.user.name };
    let mut sent = Vec::new();
    for reply in outbox::receipts_of_replies(connection, &owner, conversation_id)? {
        if entries::contains(connection, num, &reply.message_id)? {
            continue;
        }
        sent.push(TimelineEntry {
            id: reply.message_id,
            conversation_id: conversation_id.to_owned(),
            position: newest + 1 + i64::try_from(sent.len()).unwrap_or_default(),
            kind: EntryKind::Reply,
            author: Author { kind: AuthorKind::Advisor, id: Some(author.id.clone()), name: Some(author.name.clone()) },
            text: reply.text,
            at: reply.at,
            delivery: Some(Delivery { status: DeliveryStatus::Pending, reason: None }),
            client_key: Some(reply.key),
            buttons: Vec::new(),
            attachments: reply.attachments,
            event: None,
        });
    }
    Ok(sent)
}
