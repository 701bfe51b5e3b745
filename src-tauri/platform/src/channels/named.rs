//! What scenarios and rules can name: the workspace's channels, teams and tags. What was archived or given up is told from what
//! never was: the person who reads of it knows what to put in its place.

use std::collections::BTreeMap;

use rusqlite::Connection;
use signoff_wire::contract::scenarios::ScenarioFaultCode;

/// All that can be named.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    /// By id.
    pub(crate) channels: Kind,
    /// By id.
    pub(crate) teams: Kind,
    /// By name.
    pub(crate) tags: Kind,
}

/// One kind of things: how each is called, and whether it is still there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kind(BTreeMap<String, (String, bool)>);

/// Why something cannot be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It was archived or given up; its name.
    Gone(String),
    /// It never was.
    Unknown,
}

impl Kind {
    /// Whether it can be named.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.missing(key).is_none()
    }

    /// Why it cannot; `None`: it can.
    pub(crate) fn missing(&self, key: &str) -> Option<Missing> {
        match self.0.get(key) {
            Some((_, true)) => None,
            Some((name, false)) => Some(Missing::Gone(name.clone())),
            None => Some(Missing::Unknown),
        }
    }

    /// Whether it is there, or was.
    pub(crate) fn had(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}

impl<'a> FromIterator<&'a str> for Kind {
    fn from_iter<T: IntoIterator<Item = &'a str>>(keys: T) -> Self {
        Self(keys.into_iter().map(|key| (key.to_owned(), (key.to_owned(), true))).collect())
    }
}

impl Named {
    /// Those of the workspace.
    pub(crate) fn of(sql: &Connection) -> rusqlite::Result<Self> {
        let kind = |statement: &str| -> rusqlite::Result<Kind> {
            let rows = sql
                .prepare_cached(statement)?
                .query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Kind(rows))
        };
        Ok(Self {
            channels: kind("SELECT id, name, archived_at IS NULL FROM channels")?,
            teams: kind("SELECT id, name, active FROM teams")?,
            tags: kind("SELECT name, name, NOT archived FROM tags")?,
        })
    }
}

/// What can be named, for faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thing {
    Channel,
    Team,
    Tag,
}

/// How a fault tells that a thing is missing: its code, its name, and the rest of a sentence.
pub(crate) fn told(thing: Thing, key: &str, missing: Missing) -> (ScenarioFaultCode, Option<String>, String) {
    use ScenarioFaultCode as Code;
    match (thing, missing) {
        (Thing::Channel, Missing::Gone(name)) => {
            (Code::ArchivedChannel, Some(name.clone()), format!("The channel \"{name}\" is archived."))
        }
        (Thing::Team, Missing::Gone(name)) => {
            (Code::ArchivedTeam, Some(name.clone()), format!("The team \"{name}\" was given up."))
        }
        (Thing::Tag, Missing::Gone(name)) => {
            (Code::ArchivedTag, Some(name.clone()), format!("The tag \"{name}\" is archived."))
        }
        (Thing::Channel, Missing::Unknown) => (Code::UnknownChannel, None, "There is no such channel.".to_owned()),
        (Thing::Team, Missing::Unknown) => (Code::UnknownTeam, None, "There is no such team.".to_owned()),
        (Thing::Tag, Missing::Unknown) => {
            (Code::UnknownTag, Some(key.to_owned()), format!("There is no tag \"{key}\"."))
        }
    }
}
