//! The types that two sides agree on, and no logic.
//!
//! [`contract`] is the HTTP contract between the desktop app and a platform, [`interface`] what the app's window and its engine
//! say to each other. The second uses the first wherever it speaks of the same thing.

pub mod contract;
pub mod interface;
