//! Signoff.

pub mod demo;
