//! Scenarios as an admin sees and changes them: the list, the draft, the channels that use it.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use signoff_wire::contract::{
    scenarios::{
        NewScenario, ScenarioDocument, ScenarioFault, ScenarioFlow, ScenarioSummary, ScenarioTest, Scenarios, StepAct,
        UpdateScenario, WeekSpan,
    },
    sessions::{TeamRef, User, UserRef},
};

use super::{
    Scenario, reading, secrets, surroundings, troubles,
    validate::{self, Surroundings},
    versions,
};
use crate::{
    audit,
    channels::named::Named,
    refusal::Refusal,
    store::{Write, ms, time},
};

/// A scenario with its version.
pub(crate) struct Versioned {
    /// What clients see.
    pub(crate) document: ScenarioDocument,
    /// The `ETag`, without quotes.
    pub(crate) version: i64,
}

/// All scenarios, and what they can name.
pub(crate) fn list(sql: &Connection) -> Result<Scenarios, Refusal> {
    let ids = sql
        .prepare_cached("SELECT id FROM scenarios ORDER BY name, id")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    let mut items = Vec::with_capacity(ids.len());
    for id in ids {
        items.push(stored(sql, &id)?.summary);
    }
    let variables = surroundings::variables(sql)?.into_iter().collect();
    let teams = sql
        .prepare_cached("SELECT id, name FROM teams WHERE active ORDER BY name")?
        .query_map([], |row| Ok(TeamRef { id: row.get(0)?, name: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    let tags = sql
        .prepare_cached("SELECT name FROM tags WHERE NOT archived ORDER BY position")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Scenarios { items, channels: surroundings::channels(sql)?, teams, tags, variables })
}

/// One scenario.
pub(crate) fn one(sql: &Connection, id: &str) -> Result<Versioned, Refusal> {
    let Stored { summary, draft, version } = stored(sql, id)?;
    let faults = validate::faults(&draft, &surroundings::of(sql, id)?);
    let versions = versions::list(sql, id)?;
    Ok(Versioned { document: ScenarioDocument { summary, draft, faults, versions }, version })
}

/// The faults of a draft that need not be saved.
pub(crate) fn faults(sql: &Connection, id: &str, mut draft: ScenarioFlow) -> Result<Vec<ScenarioFault>, Refusal> {
    const FRESH: &str = "fresh";
    require_exists(sql, id)?;
    require_size(&draft)?;
    reading::bring_up_to_date(sql, &mut draft)?;
    let mut around = surroundings::of(sql, id)?;
    // A secret that comes with the draft is there once it is saved.
    secrets::hide(&mut draft, FRESH);
    around.secrets.insert(FRESH.to_owned());
    Ok(validate::faults(&draft, &around))
}

/// A new scenario: empty, or with a copy of another one's draft.
pub(crate) fn create(write: &mut Write<'_>, user: &User, new: &NewScenario) -> Result<Versioned, Refusal> {
    let name = name(&new.name)?;
    let draft = match &new.copy_of {
        Some(other) => {
            let mut draft = stored(write.sql, other)?.draft;
            secrets::forget(&mut draft);
            draft
        }
        None => ScenarioFlow { languages: vec!["en".to_owned()], ..ScenarioFlow::default() },
    };
    require_free(write.sql, name, None)?;
    let id = write.id("scenario");
    write.sql.execute(
        "INSERT INTO scenarios (id, name, draft, version, changed_at, changed_by_id, changed_by_name)
         VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)",
        params![id, name, serde_json::to_string(&draft)?, ms(write.now), user.id, user.name],
    )?;
    audit::append(write, user, "scenario.create", &json!(null), &json!({ "id": id, "name": name }))?;
    one(write.sql, &id)
}

/// Changes name and draft if `matches` accepts the version that is there.
pub(crate) fn update(
    write: &mut Write<'_>,
    user: &User,
    id: &str,
    new: UpdateScenario,
    matches: impl FnOnce(i64) -> bool,
) -> Result<Versioned, Refusal> {
    let before = require_version(write.sql, id, matches)?;
    let name = name(&new.name)?;
    require_size(&new.draft)?;
    require_free(write.sql, name, Some(id))?;
    let mut draft = new.draft;
    reading::bring_up_to_date(write.sql, &mut draft)?;
    secrets::take_out(write, id, &mut draft)?;
    if draft == before.draft && name == before.summary.name {
        return one(write.sql, id);
    }
    write.sql.prepare_cached("UPDATE scenarios SET name = ?2, draft = ?3 WHERE id = ?1")?.execute(params![
        id,
        name,
        serde_json::to_string(&draft)?
    ])?;
    touch(write, user, id)?;
    let short = |name: &str, draft: &ScenarioFlow| json!({ "id": id, "name": name, "steps": draft.steps.len() });
    let (from, to) = (short(&before.summary.name, &before.draft), short(name, &draft));
    audit::append(write, user, "scenario.update", &from, &to)?;
    one(write.sql, id)
}

/// Says which channels use it. They leave the scenario that they used before; conversations stay where they are.
pub(crate) fn set_channels(
    write: &mut Write<'_>,
    user: &User,
    id: &str,
    channels: &[String],
    matches: impl FnOnce(i64) -> bool,
) -> Result<Versioned, Refusal> {
    let before = require_version(write.sql, id, matches)?;
    let known = surroundings::channels(write.sql)?;
    if channels.len() > 100 || channels.iter().any(|id| known.iter().all(|channel| channel.id != *id)) {
        return Err(Refusal::ChannelUnknown);
    }
    require_fits(write.sql, id, channels)?;
    write.sql.prepare_cached("DELETE FROM channel_scenarios WHERE scenario_id = ?1")?.execute([id])?;
    for channel_id in channels {
        write
            .sql
            .prepare_cached(
                "INSERT INTO channel_scenarios (channel_id, scenario_id) VALUES (?1, ?2)
                 ON CONFLICT (channel_id) DO UPDATE SET scenario_id = excluded.scenario_id",
            )?
            .execute([channel_id, id])?;
    }
    let after = stored(write.sql, id)?.summary.channels;
    if after == before.summary.channels {
        return one(write.sql, id);
    }
    touch(write, user, id)?;
    let to = json!({ "id": id, "channels": after });
    audit::append(write, user, "scenario.channels", &json!({ "id": id, "channels": before.summary.channels }), &to)?;
    one(write.sql, id)
}

/// Whether what is published can be shown on channels that have not used it so far: it was made sure for the others only.
fn require_fits(sql: &Connection, id: &str, channels: &[String]) -> Result<(), Refusal> {
    let Some((_, flow)) = versions::newest(sql, id)? else { return Ok(()) };
    let before = surroundings::of(sql, id)?;
    let after = Surroundings {
        used_by: surroundings::limits(sql, |channel| channels.contains(&channel.id))?,
        ..before.clone()
    };
    let had = validate::faults(&flow, &before);
    let mut faults = validate::faults(&flow, &after);
    faults.retain(|fault| !had.contains(fault));
    if faults.is_empty() { Ok(()) } else { Err(Refusal::ScenarioFaulty { faults }) }
}

/// Deletes a scenario that no channel uses. Conversations in it are left to the advisors.
pub(crate) fn delete(
    write: &mut Write<'_>,
    user: &User,
    id: &str,
    matches: impl FnOnce(i64) -> bool,
) -> Result<(), Refusal> {
    let before = require_version(write.sql, id, matches)?;
    if !before.summary.channels.is_empty() {
        return Err(Refusal::ScenarioInUse);
    }
    write.sql.execute(
        "UPDATE conversations SET scenario_step = NULL
         WHERE state <> 'closed' AND nr IN (SELECT conversation_nr FROM scenario_positions WHERE scenario_id = ?1)",
        [id],
    )?;
    write.sql.execute("DELETE FROM scenarios WHERE id = ?1", [id])?;
    audit::append(write, user, "scenario.delete", &json!({ "id": id, "name": before.summary.name }), &json!(null))
}

/// Writes a scenario that a workspace is founded with, published as it is. A second channel with the same id shares it.
pub(crate) fn found(write: &Write<'_>, channel_id: &str, scenario: &Scenario) -> Result<(), Refusal> {
    let flow = serde_json::to_string(&scenario.flow)?;
    let taken: bool = write.sql.query_row(
        "SELECT EXISTS (SELECT 1 FROM scenarios WHERE name = ?1 AND id <> ?2)",
        [&scenario.name, &scenario.id],
        |row| row.get(0),
    )?;
    let name = if taken { format!("{} ({channel_id})", scenario.name) } else { scenario.name.clone() };
    write.sql.execute(
        "INSERT INTO scenarios (id, name, draft, version) VALUES (?1, ?2, ?3, 1) ON CONFLICT (id) DO NOTHING",
        params![scenario.id, name, flow],
    )?;
    write.sql.execute(
        "INSERT INTO scenario_versions (scenario_id, version, flow, published_at) VALUES (?1, 1, ?2, ?3)
         ON CONFLICT (scenario_id, version) DO NOTHING",
        params![scenario.id, flow, ms(write.now)],
    )?;
    write.sql.execute(
        "INSERT INTO channel_scenarios (channel_id, scenario_id) VALUES (?1, ?2)",
        [channel_id, &scenario.id],
    )?;
    Ok(())
}

/// A scenario as the file keeps it.
pub(super) struct Stored {
    pub(super) summary: ScenarioSummary,
    pub(super) draft: ScenarioFlow,
    pub(super) version: i64,
}

/// The scenario of this id.
pub(super) fn stored(sql: &Connection, id: &str) -> Result<Stored, Refusal> {
    let row = sql
        .prepare_cached(
            "SELECT name, draft, version, changed_at, changed_by_id, changed_by_name FROM scenarios WHERE id = ?1",
        )?
        .query_row([id], |row| {
            let by = row.get::<_, Option<String>>(4)?.zip(row.get::<_, Option<String>>(5)?);
            let changed_at = row.get::<_, Option<i64>>(3)?.map(time);
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?, changed_at, by))
        })
        .optional()?;
    let (name, json, version, changed_at, by) = row.ok_or(Refusal::ScenarioUnknown)?;
    let channels = sql
        .prepare_cached("SELECT channel_id FROM channel_scenarios WHERE scenario_id = ?1 ORDER BY channel_id")?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    let draft = reading::flow(sql, &json)?;
    let (published, newest) = versions::newest(sql, id)?.unzip();
    let summary = ScenarioSummary {
        id: id.to_owned(),
        name,
        channels,
        steps: u32::try_from(draft.steps.len()).unwrap_or(u32::MAX),
        published,
        changed: newest.as_ref() != Some(&draft),
        changed_at,
        changed_by: by.map(|(id, name)| UserRef { id, name }),
        troubles: troubles::of_newest(sql, id)?,
        gone: match &newest {
            Some(flow) => validate::gone(flow, &Named::of(sql)?),
            None => Vec::new(),
        },
    };
    Ok(Stored { summary, draft, version })
}

