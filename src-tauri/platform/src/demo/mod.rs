//! The demo workspace: what a first look, a tour and the tests find.
//!
//! [`content`] is what it contains, as data; [`blueprint`] its people and channels, [`fill`] its past, [`traffic`] its
//! present. [`bulk`] makes a workspace of any size for benchmarks.

pub(crate) mod blueprint;
pub(crate) mod bulk;
pub mod content;
pub(crate) mod fill;
pub(crate) mod traffic;
