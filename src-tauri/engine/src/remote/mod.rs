//! A platform, as the engine sees it: one trait, so that another vendor's API is a second implementation beside [`http`] and neither
//! the outbox nor the cache changes.
//!
//! The trait speaks in the contract's shapes, because they say everything that the product needs; an implementation for another vendor
//! translates into them. What a call's failure means for the outbox is decided here, once, by the class of [`RemoteError`]: an
//! implementation's most important duty is to put each failure into the right class, above all to never say that nothing was
//! applied when it does not know. In which steps a platform takes an act, and what it can say about each afterwards, is its own to
//! say as well: [`Platform::steps`], [`Platform::keeps_keys`].

pub mod address;
pub mod administration;
pub mod download;
pub mod http;
mod steps;
mod upload;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use secrecy::SecretString;
use signoff_wire::contract::audit::AuditEntry;
use signoff_wire::contract::conversations::Conversation;
use signoff_wire::contract::directory::Directory;
use signoff_wire::contract::events::{Changes, CustomerTyping, Event};
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::requests::Origin;
use signoff_wire::contract::second_factor::Enrolment;
use signoff_wire::contract::sessions::{Me, Session};
use signoff_wire::contract::settings::InboxOptions;
use signoff_wire::contract::single_sign_on::{SignInWays, SingleSignOnBegun};
use signoff_wire::contract::sync::SyncPage;
use signoff_wire::contract::timeline::TimelineEntry;
use signoff_wire::interface::Administered;

pub use steps::{Attempt, Brought, Seen, Step, Taken};
pub use upload::Upload;

/// The token of a session.
pub type Token = SecretString;

/// What is true of an advisor for a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The conversation is open in front of them.
    Reads,
    /// They write.
    Types,
}

/// A platform at an address. Every call but [`Platform::probe`] and [`Platform::sign_in`] takes the session's token.
#[async_trait]
pub trait Platform: Send + Sync {
    /// Looks whether a Signoff platform answers here. Needs no sign-in.
    async fn probe(&self) -> Result<(), RemoteError>;
    /// The platform's clock minus this machine's, as of the latest answer; `None` before the first and if it does not tell the time.
    fn clock_ahead_by(&self) -> Option<chrono::Duration>;
    /// Signs in, or takes the first of two steps.
    async fn sign_in(&self, email: &str, password: &SecretString) -> Result<FirstStep, RemoteError>;
    /// The second step: a code of the authenticator, or a recovery code.
    async fn second_step(&self, _challenge: &str, _code: &SecretString) -> Result<Session, RemoteError> {
        Err(RemoteError::Refused(Box::new(Refusal::because(ProblemCode::NotFound))))
    }
    /// What an authenticator needs that has to be set up before the second step.
    async fn enrol(&self, _challenge: &str) -> Result<Enrolment, RemoteError> {
        Err(RemoteError::Refused(Box::new(Refusal::because(ProblemCode::NotFound))))
    }
    /// How one signs in.
    async fn sign_in_ways(&self) -> Result<SignInWays, RemoteError> {
        Ok(SignInWays { passwords: true, single_sign_on: None })
    }
    /// Begins a sign-in through the system's browser, which comes back to this port of the loopback. The challenge is the SHA-256 of what
    /// [`Platform::finish_visit`] brings, in base64url.
    async fn begin_visit(&self, _port: u16, _challenge: String) -> Result<SingleSignOnBegun, RemoteError> {
        Err(RemoteError::Refused(Box::new(Refusal::because(ProblemCode::NotFound))))
    }
    /// Opens the session with the code that the browser brought.
    async fn finish_visit(&self, _code: String, _verifier: &str) -> Result<Session, RemoteError> {
        Err(RemoteError::Refused(Box::new(Refusal::because(ProblemCode::NotFound))))
    }
    /// Ends the session; a session that is over already is no error.
    async fn sign_out(&self, token: &Token) -> Result<(), RemoteError>;
    /// Who is signed in, the features that are on, and what the platform can do.
    async fn me(&self, token: &Token) -> Result<Me, RemoteError>;
    /// The small lists of the workspace: channels, teams, people, tags.
    async fn directory(&self, token: &Token) -> Result<Directory, RemoteError>;

