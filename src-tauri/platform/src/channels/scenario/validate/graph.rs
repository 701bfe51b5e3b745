//! Ways through the steps: where they lead, who is never reached, and circles in which nobody waits.

use std::collections::{BTreeMap, BTreeSet};

use signoff_wire::contract::scenarios::{ScenarioFaultCode, ScenarioFlow, StepAct};

use super::Faults;
use crate::channels::scenario::interpreter::step;

/// The ways out of a step: the field, and the step that it names.
pub(crate) fn ways(act: &StepAct) -> Vec<(String, &str)> {
    match act {
        StepAct::Message { then, .. }
        | StepAct::Tag { then, .. }
        | StepAct::Route { then, .. }
        | StepAct::Archive { then }
        | StepAct::Delay { then, .. }
        | StepAct::SetVariable { then, .. } => vec![("then".to_owned(), then)],
        StepAct::Buttons { buttons, then, .. } => {
            let clicks =
                buttons.iter().enumerate().map(|(nr, button)| (format!("buttons.{nr}.then"), button.then.as_str()));
            clicks.chain([("then".to_owned(), then.as_str())]).collect()
        }
        StepAct::FreeInput { then, otherwise, .. } | StepAct::Condition { then, otherwise, .. } => {
            vec![("then".to_owned(), then), ("otherwise".to_owned(), otherwise)]
        }
        StepAct::HttpCall(call) => vec![
            ("then".to_owned(), &call.then),
            ("failed".to_owned(), &call.failed),
            ("timed_out".to_owned(), &call.timed_out),
        ],
        StepAct::HandOver {} | StepAct::CloseConversation {} | StepAct::End {} => Vec::new(),
    }
}

/// The ways on which the scenario goes without waiting for anybody.
fn at_once(act: &StepAct) -> Vec<&str> {
    match act {
        StepAct::Buttons { wait: false, then, .. } => vec![then],
        StepAct::Buttons { wait: true, .. }
        | StepAct::FreeInput { .. }
        | StepAct::HttpCall(_)
        | StepAct::Delay { .. } => Vec::new(),
        StepAct::Message { .. }
        | StepAct::Condition { .. }
        | StepAct::Tag { .. }
        | StepAct::Route { .. }
        | StepAct::HandOver {}
        | StepAct::Archive { .. }
        | StepAct::CloseConversation {}
        | StepAct::SetVariable { .. }
        | StepAct::End {} => ways(act).into_iter().map(|(_, target)| target).collect(),
    }
}

pub(super) fn check(flow: &ScenarioFlow, found: &mut Faults) {
    let ids: BTreeSet<&str> = flow.steps.iter().map(|step| step.id.as_str()).collect();
    let mut lead = |step: Option<&str>, field: String, target: &str| {
        let (code, text) = match target {
            "" => (ScenarioFaultCode::DeadEnd, "Nothing follows here.".to_owned()),
            _ if !ids.contains(target) => (ScenarioFaultCode::UnknownTarget, format!("There is no step \"{target}\".")),
            _ => return,
        };
        match step {
            Some(step) => found.at(step, field, code, text),
            None => found.of_all(field, code, text),
        }
    };
    lead(None, "first".to_owned(), &flow.first);
    lead(None, "following".to_owned(), &flow.following);
    for (nr, listen) in flow.listens.iter().enumerate() {
        lead(None, format!("listens.{nr}.then"), &listen.then);
    }
    for step in &flow.steps {
        for (field, target) in ways(&step.act) {
            lead(Some(&step.id), field, target);
        }
    }
    unreachable(flow, found);
    circles(flow, found);
    closes_at_once(flow, found);
}

fn unreachable(flow: &ScenarioFlow, found: &mut Faults) {
    let entries = [flow.first.as_str(), flow.following.as_str()].into_iter();
    let reached = reachable(flow, entries.chain(flow.listens.iter().map(|listen| listen.then.as_str())), |act| {
        ways(act).into_iter().map(|(_, target)| target).collect()
    });
    for step in flow.steps.iter().filter(|step| !reached.contains(step.id.as_str())) {
        found.at(&step.id, "id", ScenarioFaultCode::Unreachable, "No way leads to this step.");
    }
}

/// The steps that can be reached from some, by some ways.
fn reachable<'a>(
    flow: &'a ScenarioFlow,
    from: impl Iterator<Item = &'a str>,
    ways: impl Fn(&'a StepAct) -> Vec<&'a str>,
) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut ahead: Vec<&str> = from.collect();
    while let Some(id) = ahead.pop() {
        if let Some(step) = step(flow, id)
            && reached.insert(id)
        {
            ahead.extend(ways(&step.act));
        }
    }
    reached
}

/// A step that comes back to itself without anybody having been waited for.
fn circles(flow: &ScenarioFlow, found: &mut Faults) {
    let onward: BTreeMap<&str, Vec<&str>> =
        flow.steps.iter().map(|step| (step.id.as_str(), at_once(&step.act))).collect();
    for step in &flow.steps {
        let from = onward.get(step.id.as_str()).into_iter().flatten().copied();
        if reachable(flow, from, at_once).contains(step.id.as_str()) {
            let text = "The scenario goes in a circle here without waiting for anybody.";
            found.at(&step.id, "then", ScenarioFaultCode::Circle, text);
        }
    }
}

/// R8: an entry that closes without having waited for the customer would close every conversation before anybody has read it.
fn closes_at_once(flow: &ScenarioFlow, found: &mut Faults) {
    let entries = [flow.first.as_str(), flow.following.as_str()].into_iter();
    // A condition may lead there in some cases only, which can be meant.
    let reached = reachable(flow, entries, |act| match act {
        StepAct::Condition { .. } => Vec::new(),
        StepAct::HttpCall(_) | StepAct::Delay { .. } => ways(act).into_iter().map(|(_, target)| target).collect(),
        StepAct::Message { .. }
        | StepAct::Buttons { .. }
        | StepAct::FreeInput { .. }
        | StepAct::Tag { .. }
        | StepAct::Route { .. }
        | StepAct::HandOver {}
        | StepAct::Archive { .. }
        | StepAct::CloseConversation {}
        | StepAct::SetVariable { .. }
        | StepAct::End {} => at_once(act),
    });
    for step in flow.steps.iter().filter(|step| matches!(step.act, StepAct::CloseConversation {})) {
        if reached.contains(step.id.as_str()) {
            let text = "Every new conversation would be closed for good before the customer or an advisor could say anything more.";
            found.at(&step.id, "id", ScenarioFaultCode::ClosesAtOnce, text);
        }
    }
}
