//! Carrying out what the interpreter says, in the transaction of what it reacts to.

use chrono::TimeDelta;
use serde_json::json;
use signoff_wire::contract::{
    actions::{ActionOrigin, ActionType},
    conversations::{ClosedBy, CloserKind, ConversationState, ConversationStatus},
    receipts::SurveyStatus,
    scenarios::{ScenarioEffect, ScenarioEvent, ScenarioState, StepAct, TrialHappening, TroubleCode},
    timeline::Button,
};

use super::{
    Facts, calls, conditions,
    flows::{self, Published},
    interpreter::{self, react},
    pending, position,
    position::Position,
    troubles,
};
use crate::{
    actions::record::{self, NewAction},
    actor::Actor,
    channels::{effects, routing},
    clicks::reply,
    conversations::{
        Record,
        change::{announce_action, announce_changed, close},
    },
    refusal::Refusal,
    store::Write,
};

/// Runs what a customer's message sets off. A new conversation enters the newest published version; an open one goes on in the
/// version that it is in. A button or a word of the newest version works in every conversation. Answers with whether the scenario waits
/// for something now.
pub(crate) fn on_message(
    write: &mut Write<'_>,
    record: Record,
    text: &str,
    new_conversation: bool,
) -> Result<(Record, bool), Refusal> {
    let newest = flows::of_channel(write.sql, &record.view.channel.id)?;
    let (position, mut state) = position::load(write.sql, &record)?;
    state.open = !new_conversation;
    let mut facts = facts(write, &record, text);
    let event = ScenarioEvent::Writes { text: text.to_owned() };

    let current = match &position {
        Some(position) if state.step.is_some() => {
            flows::of_version(write.sql, &position.scenario_id, position.version)?
        }
        Some(_) | None => None,
    };
    // Its own version first: the buttons that the customer sees may be of that one only.
    let takes = |published: &Published| interpreter::clicked(&published.flow, &state, text).is_some();
    let in_newest = current.as_ref().is_none_or(|current| !takes(current) && newest.as_ref().is_some_and(takes));
    let Some(published) = (if in_newest { newest } else { current }) else {
        return Ok((record, false));
    };
    facts.office = conditions::office(write.sql, &published.flow, facts.now)?;
    react_and_perform(write, record, &published, position, &state, &facts, &event)
}

/// Goes on after a delay or a call, if the conversation still waits for it at this visit; otherwise nothing happens.
pub(super) fn resume(
    write: &mut Write<'_>,
    conversation_nr: i64,
    visit: i64,
    event: &ScenarioEvent,
    forbidden: bool,
) -> Result<(), Refusal> {
    let record = Record::by_nr(write.sql, conversation_nr, write.now)?;
    let (position, state) = position::load(write.sql, &record)?;
    let Some(position) = position.filter(|position| position.visit == visit && state.step.is_some() && state.open)
    else {
        return Ok(());
    };
    let Some(published) = flows::of_version(write.sql, &position.scenario_id, position.version)? else { return Ok(()) };
    if forbidden && let Some(step) = &state.step {
        troubles::count(write, &published, step, &TroubleCode::CallForbidden)?;
    }
    let message = record.view.last_message.as_ref().map(|message| message.text.clone()).unwrap_or_default();
    let office = conditions::office(write.sql, &published.flow, write.now)?;
    let facts = Facts { office, ..facts(write, &record, &message) };
    let (record, waits) = react_and_perform(write, record, &published, Some(position), &state, &facts, event)?;
    if record.view.status == ConversationStatus::Open && !waits {
        routing::at_rest(write, record, &message)?;
    }
    Ok(())
}

fn facts(write: &Write<'_>, record: &Record, message: &str) -> Facts {
    let view = &record.view;
    Facts {
        channel_id: view.channel.id.clone(),
        channel_name: view.channel.name.clone(),
        reply_limit: view.channel.reply_limit as usize,
        may_reply: record.takes_automatic_replies(write.now),
        conversation_id: view.id.clone(),
        customer_id: view.customer.id.clone(),
        customer_name: view.customer.name.clone(),
        language: view.customer.language.clone(),
        vip: view.customer.vip,
        message: message.to_owned(),
        now: write.now,
        office: None,
    }
}

fn react_and_perform(
    write: &mut Write<'_>,
    mut record: Record,
    published: &Published,
    position: Option<Position>,
    before: &ScenarioState,
    facts: &Facts,
    event: &ScenarioEvent,
) -> Result<(Record, bool), Refusal> {
    let (happened, after) = react(&published.flow, facts, before, event);
    let moved = happened.iter().any(|one| !matches!(one.what, ScenarioEffect::Troubles { .. }));
    let waits = after.step.is_some();
    if !moved && after == *before {
        return Ok((record, waits));
    }
    let visit = position.map_or(0, |position| position.visit) + 1;
    let position = Position { scenario_id: published.scenario_id.clone(), version: published.version, visit };
    pending::forget(write.sql, record.nr)?;
    let actor = Actor::Scenario { id: published.scenario_id.clone(), name: published.name.clone() };
    for one in &happened {
        record = perform(write, record, &actor, published, visit, facts, &after, one)?;
    }
    position::store(write, &record, &position, &after, &before.offered)?;
    Ok((record, waits))
}