    /// Reads *Inbox options* with its version (R1).
    async fn inbox_options(&self, token: &Token) -> Result<(InboxOptions, String), RemoteError>;
    /// Changes the switch if `version` is still current.
    async fn set_inbox_options(
        &self,
        token: &Token,
        allow_manual_close: bool,
        version: &str,
    ) -> Result<(InboxOptions, String), RemoteError>;
    /// A page of the audit log, newest first (D52).
    async fn audit_log(&self, token: &Token, after: Option<&str>) -> Result<Page<AuditEntry>, RemoteError>;

    /// Says that the advisor has opened a conversation, or types in it: passed on to the customer where the channel can, and never
    /// tried again. A platform that has no word for it is told nothing.
    async fn say_presence(
        &self,
        _token: &Token,
        _conversation_id: &str,
        _presence: Presence,
    ) -> Result<(), RemoteError> {
        Ok(())
    }

    /// Passes a call through to the platform's administration. A platform that has its own somewhere else has none for us.
    async fn administer(&self, _token: &Token, _call: &administration::Call) -> Result<Administered, RemoteError> {
        Err(RemoteError::Refused(Box::new(Refusal::because(ProblemCode::NotFound))))
    }

    /// Fetches a file, or what is missing of it. A platform without files has none for us.
    async fn download(
        &self,
        _token: &Token,
        _source: &download::Source,
        _there: Option<&download::There>,
    ) -> Result<download::Incoming, RemoteError> {
        Err(RemoteError::Refused(Box::new(Refusal::because(ProblemCode::NotFound))))
    }

    /// Whether replies can carry files. Where not, nobody is offered to attach any, and an entry that has some waits for the advisor.
    fn takes_files(&self) -> bool {
        false
    }
    /// Brings a file that an act will name by the id in the answer. What nobody names may be forgotten after a while, so bringing one twice
    /// does no harm, and no failure of it leaves doubt about an act.
    async fn upload(&self, _token: &Token, _upload: Upload) -> Result<String, RemoteError> {
        Err(RemoteError::Refused(Box::new(Refusal::because(ProblemCode::NotFound))))
    }

    /// A page of the first synchronisation: conversations with their newest timeline entries, and the sequence they are current at.
    async fn snapshot(&self, token: &Token, after: Option<&str>, limit: u32) -> Result<SyncPage, RemoteError>;
    /// A page of one conversation's timeline, newest page first.
    async fn timeline(
        &self,
        token: &Token,
        conversation_id: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Page<TimelineEntry>, RemoteError>;
    /// One conversation as it is now. A platform that cannot say has said everything by its events.
    async fn conversation(&self, _token: &Token, _conversation_id: &str) -> Result<Conversation, RemoteError> {
        Err(RemoteError::Refused(Box::new(Refusal::because(ProblemCode::NotFound))))
    }
    /// What changed after `after`, for catching up and for polling.
    async fn changes(&self, token: &Token, after: i64, limit: u32) -> Result<Changes, RemoteError>;
    /// What changes from `after` on, as it happens. Ends with an error or when the platform ends it; a caller resumes by itself.
    async fn events(
        &self,
        token: &Token,
        after: i64,
    ) -> Result<BoxStream<'static, Result<Streamed, RemoteError>>, RemoteError>;

    /// The steps in which this platform takes an act, in the order of R3: one whole step, if it applies everything or nothing (D4).
    fn steps(&self, act: &Act) -> Vec<Step>;
    /// Whether it recognises the key of a repeated request, so that a step takes effect once however often it is asked for. Where
    /// not, the outbox looks before it sends, each time.
    fn keeps_keys(&self) -> bool;
    /// Takes a step.
    async fn perform(&self, token: &Token, attempt: &Attempt) -> Result<Taken, RemoteError>;
    /// What became of a step. Changes nothing.
    async fn look(&self, token: &Token, attempt: &Attempt) -> Result<Seen, RemoteError>;
}

/// What a right password leads to.
pub enum FirstStep {
    /// It was all that is asked.
    In(Session),
    /// A code is asked as well.
    Waits {
        /// What the second step has to bring.
        challenge: String,
        /// There is no authenticator yet: one has to be set up first.
        enrol: bool,
    },
}

/// What an advisor's click asks of a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The conversation.
    pub conversation_id: String,
    /// What to do there.
    pub what: What,
    /// In which window it was clicked, for platforms that record it (R12).
    pub origin: Origin,
}

