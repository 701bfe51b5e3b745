//! Bodies of what an advisor's click causes. Every one travels with an `Idempotency-Key` and is answered with a
//! [`Receipt`](super::receipts::Receipt).

use serde::{Deserialize, Deserializer, Serialize, de::IntoDeserializer};
use ts_rs::TS;
use utoipa::ToSchema;

/// Where an action was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Origin {
    /// The console, that is, the app.
    #[default]
    Console,
    /// The widget inside a CRM (R12).
    CrmWidget,
}

impl Origin {
    /// What stands for a missing word.
    #[must_use]
    pub fn is_console(&self) -> bool {
        *self == Self::Console
    }
}

/// A file that was uploaded before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct AttachmentRef {
    /// Id of the uploaded file.
    pub id: String,
}

/// Body of `POST /v1/conversations/{id}/replies`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewReply {
    /// The text, sent exactly.
    pub text: String,
    /// Files that go with it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub attachments: Vec<AttachmentRef>,
    /// Send a survey too, if one may be sent (D10).
    #[serde(default)]
    pub trigger_survey: bool,
    /// D6; missing or null: unchecked.
    #[serde(default)]
    pub last_seen_message_id: Option<String>,
    /// Console or CRM widget. Left out where it says nothing new: a key stands for the very bytes of its first request.
    #[serde(default, deserialize_with = "by_name", skip_serializing_if = "Origin::is_console")]
    pub origin: Origin,
}

/// The reply inside a close (R4: there always is one).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClosingReply {
    /// The text, sent exactly.
    pub text: String,
    /// Files that go with it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub attachments: Vec<AttachmentRef>,
}

/// Body of `POST /v1/conversations/{id}/close` (R3, D4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CloseConversation {
    /// The last reply.
    pub reply: ClosingReply,
    /// D6: the newest customer message that the advisor had seen. Must be present.
    #[serde(deserialize_with = "present")]
    #[schema(required)]
    pub last_seen_message_id: Option<String>,
    /// Console or CRM widget.
    #[serde(default)]
    pub origin: Origin,
}

/// Body of `POST /v1/conversations/{id}/assign`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assign {
    /// To whom; null releases. Must be present.
    #[serde(deserialize_with = "present")]
    #[schema(required)]
    pub user_id: Option<String>,
}

/// Body of `POST /v1/conversations/{id}/tags`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetTags {
    /// The whole set, by name.
    pub tags: Vec<String>,
}

/// Body of `POST /v1/conversations/{id}/route`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Route {
    /// The team.
    pub team_id: String,
}

/// Body of `POST /v1/conversations/{id}/notes`. Allowed on closed conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewNote {
    /// The text, kept exactly.
    pub text: String,
}

/// Body of `hold` and `help-request`; `{}` and no body switch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Switch {
    /// The new state.
    #[serde(default = "yes")]
    pub on: bool,
}

impl Default for Switch {
    fn default() -> Self {
        Self { on: yes() }
    }
}

fn yes() -> bool {
    true
}

/// An explicit null is a value; a missing field is not.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

/// A name as a string, and no object with that name: what is left out again when it is written cannot be held against what was said.
fn by_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Origin, D::Error> {
    Origin::deserialize(String::deserialize(deserializer)?.into_deserializer())
}
