//! The frame's state, and the announcements that keep the window current.
//!
//! An announcement says what changed, views ask again; so announcements may be merged, and in a burst they are: the first goes out at
//! once, what follows within [`PAUSE`] goes out together. A listener that falls behind is told to ask for everything again instead of
//! being told everything.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use signoff_wire::contract::sessions::Me;
use signoff_wire::interface::{
    Announcement, AppState, Connection, ConnectionStatus, QueueCounts, SignedInUser, Stage, SyncState, WorkspaceRef,
};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast, watch};

/// The shortest time between two rounds of announcements.
const PAUSE: Duration = Duration::from_millis(50);
/// Past this many conversations in one round, naming them costs more than asking again.
const NAMED_AT_MOST: usize = 200;
/// Announcements that a listener may fall behind.
const BACKLOG: usize = 256;

/// The state of the frame. Cheap to change: who listens is told later, from a task of its own.
pub(crate) struct Frame {
    state: watch::Sender<AppState>,
    unsaid: Mutex<Unsaid>,
    changed: Notify,
    out: broadcast::Sender<Announcement>,
}

/// What has changed since the last round.
#[derive(Default)]
struct Unsaid {
    state: bool,
    everything: bool,
    conversations: BTreeSet<String>,
    queue: bool,
    single: Vec<Announcement>,
}

impl Frame {
    pub(crate) fn new(state: AppState) -> Arc<Self> {
        Arc::new(Self {
            state: watch::Sender::new(state),
            unsaid: Mutex::default(),
            changed: Notify::new(),
            out: broadcast::Sender::new(BACKLOG),
        })
    }

    pub(crate) fn state(&self) -> AppState {
        self.state.borrow().clone()
    }

    /// The state as it changes, for whoever waits for something in it.
    pub(crate) fn watch(&self) -> watch::Receiver<AppState> {
        self.state.subscribe()
    }

    /// Changes the state; says so if it is another one then.
    pub(crate) fn update(&self, edit: impl FnOnce(&mut AppState)) {
        let differs = self.state.send_if_modified(|state| {
            let before = state.clone();
            edit(state);
            *state != before
        });
        if differs {
            self.say(|unsaid| unsaid.state = true);
        }
    }

    /// Rows of the inbox came, went or changed.
    pub(crate) fn inbox_changed(&self, conversations: impl IntoIterator<Item = String>) {
        self.say(|unsaid| {
            unsaid.conversations.extend(conversations);
            unsaid.everything |= unsaid.conversations.len() > NAMED_AT_MOST;
        });
    }

    /// All of the inbox may have changed.
    pub(crate) fn everything_changed(&self) {
        self.say(|unsaid| unsaid.everything = true);
    }

    pub(crate) fn queue_changed(&self) {
        self.say(|unsaid| unsaid.queue = true);
    }

    /// Something that cannot be merged.
    pub(crate) fn announce(&self, announcement: Announcement) {
        self.say(|unsaid| {
            unsaid.single.retain(|said| !is_about_the_same(said, &announcement));
            unsaid.single.push(announcement);
        });
    }

    pub(crate) fn listen(self: &Arc<Self>) -> Announcements {
        Announcements { frame: Arc::clone(self), receiver: self.out.subscribe(), missed: VecDeque::new() }
    }

    /// Tells the listeners, until it is dropped.
    pub(crate) async fn tell(&self) {
        loop {
            self.changed.notified().await;
            for announcement in self.take() {
                // Nobody listens before the window does; it asks for everything when it begins.
                let _ = self.out.send(announcement);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn say(&self, note: impl FnOnce(&mut Unsaid)) {
        note(&mut self.unsaid.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_one();
    }

    fn take(&self) -> Vec<Announcement> {
        let unsaid = std::mem::take(&mut *self.unsaid.lock().unwrap_or_else(PoisonError::into_inner));
        let mut said = Vec::new();
        if unsaid.state {
            said.push(Announcement::State { state: self.state() });
        }
        if unsaid.everything || !unsaid.conversations.is_empty() {
            let named = if unsaid.everything { Vec::new() } else { unsaid.conversations.into_iter().collect() };
            said.push(Announcement::InboxChanged { conversation_ids: named });
        }
        if unsaid.queue {
            said.push(Announcement::QueueChanged);
        }
        said.extend(unsaid.single);
        said
    }
}

/// Of a download only how far it has come is of interest, not how it came there; of a customer only whether they type now.
fn is_about_the_same(said: &Announcement, newer: &Announcement) -> bool {
    match (said, newer) {
        (Announcement::DownloadChanged { download: said }, Announcement::DownloadChanged { download: newer }) => {
            said.id == newer.id
        }
        (
            Announcement::CustomerTyping { conversation_id: said, .. },
            Announcement::CustomerTyping { conversation_id: newer, .. },
        ) => said == newer,
        _ => false,
    }
}

/// What the engine announces, from the moment on at which it was asked for.
pub struct Announcements {
    frame: Arc<Frame>,
    receiver: broadcast::Receiver<Announcement>,
    missed: VecDeque<Announcement>,
}

impl Announcements {
    /// The next one; waits for it. `None` when the engine is gone. Safe to cancel.
    pub async fn next(&mut self) -> Option<Announcement> {
        loop {
            if let Some(announcement) = self.missed.pop_front() {
                return Some(announcement);
            }
            match self.receiver.recv().await {
                Ok(announcement) => return Some(announcement),
                Err(RecvError::Closed) => return None,
                Err(RecvError::Lagged(_)) => self.missed.extend([
                    Announcement::State { state: self.frame.state() },
                    Announcement::InboxChanged { conversation_ids: Vec::new() },
                    Announcement::QueueChanged,
                    Announcement::SettingsChanged,
                ]),
            }
        }
    }
}

/// What the frame shows before anything is known.
pub(crate) fn blank(now: DateTime<Utc>) -> AppState {
    AppState {
        stage: Stage::Opening,
        user: None,
        workspace: None,
        close_enabled: false,
        connection: Connection {
            status: ConnectionStatus::SignedOut,
            since: now,
            retry_at: None,
            problem: None,
            polling: false,
        },
        sync: SyncState { first: None, current_as_of: None },
        queue: QueueCounts::default(),
        notices: Vec::new(),
    }
}

/// Who is signed in, where, and what is switched on there (R1).
pub(crate) fn show_person(state: &mut AppState, me: &Me, demo: bool, address: String) {
    state.user = Some(SignedInUser {
        id: me.user.id.clone(),
        name: me.user.name.clone(),
        email: me.user.email.clone(),
        role: me.user.role,
    });
    state.workspace = Some(WorkspaceRef { name: me.workspace.name.clone(), address, demo });
    state.close_enabled = me.features.close_conversation;
}

/// Nobody is signed in any more: nothing of the person's stays on the screen. What concerns the machine does.
pub(crate) fn forget_person(state: &mut AppState, now: DateTime<Utc>) {
    let notices = std::mem::take(&mut state.notices);
    *state = AppState { stage: Stage::SignedOut, notices, ..blank(now) };
}