impl Act {
    /// The same act with these files, by the platform's ids.
    #[must_use]
    pub fn with_files(mut self, ids: Vec<String>) -> Self {
        match &mut self.what {
            What::Reply { attachments, .. } | What::Close { attachments, .. } => *attachments = ids,
            What::Archive | What::Assign { .. } | What::Release => {}
        }
        self
    }
}

/// The acts of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Send a reply.
    Reply {
        /// The text, exactly as typed.
        text: String,
        /// The platform's ids of the files that go with it.
        attachments: Vec<String>,
        /// Ask for a survey as well.
        trigger_survey: bool,
        /// The newest customer message seen; `None`: unchecked.
        last_seen_message_id: Option<String>,
    },
    /// Send a reply, a survey if one is due, and close, as one act (R3, D4).
    Close {
        /// The text, exactly as typed.
        text: String,
        /// The platform's ids of the files that go with it.
        attachments: Vec<String>,
        /// The newest customer message seen (D6).
        last_seen_message_id: Option<String>,
    },
    /// Finish without answering (R4).
    Archive,
    /// Give the conversation to somebody.
    Assign {
        /// The platform's id of that person.
        user_id: String,
    },
    /// Take the conversation from whoever has it.
    Release,
}

/// What a stream of events brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Streamed {
    /// Something changed.
    Event(Box<Event>),
    /// A customer types, or has stopped. True for some seconds, and no part of what is kept.
    CustomerTypes(CustomerTyping),
    /// Nothing changed, and the way to the platform is still open. A stream without any sign of life is one that something on the
    /// way holds back.
    Alive,
}

/// Why a call did not bring what was asked. The classes are the outbox's (DESIGN, outbox 7).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// No connection came about: certainly nothing was applied.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// The certificate was not accepted: no request was made.
    #[error("certificate refused: {0}")]
    Certificate(String),
    /// The connection broke, or time ran out, after the request was on its way: nobody knows whether it was applied.
    #[error("interrupted: {0}")]
    Interrupted(String),
    /// The platform answered with a fault of its own (5xx but 503): nobody knows whether it was applied.
    #[error("the platform failed with status {0}")]
    Fault(u16),
    /// The answer cannot be read, or is not a platform's at all: nobody knows whether it was applied.
    #[error("unreadable answer: {0}")]
    Nonsense(String),
    /// 429 or 503: not now, nothing was applied.
    #[error("the platform asks to wait")]
    Unavailable {
        /// How long to wait at least, from `Retry-After` in seconds or as a date.
        retry_after: Option<Duration>,
        /// Tells a lockout from load.
        code: ProblemCode,
    },
    /// 401: the session is over; nothing was applied (D25).
    #[error("the session is over")]
    SignedOut,
    /// 409 `idempotency-in-progress`: an earlier attempt with this key is still running.
    #[error("an earlier attempt is still running")]
    InProgress,
    /// 422 `idempotency-key-reused`: the key was used for another act. A fault of ours.
    #[error("the key was used for another act")]
    KeyReused,
    /// Any other 4xx: understood, and refused. Nothing was applied.
    #[error("refused: {}", .0.code)]
    Refused(Box<Refusal>),
}

/// A refusal that the advisor has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status; 0 where no request was refused, as when somebody looked before sending.
    pub status: u16,
    /// The contract's code.
    pub code: ProblemCode,
    /// With `customer-wrote-since`: the newest customer message (D6).
    pub last_customer_message_id: Option<String>,
    /// With `conversation-closed`: the customer's newer conversation (D7).
    pub newer_conversation_id: Option<String>,
    /// With `reply-too-long`: the limit in characters.
    pub limit: Option<u32>,
}

impl Refusal {
    /// A refusal that its code says all about, and that is no answer to a request.
    #[must_use]
    pub fn because(code: ProblemCode) -> Self {
        Self { status: 0, code, last_customer_message_id: None, newer_conversation_id: None, limit: None }
    }
}

impl RemoteError {
    /// Whether the act may have been applied all the same: before it is sent again, it is looked for (DESIGN, outbox 4).
    pub fn leaves_doubt(&self) -> bool {
        match self {
            Self::Interrupted(_) | Self::Fault(_) | Self::Nonsense(_) | Self::InProgress => true,
            Self::Unreachable(_)
            | Self::Certificate(_)
            | Self::Unavailable { .. }
            | Self::SignedOut
            | Self::KeyReused
            | Self::Refused(_) => false,
        }
    }
}
