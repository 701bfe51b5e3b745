//! Channels as admins set them up: `/v1/admin/channels`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::{channels::ChannelType, millis};

/// How replies reach the customer's channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export)]
pub enum Provider {
    /// A connector asks for them, with the channel's key. A web chat's own page needs neither.
    Polling,
    /// The platform posts each to an address, signed.
    Webhook {
        /// Where to, `https` unless the operator allows otherwise.
        #[schema(max_length = 2000, format = "uri")]
        url: String,
    },
}

/// Which files a channel takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct AttachmentLimits {
    /// Largest file in bytes; 0: none at all.
    #[schema(maximum = 26_214_400)]
    pub max_bytes: u64,
    /// How many with one message or reply.
    #[schema(maximum = 20)]
    pub max_count: u32,
    /// Media types, `image/*` for all of a kind.
    #[schema(max_items = 50)]
    pub types: Vec<String>,
}

/// What the customer's chat page looks like and where it may be embedded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ChatSettings {
    /// Its heading; empty: the workspace's name.
    #[schema(max_length = 80)]
    pub title: String,
    /// What it says before the customer has written, per language.
    pub greeting: Greeting,
    /// `#rrggbb`; empty: Signoff's own.
    #[schema(pattern = "^(#[0-9a-fA-F]{6})?$")]
    pub colour: String,
    /// Origins of the sites that may embed it, such as `https://www.example.com`. The platform's own always may.
    #[schema(max_items = 50)]
    pub allowed_origins: Vec<String>,
}

/// A text in the languages that the chat page speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Greeting {
    /// English.
    #[schema(max_length = 500)]
    pub en: String,
    /// French.
    #[schema(max_length = 500)]
    pub fr: String,
}

/// What of a channel can be changed; `PUT` takes all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct ChannelRules {
    /// Its name.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Longest reply, in Unicode scalar values.
    #[schema(minimum = 1, maximum = 100_000)]
    pub reply_limit: u32,
    /// R9: hours between two customer messages within which a conversation goes on.
    #[schema(minimum = 1, maximum = 8760)]
    pub conversation_window_h: u32,
    /// D9: hours after the customer's last message within which any reply goes out; null: no limit.
    #[schema(minimum = 1, maximum = 8760)]
    pub reply_window_h: Option<u32>,
    /// D9: hours within which a person's reply still goes out, where that is longer; null: no such extension.
    #[schema(minimum = 1, maximum = 8760)]
    pub person_window_h: Option<u32>,
    /// How replies reach the channel.
    pub provider: Provider,
    /// Which files it takes.
    pub attachments: AttachmentLimits,
    /// The chat page; null on every channel but a web chat.
    pub chat: Option<ChatSettings>,
}

/// What a kind of channel usually allows, from which a new one starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ChannelTypeDefaults {
    /// The kind.
    #[serde(rename = "type")]
    pub kind: ChannelType,
    /// Whether the channel can say that somebody is typing.
    pub typing: bool,
    /// Whether it can say that something was read.
    pub read: bool,
    /// The rules; the name is the kind's own.
    pub rules: ChannelRules,
}

/// Body of `POST /v1/admin/channels`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct NewChannel {
    /// Its id, part of addresses; one is made up if missing.
    #[serde(default)]
    #[schema(pattern = "^[a-z0-9_-]{3,40}$")]
    pub id: Option<String>,
    /// The kind. It never changes.
    #[serde(rename = "type")]
    pub kind: ChannelType,
    /// The rules; those that the kind usually has if missing.
    #[serde(default)]
    pub rules: Option<ChannelRules>,
    /// Whether everybody who is there today may reply on it.
    #[serde(default = "yes")]
    pub everybody_replies: bool,
}

fn yes() -> bool {
    true
}

/// A channel as admins see it. The version is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ChannelSettings {
    /// Opaque id.
    pub id: String,
    /// The kind.
    #[serde(rename = "type")]
    pub kind: ChannelType,
    /// What can be changed.
    pub rules: ChannelRules,
    /// Whether the channel can say that somebody is typing.
    pub typing: bool,
    /// Whether it can say that something was read.
    pub read: bool,
    /// The `ETag`'s number.
    pub version: i64,
    /// When it was archived; null: it is in use.
    #[serde(serialize_with = "millis::serialize_option")]
    pub archived_at: Option<DateTime<Utc>>,
    /// The key that connectors use.
    pub key: SecretState,
    /// The secret that webhooks are signed with; null if it has none.
    pub secret: Option<SecretState>,
    /// How deliveries go.
    pub deliveries: DeliveryHealth,
}

/// What can be said about a secret without telling it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SecretState {
    /// When it was made; null: with the workspace.
    #[serde(serialize_with = "millis::serialize_option")]
    pub made_at: Option<DateTime<Utc>>,
    /// Until when the one before it works as well; null: it does not.
    #[serde(serialize_with = "millis::serialize_option")]
    pub former_until: Option<DateTime<Utc>>,
}

/// How deliveries to a channel's provider go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct DeliveryHealth {
    /// When the provider last took something, or asked.
    #[serde(serialize_with = "millis::serialize_option")]
    pub last_success_at: Option<DateTime<Utc>>,
    /// How many items wait to be handed over.
    pub waiting: u64,
    /// How many of them have been tried in vain.
    pub failing: u64,
    /// Since when the oldest of them waits.
    #[serde(serialize_with = "millis::serialize_option")]
    pub oldest_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed; null if it did not.
    pub reason: Option<String>,
}

/// Body of the calls that make a new key or secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[serde(deny_unknown_fields)]
#[ts(export)]
pub struct Rotate {
    /// For how many hours the old one works as well; 24 if not said, 0: it is dead at once.
    #[serde(default)]
    #[schema(maximum = 168)]
    pub keep_former_h: Option<u32>,
}

/// Answer of `POST /v1/admin/channels`, of a new key and of a new secret. What is secret in it is told this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ChannelSecrets {
    /// The channel.
    pub channel: ChannelSettings,
    /// A new key.
    pub key: Option<String>,
    /// A new secret of webhooks.
    pub secret: Option<String>,
}
