//! Waiting for something to become true, with a deadline and a sentence for when it does not.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// How long anything on the desk may take before it counts as not happening. Generous: two cores may be compiling beside it.
pub const PATIENCE: Duration = Duration::from_secs(30);

const LOOK_EVERY: Duration = Duration::from_millis(40);

/// Looks until `look` finds something.
///
/// # Errors
/// After [`PATIENCE`], naming `what` and the last error of `look`.
pub fn until<T>(what: &str, look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    until_within(PATIENCE, what, look)
}

/// Looks until `look` finds something, for as long as `patience`.
///
/// # Errors
/// After `patience`, naming `what` and the last error of `look`.
pub fn until_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + patience;
    loop {
        let seen = look();
        match seen {
            Ok(Some(found)) => return Ok(found),
            Ok(None) if Instant::now() >= deadline => bail!("waited {patience:?} in vain for {what}"),
            Err(error) if Instant::now() >= deadline => {
                return Err(error.context(format!("waited {patience:?} in vain for {what}")));
            }
            Ok(None) | Err(_) => std::thread::sleep(LOOK_EVERY),
        }
    }
}
