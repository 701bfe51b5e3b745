//! Teams: who belongs to them, and what happens to conversations when one is given up.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;
use signoff_wire::contract::{
    people::{ChangeTeam, NewTeam, Team},
    sessions::{TeamRef, UserRef},
};

use super::{change::By, effects, names};
use crate::{audit, directory, refusal::Refusal, store::Write};

pub(crate) const SELECT: &str = "
SELECT t.id, t.name, t.version,
    (SELECT count(*) FROM conversations c INDEXED BY conversations_open_by_team
     WHERE c.team_id = t.id AND c.state <> 'closed')
FROM teams t WHERE t.active";

/// All of them, by name.
pub(crate) fn all(sql: &Connection) -> rusqlite::Result<Vec<Team>> {
    sql.prepare_cached(&format!("{SELECT} ORDER BY lower(t.name), t.id"))?
        .query_map([], |row| read(sql, row))?
        .collect()
}

/// The team with this id.
pub(crate) fn one(sql: &Connection, id: &str) -> Result<Team, Refusal> {
    sql.prepare_cached(&format!("{SELECT} AND t.id = ?1"))?
        .query_row([id], |row| read(sql, row))
        .optional()?
        .ok_or(Refusal::NotFound)
}

fn read(sql: &Connection, row: &Row<'_>) -> rusqlite::Result<Team> {
    let id: String = row.get(0)?;
    let members = sql
        .prepare_cached(
            "SELECT u.id, u.name FROM user_teams ut JOIN users u ON u.id = ut.user_id
             WHERE ut.team_id = ?1 AND u.active ORDER BY lower(u.name), u.id",
        )?
        .query_map([&id], |row| Ok(UserRef { id: row.get(0)?, name: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Team { id, name: row.get(1)?, version: row.get(2)?, open_conversations: row.get(3)?, members })
}

/// Makes a team.
pub(crate) fn add(write: &mut Write<'_>, by: &By, new: &NewTeam) -> Result<Team, Refusal> {
    let name = names::name(&new.name)?;
    require_free(write.sql, &name, None)?;
    let members = names::require_people(write.sql, &new.members)?;
    let id = write.id("team");
    write.sql.prepare_cached("INSERT INTO teams (id, name) VALUES (?1, ?2)")?.execute([&id, &name])?;
    let to = json!({ "members": names::of_people(write.sql, &members)? });
    audit::append_about(write, by.who(), "team.add", (&id, &name), &json!(null), &to)?;
    set_members(write, by, &id, &[], &members)?;
    directory::announce_changed(write)?;
    one(write.sql, &id)
}

/// Changes what differs, if `matches` accepts the version that is there.
pub(crate) fn change(
    write: &mut Write<'_>,
    by: &By,
    id: &str,
    asked: &ChangeTeam,
    matches: impl FnOnce(i64) -> bool,
) -> Result<Team, Refusal> {
    let before = one(write.sql, id)?;
    if !matches(before.version) {
        return Err(Refusal::Stale);
    }
    let name = asked.name.as_deref().map_or_else(|| Ok(before.name.clone()), names::name)?;
    require_free(write.sql, &name, Some(id))?;
    let were = member_ids(&before);
    let members = match &asked.members {
        Some(ids) => names::require_people(write.sql, ids)?,
        None => were.clone(),
    };
    if name == before.name && members == were {
        return Ok(before);
    }
    write
        .sql
        .prepare_cached("UPDATE teams SET name = ?2, version = version + 1 WHERE id = ?1")?
        .execute(params![id, name])?;
    if name != before.name {
        let (from, to) = (json!(before.name), json!(name));
        audit::append_about(write, by.who(), "team.name", (id, &before.name), &from, &to)?;
    }
    if members != were {
        let (from, to) = (json!(names::of_people(write.sql, &were)?), json!(names::of_people(write.sql, &members)?));
        audit::append_about(write, by.who(), "team.members", (id, &name), &from, &to)?;
        set_members(write, by, id, &were, &members)?;
    }
    directory::announce_changed(write)?;
    one(write.sql, id)
}

/// Gives a team up: its open conversations belong to nobody's team, its members lose it. What it did stays in the figures.
pub(crate) fn give_up(
    write: &mut Write<'_>,
    by: &By,
    id: &str,
    matches: impl FnOnce(i64) -> bool,
) -> Result<(), Refusal> {
    let before = one(write.sql, id)?;
    if !matches(before.version) {
        return Err(Refusal::Stale);
    }
    if is_used(write.sql, id)? {
        return Err(Refusal::TeamInUse);
    }
    effects::unroute_all(write, &by.actor(), &TeamRef { id: before.id.clone(), name: before.name.clone() })?;
    let members = member_ids(&before);
    set_members(write, by, id, &members, &[])?;
    // Those who are not active any more are not listed as members.
    write.sql.prepare_cached("DELETE FROM user_teams WHERE team_id = ?1")?.execute([id])?;
    write.sql.prepare_cached("UPDATE teams SET active = 0, version = version + 1 WHERE id = ?1")?.execute([id])?;
    let from =
        json!({ "members": names::of_people(write.sql, &members)?, "open_conversations": before.open_conversations });
    audit::append_about(write, by.who(), "team.give-up", (id, &before.name), &from, &json!(null))?;
    directory::announce_changed(write)
}

/// Whether rules or scenarios route to the team: they would send customers to nobody.
fn is_used(sql: &Connection, id: &str) -> rusqlite::Result<bool> {
    sql.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM routing_rules WHERE instr(rules, ?1) > 0)
            OR EXISTS (SELECT 1 FROM scenarios WHERE instr(draft, ?1) > 0)
            OR EXISTS (SELECT 1 FROM scenario_versions v WHERE instr(v.flow, ?1) > 0
                AND v.version = (SELECT max(newer.version) FROM scenario_versions newer
                    WHERE newer.scenario_id = v.scenario_id))",
    )?
    .query_row([format!("\"team_id\":{}", json!(id))], |row| row.get(0))
}

