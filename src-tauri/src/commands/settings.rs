//! The settings page *Inbox options* and the audit log, for admins (R1, D2).

use signoff_wire::interface::{AuditPage, InboxOptionsView, SaveInboxOptions};

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
