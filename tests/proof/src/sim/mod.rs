//! A world on one thread: the real engine, the real platform, and everything between and around them that can fail.
//!
//! - [`world`]: time. Tokio's, paused; wall clocks of both sides on top of it, each with an error of its own that jumps.
//! - [`fuse`]: death. Each process has one; it blows at a chosen commit or network edge, and from then on nothing of that process reaches the
//!   disk or anybody.
//! - [`network`]: what carries requests: loses, delays, doubles, cuts, invents answers.
//! - [`weather`]: how bad it is, by seed.
//! - [`platform`], [`client`]: the two processes, their folders, their starts and ends.
//! - [`history`]: one seed from its beginning to the oracle's judgement.
//! - [`trace`]: what happened, in a line each, and a hash of it: the same seed has the same.
//!
//! Nothing here may ask for the machine's time or chance, and nothing may run on another thread: then a seed would not be a history.

pub mod client;
pub mod fuse;
pub mod history;
pub mod network;
pub mod platform;
pub mod trace;
pub mod weather;
pub mod world;
