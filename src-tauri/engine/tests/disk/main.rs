//! A disk that fails, at every single operation: the click answers with an error and its text stays where it was typed, or it is durable, and
//! nothing between (D21, D23).
//!
//! SQLite's own way to the disk is replaced by one that counts what is asked of it, fails when a test says so, and remembers what was
//! really flushed, so that the power can be cut.

#[path = "../support/mod.rs"]
mod support;

mod clicks;
mod desk;
mod files;
mod power;
mod starts;
mod vfs;
