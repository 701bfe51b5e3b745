//! A customer's message comes in (R9).

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};
use signoff_wire::contract::{
    channels::{Inbound, InboundAccepted},
    conversations::{ClosedBy, CloserKind, ConversationStatus},
    events::{ConversationStarted, EventType, MessageReceived},
    requests::AttachmentRef,
    timeline::{Attachment, Author, AuthorKind, EntryKind, TimelineEntry},
};

use super::{language, routing, scenario::perform, settings};
use crate::{
    actor::Actor,
    attachments::{self, Owner},
    conversations::{
        Record,
        change::{announce, close},
        entries::{self, NewEntry},
    },
    fields,
    refusal::Refusal,
    store::{Write, ms},
};

/// What comes with a message besides its text.
#[derive(Default)]
pub(crate) struct With {
    /// Files, as their owner names them.
    pub(crate) attachments: Vec<AttachmentRef>,
    /// Whose the files are.
    pub(crate) owner: Option<Owner>,
    /// The language that the customer's browser asks for.
    pub(crate) language: Option<String>,
}

/// Takes a message without files in.
pub(crate) fn take(write: &mut Write<'_>, channel_id: &str, inbound: &Inbound) -> Result<InboundAccepted, Refusal> {
    take_with(write, channel_id, inbound, &With::default())
}

/// Takes a message in: into the customer's conversation, or into a new one. The same external id again is answered as
/// the first time and changes nothing.
pub(crate) fn take_with(
    write: &mut Write<'_>,
    channel_id: &str,
    inbound: &Inbound,
    with: &With,
) -> Result<InboundAccepted, Refusal> {
    for (id, name) in
        [(&inbound.customer.external_id, "customer.external_id"), (&inbound.message.external_id, "message.external_id")]
    {
        if id.is_empty() {
            return Err(Refusal::InvalidBody(format!("{name} must not be empty")));
        }
    }
    if inbound.customer.language.as_deref().is_some_and(|tag| !language::is_tag(tag)) {
        return Err(fields::invalid("customer.language", "has to be a BCP 47 tag such as de or pt-BR"));
    }
    if let Some(known) = already_taken(write, channel_id, &inbound.message.external_id)? {
        return Ok(known);
    }
    super::require_in_use(write.sql, channel_id)?;
    let files = match &with.owner {
        Some(owner) if !with.attachments.is_empty() => {
            let limits = settings::attachment_limits(write.sql, channel_id)?;
            attachments::claim(write.sql, &with.attachments, owner, &limits)?
        }
        Some(_) | None => Vec::new(),
    };
    // The future counts as now: a channel's clock must not stretch a window.
    let at = inbound.message.at.map_or(write.now, |at| at.min(write.now));
    let customer_id = customer(write, channel_id, inbound, with.language.as_deref())?;
    let (record, new_conversation, previous) = conversation(write, channel_id, &customer_id, at)?;

    let text = &inbound.message.text;
    let (record, message) = write_message(write, &record, inbound, at, &files)?;
    let message_id = message.id.clone();
    let record = if new_conversation { announce_started(write, &record, previous.as_ref())? } else { record };
    let record = announce(write, &record, &EventType::MessageReceived, |conversation| MessageReceived {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        message_id: message.id.clone(),
        entry: message,
    })?;

    let (record, scenario_waits) = perform::on_message(write, record, text, new_conversation)?;
    let record = match record.view.status {
        ConversationStatus::Open => {
            let came = routing::Came { text, at, new_conversation, scenario_waits };
            routing::on_message(write, record, came)?
        }
        ConversationStatus::Closed => record,
    };

    let accepted = InboundAccepted { conversation_id: record.view.id, message_id, new_conversation };
    write
        .sql
        .prepare_cached(
            "INSERT INTO inbound (channel_id, external_id, conversation_id, message_id, new_conversation)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            channel_id,
            inbound.message.external_id,
            accepted.conversation_id,
            accepted.message_id,
            new_conversation
        ])?;
    Ok(accepted)
}

fn already_taken(write: &Write<'_>, channel_id: &str, external_id: &str) -> rusqlite::Result<Option<InboundAccepted>> {
    write
        .sql
        .prepare_cached(
            "SELECT conversation_id, message_id, new_conversation FROM inbound
             WHERE channel_id = ?1 AND external_id = ?2",
        )?
        .query_row([channel_id, external_id], |row| {
            Ok(InboundAccepted { conversation_id: row.get(0)?, message_id: row.get(1)?, new_conversation: row.get(2)? })
        })
        .optional()
}

