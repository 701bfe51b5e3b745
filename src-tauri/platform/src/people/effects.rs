//! What a change of people or teams causes elsewhere: sessions, conversations, and what clients have to ask for again.

use rusqlite::Connection;
use serde_json::{Value, json};
use signoff_wire::contract::{events::EventType, sessions::TeamRef, timeline::Happening};

use crate::{
    actor::Actor,
    audit::{self, Who},
    conversations::{
        Record,
        change::{announce_changed, release, tell},
        visibility,
    },
    events::{self, Audience},
    refusal::Refusal,
    store::Write,
};

/// By the indexes of what is open: closed conversations are many.
pub(crate) const OPEN_OF_TEAM: &str = "SELECT nr FROM conversations INDEXED BY conversations_open_by_team
    WHERE team_id = ?1 AND state <> 'closed' ORDER BY nr";
pub(crate) const OPEN_OF_PERSON: &str = "SELECT nr FROM conversations INDEXED BY conversations_open_by_assignee
    WHERE assignee_id = ?1 AND state <> 'closed' ORDER BY nr";

/// The person may see other conversations than before: what the client keeps is compared with what there is.
pub(crate) fn sees_something_else(write: &Write<'_>, user_id: &str) -> Result<(), Refusal> {
    let audience = Audience { user_id: Some(user_id), ..Audience::default() };
    events::append(write, &EventType::Reset, &audience, &json!({}))
}

/// Ends all sessions of the person. Streams notice with the commit.
pub(crate) fn end_sessions(write: &Write<'_>, user_id: &str) -> Result<usize, Refusal> {
    // R12: what a CRM's page holds is a way in as well.
    write.sql.prepare_cached("DELETE FROM widget_tokens WHERE user_id = ?1")?.execute([user_id])?;
    Ok(write.sql.prepare_cached("DELETE FROM sessions WHERE user_id = ?1")?.execute([user_id])?)
}

/// The same as an admin's or operator's own act.
pub(crate) fn sign_out(write: &mut Write<'_>, who: Who<'_>, person: audit::Subject<'_>) -> Result<(), Refusal> {
    let ended = end_sessions(write, person.0)?;
    audit::append_about(write, who, "user.sign-out", person, &Value::Null, &json!({ "sessions": ended }))
}

/// Gives all open conversations of the person back to their teams.
pub(crate) fn release_all(write: &mut Write<'_>, actor: &Actor, user_id: &str) -> Result<(), Refusal> {
    for nr in open_of(write.sql, user_id)? {
        let record = Record::by_nr(write.sql, nr, write.now)?;
        release(write, &record, actor)?;
    }
    Ok(())
}

/// Gives those back that the person does not see any more.
pub(crate) fn release_unseen(write: &mut Write<'_>, actor: &Actor, user_id: &str) -> Result<(), Refusal> {
    let role: String =
        write.sql.prepare_cached("SELECT role FROM users WHERE id = ?1")?.query_row([user_id], |row| row.get(0))?;
    let role = super::role(&role);
    for nr in open_of(write.sql, user_id)? {
        if !visibility::sees(write.sql, user_id, role, nr)? {
            let record = Record::by_nr(write.sql, nr, write.now)?;
            release(write, &record, actor)?;
        }
    }
    Ok(())
}

/// Takes all open conversations out of a team that is given up: whoever may reply on their channel sees them.
pub(crate) fn unroute_all(write: &mut Write<'_>, actor: &Actor, team: &TeamRef) -> Result<(), Refusal> {
    let open = write
        .sql
        .prepare_cached(OPEN_OF_TEAM)?
        .query_map([&team.id], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    for nr in open {
        let record = Record::by_nr(write.sql, nr, write.now)?;
        write.sql.prepare_cached("UPDATE conversations SET team_id = NULL WHERE nr = ?1")?.execute([nr])?;
        let happening = Happening::Unrouted { from: team.clone() };
        let entry = tell(write, &record, actor, &format!("{} was given up", team.name), &happening)?;
        announce_changed(write, &record, Some(entry))?;
    }
    Ok(())
}

fn open_of(sql: &Connection, user_id: &str) -> rusqlite::Result<Vec<i64>> {
    sql.prepare_cached(OPEN_OF_PERSON)?.query_map([user_id], |row| row.get(0))?.collect()
}
