//! Channels: what they allow, and the side that faces the customer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{
    channel_settings::AttachmentLimits,
    millis,
    open_enum::open_enum,
    requests::AttachmentRef,
    timeline::{Attachment, Button, DeliveryStatus},
};

open_enum! {
    /// The kind of a channel.
    ChannelType {
        /// The platform's own chat on the company's site.
        WebChat = "web_chat",
        /// WhatsApp.
        WhatsApp = "whatsapp",
        /// Facebook Messenger.
        Messenger = "messenger",
        /// Instagram's direct messages.
        Instagram = "instagram",
        /// Apple Messages for Business.
        AppleMessages = "apple_messages",
        /// RCS Business Messaging.
        Rcs = "rcs",
        /// KakaoTalk's ConsultationTalk.
        KakaoTalk = "kakaotalk",
        /// LINE.
        Line = "line",
    }
}

open_enum! {
    /// The kind of a satisfaction survey.
    SurveyKind {
        /// How likely a recommendation is, 0 to 10.
        Nps = "nps",
        /// How satisfied the customer is, 1 to 5.
        Csat = "csat",
    }
}

/// A channel, as a conversation shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ChannelRef {
    /// The channel's id.
    pub id: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: ChannelType,
    /// Its name.
    pub name: String,
    /// Longest reply, in Unicode scalar values.
    pub reply_limit: u32,
}

/// A channel with its rules, as the directory lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Channel {
    /// Opaque id.
    pub id: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: ChannelType,
    /// Its name.
    pub name: String,
    /// Longest reply, in Unicode scalar values.
    pub reply_limit: u32,
    /// R9: hours between two customer messages within which a conversation goes on.
    pub conversation_window_h: u32,
    /// D9: hours after the customer's last message within which the channel takes replies; null: no limit.
    pub reply_window_h: Option<u32>,
    /// Which files it takes with a reply; missing: none at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub attachments: Option<AttachmentLimits>,
    /// The survey sent after a conversation; null: none.
    pub survey: Option<SurveyKind>,
}

/// Body of `POST /v1/channels/{id}/inbound`: a customer wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Inbound {
    /// Who wrote.
    pub customer: InboundCustomer,
    /// What.
    pub message: InboundMessage,
}

/// The customer, as the channel knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InboundCustomer {
    /// The channel's id of the customer.
    #[schema(min_length = 1)]
    pub external_id: String,
    /// Display name.
    pub name: String,
    /// The language in which the customer wants to be spoken to, as a BCP 47 tag, if the channel knows it: `de`, `pt-BR`. It replaces what
    /// was known before; without it the platform tells English from French by the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    pub language: Option<String>,
}

/// The message, as the channel knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InboundMessage {
    /// The channel's id of the message. The same id again is the same message.
    #[schema(min_length = 1)]
    pub external_id: String,
    /// The text, kept exactly.
    pub text: String,
    /// When it was written; now if missing. The future counts as now.
    #[serde(default, serialize_with = "millis::serialize_option", skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// Files that came with it; the text may be empty then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub attachments: Vec<InboundAttachment>,
}

/// A file that came with a message: uploaded before, or its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum InboundAttachment {
    /// Uploaded to `POST /v1/channels/{id}/attachments`.
    Uploaded(AttachmentRef),
    /// Small enough for the body.
    Inline(InlineAttachment),
}

/// A file as part of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InlineAttachment {
    /// The file's name.
    pub name: String,
    /// The content in base64.
    pub data: String,
}

/// Answer of `POST /v1/channels/{id}/inbound`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InboundAccepted {
    /// The conversation that the message belongs to (R9).
    pub conversation_id: String,
    /// The platform's id of the message.
    pub message_id: String,
    /// Whether the message opened the conversation.
    pub new_conversation: bool,
}

/// What an outbound item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutboundKind {
    /// An answer of the company.
    Reply,
    /// A satisfaction survey.
    Survey,
}

/// Something that the channel has to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutboundItem {
    /// Position in the channel's outbound sequence.
    pub seq: i64,
    /// What it is.
    pub kind: OutboundKind,
    /// A reply's message id (the `reply_id` of deliveries), or the survey's id.
    pub id: String,
    /// The conversation.
    pub conversation_id: String,
    /// The customer, as the channel knows them.
    pub customer: InboundCustomer,
    /// The text to deliver.
    pub text: String,
    /// Buttons of the scenario. A click comes back as a message with the label as text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// Files to deliver, to be fetched from `GET /v1/channels/{id}/attachments/{attachment_id}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// With a survey: the token that answers it, which needs no other authorization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survey_token: Option<String>,
    /// When it was sent by the advisor or the scenario.
    #[serde(serialize_with = "millis::serialize")]
    pub at: DateTime<Utc>,
}

/// Answer of `GET /v1/channels/{id}/outbound`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutboundPage {
    /// Oldest first.
    pub items: Vec<OutboundItem>,
    /// The value for the next `after`.
    pub next: i64,
}

/// Body of `POST /v1/channels/{id}/deliveries`: what became of a reply (D12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryReport {
    /// The reply's message id.
    pub reply_id: String,
    /// `sent`, `delivered`, `read` or `failed`. What is further on is never taken back by what is less far.
    #[schema(value_type = String, pattern = "^(sent|delivered|read|failed)$")]
    pub status: DeliveryStatus,
    /// Why it failed, as the channel says it.
    #[serde(default)]
    pub reason: Option<String>,
}

/// An answer without content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Empty {}