#[expect(clippy::too_many_arguments, reason = "the loop above is its one caller")]
fn perform(
    write: &mut Write<'_>,
    record: Record,
    actor: &Actor,
    published: &Published,
    visit: i64,
    facts: &Facts,
    after: &ScenarioState,
    one: &TrialHappening,
) -> Result<Record, Refusal> {
    match &one.what {
        ScenarioEffect::Says { text, buttons } => say(write, &record, actor, text, buttons),
        ScenarioEffect::Tags { tags } => {
            let (tags, unknown) = effects::known_tags(write.sql, &record.view.tags, tags)?;
            if unknown {
                troubles::count(write, published, &one.step, &TroubleCode::UnknownTag)?;
            }
            effects::tag(write, record, actor, tags)
        }
        ScenarioEffect::Routes { team_id } => match effects::team(write.sql, team_id)? {
            Some(team) => effects::route(write, record, actor, team),
            None => {
                troubles::count(write, published, &one.step, &TroubleCode::UnknownTeam)?;
                Ok(record)
            }
        },
        ScenarioEffect::Archives {} => effects::archive(write, record, actor),
        ScenarioEffect::HandsOver {} => hand_over(write, record),
        ScenarioEffect::Ends {} => end(write, record),
        ScenarioEffect::Closes {} => close_conversation(write, &record, actor),
        ScenarioEffect::Sets { variable, value } => {
            position::set(write, &record.view.customer.id, variable, value.as_deref())?;
            Ok(record)
        }
        ScenarioEffect::Calls { .. } => {
            if let Some(StepAct::HttpCall(call)) = interpreter::step(&published.flow, &one.step).map(|step| &step.act) {
                let request = calls::request(call, &facts.values(after));
                pending::add(write, record.nr, visit, write.now, Some(&request))?;
            }
            Ok(record)
        }
        ScenarioEffect::Delays { seconds } => {
            let due = write.now + TimeDelta::seconds(i64::from(*seconds));
            pending::add(write, record.nr, visit, due, None)?;
            Ok(record)
        }
        ScenarioEffect::Troubles { code } => {
            troubles::count(write, published, &one.step, code)?;
            Ok(record)
        }
        ScenarioEffect::Decides { .. } => Ok(record),
    }
}

fn say(
    write: &mut Write<'_>,
    record: &Record,
    actor: &Actor,
    text: &str,
    labels: &[String],
) -> Result<Record, Refusal> {
    let buttons: Vec<_> = labels.iter().map(|label| Button { label: label.clone() }).collect();
    let action = NewAction { origin: ActionOrigin::Scenario, ..NewAction::new(ActionType::Answer, actor) };
    let action = record::insert(write, record, action)?;
    let outgoing = reply::Outgoing { text, buttons: &buttons, client_key: None, action: &action };
    let sent = reply::send(write, record, actor, &outgoing)?;
    announce_action(write, &sent.record, action)?;
    Ok(sent.record)
}

/// Back to *Received*, from wherever the scenario had put it. Whoever has it keeps it.
fn hand_over(write: &mut Write<'_>, record: Record) -> Result<Record, Refusal> {
    match record.view.state {
        ConversationState::Archived | ConversationState::Answered => put(write, &record, "received"),
        ConversationState::Received | ConversationState::Ongoing | ConversationState::Closed => Ok(record),
    }
}

/// Out of *Received*: nobody has to look at what the scenario has settled.
fn end(write: &mut Write<'_>, record: Record) -> Result<Record, Refusal> {
    if record.view.state == ConversationState::Received { put(write, &record, "answered") } else { Ok(record) }
}

fn put(write: &mut Write<'_>, record: &Record, state: &str) -> Result<Record, Refusal> {
    write.sql.prepare_cached("UPDATE conversations SET state = ?2 WHERE nr = ?1")?.execute((record.nr, state))?;
    announce_changed(write, record, None)
}

/// R10: under the rules of every closing, R6, R8 and R9. No reply and no survey go with it.
fn close_conversation(write: &mut Write<'_>, record: &Record, actor: &Actor) -> Result<Record, Refusal> {
    if record.view.status == ConversationStatus::Closed {
        return Ok(record.clone());
    }
    let action = NewAction {
        origin: ActionOrigin::Scenario,
        survey_status: Some(SurveyStatus::None),
        data: json!({}),
        ..NewAction::new(ActionType::CloseConversation, actor)
    };
    let action = record::insert(write, record, action)?;
    let (id, name, _) = actor.for_action();
    let by = ClosedBy { kind: CloserKind::Scenario, id: Some(id.to_owned()), name: Some(name.to_owned()) };
    let closed_at = write.now;
    let record = close(write, record, actor, by, closed_at)?;
    announce_action(write, &record, action)?;
    Ok(record)
}
