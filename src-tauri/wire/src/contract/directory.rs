//! What a workspace consists of: the small lists that every client keeps.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{
    channels::Channel,
    sessions::{TeamRef, UserRef},
};

/// Answer of `GET /v1/directory`; only what the user may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Directory {
    /// Channels.
    pub channels: Vec<Channel>,
    /// Teams that a conversation can be routed to.
    pub teams: Vec<TeamRef>,
    /// People that a conversation can be assigned to.
    pub users: Vec<UserRef>,
    /// Names of tags.
    pub tags: Vec<Tag>,
    /// Prepared answers: everybody's and those of the user's teams.
    pub canned_replies: Vec<CannedReply>,
    /// D16: a reply needs a team.
    #[serde(default)]
    pub team_mandatory: bool,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Tag {
    /// Its name, which is also its identity.
    pub name: String,
    /// D16: a reply needs one of the mandatory tags.
    pub mandatory: bool,
    /// What it was called before: a conversation that is kept under such a name has this tag.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub formerly: Vec<String>,
}

/// A prepared answer. `{{customer}}` and `{{advisor}}` stand for names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct CannedReply {
    /// Opaque id.
    pub id: String,
    /// What an advisor types to find it.
    pub shortcut: String,
    /// ISO 639-1 code.
    pub language: String,
    /// The text.
    pub text: String,
    /// R13: it ends a conversation.
    pub closing: bool,
    /// Whose it is; missing: everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub team_id: Option<String>,
}
