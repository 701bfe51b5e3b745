//! How people get in: invitations, passwords, sessions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{
    millis,
    open_enum::open_enum,
    people::Person,
    sessions::{Role, UserRef},
};

open_enum! {
    /// What a one-time link is for.
    LinkKind {
        /// A new person sets name and password.
        Invitation = "invitation",
        /// Somebody sets a new password; the old one and all sessions end then.
        Reset = "reset",
    }
}

/// Body of `POST /v1/admin/invitations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NewInvitation {
    /// The address to sign in with.
    #[schema(min_length = 3, max_length = 254)]
    pub email: String,
    /// A name, which the person may change when joining.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    #[ts(optional)]
    pub name: Option<String>,
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
}

/// A link that was just made. The platform keeps only a hash of it: it is shown once.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NewLink {
    /// Path and fragment; the platform's address stands before it.
    pub path: String,
    /// Until when it works.
    #[serde(serialize_with = "millis::serialize")]
    pub expires_at: DateTime<Utc>,
    /// Whom it lets in.
    pub person: Person,
}

/// A link that was not used yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct OpenLink {
    /// Opaque id, not the token.
    pub id: String,
    /// What it is for.
    pub kind: LinkKind,
    /// Whom it lets in.
    pub user: UserRef,
    /// Their address.
    pub email: String,
    /// When it was made.
    #[serde(serialize_with = "millis::serialize")]
    pub made_at: DateTime<Utc>,
    /// By whom.
    pub made_by: String,
    /// Until when it works.
    #[serde(serialize_with = "millis::serialize")]
    pub expires_at: DateTime<Utc>,
}

/// Body of `POST /v1/invitations/look`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct LookAtLink {
    /// What stands behind the `#` of the link.
    pub token: String,
}

/// Answer of `POST /v1/invitations/look`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Link {
    /// What it is for.
    pub kind: LinkKind,
    /// The workspace's name.
    pub workspace: String,
    /// The address to sign in with.
    pub email: String,
    /// The name as known; empty if nobody said it yet.
    pub name: String,
    /// Whether this person signs in with a password. If not, there is nothing to set: they sign in through the provider.
    pub takes_password: bool,
    /// The name of the company's provider, if people may sign in through one.
    pub single_sign_on: Option<String>,
}

/// Body of `POST /v1/invitations/accept`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct AcceptLink {
    /// What stands behind the `#` of the link.
    pub token: String,
    /// The name that colleagues see.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The password from now on.
    #[schema(min_length = 12, max_length = 1000)]
    pub password: String,
}

/// Answer of `POST /v1/invitations/accept`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkAccepted {
    /// The address to sign in with.
    pub email: String,
}

/// Body of `PUT /v1/me/password`.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ChangePassword {
    /// The password until now.
    pub old_password: String,
    /// The password from now on.
    #[schema(min_length = 12, max_length = 1000)]
    pub new_password: String,
}

/// One of one's own sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct OwnSession {
    /// Opaque id, not the token.
    pub id: String,
    /// What signed in, as it called itself; null if it did not say.
    pub device: Option<String>,
    /// When it signed in.
    #[serde(serialize_with = "millis::serialize")]
    pub created_at: DateTime<Utc>,
    /// When it was last heard of, to within some minutes.
    #[serde(serialize_with = "millis::serialize_option")]
    pub last_seen_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    #[serde(serialize_with = "millis::serialize")]
    pub expires_at: DateTime<Utc>,
    /// The one that asks.
    pub current: bool,
}
