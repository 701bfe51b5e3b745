//! What an operator does at the command line of the platform's machine, while the platform runs or not.
//!
//! A new workspace has nobody in it: the first admin is added here. Everything is in the audit log, as done by the operator.

use std::{path::Path, sync::Arc};

use signoff_wire::contract::{
    people::{ChangePerson, NewPerson, Person},
    sessions::Role,
};

use crate::{
    Start,
    audit::{self, Who},
    chance::Chance,
    clock::{Clock, SystemClock},
    people::{
        self, Filter,
        add::{self, Newcomer},
        change::{self, By},
        effects,
    },
    refusal::Refusal,
    sessions::{links, password, second_factor},
    store::{Lock, Machine, OpenError, Store, beside::Beside},
    workspace,
};

/// People shown at most.
const ALL: i64 = 100_000;

/// Why an operator's command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The data directory.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// What the platform would say over HTTP.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nobody has the address.
    #[error("nobody has the e-mail address {0}")]
    Nobody(String),
    /// No team or channel has the name or id.
    #[error("there is no {kind} {name:?}; there are: {}", .there_are.join(", "))]
    Unknown {
        /// Team or channel.
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        there_are: Vec<String>,
    },
}

/// Somebody to be added.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Display name.
    pub name: String,
    /// Address to sign in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Ids or names of teams.
    pub teams: Vec<String>,
    /// Ids or names of channels; `None`: all that there are.
    pub channels: Option<Vec<String>>,
}

/// An operator with a workspace before them.
pub struct Operator {
    workspace: Beside,
    clock: Arc<dyn Clock>,
    secrets: Chance,
}

impl Operator {
    /// Opens the workspace in `data_dir`; where there is none yet, founds an empty one.
    ///
    /// # Errors
    /// [`OperatorError::Open`], also if a platform of another version serves it.
    pub async fn at(data_dir: &Path) -> Result<Self, OperatorError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        match Store::open(data_dir, Arc::clone(&clock), Chance::from_os(), Machine::default(), Lock::Alone) {
            Ok(store) => {
                let prepared = workspace::prepare(&store, Start::Empty).await;
                store.close().await;
                prepared?;
            }
            // A platform serves it, and has prepared it.
            Err(OpenError::InUse(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let workspace = Beside::open(data_dir, Arc::clone(&clock), Chance::from_os())?;
        Ok(Self { workspace, clock, secrets: Chance::from_os() })
    }

    /// A password that nobody guesses and that can be read out on the telephone.
    pub fn make_password(&mut self) -> String {
        let letters: Vec<char> = "abcdefghjkmnpqrstuvwxyz23456789".chars().collect();
        let groups = (0..5).map(|_| (0..4).map(|_| self.secrets.pick(&letters)).collect::<String>());
        groups.collect::<Vec<_>>().join("-")
    }

    /// Adds somebody.
    ///
    /// # Errors
    /// What the platform refuses, and unknown teams and channels.
    pub fn add(&mut self, new: NewUser, password: &str) -> Result<Person, OperatorError> {
        password::require_good(password, &new.name, &new.email)?;
        let teams = self.ids("team", "SELECT id, name FROM teams WHERE active ORDER BY name", Some(new.teams))?;
        let channels = self.ids("channel", "SELECT id, name FROM channels ORDER BY name", new.channels)?;
        let asked = NewPerson { name: new.name, email: new.email, role: new.role, teams, channels, password: None };
        let newcomer = Newcomer::new(asked, Some(password::hash(password, &mut self.secrets)?))?;
        Ok(self.workspace.write(|write| add::add(write, Who::OPERATOR, &newcomer))?)
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn list(&self) -> Result<Vec<Person>, OperatorError> {
        let now = self.clock.now();
        let page = self.workspace.read(|sql| people::page(sql, &Filter::default(), None, ALL, now))?;
        Ok(page.items)
    }

    /// Deactivates or reactivates somebody.
    ///
    /// # Errors
    /// [`OperatorError::Nobody`], and the last active admin.
    pub fn set_active(&mut self, email: &str, active: bool) -> Result<Person, OperatorError> {
        self.change(email, &ChangePerson { active: Some(active), ..ChangePerson::default() })
    }

    /// Gives somebody a role.
    ///
    /// # Errors
    /// [`OperatorError::Nobody`], and the last active admin.
    pub fn set_role(&mut self, email: &str, role: Role) -> Result<Person, OperatorError> {
        self.change(email, &ChangePerson { role: Some(role), ..ChangePerson::default() })
    }

    /// Gives somebody a new password and ends their sessions.
    ///
    /// # Errors
    /// [`OperatorError::Nobody`], and a password that is not good enough.
    pub fn reset_password(&mut self, email: &str, password: &str) -> Result<Person, OperatorError> {
        let id = self.id_of(email)?;
        let now = self.clock.now();
        let person = self.workspace.read(|sql| people::one(sql, &id, now))?;
        password::require_good(password, &person.name, &person.email)?;
        let hash = password::hash(password, &mut self.secrets)?;
        Ok(self.workspace.write(|write| {
            write
                .sql
                .prepare_cached("UPDATE users SET password_hash = ?2, version = version + 1 WHERE id = ?1")?
                .execute([&id, &hash])?;
            effects::end_sessions(write, &id)?;
            links::forget_of(write, &id)?;
            let nothing = serde_json::Value::Null;
            audit::append_about(write, Who::OPERATOR, "user.password", (&id, &person.name), &nothing, &nothing)?;
            people::one(write.sql, &id, write.now)
        })?)
    }

    /// Forgets somebody's second factor, for whoever has lost authenticator and recovery codes.
    ///
    /// # Errors
    /// [`OperatorError::Nobody`].
    pub fn reset_second_factor(&mut self, email: &str) -> Result<Person, OperatorError> {
        let id = self.id_of(email)?;
        Ok(self.workspace.write(|write| {
            let person = people::one(write.sql, &id, write.now)?;
            if second_factor::remove(write, &id)? {
                let (nothing, subject) = (serde_json::Value::Null, (id.as_str(), person.name.as_str()));
                audit::append_about(write, Who::OPERATOR, "two-step.reset", subject, &nothing, &nothing)?;
            }
            people::one(write.sql, &id, write.now)
        })?)
    }

    fn change(&mut self, email: &str, asked: &ChangePerson) -> Result<Person, OperatorError> {
        let id = self.id_of(email)?;
        Ok(self.workspace.write(|write| change::change(write, &By::operator(), &id, asked, |_| true))?)
    }

    fn id_of(&self, email: &str) -> Result<String, OperatorError> {
        let id = self.workspace.read(|sql| Ok(people::id_by_email(sql, email)?))?;
        id.ok_or_else(|| OperatorError::Nobody(email.to_owned()))
    }

    /// The ids of what was named by id or name; all there are, if nothing was said.
    fn ids(
        &self,
        kind: &'static str,
        there_are: &str,
        named: Option<Vec<String>>,
    ) -> Result<Vec<String>, OperatorError> {
        let rows: Vec<(String, String)> = self.workspace.read(|sql| {
            let mut statement = sql.prepare(there_are)?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        let Some(named) = named else { return Ok(rows.into_iter().map(|(id, _)| id).collect()) };
        let id = |wanted: String| {
            let found = rows.iter().find(|(id, name)| *id == wanted || name.to_lowercase() == wanted.to_lowercase());
            found.map(|(id, _)| id.clone()).ok_or_else(|| OperatorError::Unknown {
                kind,
                name: wanted,
                there_are: rows.iter().map(|(_, name)| name.clone()).collect(),
            })
        };
        named.into_iter().map(id).collect()
    }
}
