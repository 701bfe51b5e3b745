//! The command line: one file per command.
//!
//! Standard output is for what scripts read (the line that says where it listens, what was asked for); everything else goes to
//! standard error. Every failure is one sentence that says what to do.

mod audit;
mod backup;
mod config;
mod customer;
mod fill;
mod logging;
mod migrate;
mod ready;
mod restore;
mod serve;
mod signals;
mod supervisor;
mod user;

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};

/// The server that holds a Signoff workspace.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the workspace of a folder until SIGTERM or Ctrl+C.
    Serve(serve::Serve),
    /// Write a backup of a workspace into a new file, also while it is served.
    Backup(backup::Backup),
    /// Put a backup into a folder without a workspace.
    Restore(restore::Restore),
    /// Bring a workspace that is not served up to this version, after a backup; or only say whether that is needed.
    Migrate(migrate::Migrate),
    /// Find, hand out or erase what is held on a customer; also while the workspace is served.
    #[command(subcommand)]
    Customer(customer::Customer),
    /// Ask the platform that this configuration starts whether it is ready; for health checks.
    Ready(ready::Ready),
    /// The people of a workspace.
    #[command(subcommand)]
    User(user::User),
    /// The audit log of a workspace.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Fill an empty folder with the demo's people and a great many conversations, for benchmarks.
    #[command(hide = true)]
    Fill(fill::Fill),
}

/// Does what the command line asks for.
pub(crate) fn run() -> ExitCode {
    keep_to_oneself();
    match carry_out(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "signoff-platform: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whatever the program writes holds customers' words or secrets: nobody reads it but its own user, whatever the shell's habit is.
fn keep_to_oneself() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

fn carry_out(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if !matches!(command, Command::Serve(_)) {
        logging::start();
    }
    let done = match command {
        Command::Serve(serve) => runtime.block_on(serve.run()),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Migrate(migrate) => return runtime.block_on(migrate.run()),
        Command::Ready(ready) => ready.run(),
        Command::Customer(customer) => runtime.block_on(customer.run()),
        Command::Config(config) => return config.run(),
        Command::User(command) => runtime.block_on(user::run(command)),
        Command::Audit(command) => audit::run(command),
        Command::Fill(fill) => runtime.block_on(fill.run()),
    };
    // A backup that is being written does not hold up a stop: what is unfinished bears no name.
    runtime.shutdown_background();
    done.map(|()| ExitCode::SUCCESS)
}

/// Prints a line of a command's answer.
fn say(line: impl std::fmt::Display) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
