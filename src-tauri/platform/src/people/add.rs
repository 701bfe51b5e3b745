//! A new person.

use rusqlite::params;
use serde_json::json;
use signoff_wire::contract::{
    people::{NewPerson, Person},
    sessions::Role,
};

use super::{names, one, role_text};
use crate::{
    audit::{self, Who},
    directory,
    refusal::Refusal,
    store::{Write, ms},
};

/// Somebody to be added, checked as far as that needs no file.
#[derive(Clone)]
pub(crate) struct Newcomer {
    /// Display name.
    pub(crate) name: String,
    /// In lower case.
    pub(crate) email: String,
    /// What they may do.
    pub(crate) role: Role,
    /// Ids of teams.
    pub(crate) teams: Vec<String>,
    /// Ids of channels.
    pub(crate) channels: Vec<String>,
    /// An Argon2id hash; empty for whoever has no password yet.
    pub(crate) password_hash: String,
}

impl Newcomer {
    /// What was asked for, with the hash of its password.
    pub(crate) fn new(asked: NewPerson, password_hash: Option<String>) -> Result<Self, Refusal> {
        Ok(Self {
            name: names::name(&asked.name)?,
            email: names::email(&asked.email)?,
            role: asked.role,
            teams: asked.teams,
            channels: asked.channels,
            password_hash: password_hash.unwrap_or_default(),
        })
    }
}

/// Adds the person.
pub(crate) fn add(write: &mut Write<'_>, who: Who<'_>, new: &Newcomer) -> Result<Person, Refusal> {
    if super::id_by_email(write.sql, &new.email)?.is_some() {
        return Err(Refusal::EmailTaken);
    }
    let teams = names::require_teams(write.sql, &new.teams)?;
    let channels = names::require_channels(write.sql, &new.channels)?;
    let id = write.id("user");
    write
        .sql
        .prepare_cached(
            "INSERT INTO users (id, name, email, role, password_hash, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![id, new.name, new.email, role_text(new.role), new.password_hash, ms(write.now)])?;
    set_teams(write, &id, &teams)?;
    set_channels(write, &id, &channels)?;
    for team_id in &teams {
        write.sql.prepare_cached("UPDATE teams SET version = version + 1 WHERE id = ?1")?.execute([team_id])?;
    }
    let to = json!({
        "email": new.email,
        "role": role_text(new.role),
        "teams": names::of_teams(write.sql, &teams)?,
        "channels": names::of_channels(write.sql, &channels)?,
    });
    audit::append_about(write, who, "user.add", (&id, &new.name), &json!(null), &to)?;
    directory::announce_changed(write)?;
    one(write.sql, &id, write.now)
}

/// Replaces the person's teams.
pub(super) fn set_teams(write: &Write<'_>, user_id: &str, teams: &[String]) -> Result<(), Refusal> {
    write.sql.prepare_cached("DELETE FROM user_teams WHERE user_id = ?1")?.execute([user_id])?;
    for team_id in teams {
        write
            .sql
            .prepare_cached("INSERT INTO user_teams (user_id, team_id) VALUES (?1, ?2)")?
            .execute([user_id, team_id])?;
    }
    Ok(())
}

/// Replaces the channels on which the person may reply.
pub(super) fn set_channels(write: &Write<'_>, user_id: &str, channels: &[String]) -> Result<(), Refusal> {
    write.sql.prepare_cached("DELETE FROM user_channels WHERE user_id = ?1")?.execute([user_id])?;
    for channel_id in channels {
        write
            .sql
            .prepare_cached("INSERT INTO user_channels (user_id, channel_id) VALUES (?1, ?2)")?
            .execute([user_id, channel_id])?;
    }
    Ok(())
}
