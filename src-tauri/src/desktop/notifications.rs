//! Native notifications (R14, D30, D31): worded here, shown by the system, and a click leads to the conversation.
//!
//! What is announced and that it is announced once is the engine's ledger's business. A click can come at any time: while the window
//! is hidden or minimised, or before the interface listens. The handler for clicks is registered before anything is shown, since
//! a notification shown earlier would never report one; the conversation travels in the notification itself.

use std::sync::Arc;

use signoff_engine::Engine;
use signoff_engine::ports::{Notification, Notifier};
use signoff_wire::interface::Loudness;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_notification::{ActionPerformed, NotificationExt as _};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::daemon::Daemon;
use super::language::SpokenLanguage;
use super::{plain_text, window};

/// The key under which a notification carries its conversation.
const CONVERSATION: &str = "conversation_id";

/// The engine's way to the system's notifications. What it is given is shown by a task, in its turn: whoever tells waits for no daemon.
#[derive(Debug)]
pub(crate) struct Notifications {
    to_show: UnboundedSender<Notification>,
}

impl Notifications {
    /// Listens for clicks from now on.
    ///
    /// # Errors
    /// Whatever the notification plugin meets; on the desktop, nothing.
    pub(crate) fn new(app: &AppHandle, language: SpokenLanguage) -> anyhow::Result<Self> {
        let clicked = app.clone();
        app.notification().on_action(move |action| on_click(&clicked, action))?;
        let (to_show, incoming) = mpsc::unbounded_channel();
        tauri::async_runtime::spawn(show_in_turn(app.clone(), language, incoming));
        Ok(Self { to_show })
    }
}

impl Notifier for Notifications {
    fn notify(&self, notification: Notification) {
        if self.to_show.send(notification).is_err() {
            tracing::warn!("nobody shows notifications any more");
        }
    }
}

async fn show_in_turn(app: AppHandle, language: SpokenLanguage, mut incoming: UnboundedReceiver<Notification>) {
    let mut daemon = Daemon::of_the_system();
    // The plugin tells its notifications apart by a number.
    let mut id = 0;
    while let Some(notification) = incoming.recv().await {
        id += 1;
        show(&app, id, &language, notification, daemon.reads_markup().await);
    }
}

fn show(app: &AppHandle, id: i32, language: &SpokenLanguage, notification: Notification, body_is_markup: bool) {
    let Notification { kind, conversation_id, loudness } = notification;
    let (title, body) = language.now().notification(&kind);
    let body = if body_is_markup { plain_text::without_markup(&body) } else { body };

    let mut builder = app.notification().builder().id(id).title(title).body(body);
    if let Some(conversation_id) = &conversation_id {
        builder = builder.extra(CONVERSATION, conversation_id);
    }
    match loudness {
        Loudness::Sound => builder = builder.sound(SOUND),
        Loudness::Silent | Loudness::Off => {}
    }
    match builder.show() {
        Ok(()) => tracing::info!(id, conversation_id, "notification shown"),
        Err(error) => tracing::warn!(id, %error, "a notification was not shown"),
    }
}

fn on_click(app: &AppHandle, action: &ActionPerformed) {
    let Some(notification) = action.notification() else { return };
    let conversation_id = notification.extra().get(CONVERSATION).and_then(|id| id.as_str()).map(str::to_owned);
    tracing::info!(id = notification.id(), conversation_id, "notification clicked");
    // Some daemons leave a clicked notification standing.
    if let Err(error) = app.notification().remove_active(vec![notification.id()]) {
        tracing::warn!(%error, "the notification stays");
    }
    window::show(app);
    if let Some(conversation_id) = conversation_id {
        app.state::<Arc<Engine>>().open_conversation(conversation_id);
    }
}

/// A message that arrives, in the naming of each system.
const SOUND: &str = if cfg!(target_os = "macos") {
    "default"
} else if cfg!(windows) {
    "IM"
} else {
    "message-new-instant"
};
