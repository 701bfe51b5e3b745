//! Send, and Send and trigger survey.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use signoff_wire::contract::{
    actions::{Action, ActionType},
    channels::OutboundKind,
    events::{EventType, ReplySent},
    receipts::{Receipt, ReceiptReply},
    requests::{AttachmentRef, NewReply},
    timeline::{Button, EntryKind},
};

use super::{Click, require_seen, require_sorted};
use crate::{
    actions::record::{self, NewAction},
    actor::Actor,
    channels::outbound,
    conversations::{
        Record,
        change::{announce, announce_action, announce_changed},
        entries::{self, NewEntry},
    },
    refusal::Refusal,
    store::Write,
    surveys,
};

/// Sends a reply, and a survey if asked for and allowed (D10).
pub(crate) fn apply(write: &mut Write<'_>, click: &Click, new: &NewReply) -> Result<Receipt, Refusal> {
    let record = click.open_conversation(write)?;
    if new.last_seen_message_id.is_some() {
        require_seen(&record, new.last_seen_message_id.as_deref())?;
    }
    require_sendable(write.sql, &record, &new.text, &new.attachments, write.now)?;

    let actor = click.actor();
    let answer = record::insert(write, &record, NewAction::new(ActionType::Answer, &actor))?;
    let outgoing = Outgoing { text: &new.text, buttons: &[], client_key: Some(&click.key), action: &answer };
    let sent = send(write, &record, &actor, &outgoing)?;
    let (survey, mut after, skipped) = if new.trigger_survey {
        let survey = surveys::send(write, sent.record, &record.survey, &actor)?;
        (survey.receipt, survey.record, survey.skipped)
    } else {
        (surveys::none(), sent.record, None)
    };
    if let Some(entry) = skipped {
        after = announce_changed(write, &after, Some(entry))?;
    }
    let answer = record::set_survey(write, &answer.id, &survey.status)?;
    announce_action(write, &after, answer.clone())?;
    Ok(Receipt { reply: Some(sent.receipt), survey, ..click.receipt(&answer, &after) })
}

/// What goes to the customer.
pub(crate) struct Outgoing<'a> {
    /// The text, exactly.
    pub(crate) text: &'a str,
    /// Buttons of a scenario.
    pub(crate) buttons: &'a [Button],
    /// The idempotency key, by which the client knows its own (D5).
    pub(crate) client_key: Option<&'a str>,
    /// The `answer` action.
    pub(crate) action: &'a Action,
}

/// A reply that went out.
pub(crate) struct Sent {
    /// For the receipt.
    pub(crate) receipt: ReceiptReply,
    /// The conversation afterwards.
    pub(crate) record: Record,
}

/// Sends a reply; whoever calls has checked that it may. An advisor's makes the conversation *answered*, the scenario's
/// leaves it to the advisors.
pub(crate) fn send(
    write: &mut Write<'_>,
    record: &Record,
    actor: &Actor,
    outgoing: &Outgoing<'_>,
) -> Result<Sent, Refusal> {
    let entry = NewEntry {
        kind: EntryKind::Reply,
        author: actor.author(),
        text: outgoing.text,
        at: write.now,
        client_key: outgoing.client_key,
        buttons: outgoing.buttons,
        event: None,
        action_id: Some(&outgoing.action.id),
    };
    let entry = entries::insert(write, record.nr, &entry)?;
    if let Actor::Advisor { id, .. } = actor {
        write
            .sql
            .prepare_cached("UPDATE conversations SET last_message_nr = ?2 WHERE nr = ?1")?
            .execute([record.nr, entry.position])?;
        // Whoever answers first is the one who handles it.
        write
            .sql
            .prepare_cached(
                "UPDATE conversations SET state = 'answered', on_hold = 0, help_requested = 0, scenario_step = NULL,
                    advisor_replies = advisor_replies + 1, assignee_id = coalesce(assignee_id, ?2)
                 WHERE nr = ?1",
            )?
            .execute(params![record.nr, id])?;
    }
    outbound::append(write, record, OutboundKind::Reply, &entry.id, outgoing.text, None)?;
    let receipt = ReceiptReply { message_id: entry.id.clone(), at: entry.at };
    let record = announce(write, record, &EventType::ReplySent, |conversation| ReplySent {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        message_id: entry.id.clone(),
        client_key: entry.client_key.clone(),
        entry,
    })?;
    Ok(Sent { receipt, record })
}

/// Whether the reply is valid, and then whether the channel takes it (D9) and the workspace lets it go (D16).
pub(super) fn require_sendable(
    sql: &Connection,
    record: &Record,
    text: &str,
    attachments: &[AttachmentRef],
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if text.chars().all(char::is_whitespace) && attachments.is_empty() {
        return Err(Refusal::ReplyEmpty);
    }
    let (length, limit) = (text.chars().count(), record.view.channel.reply_limit);
    if u32::try_from(length).unwrap_or(u32::MAX) > limit {
        return Err(Refusal::ReplyTooLong { length, limit });
    }
    // Nothing can be uploaded yet, so no id of an attachment is known.
    if !attachments.is_empty() {
        return Err(Refusal::AttachmentUnknown);
    }
    if record.view.reply_window_ends_at.is_some_and(|ends| now > ends) {
        return Err(Refusal::ReplyWindowExpired);
    }
    require_sorted(sql, record)
}
