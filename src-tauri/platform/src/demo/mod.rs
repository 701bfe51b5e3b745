//! The demo workspace: what a first look, a tour and the tests find.

pub mod content;
