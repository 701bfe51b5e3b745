//! The settings page *Inbox options*, the audit log, and the passage to everything else that admins ask of the platform (R1, D2).

use signoff_wire::interface::{Administer, Administered, AuditPage, InboxOptionsView, SaveInboxOptions};

use super::{Answer, Running};

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn inbox_options(engine: Running<'_>) -> Answer<InboxOptionsView> {
    engine.inbox_options().await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn save_inbox_options(engine: Running<'_>, args: SaveInboxOptions) -> Answer<InboxOptionsView> {
    engine.save_inbox_options(args).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn audit_log(engine: Running<'_>, after: Option<String>) -> Answer<AuditPage> {
    engine.audit_log(after).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn administer(engine: Running<'_>, args: Administer) -> Answer<Administered> {
    engine.administer(args).await
}
