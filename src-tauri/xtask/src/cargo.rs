//! Calls of cargo.
//!
//! Every one selects the whole workspace: cargo unifies features over what is selected, and with one selection everywhere Tauri and
//! its four hundred dependencies are compiled once.

use std::process::Command;

use crate::workspace;

/// `cargo SUBCOMMAND --workspace`.
pub(crate) fn whole_workspace(subcommand: &str) -> Command {
    let mut command = plain(subcommand);
    command.arg("--workspace");
    command
}

/// `cargo SUBCOMMAND` in the root folder.
pub(crate) fn plain(subcommand: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace::root()).arg(subcommand);
    command
}
