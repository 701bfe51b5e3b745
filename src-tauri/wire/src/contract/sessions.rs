//! Signing in, and who one is then.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::millis;

/// Body of `POST /v1/sessions`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct NewSession {
    /// The address the user signs in with; compared without regard to case.
    pub email: String,
    /// The password, as typed.
    pub password: String,
    /// What signs in, for the list of one's own sessions; without it the `User-Agent` stands there.
    #[serde(default)]
    pub device: Option<String>,
}

/// Answer of `POST /v1/sessions`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Bearer token of every further request. The platform keeps only its hash.
    pub token: String,
    /// When the token dies by itself.
    #[serde(serialize_with = "millis::serialize")]
    pub expires_at: DateTime<Utc>,
    /// Who signed in.
    pub user: User,
    /// Where a second factor was set up at this sign-in: its recovery codes, shown this once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recovery_codes: Vec<String>,
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Role {
    /// Answers customers.
    Advisor,
    /// May also change settings, and see figures, exports and the audit log.
    Admin,
}

/// A person of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct User {
    /// Opaque id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// The address the user signs in with.
    pub email: String,
    /// What the user may do.
    pub role: Role,
    /// The teams the user belongs to.
    pub teams: Vec<TeamRef>,
}

/// A user, where only the name matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UserRef {
    /// The user's id.
    pub id: String,
    /// The user's name.
    pub name: String,
}

/// A team, where only the name matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TeamRef {
    /// The team's id.
    pub id: String,
    /// The team's name.
    pub name: String,
}

/// Answer of `GET /v1/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Me {
    /// Who the token belongs to.
    pub user: User,
    /// The workspace it is valid for.
    pub workspace: Workspace,
    /// What the workspace has switched on.
    pub features: Features,
    /// What the platform can do.
    pub platform: PlatformTraits,
}

/// One company's environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Workspace {
    /// Opaque id, the same for the life of the data.
    pub id: String,
    /// Display name.
    pub name: String,
}

/// Switches that every user may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Features {
    /// R1: advisors may close conversations.
    pub close_conversation: bool,
}

/// What a client may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct PlatformTraits {
    /// D4: reply, survey and closing are one transaction.
    pub atomic_close: bool,
    /// R8: a closed conversation stays closed.
    pub close_is_final: bool,
    /// How many days an idempotency key is remembered.
    pub idempotency_days: u32,
}
