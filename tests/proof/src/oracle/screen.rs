//! What the advisor is shown, read as a whole.

use std::collections::BTreeMap;

use signoff_wire::contract::conversations::ConversationState;
use signoff_wire::interface::{
    AppState, ConversationView, InboxPage, InboxQuery, InboxRow, QueueEntry, Scope, TabCounts,
};

use crate::desk::{Ask, Desk, Told};
use crate::view::TABS;

/// The whole screen.
#[derive(Debug, Clone)]
pub struct Screen {
    /// The frame.
    pub state: AppState,
    /// The queue.
    pub queue: Vec<QueueEntry>,
    /// The rows of each tab.
    pub tabs: BTreeMap<&'static str, Vec<InboxRow>>,
    /// The counts beside the tabs.
    pub counts: TabCounts,
    /// Every conversation, opened.
    pub conversations: BTreeMap<String, ConversationView>,
}

impl Screen {
    /// Looks at everything. `None`, if the app is gone or does not answer.
    pub async fn take(desk: &dyn Desk) -> Option<Self> {
        let Told::State(state) = desk.ask(Ask::State).await? else { return None };
        let Told::Queue(queue) = desk.ask(Ask::Queue).await? else { return None };
        let mut screen = Self {
            state: *state,
            queue,
            tabs: BTreeMap::new(),
            counts: TabCounts::default(),
            conversations: BTreeMap::new(),
        };
        for (tab, name) in TABS {
            let InboxPage { rows, counts, .. } = inbox(desk, tab).await?;
            for row in &rows {
                let Told::Conversation(view) = desk.ask(Ask::Conversation(row.id.clone())).await? else { return None };
                screen.conversations.insert(row.id.clone(), *view);
            }
            screen.tabs.insert(name, rows);
            screen.counts = counts;
        }
        Some(screen)
    }

    /// The entry under a key, if the queue still lists it.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&QueueEntry> {
        self.queue.iter().find(|entry| entry.id == key)
    }
}

async fn inbox(desk: &dyn Desk, tab: ConversationState) -> Option<InboxPage> {
    let query = InboxQuery { tab, scope: Scope::All, channel_id: None, search: None, after: None, limit: 500 };
    let Told::Inbox(page) = desk.ask(Ask::Inbox(query)).await? else { return None };
    Some(page)
}
