//! The engine of Signoff: everything that has to be right without a window. Knows no Tauri and no server of ours.

pub mod cache;
pub mod outbox;
pub mod ports;
pub mod remote;
pub mod store;
