//! A channel's scenario: what the chatbot does before, and sometimes instead of, the advisors.
//!
//! A scenario is a document of steps with one draft and numbered published versions ([`documents`], [`versions`]). [`interpreter`]
//! says what it does when something happens and does nothing itself; [`perform`] carries that out in the transaction that takes
//! the message in, so the customer is never greeted twice and no crash leaves a greeting unsent. Delays and calls to other
//! systems outlast a transaction: they are rows ([`pending`]) that [`clockwork`] comes back to, and what came of them counts only
//! if the conversation still waits for it. [`trial`] runs the same interpreter on a draft and shows what would happen.

use serde::{Deserialize, Serialize};
use signoff_wire::contract::scenarios::ScenarioFlow;

mod answers;
mod calls;
pub(crate) mod clockwork;
mod conditions;
pub(crate) mod documents;
mod flows;
mod interpreter;
pub(crate) mod outside;
mod pending;
pub(crate) mod perform;
mod position;
#[cfg(test)]
mod properties;
mod reading;
mod secrets;
mod surroundings;
pub(crate) mod template;
pub(crate) mod trial;
mod troubles;
pub(crate) mod validate;
pub(crate) mod versions;

use interpreter::Facts;

/// A scenario that a workspace is founded with; its flow becomes the first version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Its id, the author of its actions. Channels with the same id share it.
    pub id: String,
    /// Its name, as the timeline shows it.
    pub name: String,
    /// What it does.
    pub flow: ScenarioFlow,
}
