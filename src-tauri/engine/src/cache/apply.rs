//! Taking in what the platform says: pages of the first synchronisation, events, pages of a timeline.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use signoff_wire::contract::conversations::Conversation;
use signoff_wire::contract::events::{Event, EventData};
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::sync::{ConversationSnapshot, SyncPage};
use signoff_wire::contract::timeline::{EntryKind, TimelineEntry};

use super::conversations::{self, Origin};
use super::{CacheError, directory, entries, facts, overlay, pictures, search};
use crate::notify;
use crate::outbox;
use crate::store::meta;

const GENERATION: &str = "sync.generation";

/// What taking something in has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Conversations whose rows or timelines changed.
    pub conversation_ids: Vec<String>,
    /// Queued actions that were seen to have taken effect (DESIGN, outbox 4).
    pub settled: Vec<String>,
    /// The switch of R1 changed.
    pub switch_changed: bool,
    /// The platform has something new to say about channels, teams, people, tags or prepared answers.
    pub directory_changed: bool,
    /// The platform says that its events do not reach back that far: synchronise anew.
    pub reset: bool,
}

impl Applied {
    /// Adds what another step changed.
    pub fn extend(&mut self, other: Self) {
        for id in other.conversation_ids {
            if !self.conversation_ids.contains(&id) {
                self.conversation_ids.push(id);
            }
        }
        self.settled.extend(other.settled);
        self.switch_changed |= other.switch_changed;
        self.directory_changed |= other.directory_changed;
        self.reset |= other.reset;
    }
}

/// Begins a synchronisation from the start. What it does not confirm is removed at its end, not before.
///
/// # Errors
/// SQLite's.
pub fn begin_snapshot(transaction: &Transaction<'_>) -> Result<(), CacheError> {
    let generation = generation(transaction)? + 1;
    Ok(meta::set(transaction, GENERATION, &generation.to_string())?)
}

/// Takes in a page of the synchronisation.
///
/// # Errors
/// SQLite's.
pub fn apply_snapshot_page(transaction: &Transaction<'_>, page: &SyncPage) -> Result<Applied, CacheError> {
    let generation = generation(transaction)?;
    // On a machine that knew nothing, everything would be unread, and so nothing would say anything.
    let counts_as_news = facts::event_sequence(transaction)?.is_some();
    let pending: HashSet<String> = outbox::conversations_with_entries(transaction)?;
    let mut applied = Applied::default();
    for snapshot in &page.items {
        let origin = Origin { counts_as_news, history: snapshot.entries_next.as_deref(), generation };
        let has_entries = pending.contains(&snapshot.conversation.id);
        apply_snapshot(transaction, snapshot, origin, has_entries, &mut applied)?;
    }
    Ok(applied)
}

fn apply_snapshot(
    transaction: &Transaction<'_>,
    snapshot: &ConversationSnapshot,
    origin: Origin<'_>,
    has_entries: bool,
    applied: &mut Applied,
) -> Result<(), CacheError> {
    let conversation = &snapshot.conversation;
    let put = conversations::put(transaction, conversation, origin)?;
    if !put.changed {
        transaction
            .prepare_cached("UPDATE conversations SET generation = ?2 WHERE num = ?1")?
            .execute(params![put.num, origin.generation])?;
        return Ok(());
    }
    if !put.inserted {
        start_history_at(transaction, put.num, snapshot)?;
    }
    for entry in &snapshot.entries {
        entries::put(transaction, put.num, conversation.version, entry)?;
        if has_entries {
            acknowledge(transaction, conversation, entry, applied)?;
        }
    }
    if put.inserted {
        let texts = snapshot.entries.iter().filter(|entry| is_said(entry)).map(|entry| entry.text.as_str());
        search::add(transaction, put.num, &conversation.customer.name, texts)?;
    } else {
        search::refresh(transaction, put.num)?;
    }
    if put.renamed {
        search::refresh_customer(transaction, &conversation.customer.id)?;
    }
    if has_entries {
        overlay::project(transaction, &conversation.id)?;
    }
    applied.conversation_ids.push(conversation.id.clone());
    Ok(())
}

/// Between the entries that are here and those of a later snapshot there may be a gap: the older ones are asked for again when needed.
fn start_history_at(
    transaction: &Transaction<'_>,
    num: i64,
    snapshot: &ConversationSnapshot,
) -> Result<(), CacheError> {
    if let (Some(next), Some(oldest)) = (&snapshot.entries_next, snapshot.entries.first()) {
        transaction
            .prepare_cached("DELETE FROM entries WHERE conversation_num = ?1 AND position < ?2")?
            .execute(params![num, oldest.position])?;
        set_history(transaction, num, Some(next))?;
    } else if snapshot.entries_next.is_none() {
        set_history(transaction, num, None)?;
    }
    Ok(())
}

