//! First run, sign-in and sign-out.

use signoff_wire::interface::{DemoWorkspace, SignIn, WorkspaceFound};

use super::{Answer, Running};

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn check_workspace(engine: Running<'_>, address: String) -> Answer<WorkspaceFound> {
    engine.check_workspace(&address).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn start_demo(engine: Running<'_>) -> Answer<DemoWorkspace> {
    engine.start_demo().await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn sign_in(engine: Running<'_>, args: SignIn) -> Answer<()> {
    engine.sign_in(args).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn sign_out(engine: Running<'_>) -> Answer<()> {
    engine.sign_out().await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn open_with_passphrase(engine: Running<'_>, passphrase: String) -> Answer<()> {
    engine.open_with_passphrase(passphrase.into()).await
}
