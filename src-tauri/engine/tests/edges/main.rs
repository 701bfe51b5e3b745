//! The edges of the engine, tested from outside: the way to a platform, the profile, sign-in, synchronisation and notifications.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod bad_disks;
mod bad_servers;
mod company;
mod desk;
mod files;
mod first_paint;
mod fixtures;
mod meddling;
mod notifying;
mod pictures;
mod profiles;
mod saving;
mod scripted;
mod settings;
mod signing_in;
mod synchronising;
mod through_a_browser;
mod upgrades;
