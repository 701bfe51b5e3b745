//! What systemd is told (`Type=notify`): when it serves, that it stops, and with `WatchdogSec=` that writes still come through.
//! Without systemd nobody listens.

use signoff_platform::Running;

#[cfg(target_os = "linux")]
pub(super) use systemd::{ready, stopping, watch};

#[cfg(target_os = "linux")]
mod systemd {
    use sd_notify::NotifyState;

    use super::Running;

    pub(in super::super) fn ready() {
        tell(NotifyState::Ready);
    }

    pub(in super::super) fn stopping() {
        tell(NotifyState::Stopping);
    }

    /// Tells the watchdog twice in its time that a write came through. Never ends: a server that does not write any more is
    /// for systemd to end.
    pub(in super::super) async fn watch(running: &Running) {
        let Some(within) = sd_notify::watchdog_enabled() else { return std::future::pending().await };
        let mut turn = tokio::time::interval(within / 2);
        loop {
            turn.tick().await;
            if running.is_alive().await {
                tell(NotifyState::Watchdog);
            } else {
                tracing::error!("no write comes through; the watchdog is not told that all is well");
            }
        }
    }

    fn tell(state: NotifyState<'_>) {
        if let Err(error) = sd_notify::notify(&[state]) {
            tracing::warn!(%error, "cannot tell systemd");
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn ready() {}

#[cfg(not(target_os = "linux"))]
pub(super) fn stopping() {}

#[cfg(not(target_os = "linux"))]
pub(super) async fn watch(_: &Running) {
    std::future::pending().await
}
