//! The outbox's state machine: every history of a small world of it, and the table in the module's documentation.
//!
//! The world is a client with a disk and a memory, a network that loses, doubles and delays, and a platform that remembers keys for a while.
//! Its client takes each of its moves from the real [`next`](signoff_engine::outbox::machine::next), so what holds in the world holds for
//! the machine; that the running code makes the same moves is shown by walking it beside the machine.

#[path = "../support/mod.rs"]
mod support;

mod check;
mod client;
mod table;
mod walk;
mod world;
