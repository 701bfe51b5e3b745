//! The frame around the views.

use signoff_wire::interface::{Announcement, Code, InboxQuery, Startup};
use tauri::ipc::Channel;
use tauri::{AppHandle, State, WebviewWindow};

use super::{Answer, Running};
use crate::desktop::audience;
use crate::desktop::compact::Compact;

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn ui_ready(
    app: AppHandle,
    window: WebviewWindow,
    engine: Running<'_>,
    compact: State<'_, Compact>,
    inbox: InboxQuery,
    channel: Channel<Announcement>,
) -> Answer<Startup> {
    match compact.conversation_of(window.label()) {
        Some(conversation_id) => engine.compact_ready(conversation_id, audience::beside(channel)).await,
        None => engine.ui_ready(inbox, audience::of(&app, channel)).await,
    }
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) fn report_fault(message: String) {
    let message: String = message.chars().take(500).collect();
    tracing::error!(message, "the interface met a fault");
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn refresh(engine: Running<'_>) -> Answer<()> {
    engine.refresh().await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn try_again(engine: Running<'_>) -> Answer<()> {
    engine.try_again().await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn dismiss_notice(engine: Running<'_>, code: Code) -> Answer<()> {
    engine.dismiss_notice(code).await
}
