//! What happened in a conversation, in order.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{
    conversations::ClosedBy,
    millis,
    open_enum::open_enum,
    receipts::SurveySkip,
    sessions::{TeamRef, UserRef},
};

open_enum! {
    /// What a timeline entry is.
    EntryKind {
        /// Written by the customer.
        Message = "message",
        /// Sent to the customer, by an advisor or the scenario.
        Reply = "reply",
        /// Seen by colleagues only.
        Note = "note",
        /// Something that happened; see [`Happening`].
        Event = "event",
    }
}

open_enum! {
    /// What kind of author an entry has.
    AuthorKind {
        /// The customer.
        Customer = "customer",
        /// A person of the company.
        Advisor = "advisor",
        /// The channel's chatbot flow.
        Scenario = "scenario",
        /// The platform itself.
        System = "system",
    }
}

/// Who wrote or did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Author {
    /// Which kind.
    pub kind: AuthorKind,
    /// Id of the customer, user or scenario; null for the system.
    pub id: Option<String>,
    /// Its name; null for the system.
    pub name: Option<String>,
}

open_enum! {
    /// What became of a reply.
    DeliveryStatus {
        /// On its way to the channel; nothing heard yet.
        Pending = "pending",
        /// The channel has taken it.
        Sent = "sent",
        /// The channel delivered it.
        Delivered = "delivered",
        /// The customer has seen it, on channels that say so.
        Read = "read",
        /// The channel could not deliver it (D12).
        Failed = "failed",
    }
}

/// What became of a reply, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Delivery {
    /// How far it got.
    pub status: DeliveryStatus,
    /// Why it failed, as the channel says it.
    pub reason: Option<String>,
}

/// A button that the scenario offered with a reply. A click on it comes back as a message with the label as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Button {
    /// What the customer reads, and sends by a click.
    pub label: String,
}

/// A file that came or went with an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Attachment {
    /// Opaque id; the content is at `GET /v1/attachments/{id}`.
    pub id: String,
    /// The file's name, safe to save it under.
    pub name: String,
    /// What the content is, by looking at it and not by what it says of itself.
    pub media_type: String,
    /// In bytes.
    pub size: u64,
}

/// What an entry of kind `event` tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[ts(export)]
pub enum Happening {
    /// The conversation was given to somebody.
    Assigned {
        /// To whom.
        to: UserRef,
        /// Who had it before ("steal").
        from: Option<UserRef>,
    },
    /// Nobody has it any more.
    Released {
        /// Who had it before.
        from: Option<UserRef>,
    },
    /// Put on hold, or taken off.
    Hold {
        /// The new state.
        on: bool,
    },
    /// Help asked for, or no longer needed.
    HelpRequest {
        /// The new state.
        on: bool,
    },
    /// Tags were changed.
    Tagged {
        /// The whole new set.
        tags: Vec<String>,
    },
    /// Routed to a team.
    Routed {
        /// The new team.
        to: TeamRef,
    },
    /// Belongs to no team any more: its team was given up.
    Unrouted {
        /// The team that was.
        from: TeamRef,
    },
    /// Finished without an answer.
    Archived,
    /// A survey went out.
    SurveySent {
        /// Its id.
        survey_id: String,
    },
    /// D10: a survey did not go out, and why.
    SurveySkipped {
        /// The reason.
        reason: SurveySkip,
    },
    /// A survey went out and could not be delivered: it counts as none.
    SurveyFailed {
        /// The survey's id.
        survey_id: String,
        /// What the channel says; null: it was erased.
        reason: Option<String>,
    },
    /// D11: the customer answered the survey.
    SurveyAnswered {
        /// The survey's id.
        survey_id: String,
        /// The rating.
        rating: i64,
        /// In the customer's words.
        comment: Option<String>,
    },
    /// Closed for good (R8).
    Closed {
        /// By whom.
        by: ClosedBy,
    },
    /// The customer's data were erased.
    Erased,
    /// Something that this version does not know; show the entry's text.
    #[serde(other)]
    Unknown,
}

/// One entry of a conversation's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct TimelineEntry {
    /// Opaque id.
    pub id: String,
    /// The conversation it belongs to.
    pub conversation_id: String,
    /// Grows along the timeline; orders entries of one conversation.
    pub position: i64,
    /// Message, reply, note or event.
    pub kind: EntryKind,
    /// Who.
    pub author: Author,
    /// The text, exactly as written. An English sentence for events, for clients that know no better.
    pub text: String,
    /// When.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
    /// What became of it; null unless a reply.
    pub delivery: Option<Delivery>,
    /// The idempotency key of the request that made it, by which a client knows its own (D5).
    pub client_key: Option<String>,
    /// Buttons offered with the reply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What happened; null unless an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Happening>,
}
