//! Signoff's program: reads the command line and hands over.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

use clap::Parser as _;
use signoff_app::cli::Options;

fn main() -> ExitCode {
    signoff_app::run(&Options::parse())
}
