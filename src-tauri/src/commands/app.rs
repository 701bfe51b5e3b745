//! The frame around the views.

use signoff_wire::interface::{Announcement, Code, InboxQuery, Startup};
use tauri::AppHandle;
use tauri::ipc::Channel;

use super::{Answer, Running};
use crate::desktop::audience;

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn ui_ready(
    app: AppHandle,
    engine: Running<'_>,
    inbox: InboxQuery,
    channel: Channel<Announcement>,
) -> Answer<Startup> {
    engine.ui_ready(inbox, audience::of(&app, channel)).await
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
