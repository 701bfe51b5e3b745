//! The window's first paint, which everything else of a start leaves the machine to.
//!
//! What a window paints first comes from the cache. Synchronising, delivering and telling what is due take no part in it, but on a
//! small machine they take the processor away from it: they begin when the window has its first rows. Nobody waits for a window that does
//! not come, or not soon.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

/// From the answer with the first rows to the pixels.
const PAINTING: Duration = Duration::from_millis(150);

/// The first paint of a start.
pub(crate) struct FirstPaint {
    answered: watch::Sender<bool>,
    /// Nobody waits longer than until then.
    latest: Instant,
}

impl FirstPaint {
    /// One that is waited for at most so long from now on.
    pub(crate) fn within(patience: Duration) -> Arc<Self> {
        Arc::new(Self { answered: watch::Sender::new(false), latest: Instant::now() + patience })
    }

    /// The window has what it paints first.
    pub(crate) fn answered(&self) {
        self.answered.send_if_modified(|answered| !std::mem::replace(answered, true));
    }

    /// Waits until it has been painted.
    pub(crate) async fn done(&self) {
        let painted = async {
            let mut answered = self.answered.subscribe();
            // The sender lives as long as this does.
            let _ = answered.wait_for(|answered| *answered).await;
            sleep(PAINTING).await;
        };
        let _ = timeout_at(self.latest, painted).await;
    }
}