/// The scenario, if `matches` accepts its version.
pub(super) fn require_version(
    sql: &Connection,
    id: &str,
    matches: impl FnOnce(i64) -> bool,
) -> Result<Stored, Refusal> {
    let stored = stored(sql, id)?;
    if matches(stored.version) { Ok(stored) } else { Err(Refusal::Stale) }
}

fn require_exists(sql: &Connection, id: &str) -> Result<(), Refusal> {
    let exists: bool = sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM scenarios WHERE id = ?1)")?
        .query_row([id], |row| row.get(0))?;
    if exists { Ok(()) } else { Err(Refusal::ScenarioUnknown) }
}

/// Raises the version, and says who did.
pub(super) fn touch(write: &Write<'_>, user: &User, id: &str) -> rusqlite::Result<()> {
    write
        .sql
        .prepare_cached(
            "UPDATE scenarios SET version = version + 1, changed_at = ?2, changed_by_id = ?3, changed_by_name = ?4
             WHERE id = ?1",
        )?
        .execute(params![id, ms(write.now), user.id, user.name])?;
    Ok(())
}

fn name(name: &str) -> Result<&str, Refusal> {
    let length = name.chars().count();
    if name.trim().is_empty() || length > 80 || name.chars().any(char::is_control) {
        return Err(Refusal::InvalidValue("a name has 1 to 80 characters".to_owned()));
    }
    Ok(name)
}

