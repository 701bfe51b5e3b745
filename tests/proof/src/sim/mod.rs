//! A world on one thread: the real engine, a platform, and everything between and around them that can fail. There are two of them: in one
//! stands our own platform, the real one; in the other a vendor's that takes actions in steps and knows no keys.
//!
//! - [`world`]: time. Tokio's, paused; wall clocks of both sides on top of it, each with an error of its own that jumps.
//! - [`fuse`]: death. Each process has one; it blows at a chosen commit or network edge, and from then on nothing of that process reaches the
//!   disk or anybody.
//! - [`network`]: what carries requests: loses, delays, doubles, cuts, invents answers.
//! - [`weather`]: how bad it is, by seed.
//! - [`platform`], [`client`]: the two processes, their folders, their starts and ends.
//! - [`vendor`]: the other platform, and the line that leads to it.
//! - [`counterpart`]: what a history needs to know of either.
//! - [`history`]: one seed from its beginning to the oracle's judgement.
//! - [`trace`]: what happened, in a line each, and a hash of it: the same seed has the same.
//!
//! Nothing here may ask for the machine's time or chance, and nothing may run on another thread: then a seed would not be a history.

pub mod client;
pub mod counterpart;
pub mod fuse;
pub mod history;
pub mod network;
pub mod platform;
pub mod trace;
pub mod vendor;
pub mod weather;
pub mod world;
