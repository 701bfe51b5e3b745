//! The person's own preferences on this machine.

use signoff_wire::interface::Preferences;

use super::{Answer, Running};

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn preferences(engine: Running<'_>) -> Answer<Preferences> {
    engine.preferences().await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn set_preferences(engine: Running<'_>, args: Preferences) -> Answer<Preferences> {
    engine.set_preferences(args).await
}