/// Ends a synchronisation: conversations that it did not confirm are not visible to this person any more. Those in which something
/// was typed, attached or queued stay, so that it can be shown (D23).
///
/// # Errors
/// SQLite's.
pub fn finish_snapshot(transaction: &Transaction<'_>, event_sequence: i64) -> Result<Applied, CacheError> {
    let gone = transaction
        .prepare(
            "SELECT num, id FROM conversations c WHERE generation < ?1
                 AND NOT EXISTS (SELECT 1 FROM drafts d WHERE d.conversation_id = c.id)
                 AND NOT EXISTS (SELECT 1 FROM files f WHERE f.conversation_id = c.id)
                 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.conversation_id = c.id)",
        )?
        .query_map(params![generation(transaction)?], |row| Ok((row.get("num")?, row.get("id")?)))?
        .collect::<Result<Vec<(i64, String)>, _>>()?;
    let mut applied = Applied::default();
    for (num, id) in gone {
        search::remove(transaction, num)?;
        pictures::forget(transaction, &id)?;
        transaction.prepare_cached("DELETE FROM conversations WHERE num = ?1")?.execute(params![num])?;
        applied.conversation_ids.push(id);
    }
    facts::set_event_sequence(transaction, Some(event_sequence))?;
    Ok(applied)
}

/// Empties the cache for another person or workspace. Drafts and queued actions stay with their owners.
///
/// # Errors
/// SQLite's.
pub fn clear(transaction: &Transaction<'_>) -> Result<(), CacheError> {
    transaction.execute_batch(
        "DELETE FROM entries; DELETE FROM conversations; DELETE FROM customers; DELETE FROM channels; DELETE FROM pictures;
         INSERT INTO search (search) VALUES ('delete-all');
         DELETE FROM meta;",
    )?;
    Ok(())
}

/// Takes in an event. What is known already changes nothing; the order of events forgives.
///
/// The sequence is the caller's to move ([`facts::set_event_sequence`]), in the same transaction, once for all events that it applies.
///
/// # Errors
/// [`CacheError::Unreadable`], if the event does not have the shape of its type: nothing was changed, and it can be passed over.
pub fn apply_change(transaction: &Transaction<'_>, event: &Event) -> Result<Applied, CacheError> {
    let mut applied = Applied::default();
    match event.decode()? {
        EventData::ConversationStarted(e) => {
            told(transaction, &e.conversation, e.version, e.entry.as_ref(), Begins::Here, &mut applied)?;
        }
        EventData::ConversationChanged(e) => {
            told(transaction, &e.conversation, e.version, e.entry.as_ref(), Begins::Earlier, &mut applied)?;
        }
        EventData::ConversationClosed(e) => {
            told(transaction, &e.conversation, e.version, e.entry.as_ref(), Begins::Earlier, &mut applied)?;
        }
        EventData::ConversationErased(e) => {
            told(transaction, &e.conversation, e.version, e.entry.as_ref(), Begins::Earlier, &mut applied)?;
            erase(transaction, &e.conversation, &mut applied)?;
        }
        EventData::MessageReceived(e) => {
            told(transaction, &e.conversation, e.version, Some(&e.entry), Begins::Earlier, &mut applied)?;
        }
        EventData::ReplySent(e) => {
            told(transaction, &e.conversation, e.version, Some(&e.entry), Begins::Earlier, &mut applied)?;
            if let Some(key) = &e.client_key {
                settle(transaction, key, &e.conversation, e.version, &mut applied)?;
            }
        }
        EventData::ReplyDelivery(e) => {
            told(transaction, &e.conversation, e.version, Some(&e.entry), Begins::Earlier, &mut applied)?;
        }
        EventData::SurveySent(e) => {
            told(transaction, &e.conversation, e.version, Some(&e.entry), Begins::Earlier, &mut applied)?;
        }
        EventData::SurveyAnswered(e) => {
            told(transaction, &e.conversation, e.version, Some(&e.entry), Begins::Earlier, &mut applied)?;
        }
        EventData::SettingsChanged(e) => {
            applied.switch_changed = facts::switch_close(transaction, e.allow_manual_close, e.version)?;
        }
        EventData::DirectoryChanged(_) => {
            directory::forget_names(transaction)?;
            applied.directory_changed = true;
        }
        EventData::Reset => applied.reset = true,
        EventData::ActionRecorded(_) | EventData::Unknown => {}
    }
    Ok(applied)
}

