//! Tags, as admins keep them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Answer of `GET /v1/admin/tags`, in the order in which they are offered; the version of the order is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TagList {
    /// All, archived ones included.
    pub items: Vec<TagView>,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TagView {
    /// Opaque id; stays when the name changes.
    pub id: String,
    /// Its name, by which everybody else knows it.
    pub name: String,
    /// D16: a reply needs one of the mandatory tags.
    pub mandatory: bool,
    /// Not offered any more. Conversations that have it keep it.
    pub archived: bool,
    /// What it was called before.
    pub formerly: Vec<String>,
    /// For `If-Match`, as `"VERSION"`.
    pub version: i64,
}

/// Body of `POST /v1/admin/tags`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct NewTag {
    /// Its name. Two names that differ only in case are one.
    #[schema(min_length = 1, max_length = 60, pattern = r"\S")]
    pub name: String,
    /// D16.
    pub mandatory: bool,
}

/// Body of `PUT /v1/admin/tags/{id}`; `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateTag {
    /// Its name. Conversations that have it show the new one.
    #[schema(min_length = 1, max_length = 60, pattern = r"\S")]
    pub name: String,
    /// D16.
    pub mandatory: bool,
    /// Not offered any more.
    pub archived: bool,
}

/// Body of `PUT /v1/admin/tags`: the order; `If-Match` is mandatory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct OrderTags {
    /// The ids of all tags, each once.
    #[schema(max_items = 500)]
    pub ids: Vec<String>,
}
