//! One conversation: what is shown of it (D41), and what the advisor does in it (D42).

use signoff_wire::interface::{
    CloseOutcome, ConversationView, Draft, Picture, PictureQuery, QueueEntry, SendAndClose, SendReply, TimelinePage,
    TimelineQuery,
};
use tauri::{State, WebviewWindow};

use super::{Answer, Running};
use crate::desktop::compact;
use crate::desktop::confirm::Confirmation;
use crate::desktop::language::SpokenLanguage;

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn conversation(engine: Running<'_>, conversation_id: String) -> Answer<ConversationView> {
    engine.conversation(&conversation_id).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn mark_seen(engine: Running<'_>, conversation_id: String) -> Answer<()> {
    engine.mark_seen(&conversation_id).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn typing(engine: Running<'_>, conversation_id: String) -> Answer<()> {
    engine.typing(&conversation_id).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn timeline(engine: Running<'_>, args: TimelineQuery) -> Answer<TimelinePage> {
    engine.timeline(args).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn picture(engine: Running<'_>, args: PictureQuery) -> Answer<Picture> {
    engine.picture(args).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn save_draft(engine: Running<'_>, args: Draft) -> Answer<()> {
    engine.save_draft(args).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn send_reply(window: WebviewWindow, engine: Running<'_>, args: SendReply) -> Answer<QueueEntry> {
    engine.send_reply_from(compact::origin_of(&window), args).await
}

/// Asks first (R5, D3); a no leaves everything as it was, the draft included. In a compact window the question whether the conversation goes
/// on was that confirmation (R12).
#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn send_and_close(
    window: WebviewWindow,
    engine: Running<'_>,
    confirmation: State<'_, Confirmation>,
    language: State<'_, SpokenLanguage>,
    args: SendAndClose,
) -> Answer<CloseOutcome> {
    let origin = compact::origin_of(&window);
    let question = engine.close_question(&args).await?;
    if origin.is_console() && !confirmation.ask(language.now().close_question(&question)).await {
        return Ok(CloseOutcome::Cancelled);
    }
    let entry = engine.send_and_close_from(origin, args).await?;
    Ok(CloseOutcome::Queued { entry: Box::new(entry) })
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn archive(engine: Running<'_>, conversation_id: String) -> Answer<QueueEntry> {
    engine.archive(&conversation_id).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn assign(engine: Running<'_>, conversation_id: String) -> Answer<QueueEntry> {
    engine.assign(&conversation_id).await
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn release(engine: Running<'_>, conversation_id: String) -> Answer<QueueEntry> {
    engine.release(&conversation_id).await
}
