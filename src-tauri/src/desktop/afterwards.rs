//! What can wait until the window has been drawn for the first time.

use std::sync::Arc;
use std::time::Duration;

use signoff_engine::Engine;
use tauri::{AppHandle, Manager as _};

use super::language::SpokenLanguage;
use super::{network, power, tray};

/// From showing the window to drawing the tray, which takes the thread that draws the window.
const DRAWN: Duration = Duration::from_secs(2);

/// Runs as long as the program.
pub(crate) async fn run(app: AppHandle) {
    #[cfg(unix)]
    tauri::async_runtime::spawn(super::quit::on_signal(app.clone()));

    tokio::time::sleep(DRAWN).await;
    let drawing = app.clone();
    let drawn = app.run_on_main_thread(move || tray::put_up(&drawing, drawing.state::<SpokenLanguage>().now()));
    if let Err(error) = drawn {
        tracing::warn!(%error, "no tray");
    }

    let engine = Arc::clone(&app.state::<Arc<Engine>>());
    tokio::join!(network::watch(|| engine.wake()), power::watch(|| engine.wake()));
}
