//! Forgetting what customers wrote and who they are, and keeping the figures.
//!
//! Two occasions: a conversation has been closed for so long that its texts are not kept any more ([`retention`]), or a
//! customer asks for the erasure of everything held on them ([`customer`]). What goes is what was said and by whom; what stays is
//! that something was done, when, where and by which colleague: the actions, from which every figure is computed, keep
//! their rows, and a customer's id in them leads to nobody any more.
//!
//! SQLite overwrites what is deleted (`secure_delete`), and [`Store::fold`](crate::store::Store::fold) empties the write-ahead
//! log after an erasure, so that the words are not in the files any more either. Backups keep them until they are
//! deleted; docs/operating.md says so.

pub(crate) mod customer;
pub(crate) mod held;
pub mod operator;
pub(crate) mod retention;
pub(crate) mod texts;
