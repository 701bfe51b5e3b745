//! Send, and Send and trigger survey.

use rusqlite::params;
use signoff_wire::contract::{
    actions::{Action, ActionType},
    channels::OutboundKind,
    events::{EventType, ReplySent},
    receipts::{Receipt, ReceiptReply},
    requests::{AttachmentRef, NewReply},
    timeline::{Attachment, Button, EntryKind},
};

use super::{Click, require_seen, require_sorted};
use crate::{
    actions::record::{self, NewAction},
    actor::Actor,
    attachments::{self, Owner},
    channels::{outbound, settings},
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
    let files = require_sendable(write, click, &record, &new.text, &new.attachments)?;

    let actor = click.actor();
    let answer = NewAction { origin: click.origin(new.origin), ..NewAction::new(ActionType::Answer, &actor) };
    let answer = record::insert(write, &record, answer)?;
    let outgoing = Outgoing { text: &new.text, buttons: &[], client_key: Some(&click.key), action: &answer };
    let sent = send_with(write, &record, &actor, &outgoing, &files)?;
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

/// Sends a reply without files.
pub(crate) fn send(
    write: &mut Write<'_>,
    record: &Record,
    actor: &Actor,
    outgoing: &Outgoing<'_>,
) -> Result<Sent, Refusal> {
    send_with(write, record, actor, outgoing, &[])
}

/// Sends a reply; whoever calls has checked that it may. An advisor's makes the conversation *answered*, the scenario's
/// leaves it to the advisors.
pub(crate) fn send_with(
    write: &mut Write<'_>,
    record: &Record,
    actor: &Actor,
    outgoing: &Outgoing<'_>,
    files: &[Attachment],
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
    let mut entry = entries::insert(write, record.nr, &entry)?;
    if !files.is_empty() {
        entry = entries::attach(write, entry.position, files, None)?;
    }
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
                    advisor_replies = advisor_replies + 1, assignee_id = coalesce(assignee_id, ?2), read_nr = ?3
                 WHERE nr = ?1",
            )?
            .execute(params![record.nr, id, entry.position])?;
    }
    let with = outbound::With { buttons: outgoing.buttons, attachments: files, ..outbound::With::default() };
    outbound::append_with(write, record, OutboundKind::Reply, &entry.id, outgoing.text, &with)?;
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

/// Whether the reply is valid, and then whether the channel takes it (D9) and the workspace lets it go (D16). Answers with its
/// files.
pub(super) fn require_sendable(
    write: &Write<'_>,
    click: &Click,
    record: &Record,
    text: &str,
    attached: &[AttachmentRef],
) -> Result<Vec<Attachment>, Refusal> {
    if text.chars().all(char::is_whitespace) && attached.is_empty() {
        return Err(Refusal::ReplyEmpty);
    }
    let (length, limit) = (text.chars().count(), record.view.channel.reply_limit);
    if u32::try_from(length).unwrap_or(u32::MAX) > limit {
        return Err(Refusal::ReplyTooLong { length, limit });
    }
    let files = if attached.is_empty() {
        Vec::new()
    } else {
        let limits = settings::attachment_limits(write.sql, &record.view.channel.id)?;
        attachments::claim(write.sql, attached, &Owner::User(click.caller.user.id.clone()), &limits)?
    };
    if record.view.reply_window_ends_at.is_some_and(|ends| write.now > ends) {
        return Err(Refusal::ReplyWindowExpired);
    }
    require_sorted(write.sql, record)?;
    Ok(files)
}
