//! The log, on standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use super::config::Log;

/// What is logged if nothing else is said.
const DEFAULT: &str = "warn,signoff_platform=info";

/// Starts logging for a command that has no configuration: as `RUST_LOG` says.
pub(super) fn start() {
    let filter = std::env::var("RUST_LOG").ok().filter(|filter| !filter.is_empty());
    start_as(&Log { json: false, filter: filter.as_deref().unwrap_or(DEFAULT) });
}

/// Starts logging as the configuration says.
pub(super) fn start_as(log: &Log<'_>) {
    let filter = EnvFilter::try_new(log.filter).unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let lines = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
    if log.json {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
    } else {
        lines.with_ansi(std::io::stderr().is_terminal()).init();
    }
}
