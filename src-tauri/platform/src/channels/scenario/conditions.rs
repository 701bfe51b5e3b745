//! Whether a condition's tests hold.

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use signoff_wire::contract::{
    scenarios::{Comparison, ScenarioFlow, ScenarioState, ScenarioTest, StepAct},
    workspace::OfficeMoment,
};

use super::Facts;
use crate::{
    channels::{fold::fold, week},
    office::hours,
    refusal::Refusal,
};

/// How the workspace's office hours stand, if a condition of the flow asks for them.
pub(super) fn office(
    sql: &Connection,
    flow: &ScenarioFlow,
    at: DateTime<Utc>,
) -> Result<Option<OfficeMoment>, Refusal> {
    let asked = flow.steps.iter().any(|step| match &step.act {
        StepAct::Condition { tests, .. } => ask_for_office(tests),
        StepAct::Message { .. }
        | StepAct::Buttons { .. }
        | StepAct::FreeInput { .. }
        | StepAct::Tag { .. }
        | StepAct::Route { .. }
        | StepAct::HandOver {}
        | StepAct::Archive { .. }
        | StepAct::HttpCall(_)
        | StepAct::Delay { .. }
        | StepAct::CloseConversation {}
        | StepAct::SetVariable { .. }
        | StepAct::End {} => false,
    });
    if asked { hours::moment(sql, at).map(Some) } else { Ok(None) }
}

/// Whether one of the tests is about the workspace's office hours.
pub(super) fn ask_for_office(tests: &[ScenarioTest]) -> bool {
    tests.iter().any(|test| matches!(test, ScenarioTest::OfficeHours { .. }))
}

/// Whether all, or one, of the tests hold.
pub(super) fn hold(facts: &Facts, state: &ScenarioState, all: bool, tests: &[ScenarioTest]) -> bool {
    let holds = |test: &ScenarioTest| holds(facts, state, test);
    if all { tests.iter().all(holds) } else { tests.iter().any(holds) }
}

fn holds(facts: &Facts, state: &ScenarioState, test: &ScenarioTest) -> bool {
    match test {
        ScenarioTest::Variable { variable, is, value } => compare(state.variables.get(variable), *is, value),
        ScenarioTest::Language { languages } => {
            facts.language.as_ref().is_some_and(|language| languages.contains(language))
        }
        ScenarioTest::Channel { channels } => channels.contains(&facts.channel_id),
        ScenarioTest::CustomerName { contains } => fold(&facts.customer_name).contains(&fold(contains)),
        ScenarioTest::Vip { vip } => facts.vip == *vip,
        ScenarioTest::Tags { tags } => tags.iter().any(|tag| state.tags.contains(tag)),
        ScenarioTest::OfficeHours { open } => facts.office.as_ref().is_some_and(|office| office.open == *open),
        ScenarioTest::Times(times) => week::fits(times, facts.now),
    }
}

fn compare(there: Option<&String>, is: Comparison, value: &str) -> bool {
    match is {
        Comparison::Known => return there.is_some(),
        Comparison::Unknown => return there.is_none(),
        Comparison::Equals | Comparison::Differs | Comparison::Contains | Comparison::Greater | Comparison::Less => {}
    }
    let there = there.map(String::as_str).unwrap_or_default();
    let numbers = there.trim().parse::<f64>().ok().zip(value.trim().parse::<f64>().ok());
    let (folded, wanted) = (fold(there.trim()), fold(value.trim()));
    let same = numbers.map_or(folded == wanted, |(a, b)| a.total_cmp(&b).is_eq());
    match is {
        Comparison::Equals => same,
        Comparison::Differs => !same,
        Comparison::Contains => folded.contains(&wanted),
        // Dates are kept so that they compare as texts do.
        Comparison::Greater => !folded.is_empty() && numbers.map_or(folded > wanted, |(a, b)| a > b),
        Comparison::Less => !folded.is_empty() && numbers.map_or(folded < wanted, |(a, b)| a < b),
        Comparison::Known | Comparison::Unknown => false,
    }
}
