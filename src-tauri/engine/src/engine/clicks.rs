//! The advisor's clicks: into the outbox, durable when answered (D21).

use signoff_wire::contract::requests::Origin;
use signoff_wire::interface::{Choose, Chosen, Failure, QueueEntry, SendAndClose, SendReply};

use super::Engine;
use crate::outbox::{Click, Wish};

/// Send + Close as a click.
pub(super) fn closing(origin: Origin, args: SendAndClose) -> Click {
    let SendAndClose { conversation_id, text, file_ids, last_seen_message_id } = args;
    Click {
        conversation_id,
        wish: Wish::SendAndClose { text, file_ids, last_seen_message_id },
        not_before: None,
        origin,
    }
}

impl Engine {
    /// Send, or Send and trigger survey (R2). Answers after the commit.
    ///
    /// # Errors
    /// What the platform would certainly refuse, and [`Code::DiskFull`](signoff_wire::interface::Code::DiskFull): nothing was queued, text and
    /// files are still in the draft.
    pub async fn send_reply(&self, args: SendReply) -> Result<QueueEntry, Failure> {
        self.send_reply_from(Origin::Console, args).await
    }

    /// The same from the console or from the compact window (R12).
    ///
    /// # Errors
    /// As [`Engine::send_reply`].
    pub async fn send_reply_from(&self, origin: Origin, args: SendReply) -> Result<QueueEntry, Failure> {
        let SendReply { conversation_id, text, file_ids, trigger_survey, last_seen_message_id } = args;
        let wish = Wish::Reply { text, file_ids, trigger_survey, last_seen_message_id };
        self.workplace()?.enqueue(Click { conversation_id, wish, not_before: None, origin }).await
    }

    /// Send + Close (R3), once the person has confirmed it (R5). Answers after the commit.
    ///
    /// # Errors
    /// As [`Engine::send_reply`].
    pub async fn send_and_close(&self, args: SendAndClose) -> Result<QueueEntry, Failure> {
        self.send_and_close_from(Origin::Console, args).await
    }

    /// The same from the console or from the compact window (R12).
    ///
    /// # Errors
    /// As [`Engine::send_reply`].
    pub async fn send_and_close_from(&self, origin: Origin, args: SendAndClose) -> Result<QueueEntry, Failure> {
        self.workplace()?.enqueue(closing(origin, args)).await
    }

    /// Finishes without answering (R4). Answers after the commit.
    ///
    /// # Errors
    /// As [`Engine::send_reply`].
    pub async fn archive(&self, conversation_id: &str) -> Result<QueueEntry, Failure> {
        self.without_text(conversation_id, Wish::Archive).await
    }

    /// Gives the conversation to this person. Answers after the commit.
    ///
    /// # Errors
    /// As [`Engine::send_reply`].
    pub async fn assign(&self, conversation_id: &str) -> Result<QueueEntry, Failure> {
        self.without_text(conversation_id, Wish::AssignToMe).await
    }

    /// Takes the conversation from whoever has it. Answers after the commit.
    ///
    /// # Errors
    /// As [`Engine::send_reply`].
    pub async fn release(&self, conversation_id: &str) -> Result<QueueEntry, Failure> {
        self.without_text(conversation_id, Wish::Release).await
    }

    /// What the person decides about a queued action (D15, D23). Closing all the same has been confirmed before.
    ///
    /// # Errors
    /// [`Code::EntryUnknown`](signoff_wire::interface::Code::EntryUnknown) if it has settled meanwhile, or that the choice is not offered now.
    pub async fn choose(&self, args: Choose) -> Result<Chosen, Failure> {
        self.workplace()?.choose(args).await
    }

    async fn without_text(&self, conversation_id: &str, wish: Wish) -> Result<QueueEntry, Failure> {
        let click =
            Click { conversation_id: conversation_id.to_owned(), wish, not_before: None, origin: Origin::Console };
        self.workplace()?.enqueue(click).await
    }
}
