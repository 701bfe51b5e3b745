//! Send + Close: reply, survey and closing as one (R3, D4).

use serde_json::json;
use signoff_wire::contract::{
    actions::ActionType,
    conversations::{ClosedBy, CloserKind},
    receipts::{Receipt, ReceiptClosed, SurveySkip},
    requests::CloseConversation,
};

use super::{Click, reply, require_seen};
use crate::{
    actions::record::{self, NewAction},
    conversations::change::{self, announce_action, announce_changed},
    refusal::Refusal,
    settings,
    store::Write,
    surveys,
};

/// Applies all three effects or none. The order of the checks is the contract's: does it exist, is the feature on, is it
/// open, has the customer written since, is the reply valid, does the channel take it.
pub(crate) fn apply(write: &mut Write<'_>, click: &Click, asked: &CloseConversation) -> Result<Receipt, Refusal> {
    let record = click.conversation(write)?;
    if !settings::allow_manual_close(write.sql)? {
        return Err(Refusal::CloseDisabled);
    }
    record.require_open(write.sql)?;
    require_seen(&record, asked.last_seen_message_id.as_deref())?;
    let files = reply::require_sendable(write, click, &record, &asked.reply.text, &asked.reply.attachments)?;

    let actor = click.actor();
    let origin = click.origin(asked.origin);
    let answer = NewAction { origin: origin.clone(), ..NewAction::new(ActionType::Answer, &actor) };
    let answer = record::insert(write, &record, answer)?;
    let outgoing =
        reply::Outgoing { text: &asked.reply.text, buttons: &[], client_key: Some(&click.key), action: &answer };
    let sent = reply::send_with(write, &record, &actor, &outgoing, &files)?;

    let survey = surveys::send(write, sent.record, &record.survey, &actor)?;

    let by = ClosedBy {
        kind: CloserKind::Advisor,
        id: Some(click.caller.user.id.clone()),
        name: Some(click.caller.user.name.clone()),
    };
    let closed_at = write.now;
    let mut record = change::close(write, &survey.record, &actor, by, closed_at)?;
    // After the three that belong together (R3): why there was no survey.
    if let Some(entry) = survey.skipped {
        record = announce_changed(write, &record, Some(entry))?;
    }

    let closing = NewAction {
        origin,
        answer_action_id: Some(answer.id.clone()),
        survey_status: Some(survey.receipt.status.clone()),
        data: match &survey.receipt.reason {
            Some(reason) => json!({ "survey_reason": SurveySkip::as_str(reason) }),
            None => json!({}),
        },
        ..NewAction::new(ActionType::CloseConversation, &actor)
    };
    let closing = record::insert(write, &record, closing)?;
    announce_action(write, &record, answer)?;
    announce_action(write, &record, closing.clone())?;
    Ok(Receipt {
        reply: Some(sent.receipt),
        survey: survey.receipt,
        closed: Some(ReceiptClosed { at: closed_at }),
        ..click.receipt(&closing, &record)
    })
}
