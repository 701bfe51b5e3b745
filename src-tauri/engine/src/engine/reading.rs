//! What the window shows, from the cache.

use rusqlite::{Connection, Transaction};
use signoff_wire::contract::requests::Origin;
use signoff_wire::contract::sessions::Me;
use signoff_wire::interface::{
    CloseQuestion, ConnectionStatus, ConversationView, Draft, Failure, InboxPage, InboxQuery, QueueEntry, SendAndClose,
    TimelinePage, TimelineQuery,
};

use super::Engine;
use crate::cache::{self, CacheError, views};
use crate::outbox::{self, OutboxError};
use crate::remote::{Presence, RemoteError};

impl Engine {
    /// A page of the inbox (D40).
    ///
    /// # Errors
    /// Only if the cache cannot be read.
    pub async fn inbox(&self, query: InboxQuery) -> Result<InboxPage, Failure> {
        let workplace = self.workplace()?;
        let page = workplace.read(move |connection, me| views::inbox(connection, &query, me)).await?;
        self.first_paint.answered();
        Ok(page)
    }

    /// A conversation with everything that its view shows at once (D41).
    ///
    /// # Errors
    /// [`Code::ConversationUnknown`](signoff_wire::interface::Code::ConversationUnknown).
    pub async fn conversation(&self, conversation_id: &str) -> Result<ConversationView, Failure> {
        let workplace = self.workplace()?;
        let (id, now) = (conversation_id.to_owned(), workplace.platform_now());
        let view = workplace.read(move |connection, me| views::conversation(connection, &id, me, now)).await?;
        if view.closed_at.is_none() {
            workplace.shown(conversation_id);
        }
        Ok(view)
    }

    /// Notes that the conversation was looked at.
    ///
    /// # Errors
    /// Only if the cache cannot be written.
    pub async fn mark_seen(&self, conversation_id: &str) -> Result<(), Failure> {
        let workplace = self.workplace()?;
        let id = conversation_id.to_owned();
        let seen = workplace.store().write_in_background(move |transaction| cache::mark_seen(transaction, &id)).await?;
        if seen {
            self.frame.inbox_changed([conversation_id.to_owned()]);
            self.say_presence(conversation_id, Presence::Reads);
        }
        Ok(())
    }

    /// The advisor writes in this conversation. Told to the customer where the channel can, now or not at all.
    ///
    /// # Errors
    /// Only without a workplace.
    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub async fn typing(&self, conversation_id: &str) -> Result<(), Failure> {
        self.workplace()?;
        self.say_presence(conversation_id, Presence::Types);
        Ok(())
    }

    /// Nobody waits for it, and nobody is told if it fails.
    fn say_presence(&self, conversation_id: &str, presence: Presence) {
        let Ok(workplace) = self.workplace() else { return };
        let id = conversation_id.to_owned();
        self.start.runtime.spawn(async move {
            let said =
                workplace.call(|platform, token| async move { platform.say_presence(&token, &id, presence).await });
            if let Err(error) = said.await {
                tracing::debug!(%error, "presence was not passed on");
            }
        });
    }

    /// Older entries of a timeline. Asks the platform for those that are not in the cache; offline, what is here is the answer, and its
    /// `next` says that there is more.
    ///
    /// # Errors
    /// [`Code::ConversationUnknown`](signoff_wire::interface::Code::ConversationUnknown).
    pub async fn timeline(&self, query: TimelineQuery) -> Result<TimelinePage, Failure> {
        let workplace = self.workplace()?;
        let ask = query.clone();
        let here = workplace.store().read(move |connection| views::timeline(connection, &ask)).await?;
        let Some(before) = here.ask_platform else { return Ok(here.page) };
        let older = match workplace.older_entries(&query.conversation_id, before.as_deref(), query.limit).await {
            Ok(older) => older,
            Err(RemoteError::Refused(refusal)) => return Err(RemoteError::Refused(refusal).into()),
            Err(error) => {
                tracing::debug!(%error, "older entries have to wait");
                return Ok(here.page);
            }
        };
        let id = query.conversation_id.clone();
        let put = workplace.store().write(move |transaction| cache::put_timeline_page(transaction, &id, &older));
        put.await.map_err(|error: CacheError| Failure::from(error))?;
        Ok(workplace.store().read(move |connection| views::timeline(connection, &query)).await?.page)
    }

    /// Keeps a draft, word for word. An empty text removes it.
    ///
    /// # Errors
    /// [`Code::DiskFull`](signoff_wire::interface::Code::DiskFull) and its like: the text is still where it was typed.
    pub async fn save_draft(&self, draft: Draft) -> Result<(), Failure> {
        let workplace = self.workplace()?;
        let (owner, now) = (workplace.owner().to_owned(), self.start.ports.clock.now());
        let save = move |transaction: &Transaction<'_>| cache::save_draft(transaction, &owner, &draft, now);
        Ok(workplace.store().write::<_, CacheError, _>(save).await?)
    }

    /// The queue: what needs attention first, then in the order of the clicks, then what is done.
    ///
    /// # Errors
    /// Only if the cache cannot be read.
    pub async fn queue(&self) -> Result<Vec<QueueEntry>, Failure> {
        let workplace = self.workplace()?;
        let owner = workplace.owner().to_owned();
        Ok(workplace.store().read(move |connection| outbox::list(connection, &owner)).await?)
    }

    /// What the confirmation of a closing has to say (R5, D3). What is certain to be refused is refused here, before anybody is asked.
    ///
    /// # Errors
    /// [`Code::ReplyEmpty`](signoff_wire::interface::Code::ReplyEmpty) (R4) and its like.
    pub async fn close_question(&self, args: &SendAndClose) -> Result<CloseQuestion, Failure> {
        let workplace = self.workplace()?;
        let (click, offline) = (super::clicks::closing(Origin::Console, args.clone()), self.is_offline());
        let ask = move |connection: &Connection, me: &Me| {
            outbox::check_click(connection, &click, me)?;
            Ok::<_, OutboxError>(views::close_question(connection, &click.conversation_id, offline)?)
        };
        Ok(workplace.read(ask).await?)
    }

    /// What the confirmation has to say before [`Choice::ConfirmAgain`](signoff_wire::interface::Choice::ConfirmAgain) (D6).
    ///
    /// # Errors
    /// [`Code::EntryUnknown`](signoff_wire::interface::Code::EntryUnknown).
    pub async fn confirm_question(&self, entry_id: &str) -> Result<CloseQuestion, Failure> {
        let workplace = self.workplace()?;
        let (owner, id, offline) = (workplace.owner().to_owned(), entry_id.to_owned(), self.is_offline());
        let ask = move |connection: &Connection| {
            let entry = outbox::entry(connection, &owner, &id)?;
            Ok::<_, OutboxError>(views::close_question(connection, &entry.conversation_id, offline)?)
        };
        Ok(workplace.store().read(ask).await?)
    }

    fn is_offline(&self) -> bool {
        self.state().connection.status != ConnectionStatus::Online
    }
}
