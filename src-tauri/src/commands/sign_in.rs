//! First run, sign-in and sign-out.

use signoff_wire::contract::second_factor::Enrolment;
use signoff_wire::contract::single_sign_on::SignInWays;
use signoff_wire::interface::{Code, DemoWorkspace, Failure, SignIn, SignInOutcome, WorkspaceFound};

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
pub(crate) async fn sign_in_ways(engine: Running<'_>, address: Option<String>) -> Answer<SignInWays> {
    engine.sign_in_ways(address.as_deref()).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn begin_single_sign_on(engine: Running<'_>, address: Option<String>) -> Answer<()> {
    let url = engine.begin_single_sign_on(address.as_deref()).await?;
    open::that_detached(url.as_str()).map_err(|error| {
        engine.cancel_single_sign_on();
        tracing::warn!(%error, "the system opens no browser");
        let problem = Some("browser-missing".to_owned());
        Failure { problem, ..Failure::new(Code::RefusedOtherwise).with_detail(error.to_string()) }
    })
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn finish_single_sign_on(engine: Running<'_>) -> Answer<SignInOutcome> {
    engine.finish_single_sign_on().await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn cancel_single_sign_on(engine: Running<'_>) -> Answer<()> {
    engine.cancel_single_sign_on();
    Ok(())
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn sign_out(engine: Running<'_>) -> Answer<()> {
    engine.sign_out().await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn open_with_passphrase(engine: Running<'_>, passphrase: String) -> Answer<()> {
    engine.open_with_passphrase(passphrase.into()).await
}
