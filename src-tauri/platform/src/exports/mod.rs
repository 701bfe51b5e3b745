//! Exports (D51): `actions.csv` of any range while it is downloaded ([`actions`], [`ranged`]), and a zip of a day's data
//! that is made in the background and kept for some days ([`archive`], [`schedule`]).
//!
//! An export is a copy of what is there at the moment at which it is made. Whoever was erased before is in none that is
//! made or continued later.

pub(crate) mod actions;
pub(crate) mod archive;
pub(crate) mod bookmarks;
pub(crate) mod ranged;
pub(crate) mod record;
pub(crate) mod schedule;
mod tables;
