//! What became of a reply (D12). The conversation stays as it is: closed stays closed (R8).

use rusqlite::{OptionalExtension, params};
use serde_json::json;
use signoff_wire::contract::{
    actions::{ActionOrigin, ActionStatus, ActionType},
    channels::DeliveryReport,
    events::{EventType, ReplyDelivery},
    timeline::{AuthorKind, Delivery, DeliveryStatus},
};

use crate::{
    actions::record::{self, NewAction},
    actor::Actor,
    conversations::{
        Record,
        change::{announce, announce_action},
        entries,
    },
    refusal::Refusal,
    store::Write,
};

/// Takes a channel's report. One that says nothing new changes nothing, and neither does one that is behind what is known. The first
/// reason of a failure stands.
pub(crate) fn report(write: &mut Write<'_>, channel_id: &str, report: &DeliveryReport) -> Result<(), Refusal> {
    let failed = match report.status {
        DeliveryStatus::Sent | DeliveryStatus::Delivered | DeliveryStatus::Read => false,
        DeliveryStatus::Failed => true,
        DeliveryStatus::Pending | DeliveryStatus::Other(_) => {
            return Err(Refusal::InvalidBody("status has to be sent, delivered, read or failed".to_owned()));
        }
    };
    let (entry_nr, conversation_nr) = entries::find(write.sql, &report.reply_id)?.ok_or(Refusal::ReplyUnknown)?;
    let record = Record::by_nr(write.sql, conversation_nr, write.now)?;
    let before = entries::by_nr(write.sql, entry_nr)?;
    let Some(delivery) = before.delivery.filter(|_| record.view.channel.id == channel_id) else {
        return Err(Refusal::ReplyUnknown);
    };
    let now_so = Delivery { status: report.status.clone(), reason: report.reason.clone().filter(|_| failed) };
    if delivery.status == now_so.status || is_behind(&now_so.status, &delivery.status) {
        return Ok(());
    }
    write
        .sql
        .prepare_cached("UPDATE entries SET delivery_status = ?2, delivery_reason = ?3 WHERE nr = ?1")?
        .execute((entry_nr, now_so.status.as_str(), &now_so.reason))?;

    let tells = failed && !has_failed_before(write, &record, report)?;
    let action = if tells { Some(record_failure(write, &record, entry_nr, report)?) } else { None };
    let entry = entries::by_nr(write.sql, entry_nr)?;
    let by_advisor = entry.author.kind == AuthorKind::Advisor;
    let record = announce(write, &record, &EventType::ReplyDelivery, |conversation| ReplyDelivery {
        conversation_id: conversation.id.clone(),
        version: conversation.version,
        conversation,
        message_id: entry.id.clone(),
        delivery: now_so,
        author_id: entry.author.id.clone().filter(|_| by_advisor),
        entry,
    })?;
    if let Some(action) = action {
        announce_action(write, &record, action)?;
    }
    Ok(())
}

/// Whether a report comes too late to say anything: reports of one reply may overtake each other. That it was delivered and that
/// it failed are judgements, and the later one holds.
fn is_behind(report: &DeliveryStatus, known: &DeliveryStatus) -> bool {
    match report {
        DeliveryStatus::Sent => *known != DeliveryStatus::Pending,
        DeliveryStatus::Delivered => *known == DeliveryStatus::Read,
        DeliveryStatus::Read | DeliveryStatus::Failed | DeliveryStatus::Pending | DeliveryStatus::Other(_) => false,
    }
}

/// A reply fails once, however often the channel changes its mind.
fn has_failed_before(write: &Write<'_>, conversation: &Record, report: &DeliveryReport) -> rusqlite::Result<bool> {
    write
        .sql
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM actions
             WHERE conversation_nr = ?1 AND kind = ?2 AND data ->> 'reply_id' = ?3)",
        )?
        .query_row(params![conversation.nr, ActionType::ExecuteAnswer.as_str(), report.reply_id], |row| row.get(0))
}

fn record_failure(
    write: &mut Write<'_>,
    conversation: &Record,
    entry_nr: i64,
    report: &DeliveryReport,
) -> Result<signoff_wire::contract::actions::Action, Refusal> {
    let entry = entries::by_nr(write.sql, entry_nr)?;
    let answer_action_id: Option<String> = write
        .sql
        .prepare_cached("SELECT action_id FROM entries WHERE nr = ?1")?
        .query_row([entry_nr], |row| row.get(0))
        .optional()?
        .flatten();
    let (id, name) = (entry.author.id.unwrap_or_default(), entry.author.name.unwrap_or_default());
    let author = match entry.author.kind {
        AuthorKind::Scenario => Actor::Scenario { id, name },
        AuthorKind::Advisor | AuthorKind::Customer | AuthorKind::System | AuthorKind::Other(_) => {
            Actor::Advisor { id, name }
        }
    };
    let action = NewAction {
        status: ActionStatus::Fail,
        origin: ActionOrigin::Channel,
        answer_action_id,
        data: json!({ "reply_id": report.reply_id, "answer_status": "fail", "reason": report.reason }),
        ..NewAction::new(ActionType::ExecuteAnswer, &author)
    };
    record::insert(write, conversation, action)
}
