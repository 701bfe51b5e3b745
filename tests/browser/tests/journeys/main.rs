//! The platform's pages in a real Chromium: what customers and other companies' people see of Signoff.
//!
//! Every journey has browsers and a platform process of its own; what became of a click is read from the platform. `cargo xtask e2e` builds
//! what is needed and runs them.
#![cfg(target_os = "linux")]

mod harness;
