//! Asking in the operating system's own dialog (R5, D3): before closing, and before leaving with a queue.
//!
//! The default button is Cancel, and so are Escape and closing the dialog: nothing that a hurried key press does closes a conversation. One
//! question at a time: a second click while a dialog is open opens no second one and counts as no.

use async_trait::async_trait;
use tauri::AppHandle;
use tokio::sync::Mutex;

use super::words::Question;

/// The system's dialog.
#[async_trait]
pub(crate) trait Dialog: Send + Sync {
    /// Asks, and answers `true` only if the confirming button was pressed.
    async fn ask(&self, question: Question) -> bool;
}

/// One question at a time.
pub(crate) struct Confirmation {
    dialog: Box<dyn Dialog>,
    open: Mutex<()>,
}

impl Confirmation {
    /// Questions in this system's dialogs.
    pub(crate) fn of_the_system(app: &AppHandle) -> Self {
        Self::new(system::SystemDialog { app: app.clone() })
    }

    fn new(dialog: impl Dialog + 'static) -> Self {
        Self { dialog: Box::new(dialog), open: Mutex::new(()) }
    }

    /// Asks, unless a question is open already.
    pub(crate) async fn ask(&self, question: Question) -> bool {
        let Ok(_open) = self.open.try_lock() else {
            tracing::info!("a dialog is open already");
            return false;
        };
        self.dialog.ask(question).await
    }
}

#[cfg(target_os = "linux")]
mod system {
    //! GTK's message dialog. The facades over it give neither a default button nor a parent.

    use std::cell::Cell;

    use async_trait::async_trait;
    use gtk::prelude::{DialogExt as _, GtkWindowExt as _, WidgetExt as _};
    use tauri::AppHandle;
    use tokio::sync::oneshot;

    use crate::desktop::window;
    use crate::desktop::words::Question;

    pub(super) struct SystemDialog {
        pub(super) app: AppHandle,
    }

    #[async_trait]
    impl super::Dialog for SystemDialog {
        async fn ask(&self, question: Question) -> bool {
            let (answer, answered) = oneshot::channel();
            let asking = self.app.clone();
            let shown = self.app.run_on_main_thread(move || show(&asking, &question, answer));
            if let Err(error) = shown {
                tracing::error!(%error, "no dialog could be shown");
                return false;
            }
            // Dropped without an answer, with the program on its way out, means no.
            answered.await.unwrap_or(false)
        }
    }

    fn show(app: &AppHandle, question: &Question, answer: oneshot::Sender<bool>) {
        let parent = window::main(app)
            .filter(|window| window.is_visible().unwrap_or(false))
            .and_then(|window| window.gtk_window().ok());
        // `text` and `secondary_text` are properties of plain text; GTK reads markup in them only when `use-markup` is set.
        let dialog = gtk::MessageDialog::builder()
            .title("Signoff")
            .modal(true)
            .destroy_with_parent(true)
            .window_position(gtk::WindowPosition::CenterOnParent)
            .message_type(gtk::MessageType::Question)
            .text(&question.heading)
            .secondary_text(&question.body)
            .build();
        dialog.set_transient_for(parent.as_ref());
        dialog.add_button(question.cancel, gtk::ResponseType::Cancel);
        dialog.add_button(question.confirm, gtk::ResponseType::Accept);
        dialog.set_default_response(gtk::ResponseType::Cancel);
        if let Some(cancel) = dialog.widget_for_response(gtk::ResponseType::Cancel) {
            cancel.grab_focus();
        }

        let answer = Cell::new(Some(answer));
        dialog.connect_response(move |dialog, response| {
            if let Some(answer) = answer.take() {
                // Nobody waits any more if the question's command was dropped; the dialog goes all the same.
                let _ = answer.send(response == gtk::ResponseType::Accept);
                dialog.close();
            }
        });
        dialog.present();
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    //! The dialogs of Windows and macOS. Both make the first button the default one, so Cancel stands first; everything but the
    //! confirming button itself, the Escape key and the window's cross included, comes back as something else than its label.

    use async_trait::async_trait;
    use rfd::{AsyncMessageDialog, MessageButtons, MessageDialogResult, MessageLevel};
    use tauri::AppHandle;
    use tokio::sync::oneshot;

    use crate::desktop::window;
    use crate::desktop::words::Question;

    pub(super) struct SystemDialog {
        pub(super) app: AppHandle,
    }

    #[async_trait]
    impl super::Dialog for SystemDialog {
        async fn ask(&self, question: Question) -> bool {
            let (cancel, confirm) = (question.cancel.replace('_', ""), question.confirm.replace('_', ""));
            let confirmed = MessageDialogResult::Custom(confirm.clone());
            let parent = window::main(&self.app).filter(|window| window.is_visible().unwrap_or(false));
            let (answer, answered) = oneshot::channel();
            let shown = self.app.run_on_main_thread(move || {
                let mut dialog = AsyncMessageDialog::new()
                    .set_level(MessageLevel::Warning)
                    .set_title(question.heading)
                    .set_description(question.body)
                    .set_buttons(MessageButtons::OkCancelCustom(cancel, confirm));
                if let Some(parent) = &parent {
                    dialog = dialog.set_parent(parent);
                }
                let asked = dialog.show();
                tauri::async_runtime::spawn(async move {
                    let _ = answer.send(asked.await == confirmed);
                });
            });
            if let Err(error) = shown {
                tracing::error!(%error, "no dialog could be shown");
                return false;
            }
            answered.await.unwrap_or(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;

    use super::*;
    use crate::desktop::words::{LeftBehind, Tongue};

    /// A dialog that says yes once the test lets it, and counts how often it was opened.
    struct Slow {
        pressed: Arc<Semaphore>,
        opened: Arc<Semaphore>,
    }

    #[async_trait]
    impl Dialog for Slow {
        async fn ask(&self, _: Question) -> bool {
            self.opened.add_permits(1);
            self.pressed.acquire().await.is_ok_and(|press| {
                press.forget();
                true
            })
        }
    }

    #[tokio::test]
    async fn a_second_click_opens_no_second_dialog() {
        let (pressed, opened) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let confirmation =
            Arc::new(Confirmation::new(Slow { pressed: Arc::clone(&pressed), opened: Arc::clone(&opened) }));
        let question = || Tongue::En.quit_question(&LeftBehind { pending: 1, ..LeftBehind::default() });

        let asking = Arc::clone(&confirmation);
        let first = tokio::spawn(async move { asking.ask(question()).await });
        opened.acquire().await.expect("the first dialog opens").forget();
        assert!(!confirmation.ask(question()).await, "the second click counts as no");
        assert_eq!(opened.available_permits(), 0, "and opens nothing");

        pressed.add_permits(2);
        assert!(first.await.expect("the first question is answered"), "the first answer stands");
        assert!(confirmation.ask(question()).await, "and the next question can be asked");
    }
}
