//! What the commands say to the person who typed them, in one place and one form.
#![expect(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

use std::time::Duration;

/// A part of the work begins.
pub(crate) fn begins(what: &str) {
    println!("\n==> {what}");
}

/// A part of the work is over.
pub(crate) fn done(what: &str, took: Duration) {
    println!("    {what}: done in {}", seconds(took));
}

/// A line of explanation.
pub(crate) fn line(text: &str) {
    println!("    {text}");
}

/// Text as it is.
pub(crate) fn text(text: &str) {
    print!("{text}");
}

/// A line of another program, passed on as it came.
pub(crate) fn relay(line: &str) {
    println!("{line}");
}

/// What went wrong, with its causes.
pub(crate) fn failure(failure: &anyhow::Error) {
    eprintln!("\nxtask: {failure:#}");
}

/// A duration as people read it.
pub(crate) fn seconds(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 90.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min {:02.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}
