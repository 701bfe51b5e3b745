//! The outbox as the advisor sees it (D15, D23, D24).

use signoff_wire::interface::{Choice, Choose, Chosen, QueueEntry};
use tauri::{State, WebviewWindow};

use super::{Answer, Running};
use crate::desktop::compact;
use crate::desktop::confirm::Confirmation;
use crate::desktop::language::SpokenLanguage;

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn queue(engine: Running<'_>) -> Answer<Vec<QueueEntry>> {
    engine.queue().await
}

/// Closing all the same, having seen the new message (D6), is confirmed again like the first time (R5): a compact window has asked (R12).
#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn choose(
    window: WebviewWindow,
    engine: Running<'_>,
    confirmation: State<'_, Confirmation>,
    language: State<'_, SpokenLanguage>,
    args: Choose,
) -> Answer<Chosen> {
    if args.choice == Choice::ConfirmAgain && compact::origin_of(&window).is_console() {
        let question = engine.confirm_question(&args.entry_id).await?;
        if !confirmation.ask(language.now().close_question(&question)).await {
            return Ok(Chosen::Cancelled);
        }
    }
    engine.choose(args).await
}
