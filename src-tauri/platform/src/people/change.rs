//! Changing a person: name, address, role, teams, channels, and whether they are there at all.
//!
//! A workspace always has an active admin, and nobody deactivates themselves: either would lock everybody out of the settings.

use rusqlite::{Connection, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    people::{ChangePerson, Person},
    sessions::Role,
};

use super::{
    add::{set_channels, set_teams},
    effects, names, one, role_text,
};
use crate::{
    actor::Actor,
    audit::{self, Who},
    directory,
    refusal::Refusal,
    sessions::links,
    store::{Write, ms},
};

/// Who changes somebody: for the audit log, and as author of what it causes in conversations.
#[derive(Clone, Debug)]
pub(crate) struct By {
    /// The user's id and name; `None` at the command line.
    user: Option<(String, String)>,
}

impl By {
    /// An admin.
    pub(crate) fn user(id: &str, name: &str) -> Self {
        Self { user: Some((id.to_owned(), name.to_owned())) }
    }

    /// Whoever works at the command line.
    pub(crate) fn operator() -> Self {
        Self { user: None }
    }

    /// For the audit log.
    pub(crate) fn who(&self) -> Who<'_> {
        self.user.as_ref().map_or(Who::OPERATOR, |(id, name)| Who::person(id, name))
    }

    /// For timelines.
    pub(crate) fn actor(&self) -> Actor {
        match &self.user {
            Some((id, name)) => Actor::Advisor { id: id.clone(), name: name.clone() },
            None => Actor::System,
        }
    }

    fn is(&self, id: &str) -> bool {
        self.user.as_ref().is_some_and(|(own, _)| own == id)
    }
}

/// Changes what differs, if `matches` accepts the version that is there. Where nothing differs there is no new version and no audit entry.
pub(crate) fn change(
    write: &mut Write<'_>,
    by: &By,
    id: &str,
    asked: &ChangePerson,
    matches: impl FnOnce(i64) -> bool,
) -> Result<Person, Refusal> {
    let before = one(write.sql, id, write.now)?;
    if !matches(before.version) {
        return Err(Refusal::Stale);
    }
    let wanted = Wanted::new(write, &before, asked)?;
    let changes = wanted.differences(write.sql, &before)?;
    if changes.is_empty() {
        return Ok(before);
    }
    if before.active && before.role == Role::Admin && !(wanted.active && wanted.role == Role::Admin) {
        if by.is(id) && !wanted.active {
            return Err(Refusal::OwnAccount);
        }
        require_another_admin(write, id)?;
    }
    wanted.store(write, id)?;
    for team_id in before.teams.iter().map(|team| &team.id).chain(&wanted.teams) {
        write.sql.prepare_cached("UPDATE teams SET version = version + 1 WHERE id = ?1")?.execute([team_id])?;
    }
    for change in &changes {
        audit::append_about(write, by.who(), change.what, (id, &before.name), &change.from, &change.to)?;
    }
    let shown = |change: &Change| matches!(change.what, "user.role" | "user.teams" | "user.channels");
    if before.active && !wanted.active {
        effects::end_sessions(write, id)?;
        links::forget_of(write, id)?;
        effects::release_all(write, &by.actor(), id)?;
    } else if changes.iter().any(shown) {
        effects::release_unseen(write, &by.actor(), id)?;
        effects::sees_something_else(write, id)?;
    }
    directory::announce_changed(write)?;
    one(write.sql, id, write.now)
}

fn require_another_admin(write: &Write<'_>, id: &str) -> Result<(), Refusal> {
    let another: bool = write
        .sql
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND active AND id <> ?1)")?
        .query_row([id], |row| row.get(0))?;
    if another { Ok(()) } else { Err(Refusal::LastAdmin) }
}

/// One difference, as the audit log tells it.
struct Change {
    what: &'static str,
    from: Value,
    to: Value,
}

/// The person as they shall be.
struct Wanted {
    name: String,
    email: String,
    role: Role,
    teams: Vec<String>,
    channels: Vec<String>,
    active: bool,
}

impl Wanted {
    fn new(write: &Write<'_>, before: &Person, asked: &ChangePerson) -> Result<Self, Refusal> {
        let email = match &asked.email {
            Some(typed) => {
                let email = names::email(typed)?;
                if super::id_by_email(write.sql, &email)?.is_some_and(|id| id != before.id) {
                    return Err(Refusal::EmailTaken);
                }
                email
            }
            None => before.email.clone(),
        };
        Ok(Self {
            name: asked.name.as_deref().map_or_else(|| Ok(before.name.clone()), names::name)?,
            email,
            role: asked.role.unwrap_or(before.role),
            teams: match &asked.teams {
                Some(ids) => names::require_teams(write.sql, ids)?,
                None => ids(before.teams.iter().map(|team| &team.id)),
            },
            channels: match &asked.channels {
                Some(ids) => names::require_channels(write.sql, ids)?,
                None => ids(before.channels.iter().map(|channel| &channel.id)),
            },
            active: asked.active.unwrap_or(before.active),
        })
    }

    fn differences(&self, sql: &Connection, before: &Person) -> Result<Vec<Change>, Refusal> {
        let named = |names: Vec<&String>| {
            let mut names = names;
            names.sort();
            json!(names)
        };
        let teams = named(before.teams.iter().map(|team| &team.name).collect());
        let channels = named(before.channels.iter().map(|channel| &channel.name).collect());
        let activity = if self.active { "user.reactivate" } else { "user.deactivate" };
        let differences = [
            ("user.name", json!(before.name), json!(self.name)),
            ("user.email", json!(before.email), json!(self.email)),
            ("user.role", json!(role_text(before.role)), json!(role_text(self.role))),
            ("user.teams", teams, json!(names::of_teams(sql, &self.teams)?)),
            ("user.channels", channels, json!(names::of_channels(sql, &self.channels)?)),
            (activity, json!(before.active), json!(self.active)),
        ];
        let differ = differences.into_iter().filter(|(_, from, to)| from != to);
        Ok(differ.map(|(what, from, to)| Change { what, from, to }).collect())
    }

    fn store(&self, write: &Write<'_>, id: &str) -> Result<(), Refusal> {
        let deactivated_at = if self.active { None } else { Some(ms(write.now)) };
        write
            .sql
            .prepare_cached(
                "UPDATE users SET name = ?2, email = ?3, role = ?4, active = ?5, version = version + 1,
                    deactivated_at = CASE WHEN ?5 THEN NULL ELSE coalesce(deactivated_at, ?6) END
                 WHERE id = ?1",
            )?
            .execute(params![id, self.name, self.email, role_text(self.role), self.active, deactivated_at])?;
        set_teams(write, id, &self.teams)?;
        set_channels(write, id, &self.channels)
    }
}

fn ids<'a>(ids: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.cloned().collect();
    ids.sort();
    ids
}
