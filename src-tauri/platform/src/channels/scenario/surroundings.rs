//! What a scenario can name: channels with their limits, teams, tags, variables, secrets.

use std::collections::BTreeSet;

use rusqlite::Connection;
use signoff_wire::contract::{
    channels::ChannelType,
    scenarios::{ScenarioChannel, ScenarioFlow},
};

use super::{
    secrets,
    validate::{self, Limits, Surroundings},
};
use crate::{channels::named::Named, refusal::Refusal};

/// Everything that a scenario's faults depend on.
pub(super) fn of(sql: &Connection, scenario_id: &str) -> Result<Surroundings, Refusal> {
    Ok(Surroundings {
        used_by: limits(sql, |channel| channel.scenario_id.as_deref() == Some(scenario_id))?,
        named: Named::of(sql)?,
        variables: variables(sql)?,
        secrets: secrets::ids(sql, scenario_id)?,
    })
}

/// What some channels take.
pub(super) fn limits(sql: &Connection, of: impl Fn(&ScenarioChannel) -> bool) -> rusqlite::Result<Vec<Limits>> {
    let limits = |channel: ScenarioChannel| Limits {
        name: channel.name,
        text: channel.reply_limit as usize,
        label: channel.label_limit as usize,
        buttons: channel.button_limit as usize,
    };
    Ok(channels(sql)?.into_iter().filter(of).map(limits).collect())
}

/// All channels, by name.
pub(super) fn channels(sql: &Connection) -> rusqlite::Result<Vec<ScenarioChannel>> {
    sql.prepare_cached(
        "SELECT ch.id, ch.name, ch.kind, cs.scenario_id, ch.reply_limit
         FROM channels ch LEFT JOIN channel_scenarios cs ON cs.channel_id = ch.id
         WHERE ch.archived_at IS NULL ORDER BY ch.name, ch.id",
    )?
    .query_map([], |row| {
        let kind = ChannelType::from(row.get::<_, String>(2)?.as_str());
        let (label, buttons) = validate::button_limits(&kind);
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(ScenarioChannel {
            id: row.get(0)?,
            name: row.get(1)?,
            kind,
            scenario_id: row.get(3)?,
            reply_limit: row.get(4)?,
            label_limit: number(label),
            button_limit: number(buttons),
        })
    })?
    .collect()
}

/// Variables that a published scenario sets.
pub(crate) fn variables(sql: &Connection) -> Result<BTreeSet<String>, Refusal> {
    let mut variables = BTreeSet::new();
    let flows = sql
        .prepare_cached(
            "SELECT flow FROM scenario_versions v
             WHERE version = (SELECT max(version) FROM scenario_versions w WHERE w.scenario_id = v.scenario_id)",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    for flow in flows {
        let flow: ScenarioFlow = serde_json::from_str(&flow)?;
        variables.extend(flow.steps.iter().flat_map(|step| validate::set_by(&step.act)).map(str::to_owned));
    }
    Ok(variables)
}
