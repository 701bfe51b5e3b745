//! The customer's chat page: who its visitors are, what they see and what they write.
//!
//! A visitor is whoever has the token that the platform gave out; it opens nothing but that visitor's own conversations on that
//! one channel. To everybody else in the platform a visitor is a customer like any other: messages come in by the same door as
//! every channel's ([`crate::channels::inbound`]), and everything that follows is the same.

pub(crate) mod seen;
pub(crate) mod stream;
pub(crate) mod switchboard;
pub(crate) mod thread;
pub(crate) mod visitors;
