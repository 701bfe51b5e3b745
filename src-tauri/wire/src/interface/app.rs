//! The state of the whole application, and the announcements that keep it current.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Code, Download, InboxPage, Preferences, QueueCounts, QueueEntry};
use crate::contract::sessions::Role;

/// Everything that the frame around the views shows. Small; sent whole whenever a part of it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct AppState {
    /// What the window shows at all.
    pub stage: Stage,
    /// Who is signed in, also offline and after the session expired.
    pub user: Option<SignedInUser>,
    /// Where.
    pub workspace: Option<WorkspaceRef>,
    /// The feature switch as last known (R1, D1).
    pub close_enabled: bool,
    /// The platform, as seen from here.
    pub connection: Connection,
    /// How far the cache is.
    pub sync: SyncState,
    /// The outbox in numbers (D24).
    pub queue: QueueCounts,
    /// What the advisor should know once: the cache was rebuilt, the clock is wrong. Dismissed by `dismiss_notice`.
    pub notices: Vec<Code>,
}

/// What the window shows at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Stage {
    /// The profile is being opened.
    Opening,
    /// There is no keyring: a passphrase has to be chosen (`new`) or typed.
    Passphrase {
        /// No passphrase has been chosen for this profile yet.
        new: bool,
    },
    /// The profile cannot be used until somebody does something; `try_again` looks once more.
    Unusable {
        /// Why.
        code: Code,
    },
    /// First run, or signed out.
    SignedOut,
    /// The inbox and everything else.
    SignedIn {
        /// The session is over: everything can be read, the queue waits for a sign-in (D25).
        session_expired: bool,
    },
}

/// The person at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SignedInUser {
    /// The platform's id.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// E-mail address used to sign in.
    pub email: String,
    /// Admins see the settings page *Inbox options* and the audit log (R1).
    pub role: Role,
}

/// The workspace of the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WorkspaceRef {
    /// Shown name.
    pub name: String,
    /// Base address of the platform. For the demo workspace it changes with every start.
    pub address: String,
    /// The embedded demo workspace.
    pub demo: bool,
}

/// The platform, as seen from here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Connection {
    /// Reached or not.
    pub status: ConnectionStatus,
    /// Since when the status is what it is.
    pub since: DateTime<Utc>,
    /// While offline: when the next attempt is due.
    pub retry_at: Option<DateTime<Utc>>,
    /// Why it is not online, if more is known than "no network".
    pub problem: Option<Code>,
    /// Changes are asked for instead of streamed, because something between here and the platform breaks streams.
    pub polling: bool,
}

/// Reached or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ConnectionStatus {
    /// Changes arrive as they happen.
    Online,
    /// An attempt is under way; the state before it was offline.
    Connecting,
    /// The platform cannot be reached.
    Offline,
    /// Nobody is signed in, or the session is over.
    SignedOut,
}

/// How far the cache is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncState {
    /// The first synchronisation, while it runs.
    pub first: Option<SyncProgress>,
    /// The moment up to which the cache is known to be the platform's truth: the age of the data.
    pub current_as_of: Option<DateTime<Utc>>,
}

/// Progress of the first synchronisation, in conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SyncProgress {
    /// Conversations in the cache.
    pub done: u32,
    /// Conversations that there are, when the platform has said so.
    pub total: Option<u32>,
}

/// What `ui_ready` answers: everything for the first paint, and what waited for a window that listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Startup {
    /// The state now.
    pub state: AppState,
    /// The page of the inbox that was asked for, so that the first paint is the inbox; if somebody is signed in.
    pub inbox: Option<InboxPage>,
    /// Language, theme and the rest.
    pub preferences: Preferences,
    /// The system's language, as a BCP 47 tag, for preferences that follow it.
    pub system_language: String,
    /// A notification was clicked before the window could listen (D30): open this conversation.
    pub open_conversation: Option<String>,
    /// Signoff's own version.
    pub version: String,
    /// The profile was started on the demo workspace, or with this address preselected.
    pub preselected: Preselected,
}

/// What the command line preselected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Preselected {
    /// Nothing: the first run asks.
    #[default]
    Nothing,
    /// `--demo`.
    Demo,
    /// `--workspace ADDRESS`.
    Workspace {
        /// As given.
        address: String,
    },
}

/// What the engine and the shell announce. An announcement says what changed; views ask again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Announcement {
    /// The frame's state.
    State {
        /// The whole of it.
        state: AppState,
    },
    /// Rows of the inbox came, went or changed. An empty list means: ask for everything again.
    InboxChanged {
        /// The conversations concerned.
        conversation_ids: Vec<String>,
    },
    /// The queue changed.
    QueueChanged,
    /// An action reached its end: for the live region.
    EntrySettled {
        /// The entry with its final state.
        entry: Box<QueueEntry>,
    },
    /// *Inbox options* or the audit log changed at the platform.
    SettingsChanged,
    /// A download came farther, or ended.
    DownloadChanged {
        /// How far it is.
        download: Download,
    },
    /// A customer types, or has stopped. Not said again within some seconds, it is over.
    CustomerTyping {
        /// Where.
        conversation_id: String,
        /// Whether they still do.
        on: bool,
    },
    /// The preferences changed.
    PreferencesChanged {
        /// All of them.
        preferences: Preferences,
    },
    /// A notification was clicked (D30).
    OpenConversation {
        /// Which.
        conversation_id: String,
    },
}
