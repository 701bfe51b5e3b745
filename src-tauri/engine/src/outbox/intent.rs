//! What a click wants, as it stands on disk: the intent, never a rendered request (DESIGN, outbox 2).
//!
//! The payload is versioned. A version that this program does not know is kept as it is and shown with its text, which has a column of its
//! own for that reason; a later program goes on with it.

use serde::{Deserialize, Serialize};
use signoff_wire::interface::ActionKind;

use crate::remote::{Act, What};

/// The payload version that this program writes, and the newest that it reads.
pub const PAYLOAD_VERSION: u32 = 1;

/// What a click wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// What to do.
    pub kind: ActionKind,
    /// The reply, word for word.
    pub text: Option<String>,
    /// The newest customer message that the advisor had seen (D6).
    pub last_seen_message_id: Option<String>,
    /// Whom to assign to.
    pub user_id: Option<String>,
}

/// Version 1. Kind and text have columns of their own.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayloadV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_seen_message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
}

/// An intent in the words of its columns.
pub(super) struct Written {
    pub(super) kind: &'static str,
    pub(super) version: u32,
    pub(super) payload: String,
}

impl Intent {
    pub(super) fn write(&self) -> Result<Written, serde_json::Error> {
        let payload =
            PayloadV1 { last_seen_message_id: self.last_seen_message_id.clone(), user_id: self.user_id.clone() };
        Ok(Written { kind: word(self.kind), version: PAYLOAD_VERSION, payload: serde_json::to_string(&payload)? })
    }

    /// Reads an intent; `None` if this version cannot.
    pub(super) fn read(kind: &str, version: u32, payload: &str, text: Option<&str>) -> Option<Self> {
        if version != PAYLOAD_VERSION {
            return None;
        }
        let kind = kind_of(kind);
        let payload: PayloadV1 = serde_json::from_str(payload).ok()?;
        let complete = match kind {
            ActionKind::Reply | ActionKind::ReplyWithSurvey | ActionKind::SendAndClose => text.is_some(),
            ActionKind::Assign => payload.user_id.is_some(),
            ActionKind::Archive | ActionKind::Release => true,
            ActionKind::Unknown => false,
        };
        let intent = Self {
            kind,
            text: text.map(str::to_owned),
            last_seen_message_id: payload.last_seen_message_id,
            user_id: payload.user_id,
        };
        if complete { Some(intent) } else { None }
    }

    /// What to ask of the platform.
    pub(super) fn act(&self, conversation_id: &str) -> Option<Act> {
        let what = match self.kind {
            ActionKind::Reply | ActionKind::ReplyWithSurvey => What::Reply {
                text: self.text.clone()?,
                trigger_survey: self.kind == ActionKind::ReplyWithSurvey,
                last_seen_message_id: self.last_seen_message_id.clone(),
            },
            ActionKind::SendAndClose => {
                What::Close { text: self.text.clone()?, last_seen_message_id: self.last_seen_message_id.clone() }
            }
            ActionKind::Archive => What::Archive,
            ActionKind::Assign => What::Assign { user_id: self.user_id.clone()? },
            ActionKind::Release => What::Release,
            ActionKind::Unknown => return None,
        };
        Some(Act { conversation_id: conversation_id.to_owned(), what })
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
