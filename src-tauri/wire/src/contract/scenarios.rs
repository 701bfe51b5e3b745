//! Scenarios: what the chatbot of a channel does, as a document of steps, with its drafts, versions and trials.
//!
//! A step that leads nowhere yet has an empty name as its target, so that a draft can be kept at any moment; what keeps it from
//! being published is told as a list of [`ScenarioFault`]s.

mod faults;
mod flow;
mod library;
mod trial;

pub use faults::{ScenarioFault, ScenarioFaultCode, ScenarioFaults, ScenarioTrouble, TroubleCode, ValidateScenario};
pub use flow::{
    CallHeader, CallMethod, Comparison, Expects, HttpCall, Listen, SaveAnswer, ScenarioButton, ScenarioFlow,
    ScenarioHours, ScenarioStep, ScenarioTest, StepAct, Texts, WeekSpan,
};
pub use library::{
    NewScenario, ScenarioChannel, ScenarioDocument, ScenarioSummary, ScenarioVersion, ScenarioVersionRef, Scenarios,
    UpdateScenario, UpdateScenarioChannels,
};
pub use trial::{
    ScenarioEffect, ScenarioEvent, ScenarioState, Trial, TrialCustomer, TrialHappening, TryScenario, WaitsFor,
};
