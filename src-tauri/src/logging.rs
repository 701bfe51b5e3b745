//! The log: one file a day in the profile, the last seven kept.
//!
//! It holds ids and codes, never customers' or advisors' text and never a token (STYLE, "Logs"). That is why only our own crates write
//! into it by default, and why a panic leaves its place and not its message: a slice out of bounds would quote the text.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// What is written unless `SIGNOFF_LOG` says otherwise.
const FILTER: &str = "error,signoff_app=info,signoff_engine=info,signoff_platform=warn";

/// Writes the log into `folder` until the answer is dropped. Without a folder that can be written there is no log, and the
/// window will say why.
pub(crate) fn start(folder: &Path) -> Option<WorkerGuard> {
    let on_the_terminal = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        tracing::error!(place, "panicked");
        if cfg!(debug_assertions) {
            on_the_terminal(panic);
        }
    }));

    // Looking for files to remove, the appender complains on the terminal about a folder that is not there yet.
    let folder = folder.join("logs");
    std::fs::create_dir_all(&folder).ok()?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("signoff")
        .filename_suffix("log")
        .max_log_files(7)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let filter = EnvFilter::try_from_env("SIGNOFF_LOG").unwrap_or_else(|_| EnvFilter::new(FILTER));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer).try_init().ok()?;
    Some(guard)
}
