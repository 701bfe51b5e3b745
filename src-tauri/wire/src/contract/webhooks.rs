//! What goes over a channel's webhooks, both ways. Every request is signed (docs/channels.md) and says one thing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::channels::{DeliveryReport, Inbound, InboundAccepted, OutboundItem};

/// Body of `POST /v1/channels/{id}/webhook`: the channel's side says something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromProvider {
    /// A customer wrote. The same `message.external_id` again is the same message.
    Message(Inbound),
    /// What became of a reply (D12).
    Delivery(DeliveryReport),
    /// A customer types.
    Typing(CustomerTypes),
}

/// A customer types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerTypes {
    /// The channel's id of the customer.
    pub customer_external_id: String,
    /// Whether they still do.
    #[serde(default = "yes")]
    pub on: bool,
}

fn yes() -> bool {
    true
}

/// Answer of `POST /v1/channels/{id}/webhook`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FromProviderTaken {
    /// Of a message: what it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<InboundAccepted>,
}

/// Body of what the platform posts to the provider's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToProvider {
    /// Something to deliver. The same `id` again is the same item.
    Item(OutboundItem),
    /// An advisor types. Posted once, whatever becomes of it.
    Typing(AdvisorTypes),
    /// An advisor has read what the customer wrote. Posted once, whatever becomes of it.
    Read(AdvisorRead),
}

/// An advisor types.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdvisorTypes {
    /// The conversation.
    pub conversation_id: String,
    /// The channel's id of the customer.
    pub customer_external_id: String,
    /// Whether they still do.
    pub on: bool,
}

/// An advisor has read a customer's message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdvisorRead {
    /// The conversation.
    pub conversation_id: String,
    /// The channel's id of the customer.
    pub customer_external_id: String,
    /// The channel's id of the newest message that was read.
    pub message_external_id: String,
}
