//! What every parser that meets the network makes of anything.
//!
//! A target takes bytes, from whatever makes them up, and panics if a promise is broken. `tests/targets.rs` feeds them seeds that once
//! mattered and bytes by chance, in every run of the tests; `fuzz/` feeds them to libFuzzer, which looks for new paths by itself. Nothing is
//! reached past the public interfaces: the platform is asked through its routes, and answered by a provider and a shop on this machine; the
//! engine is answered through its carrier. Which routes there are, and what they read, is what the platform's own OpenAPI document says, so
//! that a new route is a target as soon as it is described.

#![expect(clippy::expect_used, clippy::panic, reason = "a target says by panicking that a promise is broken")]

mod answers;
mod bytes;
mod calls;
mod elsewhere;
mod files;
mod json;
mod requests;
mod single_sign_on;
mod workspace;

pub use answers::{answer, stream};
pub use calls::Calls;
pub use files::Files;
pub use requests::Platform;
pub use single_sign_on::SingleSignOn;