/// The platform has erased what was said: the copy goes, too. What the advisor has typed and not sent, or what still waits in the
/// queue, is theirs and stays until they send or discard it (D23).
fn erase(transaction: &Transaction<'_>, conversation: &Conversation, applied: &mut Applied) -> Result<(), CacheError> {
    let Some(num) = number(transaction, &conversation.id)? else { return Ok(()) };
    entries::erase(transaction, num, conversation)?;
    pictures::forget(transaction, &conversation.id)?;
    outbox::erase_settled(transaction, &conversation.id)?;
    notify::erase(transaction, &conversation.id, &conversation.customer.name)?;
    search::refresh(transaction, num)?;
    if !applied.conversation_ids.contains(&conversation.id) {
        applied.conversation_ids.push(conversation.id.clone());
    }
    Ok(())
}

/// Whether an event tells of a conversation's beginning, so that nothing of its timeline is missing here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Begins {
    Here,
    Earlier,
}

fn told(
    transaction: &Transaction<'_>,
    conversation: &Conversation,
    version: i64,
    entry: Option<&TimelineEntry>,
    begins: Begins,
    applied: &mut Applied,
) -> Result<(), CacheError> {
    let history = if begins == Begins::Here { None } else { Some("") };
    let origin = Origin { counts_as_news: true, history, generation: generation(transaction)? };
    let put = conversations::put(transaction, conversation, origin)?;
    if let Some(entry) = entry {
        entries::put(transaction, put.num, version, entry)?;
        acknowledge(transaction, conversation, entry, applied)?;
    }
    if put.inserted || entry.is_some_and(is_said) {
        search::refresh(transaction, put.num)?;
    }
    if put.renamed {
        search::refresh_customer(transaction, &conversation.customer.id)?;
    }
    if put.changed {
        overlay::project(transaction, &conversation.id)?;
    }
    if put.changed || entry.is_some() {
        applied.conversation_ids.push(conversation.id.clone());
    }
    Ok(())
}

/// Takes in a page of a conversation's timeline, asked for with `before`.
///
/// # Errors
/// [`CacheError::ConversationUnknown`], if the conversation has gone meanwhile.
pub fn put_timeline_page(
    transaction: &Transaction<'_>,
    conversation_id: &str,
    page: &Page<TimelineEntry>,
) -> Result<Applied, CacheError> {
    let num = number(transaction, conversation_id)?.ok_or(CacheError::ConversationUnknown)?;
    // A page may be older than what events have said meanwhile.
    page.items.iter().try_for_each(|entry| entries::put(transaction, num, 0, entry))?;
    set_history(transaction, num, page.next.as_deref())?;
    search::refresh(transaction, num)?;
    Ok(Applied { conversation_ids: vec![conversation_id.to_owned()], ..Applied::default() })
}

/// The own key on an entry is the acknowledgement of the queued action, whichever way the entry came.
fn acknowledge(
    transaction: &Transaction<'_>,
    conversation: &Conversation,
    entry: &TimelineEntry,
    applied: &mut Applied,
) -> Result<(), CacheError> {
    match &entry.client_key {
        Some(key) => settle(transaction, key, conversation, conversation.version, applied),
        None => Ok(()),
    }
}

fn settle(
    transaction: &Transaction<'_>,
    key: &str,
    conversation: &Conversation,
    version: i64,
    applied: &mut Applied,
) -> Result<(), CacheError> {
    if outbox::acknowledge_from_event(transaction, key, &conversation.id, version)?
        && !applied.settled.iter().any(|id| id == key)
    {
        applied.settled.push(key.to_owned());
    }
    Ok(())
}

/// Whether search looks into this entry.
fn is_said(entry: &TimelineEntry) -> bool {
    match entry.kind {
        EntryKind::Message | EntryKind::Reply | EntryKind::Note => true,
        EntryKind::Event | EntryKind::Other(_) => false,
    }
}

fn set_history(transaction: &Transaction<'_>, num: i64, history: Option<&str>) -> Result<(), CacheError> {
    transaction
        .prepare_cached("UPDATE conversations SET history = ?2 WHERE num = ?1")?
        .execute(params![num, history])?;
    Ok(())
}

fn generation(connection: &Connection) -> Result<i64, CacheError> {
    Ok(meta::get_number(connection, GENERATION)?.unwrap_or_default())
}

/// The number of a conversation in this file.
pub(super) fn number(connection: &Connection, id: &str) -> Result<Option<i64>, CacheError> {
    let num = connection
        .prepare_cached("SELECT num FROM conversations WHERE id = ?1")?
        .query_row(params![id], |row| row.get("num"))
        .optional()?;
    Ok(num)
}

/// Whether a conversation is in the cache.
///
/// # Errors
/// SQLite's.
pub fn conversation_exists(connection: &Connection, id: &str) -> Result<bool, CacheError> {
    Ok(number(connection, id)?.is_some())
}
