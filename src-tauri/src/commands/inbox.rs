//! The list of conversations (D40).

use signoff_wire::interface::{InboxPage, InboxQuery};

use super::{Answer, Running};

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn inbox(engine: Running<'_>, args: InboxQuery) -> Answer<InboxPage> {
    engine.inbox(args).await
}
