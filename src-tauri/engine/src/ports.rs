//! What the engine needs from the machine it runs on. The shell implements these for the desktop, tests for themselves; time
//! and chance come in here too, so that a test can hold them still (STYLE, "Time and chance are passed in").

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretSlice;
use signoff_wire::interface::{DemoPerson, Loudness};

use crate::remote::Platform;

/// Everything that the engine is given at its start.
#[derive(Clone)]
pub struct Ports {
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Keys, identifiers and jitter.
    pub chance: Arc<dyn Chance>,
    /// The operating system's keyring.
    pub secrets: Arc<dyn Secrets>,
    /// Native notifications.
    pub notifier: Arc<dyn Notifier>,
    /// The way to a platform.
    pub connector: Arc<dyn Connector>,
    /// The embedded demo workspace.
    pub demo: Arc<dyn DemoHost>,
}

/// The wall clock. Waiting is tokio's, so that paused time works in tests.
pub trait Clock: Send + Sync {
    /// Now, as this machine believes.
    fn now(&self) -> DateTime<Utc>;
}

/// Chance: never called for anything that has to be the same after a restart.
pub trait Chance: Send + Sync {
    /// Fills `bytes` from a source fit for keys.
    fn fill(&self, bytes: &mut [u8]);
}

/// A place for secrets outside the profile's files: the cache's key and the session's token.
///
/// Implementations open the store anew for every call: a keyring that appears or is unlocked later is found then. Calls may block on a
/// prompt of the system; the engine makes them off its threads.
pub trait Secrets: Send + Sync {
    /// The secret kept under `name`, or `None` if there is none.
    ///
    /// # Errors
    /// [`SecretsError`], if the store cannot be asked.
    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, SecretsError>;
    /// Keeps a secret under `name`, in place of what was there.
    ///
    /// # Errors
    /// [`SecretsError`], if it could not be kept.
    fn set(&self, name: &str, secret: &SecretSlice<u8>) -> Result<(), SecretsError>;
    /// Forgets what is kept under `name`; nothing there is no error.
    ///
    /// # Errors
    /// [`SecretsError`], if the store cannot be asked.
    fn remove(&self, name: &str) -> Result<(), SecretsError>;
}

/// Why the keyring did not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// There is none on this machine, or nobody answers for it.
    #[error("there is no keyring")]
    Missing,
    /// It is locked and was not unlocked.
    #[error("the keyring is locked")]
    Locked,
    /// It answered, and said no.
    #[error("the keyring refused")]
    Refused,
}

/// Native notifications.
pub trait Notifier: Send + Sync {
    /// Shows one. The engine has recorded it in its ledger before (D30): it is not shown again.
    fn notify(&self, notification: Notification);
}

/// A notification, in facts; the shell words it in the person's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// What happened.
    pub kind: NotificationKind,
    /// The conversation that a click opens; `None` for a summary, which opens the inbox.
    pub conversation_id: Option<String>,
    /// With or without a sound; never `Off`.
    pub loudness: Loudness,
}

/// What a notification tells (D31). `text` is plain text and may contain anything; it is `None` when the person hides message texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotificationKind {
    /// A closed customer has started a new conversation (R14).
    ReturnedAfterClose {
        /// The customer.
        customer_name: String,
        /// The message.
        text: Option<String>,
    },
    /// Any other new conversation.
    NewConversation {
        /// The customer.
        customer_name: String,
        /// The message.
        text: Option<String>,
    },
    /// A conversation was assigned to this person by somebody else.
    AssignedToMe {
        /// The customer.
        customer_name: String,
    },
    /// A message in a conversation of this person.
    MessageInMine {
        /// The customer.
        customer_name: String,
        /// The message.
        text: Option<String>,
    },
    /// The channel could not deliver a reply of this person (D12).
    ReplyNotDelivered {
        /// The customer.
        customer_name: String,
    },
    /// A queued action waits for this person (D23).
    NeedsAttention {
        /// The customer.
        customer_name: String,
    },
    /// What came while offline or while undisturbed, in one (D30).
    WhileAway {
        /// Closed customers who started new conversations.
        returned: u32,
        /// Everything else.
        others: u32,
    },
}

/// The way to a platform.
#[async_trait]
pub trait Connector: Send + Sync {
    /// A client for the platform at `address`, which is a base address without a trailing slash. Makes no request.
    ///
    /// # Errors
    /// [`AddressInvalid`], if the address is none.
    fn connect(&self, address: &str) -> Result<Arc<dyn Platform>, AddressInvalid>;
}

/// The address is no http or https address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an address of a workspace")]
pub struct AddressInvalid;

/// The embedded demo workspace.
#[async_trait]
pub trait DemoHost: Send + Sync {
    /// Starts it if it does not run, and says where it listens in this run of the program.
    ///
    /// # Errors
    /// [`DemoUnavailable`], with a detail for the log.
    async fn start(&self) -> Result<DemoRunning, DemoUnavailable>;
}

/// A running demo workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoRunning {
    /// Its base address.
    pub address: String,
    /// Who can sign in.
    pub people: Vec<DemoPerson>,
}

/// The demo workspace did not start.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the demo workspace did not start: {0}")]
pub struct DemoUnavailable(pub String);

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports").finish_non_exhaustive()
    }
}
