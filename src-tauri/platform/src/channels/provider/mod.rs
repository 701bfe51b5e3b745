//! How what a channel has to deliver reaches its provider, and how the provider's words come in.
//!
//! A channel whose provider *polls* needs nothing of this: its connector asks for `/v1/channels/{id}/outbound`. One with a
//! webhook has a [`Provider`], of which [`webhook::Webhook`], Signoff's own protocol (docs/channels.md), is the first: a
//! vendor's API (WhatsApp's, say) is another implementation, which turns an item into that vendor's request and that vendor's
//! callbacks into [`FromProvider`]. The [`courier`] around it keeps order, patience and the books.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use rusqlite::params;
use signoff_wire::contract::webhooks::{FromProvider, ToProvider};

use crate::{
    conversations::Record,
    refusal::Refusal,
    store::{Write, ms},
};

pub(crate) mod courier;
pub(crate) mod incoming;
pub(crate) mod signature;
pub(crate) mod webhook;

/// A way to the customers' side of a channel.
pub(crate) trait Provider: Send + Sync {
    /// Hands one item over. It may arrive twice, so it carries an id that stays.
    fn deliver<'a>(&'a self, to: &'a Destination, item: &'a ToProvider, now: DateTime<Utc>) -> BoxFuture<'a, Outcome>;

    /// Reads what the provider says.
    ///
    /// # Errors
    /// What is not proven to come from the provider, or not understood.
    fn understand(&self, said: &Said<'_>, now: DateTime<Utc>) -> Result<FromProvider, Refusal>;
}

/// Where a channel's items go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    /// The channel.
    pub(crate) channel_id: String,
    /// The provider's address.
    pub(crate) url: String,
    /// What proves that it was the platform.
    pub(crate) secret: String,
}

/// A request of a provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'a> {
    /// The secrets that are good at the moment.
    pub(crate) secrets: &'a [String],
    /// Header `Signoff-Timestamp`.
    pub(crate) timestamp: &'a str,
    /// Header `Signoff-Signature`.
    pub(crate) signature: &'a str,
    /// The request's path.
    pub(crate) path: &'a str,
    /// Its body.
    pub(crate) body: &'a [u8],
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The provider has it.
    Taken,
    /// It never will (D12).
    Refused(String),
    /// Another attempt may do.
    Later {
        /// Why not now.
        reason: String,
        /// What the provider asks for.
        retry_after: Option<Duration>,
    },
}

/// Puts an item into the line of its channel's provider, if that is to be called. Visitors of the chat page have theirs from the
/// page itself.
pub(crate) fn queue(write: &Write<'_>, seq: i64, record: &Record) -> Result<(), Refusal> {
    let view = &record.view;
    write
        .sql
        .prepare_cached(
            "INSERT INTO deliveries (seq, channel_id, conversation_id, due_at)
             SELECT ?1, ch.id, ?2, ?3 FROM channels ch
             WHERE ch.id = ?4 AND ch.webhook_url IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM visitors v WHERE v.channel_id = ch.id AND v.external_id = ?5)",
        )?
        .execute(params![seq, view.id, ms(write.now), view.channel.id, view.customer.external_id])?;
    Ok(())
}
