//! The advisor's desk: what can be asked of the app, and what it says. The same questions go to an engine in this process and to one in
//! another process, one line of JSON each way.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use signoff_engine::Engine;
use signoff_wire::interface::{
    AppState, Choose, Chosen, ConversationView, Draft, Failure, InboxPage, InboxQuery, QueueEntry, SendAndClose,
    SendReply, SignIn, TimelinePage, TimelineQuery,
};

/// What is asked of the app.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Ask {
    /// What the frame shows.
    State,
    /// A page of the inbox.
    Inbox(InboxQuery),
    /// A conversation.
    Conversation(String),
    /// Older entries of a conversation.
    Timeline(TimelineQuery),
    /// The queue.
    Queue,
    /// Keep what is typed.
    SaveDraft(Draft),
    /// Attach a file of this name and content; the answer is the conversation.
    AttachFile {
        /// Where.
        conversation_id: String,
        /// Its name.
        name: String,
        /// Its bytes.
        content: String,
    },
    /// Send.
    SendReply(SendReply),
    /// Send + Close, confirmed.
    SendAndClose(SendAndClose),
    /// Archive.
    Archive(String),
    /// Take.
    Assign(String),
    /// Give back.
    Release(String),
    /// Decide about a queued action.
    Choose(Choose),
    /// Sign in, for the first time or again.
    SignIn(SignIn),
    /// The window got the focus, the network came back.
    Wake,
}

/// What the app says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Told {
    /// Done as asked.
    Done,
    /// The frame.
    State(Box<AppState>),
    /// The inbox.
    Inbox(InboxPage),
    /// The conversation.
    Conversation(Box<ConversationView>),
    /// Entries.
    Timeline(TimelinePage),
    /// The queue.
    Queue(Vec<QueueEntry>),
    /// Queued: durable.
    Queued(Box<QueueEntry>),
    /// What became of a decision.
    Chosen(Chosen),
    /// Not done.
    Failed(Failure),
}

/// A desk with the app on it.
#[async_trait]
pub trait Desk: Send + Sync {
    /// Asks the app. `None`: it was gone before it answered, or was not there at all.
    async fn ask(&self, ask: Ask) -> Option<Told>;
}

/// What an engine says.
pub async fn answer(engine: &Arc<Engine>, ask: Ask) -> Told {
    try_answer(engine, ask).await.unwrap_or_else(Told::Failed)
}

async fn try_answer(engine: &Arc<Engine>, ask: Ask) -> Result<Told, Failure> {
    let queued = |entry| Told::Queued(Box::new(entry));
    Ok(match ask {
        Ask::State => Told::State(Box::new(engine.state())),
        Ask::Inbox(query) => Told::Inbox(engine.inbox(query).await?),
        Ask::Conversation(id) => Told::Conversation(Box::new(engine.conversation(&id).await?)),
        Ask::Timeline(query) => Told::Timeline(engine.timeline(query).await?),
        Ask::Queue => Told::Queue(engine.queue().await?),
        Ask::SaveDraft(draft) => {
            engine.save_draft(draft).await?;
            Told::Done
        }
        Ask::AttachFile { conversation_id, name, content } => {
            let attached = engine.attach_file(&conversation_id, &name, content.into_bytes()).await?;
            if let Some(refused) = attached.refused.into_iter().next() {
                return Err(refused.failure);
            }
            Told::Conversation(Box::new(engine.conversation(&conversation_id).await?))
        }
        Ask::SendReply(args) => queued(engine.send_reply(args).await?),
        Ask::SendAndClose(args) => queued(engine.send_and_close(args).await?),
        Ask::Archive(id) => queued(engine.archive(&id).await?),
        Ask::Assign(id) => queued(engine.assign(&id).await?),
        Ask::Release(id) => queued(engine.release(&id).await?),
        Ask::Choose(args) => Told::Chosen(engine.choose(args).await?),
        Ask::SignIn(args) => {
            engine.sign_in(args).await?;
            Told::Done
        }
        Ask::Wake => {
            engine.wake();
            Told::Done
        }
    })
}