fn customer(
    write: &mut Write<'_>,
    channel_id: &str,
    inbound: &Inbound,
    asks_for: Option<&str>,
) -> Result<String, Refusal> {
    let said = inbound.customer.language.as_deref().and_then(language::primary);
    let guess = language::of_writer(&inbound.message.text, asks_for);
    let id = write.id("cust");
    Ok(write
        .sql
        .prepare_cached(
            "INSERT INTO customers (id, channel_id, external_id, name, language, vip)
             VALUES (?1, ?2, ?3, ?4, coalesce(?6, ?5), 0)
             ON CONFLICT (channel_id, external_id) DO UPDATE
                SET name = excluded.name, language = coalesce(?6, language, ?5)
             RETURNING id",
        )?
        .query_row(
            params![id, channel_id, inbound.customer.external_id, inbound.customer.name, guess, said],
            |row| row.get(0),
        )?)
}

/// The conversation that a message of `at` belongs to (R9), whether it is new, and the one before it.
fn conversation(
    write: &mut Write<'_>,
    channel_id: &str,
    customer_id: &str,
    at: DateTime<Utc>,
) -> Result<(Record, bool, Option<Record>), Refusal> {
    let newest: Option<i64> = write
        .sql
        .prepare_cached("SELECT nr FROM conversations WHERE customer_id = ?1 ORDER BY nr DESC LIMIT 1")?
        .query_row([customer_id], |row| row.get(0))
        .optional()?;
    let newest = newest.map(|nr| Record::by_nr(write.sql, nr, write.now)).transpose()?;
    let previous = match newest {
        Some(record) if record.view.status == ConversationStatus::Closed => Some(record),
        Some(record) => {
            let window_ends = record.view.last_customer_message_at.map(|last| last + record.conversation_window);
            match window_ends.filter(|ends| at >= *ends) {
                None => return Ok((record, false, None)),
                Some(ends) => {
                    let by = ClosedBy { kind: CloserKind::Window, id: None, name: None };
                    Some(close(write, &record, &Actor::System, by, ends)?)
                }
            }
        }
        None => None,
    };
    let record = open(write, channel_id, customer_id, at, previous.as_ref())?;
    Ok((record, true, previous))
}

/// D13: linked to the one before; tags, team and assignee do not carry over.
fn open(
    write: &mut Write<'_>,
    channel_id: &str,
    customer_id: &str,
    at: DateTime<Utc>,
    previous: Option<&Record>,
) -> Result<Record, Refusal> {
    let id = write.id("conv");
    let previous_id = previous.map(|record| record.view.id.as_str());
    let closed_by = previous.and_then(|record| record.view.closed_by.as_ref());
    write
        .sql
        .prepare_cached(
            "INSERT INTO conversations (id, channel_id, customer_id, state, opened_at, version, previous_id,
                previous_closed_by_kind, previous_closed_by_id, previous_closed_by_name)
             VALUES (?1, ?2, ?3, 'received', ?4, 0, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            id,
            channel_id,
            customer_id,
            ms(at),
            previous_id,
            closed_by.map(|by| by.kind.as_str()),
            closed_by.and_then(|by| by.id.as_deref()),
            closed_by.and_then(|by| by.name.as_deref())
        ])?;
    Ok(Record::by_nr(write.sql, write.sql.last_insert_rowid(), write.now)?)
}

fn write_message(
    write: &mut Write<'_>,
    record: &Record,
    inbound: &Inbound,
    at: DateTime<Utc>,
    files: &[Attachment],
) -> Result<(Record, TimelineEntry), Refusal> {
    let customer = &record.view.customer;
    let message = NewEntry {
        kind: EntryKind::Message,
        author: Author { kind: AuthorKind::Customer, id: Some(customer.id.clone()), name: Some(customer.name.clone()) },
        text: &inbound.message.text,
        at,
        client_key: None,
        buttons: &[],
        event: None,
        action_id: None,
    };
    let entry = entries::insert(write, record.nr, &message)?;
    let entry = entries::attach(write, entry.position, files, Some(&inbound.message.external_id))?;
    // An advisor who has it keeps it; from everywhere else the message brings it back to Received.
    write
        .sql
        .prepare_cached(
            "UPDATE conversations SET
                state = CASE state WHEN 'ongoing' THEN 'ongoing' ELSE 'received' END,
                on_hold = 0,
                last_customer_message_id = ?2,
                last_customer_message_at = max(coalesce(last_customer_message_at, ?3), ?3),
                last_message_nr = ?4,
                message_count = message_count + 1
             WHERE nr = ?1",
        )?
        .execute(params![record.nr, entry.id, ms(at), entry.position])?;
    Ok((Record::by_nr(write.sql, record.nr, write.now)?, entry))
}

fn announce_started(write: &Write<'_>, record: &Record, previous: Option<&Record>) -> Result<Record, Refusal> {
    announce(write, record, &EventType::ConversationStarted, |conversation| ConversationStarted {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        previous_conversation_id: previous.map(|record| record.view.id.clone()),
        previous_closed_by: previous.and_then(|record| record.view.closed_by.clone()),
        entry: None,
    })
}
