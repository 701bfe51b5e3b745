//! Scenarios and routing rules as they were before they were documents with versions, brought over at the first start.
//!
//! A scenario was JSON in its channel's row and a rule a row. What cannot be read stays where it is, and the log says so.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use serde::Deserialize;
use signoff_wire::contract::{
    routing::{RoutingRule, RuleActions, RuleConditions, RuleOccasion, WordCondition, WordMode},
    scenarios::{Listen, ScenarioButton, ScenarioFlow, ScenarioStep, StepAct, Texts},
};

use super::{
    routing,
    scenario::{Scenario, documents},
};
use crate::{refusal::Refusal, store::Write};

#[derive(Deserialize)]
struct OldScenario {
    id: String,
    name: String,
    start: String,
    steps: BTreeMap<String, OldStep>,
    listens_for: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum OldStep {
    Message {
        text: String,
        #[serde(default)]
        buttons: Vec<String>,
        then: String,
    },
    Route {
        team_id: String,
        then: String,
    },
    HandOver,
    CloseConversation,
}

/// Brings everything over that has not been yet.
pub(crate) fn bring_over(write: &mut Write<'_>) -> Result<(), Refusal> {
    scenarios(write)?;
    rules(write.sql)
}

fn scenarios(write: &mut Write<'_>) -> Result<(), Refusal> {
    let rows = write
        .sql
        .prepare("SELECT id, scenario FROM channels WHERE scenario <> '' ORDER BY id")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(String, String)>>>()?;
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for (channel_id, json) in rows {
        let old: OldScenario = match serde_json::from_str(&json) {
            Ok(old) => old,
            Err(error) => {
                tracing::warn!(channel = channel_id, %error, "an old scenario cannot be read and stays where it is");
                continue;
            }
        };
        let mut scenario = converted(old);
        // Two channels may have had different scenarios of one id.
        if taken.get(&scenario.id).is_some_and(|other| *other != json) {
            scenario.id = format!("{}_{channel_id}", scenario.id);
        }
        taken.insert(scenario.id.clone(), json);
        documents::found(write, &channel_id, &scenario)?;
        write.sql.execute("UPDATE channels SET scenario = '' WHERE id = ?1", [&channel_id])?;
        tracing::info!(channel = channel_id, scenario = scenario.id, "the scenario was brought over");
    }
    Ok(())
}

fn converted(old: OldScenario) -> Scenario {
    let text = |text: String| Texts::from([("en".to_owned(), text)]);
    let missing: BTreeSet<&String> = old
        .steps
        .values()
        .filter_map(|step| match step {
            OldStep::Message { then, .. } | OldStep::Route { then, .. } => Some(then),
            OldStep::HandOver | OldStep::CloseConversation => None,
        })
        .chain([&old.start])
        .chain(old.listens_for.values())
        .filter(|id| !old.steps.contains_key(*id))
        .collect();
    // A step that was not there ended the scenario; now it says so.
    let mut steps: Vec<ScenarioStep> = missing.into_iter().map(|id| step(id.clone(), StepAct::HandOver {})).collect();
    // Whoever was greeted before this knows the buttons by their labels only: those stay words that it listens for.
    let listens = old.listens_for.clone();
    for (id, old_step) in old.steps {
        let act = match old_step {
            OldStep::Message { text: said, buttons, then } if buttons.is_empty() => {
                StepAct::Message { text: text(said), then }
            }
            OldStep::Message { text: said, buttons, then } => StepAct::Buttons {
                text: text(said),
                buttons: buttons
                    .into_iter()
                    .map(|label| {
                        let target = old.listens_for.get(&label).unwrap_or(&then).clone();
                        ScenarioButton { label: text(label), then: target }
                    })
                    .collect(),
                wait: false,
                unexpected: Texts::new(),
                tries: 0,
                then,
            },
            OldStep::Route { team_id, then } => StepAct::Route { team_id, then },
            OldStep::HandOver => StepAct::HandOver {},
            OldStep::CloseConversation => StepAct::CloseConversation {},
        };
        steps.push(step(id, act));
    }
    let flow = ScenarioFlow {
        languages: vec!["en".to_owned()],
        first: old.start.clone(),
        following: old.start,
        listens: listens.into_iter().map(|(text, then)| Listen { text, then }).collect(),
        office_hours: None,
        steps,
    };
    Scenario { id: old.id, name: old.name, flow }
}

fn step(id: String, act: StepAct) -> ScenarioStep {
    ScenarioStep { title: String::new(), id, act }
}

fn rules(sql: &Connection) -> Result<(), Refusal> {
    let rows = sql
        .prepare(
            "SELECT r.position, r.channel_id, r.language, r.words, r.team_id, t.name
             FROM old_routing_rules r JOIN teams t ON t.id = r.team_id ORDER BY r.position",
        )?
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, Option<String>>(3)?, row.get(4)?, row.get(5)?))
        })?
        .collect::<rusqlite::Result<Vec<(i64, Option<String>, Option<String>, Option<String>, String, String)>>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut rules = Vec::with_capacity(rows.len());
    for (position, channel_id, language, words, team_id, team) in rows {
        let words: Option<Vec<String>> = words.map(|json| serde_json::from_str(&json)).transpose()?;
        let when = RuleConditions {
            channels: channel_id.into_iter().collect(),
            languages: language.into_iter().collect(),
            words: words.map(|words| WordCondition { mode: WordMode::Any, whole: false, words }).into_iter().collect(),
            ..RuleConditions::default()
        };
        rules.push(rule(&format!("rule_{}", position + 1), &team, when, team_id));
    }
    routing::document::found(sql, &rules)?;
    sql.execute("DELETE FROM old_routing_rules", [])?;
    Ok(())
}

/// A rule for new conversations that routes and ends the list, as all did.
pub(crate) fn rule(id: &str, team: &str, when: RuleConditions, team_id: String) -> RoutingRule {
    RoutingRule {
        id: id.to_owned(),
        name: team.chars().take(80).collect(),
        active: true,
        on: RuleOccasion::NewConversation,
        when,
        then: RuleActions { team_id: Some(team_id), ..RuleActions::default() },
        go_on: false,
    }
}
