//! Flows as they are meant today, whenever they were written. What is kept is not rewritten: a version stays what was published.
//!
//! Conditions once went by a week in the scenario itself, as the workspace had no office hours; they have those times of their own
//! now. And a tag that is called differently is still the same tag.

use std::collections::BTreeMap;

use rusqlite::Connection;
use signoff_wire::contract::{
    routing::TimeCondition,
    scenarios::{ScenarioFlow, ScenarioTest, StepAct},
};

use crate::{refusal::Refusal, tags};

/// The flow that this JSON says.
pub(super) fn flow(sql: &Connection, json: &str) -> Result<ScenarioFlow, Refusal> {
    let mut flow = serde_json::from_str(json)?;
    bring_up_to_date(sql, &mut flow)?;
    Ok(flow)
}

/// The same for a flow that somebody sent.
pub(super) fn bring_up_to_date(sql: &Connection, flow: &mut ScenarioFlow) -> rusqlite::Result<()> {
    own_week(flow);
    let renamed = tags::renamed(sql)?;
    if !renamed.is_empty() {
        names_of_today(flow, &renamed);
    }
    Ok(())
}

fn own_week(flow: &mut ScenarioFlow) {
    let Some(week) = flow.office_hours.take() else { return };
    for tests in flow.steps.iter_mut().filter_map(|step| tests(&mut step.act)) {
        for test in tests {
            if let ScenarioTest::OfficeHours { open } = test {
                let (zone, spans, outside) = (week.zone.clone(), week.open.clone(), !*open);
                *test = ScenarioTest::Times(TimeCondition { zone, spans, outside });
            }
        }
    }
}

fn tests(act: &mut StepAct) -> Option<&mut Vec<ScenarioTest>> {
    if let StepAct::Condition { tests, .. } = act { Some(tests) } else { None }
}

fn names_of_today(flow: &mut ScenarioFlow, renamed: &BTreeMap<String, String>) {
    for step in &mut flow.steps {
        if let StepAct::Tag { add, remove, .. } = &mut step.act {
            tags::rename(add, renamed);
            tags::rename(remove, renamed);
        }
        for test in tests(&mut step.act).into_iter().flatten() {
            if let ScenarioTest::Tags { tags } = test {
                tags::rename(tags, renamed);
            }
        }
    }
}
