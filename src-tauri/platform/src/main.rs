//! `signoff-platform`: serves a workspace from a folder, and looks after it.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
