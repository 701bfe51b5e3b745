//! The HTTP contract between the desktop app and a platform, as types.
//!
//! One module per subject. The platform serialises these, the engine reads them, the OpenAPI document is generated from
//! them, and those that the interface shows are exported to TypeScript. Two habits hold everywhere:
//!
//! - Times are RFC 3339 in UTC with exactly three decimals ([`millis`]), so that texts compare like times.
//! - Closed vocabularies that may grow (codes, event types, action types) keep what they do not know in an `Other`
//!   variant: an older app must go on working beside a newer platform.

pub mod access;
pub mod actions;
pub mod analytics;
pub mod audit;
pub mod canned;
pub mod channel_settings;
pub mod channels;
pub mod chat;
pub mod conversations;
pub mod customers;
pub mod directory;
pub mod events;
pub mod exports;
pub mod health;
pub mod millis;
mod open_enum;
pub mod pages;
pub mod people;
pub mod problems;
pub mod receipts;
pub mod requests;
pub mod routing;
pub mod satisfaction;
pub mod scenarios;
pub mod second_factor;
pub mod sessions;
pub mod settings;
pub mod single_sign_on;
pub mod surveys;
pub mod sync;
pub mod tags;
pub mod timeline;
pub mod webhooks;
pub mod widget;
pub mod workspace;
