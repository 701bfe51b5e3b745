//! The tour: the main job of Signoff, done by the real app on a virtual display, one line and one screenshot per step.
//!
//! It is what `cargo xtask run` does where nobody could see a window, and a smoke test for whoever packages Signoff. The steps say what was
//! checked, not what was attempted; the first that fails ends the tour with status 1.
#![cfg_attr(target_os = "linux", expect(clippy::print_stdout, reason = "the tour talks to a person at a terminal"))]

#[cfg(target_os = "linux")]
mod guide;
#[cfg(target_os = "linux")]
mod story;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    match guide::Guide::new().and_then(|mut guide| story::tell(&mut guide).map(|()| guide)) {
        Ok(guide) => {
            println!("\nThe tour is over; its screenshots are in {}", guide.album().display());
            std::process::ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("\nThe tour stopped: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The tour's virtual desk is made of Linux programs; here, `cargo xtask run` opens the window itself.");
}
