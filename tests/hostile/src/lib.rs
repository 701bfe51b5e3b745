//! What every parser that meets the network makes of anything.
//!
//! A target takes bytes, from whatever makes them up, and panics if a promise is broken. `tests/targets.rs` feeds them seeds that once
//! mattered and bytes by chance, in every run of the tests; `fuzz/` feeds them to libFuzzer, which looks for new paths by itself. Nothing is
//! reached past the public interfaces: the platform is asked through its routes, and answered by a provider and a shop on this machine; the
//! engine is answered through its carrier. Which routes there are, and what they read, is what the platform's own OpenAPI document says, so
//! that a new route is a target as soon as it is described.
//!
//! Where bytes of somebody else are read, and what meets them there:
//!
//! | read by | what | target |
//! |---|---|---|
//! | platform, routes | path, query, headers, JSON bodies, forms; whatever the OpenAPI document describes | `requests` |
//! | platform, serving | the head of a request on a connection; `Forwarded`, `X-Forwarded-For`, `traceparent`, `X-Request-Id` | `heads` |
//! | platform, uploads | files of advisors, channels and visitors, and their names | `files` |
//! | platform, webhooks | what a provider says: time, signature, body, files in it | `webhooks` |
//! | platform, courier | what a provider answers: status, `Retry-After`, reason | `deliveries` |
//! | platform, scenarios | what other systems answer to HTTP calls | `calls` |
//! | platform, sign-in | an identity provider's documents, keys, tokens, and its callback | `single_sign_on` |
//! | engine, client | every answer of a platform, files included | `answers` |
//! | engine, client | the stream of events | `streams` |
//! | engine, pictures | PNG, JPEG, GIF, WebP from customers | `pictures` |
//! | engine, sign-in | what comes to the port of the loopback | `visits` |
//! | app | `signoff://` links | `links` |
//!
//! Without a target, since they are others' and read by theirs: TLS and HTTP framing (rustls, native-tls, hyper), names (the resolver). What
//! the window says to the engine comes from our own pages and is held by the types of the interface.

#![expect(clippy::expect_used, clippy::panic, reason = "a target says by panicking that a promise is broken")]

mod answers;
mod bytes;
mod calls;
mod elsewhere;
mod files;
mod heads;
mod json;
mod links;
mod pictures;
mod provider;
mod requests;
mod single_sign_on;
mod visits;
mod workspace;

pub use answers::{answer, stream};
pub use calls::Calls;
pub use files::Files;
pub use heads::Heads;
pub use links::link;
pub use pictures::picture;
pub use provider::Provider;
pub use requests::Platform;
pub use single_sign_on::SingleSignOn;
pub use visits::Visits;
