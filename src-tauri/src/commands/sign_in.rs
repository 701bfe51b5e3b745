//! First run, sign-in and sign-out.

use signoff_wire::contract::second_factor::Enrolment;
use signoff_wire::interface::{DemoWorkspace, SignIn, SignInOutcome, WorkspaceFound};

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
pub(crate) async fn sign_in(engine: Running<'_>, args: SignIn) -> Answer<SignInOutcome> {
    engine.sign_in(args).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn second_step(engine: Running<'_>, code: String) -> Answer<SignInOutcome> {
    engine.second_step(code.into()).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn enrol_second_factor(engine: Running<'_>) -> Answer<Enrolment> {
    engine.enrol_second_factor().await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn sign_out(engine: Running<'_>) -> Answer<()> {
    engine.sign_out().await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn open_with_passphrase(engine: Running<'_>, passphrase: String) -> Answer<()> {
    engine.open_with_passphrase(passphrase.into()).await
}
