//! Saving files from the platform: the place is asked for in the system's own dialog and never reaches the interface.

use signoff_wire::interface::{Download, SaveFile};
use tauri::{AppHandle, State};

use super::{Answer, Running};
use crate::desktop::folder;
use crate::desktop::language::SpokenLanguage;
use crate::desktop::save_dialog;

/// Asks for the place, then begins. Nothing, if the person cancelled.
#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn save_file(
    app: AppHandle,
    engine: Running<'_>,
    language: State<'_, SpokenLanguage>,
    args: SaveFile,
) -> Answer<Option<Download>> {
    engine.require_savable(&args.path)?;
    match save_dialog::ask(&app, language.now(), &args.name).await {
        Some(place) => engine.save_file(&args.path, place).await.map(Some),
        None => Ok(None),
    }
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) fn downloads(engine: Running<'_>) -> Answer<Vec<Download>> {
    Ok(engine.downloads())
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) fn cancel_download(engine: Running<'_>, download_id: &str) -> Answer<()> {
    engine.cancel_download(download_id)
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) fn resume_download(engine: Running<'_>, download_id: &str) -> Answer<()> {
    engine.resume_download(download_id)
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) fn show_download(engine: Running<'_>, download_id: &str) -> Answer<()> {
    let place = engine.download_place(download_id)?;
    // A file manager that is just starting takes its time, and nobody waits for it.
    tauri::async_runtime::spawn_blocking(move || folder::show(&place));
    Ok(())
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) fn forget_download(engine: Running<'_>, download_id: &str) -> Answer<()> {
    engine.forget_download(download_id)
}
