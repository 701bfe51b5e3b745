//! The types that two sides agree on, and no logic.
//!
//! [`contract`] is the HTTP contract between the desktop app and a platform.

pub mod contract;
