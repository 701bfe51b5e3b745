//! People and teams as an admin manages them.
//!
//! Nobody is ever deleted: conversations, actions and the audit log refer to people for good. Who leaves is deactivated.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{
    millis,
    sessions::{Role, TeamRef, UserRef},
};

/// A channel, where only the name matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ChannelName {
    /// The channel's id.
    pub id: String,
    /// The channel's name.
    pub name: String,
}

/// An account at the workspace's provider that lets somebody in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ProviderAccount {
    /// Opaque id, with which the binding is taken back.
    pub id: String,
    /// The provider's issuer.
    pub issuer: String,
    /// The provider's own name for the account.
    pub subject: String,
    /// When it was bound to the person.
    #[serde(serialize_with = "millis::serialize")]
    pub bound_at: DateTime<Utc>,
}

/// A person of the workspace, as `/v1/admin/users` shows them; `version` is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Person {
    /// Opaque id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// The address the person signs in with, in lower case.
    pub email: String,
    /// What the person may do.
    pub role: Role,
    /// The teams the person belongs to, by name.
    pub teams: Vec<TeamRef>,
    /// The channels on which the person may reply, by name. Admins may on all, whatever stands here.
    pub channels: Vec<ChannelName>,
    /// Whether the person can sign in and be given conversations.
    pub active: bool,
    /// Whether the person has a password; not yet after an invitation, never with single sign-on alone.
    pub has_password: bool,
    /// Whether the person signs in in two steps.
    #[serde(default)]
    pub second_factor: bool,
    /// The accounts at the provider with which the person signs in.
    #[serde(default)]
    pub provider_accounts: Vec<ProviderAccount>,
    /// When the person was added; null for those who founded the workspace.
    #[serde(serialize_with = "millis::serialize_option")]
    pub created_at: Option<DateTime<Utc>>,
    /// When the person was deactivated; null while active.
    #[serde(serialize_with = "millis::serialize_option")]
    pub deactivated_at: Option<DateTime<Utc>>,
    /// Conversations that are the person's and not closed: a deactivation gives them back to their teams.
    pub open_conversations: u32,
    /// Sessions that live: a deactivation ends them.
    pub sessions: u32,
    /// Grows with every change.
    pub version: i64,
}

/// Body of `POST /v1/admin/users`.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NewPerson {
    /// Display name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The address to sign in with; unique, and compared without regard to case.
    #[schema(min_length = 3, max_length = 254)]
    pub email: String,
    /// What the person may do.
    pub role: Role,
    /// Ids of teams.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub teams: Vec<String>,
    /// Ids of the channels on which the person may reply.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub channels: Vec<String>,
    /// A first password; without one the person sets it by a link.
    #[serde(default)]
    #[schema(min_length = 12, max_length = 1000)]
    #[ts(optional)]
    pub password: Option<String>,
}

/// Body of `PATCH /v1/admin/users/{id}`; what is missing or null stays. `If-Match` is mandatory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export, optional_fields)]
pub struct ChangePerson {
    /// Display name.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// The address to sign in with.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 254)]
    pub email: Option<String>,
    /// What the person may do.
    #[serde(default)]
    pub role: Option<Role>,
    /// The whole new set of teams, as ids.
    #[serde(default)]
    pub teams: Option<Vec<String>>,
    /// The whole new set of channels, as ids.
    #[serde(default)]
    pub channels: Option<Vec<String>>,
    /// False ends the person's sessions and gives the open conversations back to their teams.
    #[serde(default)]
    pub active: Option<bool>,
}

/// A team as `/v1/admin/teams` shows it; `version` is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Team {
    /// Opaque id.
    pub id: String,
    /// Its name, unique among the teams that there are.
    pub name: String,
    /// Who belongs to it and is active, by name.
    pub members: Vec<UserRef>,
    /// Conversations that are routed to it and not closed.
    pub open_conversations: u32,
    /// Grows with every change.
    pub version: i64,
}

/// Body of `POST /v1/admin/teams`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NewTeam {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Ids of its members.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub members: Vec<String>,
}

/// Body of `PATCH /v1/admin/teams/{id}`; what is missing or null stays. `If-Match` is mandatory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export, optional_fields)]
pub struct ChangeTeam {
    /// Its name.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// The whole new set of members, as ids.
    #[serde(default)]
    pub members: Option<Vec<String>>,
}
