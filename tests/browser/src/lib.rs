//! A real Chromium, for the pages that the platform serves to customers and to other companies' systems.
//!
//! Every [`Browser`] is a process with a profile of its own, gone when it is dropped; a second one is a second person. A [`Site`] serves
//! somebody else's page on another origin. What is expected is waited for, never slept for; a journey that fails leaves a screenshot, the
//! page and the console behind. Platform processes come from `signoff-desk`.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! use signoff_browser::{Device, Site, journey};
//! journey("a page greets", |stage| {
//!     let site = Site::start([("/", "<h1>Hello</h1>")])?;
//!     let browser = stage.browser(Device::desktop())?;
//!     browser.open(&site.url("shop.test", "/"))?;
//!     browser.wait_for("h1")
//! })
//! # }
//! ```
#![cfg(target_os = "linux")]

mod browser;
mod site;
mod stage;

pub use browser::{Browser, Device};
pub use signoff_desk::{Customer, PASSWORD, Platform, PlatformOptions, Session, until};
pub use site::Site;
pub use stage::{Stage, journey};
