//! Prepared answers and closing sentences (R13), as admins keep them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::sessions::TeamRef;

/// Answer of `GET /v1/admin/canned-replies`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct CannedReplyList {
    /// By shortcut and language.
    pub items: Vec<CannedReplyView>,
}

/// A prepared answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct CannedReplyView {
    /// Opaque id.
    pub id: String,
    /// What an advisor types to find it.
    pub shortcut: String,
    /// ISO 639-1 code.
    pub language: String,
    /// The text; `{{customer}}` and `{{advisor}}` stand for names.
    pub text: String,
    /// R13: it ends a conversation.
    pub closing: bool,
    /// Whose it is; null: everybody's.
    pub team: Option<TeamRef>,
    /// For `If-Match`, as `"VERSION"`.
    pub version: i64,
}

/// Body of `POST /v1/admin/canned-replies` and of `PUT /v1/admin/canned-replies/{id}`, where `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NewCannedReply {
    /// What an advisor types to find it: no white space. One text per shortcut, language and team.
    #[schema(pattern = r"^\S{1,40}$")]
    pub shortcut: String,
    /// ISO 639-1 code.
    #[schema(pattern = "^[a-z]{2}$")]
    pub language: String,
    /// The text; `{{customer}}` and `{{advisor}}` stand for names, other variables are refused.
    #[schema(min_length = 1, max_length = 20000, pattern = r"\S")]
    pub text: String,
    /// R13: it ends a conversation.
    pub closing: bool,
    /// Whose it is; null: everybody's.
    pub team_id: Option<String>,
}
