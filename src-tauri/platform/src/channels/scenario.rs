//! A channel's scenario: what the chatbot does before, and sometimes instead of, the advisors.
//!
//! A scenario is a few named steps. A new conversation enters at `start` (R9: after a closing, too). Whatever one message
//! sets off happens in the transaction that takes the message in, so the customer is never greeted twice and no crash
//! leaves a greeting unsent. Words that the scenario listens for work at any time, as a click on an old button does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use signoff_wire::contract::{
    actions::{ActionOrigin, ActionType},
    conversations::{ClosedBy, CloserKind, ConversationStatus},
    timeline::Button,
};

use super::routing;
use crate::{
    actions::record::{self, NewAction},
    actor::Actor,
    clicks::reply,
    conversations::{
        Record,
        change::{announce_action, close},
    },
    refusal::Refusal,
    store::Write,
};

/// A scenario. Stored with its channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Its id, the author of its actions.
    pub id: String,
    /// Its name, as the timeline shows it.
    pub name: String,
    /// The step at which a new conversation enters.
    pub start: String,
    /// The steps by name.
    pub steps: BTreeMap<String, Step>,
    /// Exact texts (a word, a button's label) and the step that each leads to, at any time.
    pub listens_for: BTreeMap<String, String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Step {
    /// Sends a message, with buttons or without, and goes on.
    Message {
        /// The text.
        text: String,
        /// Labels of buttons; `listens_for` says what a click does.
        #[serde(default)]
        buttons: Vec<String>,
        /// The next step.
        then: String,
    },
    /// Routes to a team and goes on.
    Route {
        /// The team.
        team_id: String,
        /// The next step.
        then: String,
    },
    /// Leaves the conversation to the advisors.
    HandOver,
    /// R10: closes the conversation.
    CloseConversation,
}

/// A scenario that wanders in a circle is stopped after this many steps.
const MOST_STEPS: usize = 32;

impl Scenario {
    /// Runs what a customer's message sets off.
    pub(crate) fn on_message(
        &self,
        write: &mut Write<'_>,
        record: Record,
        text: &str,
        new_conversation: bool,
    ) -> Result<Record, Refusal> {
        let record = if new_conversation { self.run(write, record, &self.start)? } else { record };
        match self.listens_for.get(text) {
            Some(step) => self.run(write, record, step),
            None => Ok(record),
        }
    }

    fn run(&self, write: &mut Write<'_>, mut record: Record, from: &str) -> Result<Record, Refusal> {
        let actor = Actor::Scenario { id: self.id.clone(), name: self.name.clone() };
        let mut next = from;
        for _ in 0..MOST_STEPS {
            if record.view.status == ConversationStatus::Closed {
                return Ok(record);
            }
            match self.steps.get(next) {
                Some(Step::Message { text, buttons, then }) => {
                    let buttons: Vec<_> = buttons.iter().map(|label| Button { label: label.clone() }).collect();
                    record = say(write, &record, &actor, text, &buttons)?;
                    next = then;
                }
                Some(Step::Route { team_id, then }) => {
                    record = routing::to_team(write, &record, team_id, &actor)?;
                    next = then;
                }
                Some(Step::CloseConversation) => return close_conversation(write, &record, &actor),
                Some(Step::HandOver) | None => return Ok(record),
            }
        }
        tracing::warn!(scenario = self.id, "the scenario goes in a circle and was stopped");
        Ok(record)
    }
}

fn say(
    write: &mut Write<'_>,
    record: &Record,
    actor: &Actor,
    text: &str,
    buttons: &[Button],
) -> Result<Record, Refusal> {
    let action = NewAction { origin: ActionOrigin::Scenario, ..NewAction::new(ActionType::Answer, actor) };
    let action = record::insert(write, record, action)?;
    let sent =
        reply::send(write, record, actor, &reply::Outgoing { text, buttons, client_key: None, action: &action })?;
    announce_action(write, &sent.record, action)?;
    Ok(sent.record)
}

/// R10: under the rules of every closing, R6, R8 and R9. No reply and no survey go with it.
fn close_conversation(write: &mut Write<'_>, record: &Record, actor: &Actor) -> Result<Record, Refusal> {
    let action = NewAction {
        origin: ActionOrigin::Scenario,
        survey_status: Some(signoff_wire::contract::receipts::SurveyStatus::None),
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
