//! The measuring program behind `cargo xtask bench`, one subcommand per figure.
//!
//! Every figure stands beside its floor: the least that the same machine needs for the same promise, measured in the same run and in
//! turn with ours, since a shared machine is never equally busy twice. What counts is the median of the pairwise ratios.
//!
//! A figure goes to standard output as one line for `xtask` ([`report`]), progress to standard error. Everything is measured from outside
//! or through the engine's public interface: the app has no code for being measured.

#[cfg(target_os = "linux")]
mod clicks;
#[cfg(target_os = "linux")]
mod filled;
#[cfg(target_os = "linux")]
mod first_sync;
#[cfg(target_os = "linux")]
mod floor;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod notification;
#[cfg(target_os = "linux")]
mod options;
#[cfg(target_os = "linux")]
mod outbox;
#[cfg(target_os = "linux")]
mod platform;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod samples;
#[cfg(target_os = "linux")]
mod seat;
#[cfg(target_os = "linux")]
mod starts;
#[cfg(target_os = "linux")]
mod watch;
#[cfg(target_os = "linux")]
mod without_a_desk;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    options::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {}
