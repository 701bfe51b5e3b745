//! Every error as the interface hears of it: a code that it has a sentence for, and a detail for the log.

use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::interface::{Code, Failure};

use crate::cache::CacheError;
use crate::outbox::OutboxError;
use crate::profile::ProfileError;
use crate::remote::RemoteError;
use crate::store::{OpenError, StoreError, Threads};

/// Work that blocks on the disk or the keyring, off the runtime's threads.
pub(super) async fn blocking<T: Send + 'static>(
    threads: Threads,
    work: impl FnOnce() -> Result<T, ProfileError> + Send + 'static,
) -> Result<T, Failure> {
    let done = threads.blocking(work).await.ok_or_else(|| Failure::new(Code::Internal))?;
    done.map_err(|error| Failure::new(error.code()).with_detail(error.to_string()))
}

/// A cache that could not be opened.
pub(super) fn of_opening(error: &OpenError) -> Failure {
    let code = match error {
        OpenError::Newer { .. } => Code::CacheNewer,
        OpenError::KeyDoesNotFit => Code::CacheKeyLost,
        OpenError::Unwritable(_) => Code::CacheUnwritable,
        OpenError::DiskFull => Code::DiskFull,
        OpenError::Store(error) => of_store(error),
    };
    tracing::warn!(%error, "the cache cannot be opened");
    Failure::new(code).with_detail(error.to_string())
}

fn of_store(error: &StoreError) -> Code {
    match error {
        StoreError::DiskFull => Code::DiskFull,
        StoreError::Unwritable => Code::CacheUnwritable,
        StoreError::Corrupt => Code::CacheCorrupt,
        StoreError::Closed | StoreError::Sql(_) => Code::Internal,
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(of_store(&error)).with_detail(error.to_string())
    }
}

impl From<CacheError> for Failure {
    fn from(error: CacheError) -> Self {
        let code = match &error {
            CacheError::Store(error) => of_store(error),
            CacheError::Unreadable(_) => Code::PlatformNonsense,
            CacheError::ConversationUnknown => Code::ConversationUnknown,
        };
        Self::new(code).with_detail(error.to_string())
    }
}

impl From<OutboxError> for Failure {
    fn from(error: OutboxError) -> Self {
        let limit = match &error {
            OutboxError::Refused { limit, .. } => *limit,
            OutboxError::Store(_) | OutboxError::Cache(_) | OutboxError::EntryUnknown | OutboxError::NotOffered(_) => {
                None
            }
        };
        Self { limit, ..Self::new(error.code()).with_detail(error.to_string()) }
    }
}

/// A command that needed the platform and did not get what it asked for.
impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        let code = match &error {
            RemoteError::Unreachable(_) | RemoteError::Interrupted(_) => Code::Offline,
            RemoteError::Certificate(_) => Code::CertificateInvalid,
            RemoteError::Fault(_) | RemoteError::Unavailable { .. } | RemoteError::InProgress => {
                Code::PlatformUnavailable
            }
            RemoteError::Nonsense(_) | RemoteError::KeyReused => Code::PlatformNonsense,
            RemoteError::SignedOut => Code::SessionExpired,
            RemoteError::Refused(refusal) => of_refusal(&refusal.code),
        };
        let problem = match &error {
            RemoteError::Refused(refusal) => Some(refusal.code.as_str().to_owned()),
            RemoteError::Unavailable { code, .. } => Some(code.as_str().to_owned()),
            RemoteError::Unreachable(_)
            | RemoteError::Interrupted(_)
            | RemoteError::Certificate(_)
            | RemoteError::Fault(_)
            | RemoteError::InProgress
            | RemoteError::Nonsense(_)
            | RemoteError::KeyReused
            | RemoteError::SignedOut => None,
        };
        Self { problem, ..Self::new(code).with_detail(error.to_string()) }
    }
}

/// The contract's words grow, and most of them are no answer to what is asked here.
fn of_refusal(code: &ProblemCode) -> Code {
    if *code == ProblemCode::Stale {
        Code::SettingsStale
    } else if *code == ProblemCode::NotFound {
        // What is not for this person does not exist for this person (R1).
        Code::NotAllowed
    } else if *code == ProblemCode::ConversationUnknown {
        Code::ConversationUnknown
    } else {
        Code::RefusedOtherwise
    }
}
