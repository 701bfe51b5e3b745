//! The promise, held against everything that can go wrong: a click is never lost, never doubled, never out of order and never half-done
//! (SPEC D4 to D8, D15, D20 to D25).
//!
//! Four parts, of which the first two know nothing of simulation and judge real processes as well:
//!
//! - [`actors`] do what people do, by chance: an advisor at a [`desk::Desk`], customers, colleagues and admins at the platform's
//!   [`api::Api`]. What they did and what they were answered goes into the [`journal`].
//! - [`oracle`] knows the rules and nothing of the engine: from the journal, from what the platform says over its public API
//!   ([`view`]), and from what the advisor's screen shows it finds what was lost, doubled, out of order, half-done or not told.
//! - [`sim`] is a world on one thread: the real engine and the real platform, a network, clocks, disks and processes that fail at any point.
//!   Every decision in it comes from one seed, so a seed is a whole history and replays exactly. In a second world a vendor stands in the
//!   platform's place that takes actions in steps and knows no keys (DESIGN, outbox 10).
//! - [`chaos`] is the same with real processes, which the operating system kills, real files, and a real network of faults.
//!
//! ```text
//!  actors ──clicks──▶ Desk (engine) ──▶ network of faults ──▶ platform ◀──Api── actors
//!     │                    │                                      │
//!     └────▶ journal       └────▶ screen                view ◀────┘
//!                └──────────────────┴────▶ oracle ◀──────┘
//! ```
//!
//! `cargo xtask simulate [--world own|steps] --seeds N [--seed S] [--trace]` runs it; `tests/seeds.rs` runs some hundred seeds with every
//! `cargo xtask test`.

pub mod actors;
pub mod api;
pub mod chaos;
pub mod desk;
pub mod dice;
pub mod journal;
pub mod oracle;
pub mod sim;
pub mod view;
