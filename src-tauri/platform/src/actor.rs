//! Who acts: a person, a channel's scenario, a routing rule, or the platform itself.

use signoff_wire::contract::{
    sessions::User,
    timeline::{Author, AuthorKind},
};

/// Somebody or something that changes conversations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// A person.
    Advisor {
        /// The user's id.
        id: String,
        /// The user's name.
        name: String,
    },
    /// A channel's scenario.
    Scenario {
        /// The scenario's id.
        id: String,
        /// The scenario's name.
        name: String,
    },
    /// A routing rule.
    Rule {
        /// The rule's id.
        id: String,
        /// The rule's name.
        name: String,
    },
    /// The platform: windows.
    System,
}

impl Actor {
    /// The actor as author of a timeline entry.
    pub(crate) fn author(&self) -> Author {
        match self {
            Self::Advisor { id, name } => {
                Author { kind: AuthorKind::Advisor, id: Some(id.clone()), name: Some(name.clone()) }
            }
            Self::Scenario { id, name } => {
                Author { kind: AuthorKind::Scenario, id: Some(id.clone()), name: Some(name.clone()) }
            }
            // An id of the system's would be taken for a user's.
            Self::Rule { name, .. } => Author { kind: AuthorKind::System, id: None, name: Some(name.clone()) },
            Self::System => Author { kind: AuthorKind::System, id: None, name: None },
        }
    }

    /// Id, name and whether it is a bot (R11), as actions have them.
    pub(crate) fn for_action(&self) -> (&str, &str, bool) {
        match self {
            Self::Advisor { id, name } => (id, name, false),
            Self::Scenario { id, name } | Self::Rule { id, name } => (id, name, true),
            Self::System => ("system", "Signoff", true),
        }
    }
}

impl From<&User> for Actor {
    fn from(user: &User) -> Self {
        Self::Advisor { id: user.id.clone(), name: user.name.clone() }
    }
}
