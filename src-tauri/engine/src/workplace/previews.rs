//! Whether a closing would send a survey (D3, D10) is the platform's to say, and its settings and the time change the answer without any
//! change of the conversation. So what is on the screen is asked for once more: when it is first shown, and again after every refresh and
//! every change of the settings.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Transaction;
use signoff_wire::interface::ConnectionStatus;
use tokio::sync::mpsc;

use super::Workplace;
use crate::cache::{self, CacheError};

/// Which conversations have been asked for since their previews may last have changed.
pub(crate) struct Previews {
    asked: Mutex<HashSet<String>>,
    wanted: mpsc::UnboundedSender<String>,
    waiting: Mutex<Option<mpsc::UnboundedReceiver<String>>>,
}

impl Default for Previews {
    fn default() -> Self {
        let (wanted, waiting) = mpsc::unbounded_channel();
        Self { asked: Mutex::default(), wanted, waiting: Mutex::new(Some(waiting)) }
    }
}

impl Previews {
    /// Every preview may be another one now.
    pub(crate) fn outdated(&self) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn want(&self, conversation_id: &str) {
        if self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(conversation_id.to_owned()) {
            // Nobody waits for it only while everything ends.
            let _ = self.wanted.send(conversation_id.to_owned());
        }
    }

    fn ask_again(&self, conversation_id: &str) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(conversation_id);
    }

    fn waiting(&self) -> Option<mpsc::UnboundedReceiver<String>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Workplace {
    /// A conversation is on the screen, as the cache has it.
    pub(crate) fn shown(&self, conversation_id: &str) {
        if self.frame.state().connection.status == ConnectionStatus::Online {
            self.previews.want(conversation_id);
        }
    }

    /// Asks for the previews of what is shown. Runs until it is dropped.
    pub(super) async fn look_at_previews(self: Arc<Self>) {
        let Some(mut waiting) = self.previews.waiting() else { return };
        while let Some(id) = waiting.recv().await {
            let asked = self.call(|platform, token| {
                let id = id.clone();
                async move { platform.conversation(&token, &id).await }
            });
            let conversation = match asked.await {
                Ok(conversation) => conversation,
                Err(error) => {
                    tracing::debug!(%error, "a preview has to wait");
                    self.previews.ask_again(&id);
                    continue;
                }
            };
            let put = move |transaction: &Transaction<'_>| cache::put_survey_preview(transaction, &conversation);
            match self.store.write_in_background::<_, CacheError, _>(put).await {
                Ok(true) => self.frame.inbox_changed([id]),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "a preview cannot be kept"),
            }
        }
    }
}
