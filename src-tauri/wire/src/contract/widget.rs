//! The CRM widget (R12): the applications that may embed it, and the tokens that open one conversation for one advisor.
//!
//! An application stands for a CRM. Its server proves by the application's secret who it is and asks for a token each time
//! one of its people opens a conversation; the page in the frame never sees the secret, and nobody sees the token but that page.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{
    millis,
    sessions::{Features, PlatformTraits, UserRef, Workspace},
};

/// A CRM that may embed conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct WidgetApplication {
    /// Opaque id; the address of the page has it.
    pub id: String,
    /// What the admins call it.
    pub name: String,
    /// The web origins whose pages may hold the widget's frame, and with which the page speaks.
    pub origins: Vec<String>,
    /// When it was made.
    #[serde(serialize_with = "millis::serialize")]
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: UserRef,
    /// When the secret in use was made.
    #[serde(serialize_with = "millis::serialize")]
    pub secret_made_at: DateTime<Utc>,
    /// Until when the secret before it is taken as well; null: it is not.
    #[serde(serialize_with = "millis::serialize_option")]
    pub former_secret_until: Option<DateTime<Utc>>,
    /// When a token was last asked for; null if never.
    #[serde(serialize_with = "millis::serialize_option")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Tokens that are valid now: one for each page that is open, about.
    pub open_tokens: u32,
    /// Grows with every change; the `ETag`.
    pub version: i64,
}

/// Answer of `GET /v1/admin/widget-applications`: all of them, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct WidgetApplications {
    /// The applications.
    pub items: Vec<WidgetApplication>,
}

/// Body of `POST` and `PUT` below `/v1/admin/widget-applications`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct WidgetApplicationDetails {
    /// What to call it; no other application is called so.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Origins such as `https://example.lightning.force.com`. Without a path; plain `http` for this machine only.
    #[schema(min_items = 1, max_items = 20)]
    pub origins: Vec<String>,
}

/// An application with its secret, which is told this one time.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct WidgetApplicationMade {
    /// The application.
    pub application: WidgetApplication,
    /// The secret, for the CRM's server. The platform keeps only its hash.
    pub secret: String,
}

/// Body of `POST /v1/admin/widget-applications/{id}/secret`; `{}` and no body stand for the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NewWidgetSecret {
    /// How long the secret in use until now is still taken, so that nobody is cut off while the CRM learns the new one. 0: not at all.
    #[serde(default = "a_day")]
    #[schema(minimum = 0, maximum = 168, default = 24)]
    pub former_valid_for_hours: u32,
}

fn a_day() -> u32 {
    24
}

/// Body of `POST /v1/widget/tokens`, with the application's secret as bearer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewWidgetToken {
    /// The one conversation that the token opens.
    pub conversation_id: String,
    /// The advisor who is signed in to the CRM: the e-mail address or the id of the user here.
    pub advisor: String,
    /// How long it lives, in seconds; 600 if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 10, maximum = 600)]
    pub lifetime_s: Option<u32>,
}

/// Answer of `POST /v1/widget/tokens`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct WidgetToken {
    /// Bearer token of the page. The platform keeps only its hash.
    pub token: String,
    /// When it dies by itself; the page asks for the next one before.
    #[serde(serialize_with = "millis::serialize")]
    pub expires_at: DateTime<Utc>,
    /// The conversation that it opens.
    pub conversation_id: String,
    /// For whom.
    pub advisor: UserRef,
    /// The page's address on this platform, to be put after its base address. The token is no part of it.
    pub page: String,
}

/// Answer of `GET /v1/widget/session`: what the page has to know besides its conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct WidgetSession {
    /// The one conversation that the token opens.
    pub conversation_id: String,
    /// Whoever acts in it.
    pub user: UserRef,
    /// Where.
    pub workspace: Workspace,
    /// What the workspace has switched on (R1).
    pub features: Features,
    /// What the platform can do.
    pub platform: PlatformTraits,
    /// When the token dies.
    #[serde(serialize_with = "millis::serialize")]
    pub expires_at: DateTime<Utc>,
    /// D16: the tag or the team that a reply needs is missing.
    pub tags_missing: bool,
    /// D7: the customer's newer conversation, once this one is closed. The token does not open it.
    pub newer_conversation_id: Option<String>,
    /// The sequence of the newest event: what the stream is to go on after.
    pub seq: i64,
}
