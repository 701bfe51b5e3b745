//! The edges of the engine, tested from outside: the way to a platform, the profile, sign-in, synchronisation and notifications.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod bad_servers;
mod desk;
mod profiles;
mod scripted;