fn set_members(
    write: &mut Write<'_>,
    by: &By,
    team_id: &str,
    were: &[String],
    members: &[String],
) -> Result<(), Refusal> {
    for user_id in members.iter().filter(|id| !were.contains(id)) {
        write
            .sql
            .prepare_cached("INSERT OR IGNORE INTO user_teams (user_id, team_id) VALUES (?1, ?2)")?
            .execute([user_id.as_str(), team_id])?;
        touched(write, user_id)?;
    }
    for user_id in were.iter().filter(|id| !members.contains(id)) {
        write
            .sql
            .prepare_cached("DELETE FROM user_teams WHERE user_id = ?1 AND team_id = ?2")?
            .execute([user_id.as_str(), team_id])?;
        effects::release_unseen(write, &by.actor(), user_id)?;
        touched(write, user_id)?;
    }
    Ok(())
}

/// The person's document has changed with the team's, and so has what the person sees.
fn touched(write: &Write<'_>, user_id: &str) -> Result<(), Refusal> {
    write.sql.prepare_cached("UPDATE users SET version = version + 1 WHERE id = ?1")?.execute([user_id])?;
    effects::sees_something_else(write, user_id)
}

fn member_ids(team: &Team) -> Vec<String> {
    let mut ids: Vec<String> = team.members.iter().map(|member| member.id.clone()).collect();
    ids.sort();
    ids
}

fn require_free(sql: &Connection, name: &str, but: Option<&str>) -> Result<(), Refusal> {
    let taken: bool = sql
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM teams WHERE active AND lower(name) = lower(?1) AND id IS NOT ?2)",
        )?
        .query_row(params![name, but], |row| row.get(0))?;
    if taken { Err(Refusal::TeamNameTaken) } else { Ok(()) }
}
