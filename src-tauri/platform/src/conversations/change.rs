//! Changing a conversation and announcing it, in one transaction.
//!
//! Every announcement raises the version by one and stores the conversation as it then is. Announcements of one
//! transaction follow each other in the event sequence, in the order in which they are made (R3).

use serde::Serialize;
use signoff_wire::contract::{
    actions::Action,
    conversations::{ClosedBy, CloserKind, Conversation},
    events::{ActionRecorded, ConversationChanged, ConversationClosed, EventType},
    timeline::{Happening, TimelineEntry},
};

use super::{
    Record,
    entries::{self, NewEntry},
};
use crate::{
    actor::Actor,
    events::{self, Audience},
    refusal::Refusal,
    store::{Write, ms},
};

/// Raises the version and stores the event that `describe` makes of the conversation as it is now.
pub(crate) fn announce<E: Serialize>(
    write: &Write<'_>,
    before: &Record,
    kind: &EventType,
    describe: impl FnOnce(Conversation) -> E,
) -> Result<Record, Refusal> {
    write.sql.prepare_cached("UPDATE conversations SET version = version + 1 WHERE nr = ?1")?.execute([before.nr])?;
    let record = Record::by_nr(write.sql, before.nr, write.now)?;
    let audience = Audience {
        channel_id: Some(&record.view.channel.id),
        team_id: record.team_id(),
        team_before_id: before.team_id(),
        user_id: None,
    };
    events::append(write, kind, &audience, &describe(record.view.clone()))?;
    Ok(record)
}

/// `conversation.changed` with the entry that tells what changed.
pub(crate) fn announce_changed(
    write: &Write<'_>,
    before: &Record,
    entry: Option<TimelineEntry>,
) -> Result<Record, Refusal> {
    announce(write, before, &EventType::ConversationChanged, |conversation| ConversationChanged {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        entry,
    })
}

/// `action.recorded`; the conversation's version stays.
pub(crate) fn announce_action(write: &Write<'_>, record: &Record, action: Action) -> Result<(), Refusal> {
    let audience =
        Audience { channel_id: Some(&record.view.channel.id), team_id: record.team_id(), ..Audience::default() };
    let event = ActionRecorded { conversation_id: record.view.id.clone(), version: record.view.version, action };
    events::append(write, &EventType::ActionRecorded, &audience, &event)
}

/// Writes what happened into the timeline.
pub(crate) fn tell(
    write: &mut Write<'_>,
    record: &Record,
    actor: &Actor,
    text: &str,
    happening: &Happening,
) -> Result<TimelineEntry, Refusal> {
    let now = write.now;
    entries::insert(write, record.nr, &NewEntry::event(actor, now, text, happening))
}

/// Takes the conversation from whoever has it. What was ongoing is back in *Received*.
pub(crate) fn release(write: &mut Write<'_>, record: &Record, actor: &Actor) -> Result<Record, Refusal> {
    write
        .sql
        .prepare_cached(
            "UPDATE conversations SET assignee_id = NULL, on_hold = 0, help_requested = 0,
                state = CASE state WHEN 'ongoing' THEN 'received' ELSE state END
             WHERE nr = ?1",
        )?
        .execute([record.nr])?;
    let happening = Happening::Released { from: record.view.assignee.clone() };
    let entry = tell(write, record, actor, "Released", &happening)?;
    announce_changed(write, record, Some(entry))
}

/// Closes for good (R8) and announces it. Whoever calls has checked that it may be.
pub(crate) fn close(
    write: &mut Write<'_>,
    record: &Record,
    actor: &Actor,
    by: ClosedBy,
    closed_at: chrono::DateTime<chrono::Utc>,
) -> Result<Record, Refusal> {
    write
        .sql
        .prepare_cached(
            "UPDATE conversations SET state = 'closed', on_hold = 0, help_requested = 0, scenario_step = NULL,
                closed_at = ?2, closed_by_kind = ?3, closed_by_id = ?4, closed_by_name = ?5
             WHERE nr = ?1",
        )?
        .execute((record.nr, ms(closed_at), by.kind.as_str(), &by.id, &by.name))?;
    let text = match by.kind {
        CloserKind::Advisor => "Closed by an advisor",
        CloserKind::Scenario => "Closed by the scenario",
        CloserKind::Window => "Closed: the conversation window was over",
        CloserKind::Erasure => "Closed: the customer's data were erased",
        CloserKind::Other(_) => "Closed",
    };
    let happening = Happening::Closed { by: by.clone() };
    let entry = NewEntry::event(actor, closed_at, text, &happening);
    let entry = entries::insert(write, record.nr, &entry)?;
    announce(write, record, &EventType::ConversationClosed, |conversation| ConversationClosed {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        closed_by: by,
        closed_at,
        entry: Some(entry),
    })
}
