//! Which conversations somebody sees: admins all; advisors those on channels where they may reply, routed to one of their
//! teams or not routed yet. A CRM's widget sees one of those that its advisor sees (R12).

use std::collections::HashSet;

use rusqlite::{Connection, named_params};
use signoff_wire::contract::sessions::Role;

use crate::sessions::Caller;

/// A condition over `c.channel_id` and `c.team_id`, with the parameters `:sees_all` and `:user_id`.
pub(crate) const CONVERSATION: &str = "(:sees_all OR (
    c.channel_id IN (SELECT channel_id FROM user_channels WHERE user_id = :user_id)
    AND (c.team_id IS NULL OR c.team_id IN (SELECT team_id FROM user_teams WHERE user_id = :user_id))))";

/// A condition over an event `ev`. Whoever saw a conversation before it was routed away sees that it was. What is for one person is for
/// nobody else, admins included.
pub(crate) const EVENT: &str =
    "(ev.user_id IS NULL OR ev.user_id = :user_id) AND (:sees_all OR ev.channel_id IS NULL OR (
    ev.channel_id IN (SELECT channel_id FROM user_channels WHERE user_id = :user_id)
    AND (ev.team_id IS NULL OR ev.team_id IN (SELECT team_id FROM user_teams WHERE user_id = :user_id)
        OR ev.team_before_id IN (SELECT team_id FROM user_teams WHERE user_id = :user_id))))";

/// A condition over an event `ev`, with the parameter `:only`: what a widget may know is about its conversation, or is the switch.
pub(crate) const EVENT_OF_ONE: &str = "(:only IS NULL OR ev.kind = 'settings.changed'
    OR json_extract(ev.data, '$.conversation_id') = :only)";

/// The value of `:sees_all`.
pub(crate) fn sees_all(caller: &Caller) -> bool {
    caller.user.role == Role::Admin
}

/// Whether the caller sees the conversation with this number.
pub(crate) fn is_visible(sql: &Connection, caller: &Caller, nr: i64) -> rusqlite::Result<bool> {
    let parameters = named_params! {
        ":nr": nr,
        ":sees_all": sees_all(caller),
        ":user_id": caller.user.id,
        ":only": caller.confined_to,
    };
    sql.prepare_cached(&format!(
        "SELECT EXISTS (SELECT 1 FROM conversations c
         WHERE c.nr = :nr AND (:only IS NULL OR c.id = :only) AND {CONVERSATION})"
    ))?
    .query_row(parameters, |row| row.get(0))
}

/// Whether a person sees the conversation with this number, and so may answer in it.
pub(crate) fn sees(sql: &Connection, user_id: &str, role: Role, nr: i64) -> rusqlite::Result<bool> {
    sql.prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM conversations c WHERE c.nr = :nr AND {CONVERSATION})"))?
        .query_row(named_params! { ":nr": nr, ":sees_all": role == Role::Admin, ":user_id": user_id }, |row| row.get(0))
}

/// The same as [`EVENT`], for events that many listen to: read once and asked in memory.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    user_id: String,
    sees_all: bool,
    channels: HashSet<String>,
    teams: HashSet<String>,
}

/// What the caller sees now.
pub(crate) fn sight(sql: &Connection, caller: &Caller) -> rusqlite::Result<Sight> {
    let ids = |query: &str| {
        sql.prepare_cached(query)?
            .query_map([&caller.user.id], |row| row.get(0))?
            .collect::<rusqlite::Result<HashSet<String>>>()
    };
    Ok(Sight {
        user_id: caller.user.id.clone(),
        sees_all: sees_all(caller),
        channels: ids("SELECT channel_id FROM user_channels WHERE user_id = ?1")?,
        teams: ids("SELECT team_id FROM user_teams WHERE user_id = ?1")?,
    })
}

impl Sight {
    /// Whether an event for this person alone, if it is for one, is for the caller.
    pub(crate) fn is_for(&self, user_id: Option<&str>) -> bool {
        user_id.is_none_or(|id| id == self.user_id)
    }

    /// Whether an event with this audience is seen.
    pub(crate) fn event(&self, channel_id: Option<&str>, team_id: Option<&str>, team_before_id: Option<&str>) -> bool {
        let Some(channel_id) = channel_id else { return true };
        let in_team = |team: &str| self.teams.contains(team);
        self.sees_all
            || self.channels.contains(channel_id)
                && (team_id.is_none_or(in_team) || team_before_id.is_some_and(in_team))
    }
}
