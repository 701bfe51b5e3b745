//! Scripts in French, by subject.

mod account;
mod delivery;
mod money;
mod returns;
mod workshop;

use super::Script;

/// The subjects.
pub(super) const SUBJECTS: &[&[Script]] =
    &[delivery::SCRIPTS, returns::SCRIPTS, money::SCRIPTS, workshop::SCRIPTS, account::SCRIPTS];
