//! Notifications: each event once, ever (R14, D30, D31).
//!
//! What a person is to be told of is written into the ledger in the transaction of the change that causes it: there is no moment at
//! which a crash knows the change and not the notification. After the commit it is shown, and only then marked as told. A crash in the
//! few milliseconds between the two names the event once more, in the summary of the next start; the other order would lose it, and a
//! customer who came back would wait for somebody who never heard.
//!
//! An event that is heard of again, through another connection, after a reset or from an older sequence, meets its own row and
//! changes nothing.

mod ledger;
mod rules;
mod teller;

pub(crate) use ledger::{erase, record};
pub(crate) use rules::{Person, needs_attention, occasions, of_snapshot};
pub(crate) use teller::Teller;
