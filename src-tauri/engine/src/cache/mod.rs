//! The cache: what the platform has said, kept so that it can be read, searched and answered with no network (D20).
//!
//! - **Truth and what is shown are kept apart.** A conversation's row holds what the platform said last, changed by nothing else. Beside
//!   it stands what is shown: the truth with the outbox's pending intents replayed over it. One function derives the latter from the
//!   former ([`overlay`]), called by whatever changes either, in the same transaction. So a snapshot can never overwrite what is
//!   pending, and nothing has to be undone when an intent is (DESIGN, outbox 8).
//! - **Applying is idempotent and forgives order.** Conversations carry versions: what is not newer is ignored. The own key seen on
//!   an entry acknowledges the outbox's entry, whichever way it came (DESIGN, outbox 4).
//! - **Search** has one document per conversation, because a conversation is what a search finds.
//!
//! Functions that write take the transaction they are part of: [`Store::write`](crate::store::Store::write) gives one.

mod apply;
pub(crate) mod columns;
mod conversations;
mod directory;
mod drafts;
mod entries;
mod error;
pub mod facts;
pub mod overlay;
pub(crate) mod pictures;
mod search;
pub mod views;

pub use apply::{
    Applied, apply_change, apply_snapshot_page, begin_snapshot, clear, conversation_exists, finish_snapshot,
    put_timeline_page,
};
pub use conversations::put_survey_preview;
pub use directory::put_directory;
pub use drafts::{Saved, put_back, save_draft};
pub(crate) use drafts::{any as has_drafts, sent as sent_from_draft};
pub use error::CacheError;
pub use views::mark_seen;

pub(crate) use conversations::standing;
pub(crate) use entries::customer_messages_after;
