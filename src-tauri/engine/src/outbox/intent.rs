//! What a click wants, as it stands on disk: the intent, never a rendered request (DESIGN, outbox 2).
//!
//! The payload is versioned. A version that this program does not know is kept as it is and shown with its text, which has a column of its
//! own for that reason; a later program goes on with it.

use serde::{Deserialize, Serialize};
use signoff_wire::contract::requests::Origin;
use signoff_wire::interface::{ActionKind, AttachedFile};

use crate::remote::{Act, What};

/// The newest payload version, and every older one, is read. What an older one can say is written as that: a program from before this
/// version goes on with it.
pub const PAYLOAD_VERSION: u32 = 3;

/// What a click wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// What to do.
    pub kind: ActionKind,
    /// The reply, word for word.
    pub text: Option<String>,
    /// The files that go with it, in this order. Their bytes and what the platform calls them are [`files`](crate::files)'.
    pub files: Vec<AttachedFile>,
    /// The newest customer message that the advisor had seen (D6).
    pub last_seen_message_id: Option<String>,
    /// Whom to assign to.
    pub user_id: Option<String>,
    /// In which window it was clicked (R12).
    pub origin: Origin,
}

/// Version 1: everything is the console's. Kind and text have columns of their own.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayloadV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_seen_message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
}

/// Version 2: what was clicked in the compact window.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayloadV2 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_seen_message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    origin: Origin,
}

/// Version 3: files go with it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayloadV3 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_seen_message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    origin: Origin,
    #[serde(default)]
    files: Vec<AttachedFile>,
}

impl From<PayloadV1> for PayloadV3 {
    fn from(PayloadV1 { last_seen_message_id, user_id }: PayloadV1) -> Self {
        Self { last_seen_message_id, user_id, origin: Origin::Console, files: Vec::new() }
    }
}

impl From<PayloadV2> for PayloadV3 {
    fn from(PayloadV2 { last_seen_message_id, user_id, origin }: PayloadV2) -> Self {
        Self { last_seen_message_id, user_id, origin, files: Vec::new() }
    }
}

/// An intent in the words of its columns.
pub(super) struct Written {
    pub(super) kind: &'static str,
    pub(super) version: u32,
    pub(super) payload: String,
}

impl Intent {
    pub(super) fn write(&self) -> Result<Written, serde_json::Error> {
        let (last_seen_message_id, user_id) = (self.last_seen_message_id.clone(), self.user_id.clone());
        let (version, payload) = match self.origin {
            origin if !self.files.is_empty() => {
                let files = self.files.clone();
                (3, serde_json::to_string(&PayloadV3 { last_seen_message_id, user_id, origin, files })?)
            }
            Origin::Console => (1, serde_json::to_string(&PayloadV1 { last_seen_message_id, user_id })?),
            origin @ Origin::CrmWidget => {
                (2, serde_json::to_string(&PayloadV2 { last_seen_message_id, user_id, origin })?)
            }
        };
        Ok(Written { kind: word(self.kind), version, payload })
    }

    /// Reads an intent; `None` if this version cannot.
    pub(super) fn read(kind: &str, version: u32, payload: &str, text: Option<&str>) -> Option<Self> {
        let payload: PayloadV3 = match version {
            1 => serde_json::from_str::<PayloadV1>(payload).ok()?.into(),
            2 => serde_json::from_str::<PayloadV2>(payload).ok()?.into(),
            3 => serde_json::from_str(payload).ok()?,
            _ => return None,
        };
        let kind = kind_of(kind);
        let complete = match kind {
            ActionKind::Reply | ActionKind::ReplyWithSurvey | ActionKind::SendAndClose => text.is_some(),
            ActionKind::Assign => payload.user_id.is_some(),
            ActionKind::Archive | ActionKind::Release => true,
            ActionKind::Unknown => false,
        };
        let intent = Self {
            kind,
            text: text.map(str::to_owned),
            files: payload.files,
            last_seen_message_id: payload.last_seen_message_id,
            user_id: payload.user_id,
            origin: payload.origin,
        };
        if complete { Some(intent) } else { None }
    }

    /// What to ask of the platform. Its files have no ids there yet.
    pub(super) fn act(&self, conversation_id: &str) -> Option<Act> {
        let what = match self.kind {
            ActionKind::Reply | ActionKind::ReplyWithSurvey => What::Reply {
                text: self.text.clone()?,
                attachments: Vec::new(),
                trigger_survey: self.kind == ActionKind::ReplyWithSurvey,
                last_seen_message_id: self.last_seen_message_id.clone(),
            },
            ActionKind::SendAndClose => What::Close {
                text: self.text.clone()?,
                attachments: Vec::new(),
                last_seen_message_id: self.last_seen_message_id.clone(),
            },
            ActionKind::Archive => What::Archive,
            ActionKind::Assign => What::Assign { user_id: self.user_id.clone()? },
            ActionKind::Release => What::Release,
            ActionKind::Unknown => return None,
        };
        Some(Act { conversation_id: conversation_id.to_owned(), what, origin: self.origin })
    }
}

fn word(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Reply => "reply",
        ActionKind::ReplyWithSurvey => "reply_with_survey",
        ActionKind::SendAndClose => "send_and_close",
        ActionKind::Archive => "archive",
        ActionKind::Assign => "assign",
        ActionKind::Release => "release",
        ActionKind::Unknown => "unknown",
    }
}

/// The kind behind a word; one of another version is unknown.
pub(super) fn kind_of(word: &str) -> ActionKind {
    match word {
        "reply" => ActionKind::Reply,
        "reply_with_survey" => ActionKind::ReplyWithSurvey,
        "send_and_close" => ActionKind::SendAndClose,
        "archive" => ActionKind::Archive,
        "assign" => ActionKind::Assign,
        "release" => ActionKind::Release,
        _ => ActionKind::Unknown,
    }
}