fn require_free(sql: &Connection, name: &str, id: Option<&str>) -> Result<(), Refusal> {
    let taken: bool = sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM scenarios WHERE name = ?1 AND id IS NOT ?2)")?
        .query_row(params![name, id], |row| row.get(0))?;
    if taken { Err(Refusal::ScenarioExists) } else { Ok(()) }
}

/// The bounds that the contract names. Everything else that may be wrong with a draft is a fault, which can be saved.
pub(super) fn require_size(flow: &ScenarioFlow) -> Result<(), Refusal> {
    let short = |spans: &[WeekSpan]| spans.len() <= 50 && spans.iter().all(|span| span.days.len() <= 7);
    let times_fit = |test: &ScenarioTest| match test {
        ScenarioTest::Times(times) => short(&times.spans),
        ScenarioTest::Variable { .. }
        | ScenarioTest::Language { .. }
        | ScenarioTest::Channel { .. }
        | ScenarioTest::CustomerName { .. }
        | ScenarioTest::Vip { .. }
        | ScenarioTest::Tags { .. }
        | ScenarioTest::OfficeHours { .. } => true,
    };
    let fits = flow.languages.len() <= 10
        && flow.listens.len() <= 50
        && flow.steps.len() <= 200
        && flow.office_hours.as_ref().is_none_or(|hours| short(&hours.open))
        && flow.steps.iter().all(|step| match &step.act {
            StepAct::Buttons { buttons, .. } => buttons.len() <= 20,
            StepAct::Condition { tests, .. } => tests.len() <= 20 && tests.iter().all(times_fit),
            StepAct::Tag { add, remove, .. } => add.len() <= 50 && remove.len() <= 50,
            StepAct::HttpCall(call) => call.headers.len() <= 20 && call.save.len() <= 20,
            StepAct::Message { .. }
            | StepAct::FreeInput { .. }
            | StepAct::Route { .. }
            | StepAct::HandOver {}
            | StepAct::Archive { .. }
            | StepAct::Delay { .. }
            | StepAct::CloseConversation {}
            | StepAct::SetVariable { .. }
            | StepAct::End {} => true,
        });
    if fits { Ok(()) } else { Err(Refusal::InvalidBody("a list is longer than it may be".to_owned())) }
}
