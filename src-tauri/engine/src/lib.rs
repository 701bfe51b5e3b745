//! The engine of Signoff: everything that has to be right without a window. Knows no Tauri and no server of ours.

mod account;
mod backoff;
pub mod cache;
mod downloads;
mod engine;
pub mod files;
mod first_paint;
mod frame;
pub mod link;
mod notify;
pub mod outbox;
pub mod pictures;
pub mod ports;
pub mod profile;
pub mod remote;
pub mod store;
mod sync;
mod workplace;

pub use engine::{Engine, Start};
pub use frame::Announcements;
