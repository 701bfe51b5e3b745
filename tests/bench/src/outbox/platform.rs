//! A platform in memory: every act takes effect once, after a fixed time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use secrecy::SecretString;
use signoff_engine::remote::{Act, Attempt, FirstStep, Platform, RemoteError, Seen, Step, Streamed, Taken, Token};
use signoff_wire::contract::audit::AuditEntry;
use signoff_wire::contract::directory::Directory;
use signoff_wire::contract::events::Changes;
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::receipts::{Receipt, ReceiptReply, ReceiptSurvey, SurveyStatus};
use signoff_wire::contract::sessions::Me;
use signoff_wire::contract::settings::InboxOptions;
use signoff_wire::contract::sync::SyncPage;
use signoff_wire::contract::timeline::TimelineEntry;

/// The platform.
#[derive(Debug, Default)]
pub(super) struct InMemory {
    takes: Duration,
    applied: AtomicI64,
}

impl InMemory {
    /// One that answers after this time.
    pub(super) fn answering_after(takes: Duration) -> Self {
        Self { takes, applied: AtomicI64::new(0) }
    }
}

fn not_asked<T>() -> Result<T, RemoteError> {
    Err(RemoteError::Nonsense("an outbox does not ask for that".to_owned()))
}

#[async_trait]
impl Platform for InMemory {
    fn steps(&self, _act: &Act) -> Vec<Step> {
        vec![Step::Whole]
    }

    fn keeps_keys(&self) -> bool {
        true
    }

    async fn perform(&self, _token: &Token, attempt: &Attempt) -> Result<Taken, RemoteError> {
        if !self.takes.is_zero() {
            tokio::time::sleep(self.takes).await;
        }
        let number = self.applied.fetch_add(1, Ordering::Relaxed) + 1;
        let at = DateTime::<Utc>::UNIX_EPOCH;
        Ok(Taken::whole(Receipt {
            action_id: format!("a{number}"),
            idempotency_key: attempt.key.clone(),
            conversation_id: attempt.act.conversation_id.clone(),
            reply: Some(ReceiptReply { message_id: format!("r{number}"), at }),
            survey: ReceiptSurvey { status: SurveyStatus::None, reason: None, at: None },
            closed: None,
            version: 1,
        }))
    }

    async fn look(&self, _token: &Token, _attempt: &Attempt) -> Result<Seen, RemoteError> {
        not_asked()
    }

    async fn probe(&self) -> Result<(), RemoteError> {
        not_asked()
    }

    fn clock_ahead_by(&self) -> Option<chrono::Duration> {
        None
    }

    async fn sign_in(&self, _email: &str, _password: &SecretString) -> Result<FirstStep, RemoteError> {
        not_asked()
    }

    async fn sign_out(&self, _token: &Token) -> Result<(), RemoteError> {
        not_asked()
    }

    async fn me(&self, _token: &Token) -> Result<Me, RemoteError> {
        not_asked()
    }

    async fn directory(&self, _token: &Token) -> Result<Directory, RemoteError> {
        not_asked()
    }

    async fn inbox_options(&self, _token: &Token) -> Result<(InboxOptions, String), RemoteError> {
        not_asked()
    }

    async fn set_inbox_options(
        &self,
        _token: &Token,
        _allow_manual_close: bool,
        _version: &str,
    ) -> Result<(InboxOptions, String), RemoteError> {
        not_asked()
    }

    async fn audit_log(&self, _token: &Token, _after: Option<&str>) -> Result<Page<AuditEntry>, RemoteError> {
        not_asked()
    }

    async fn snapshot(&self, _token: &Token, _after: Option<&str>, _limit: u32) -> Result<SyncPage, RemoteError> {
        not_asked()
    }

    async fn timeline(
        &self,
        _token: &Token,
        _conversation_id: &str,
        _before: Option<&str>,
        _limit: u32,
    ) -> Result<Page<TimelineEntry>, RemoteError> {
        not_asked()
    }

    async fn changes(&self, _token: &Token, _after: i64, _limit: u32) -> Result<Changes, RemoteError> {
        not_asked()
    }

    async fn events(
        &self,
        _token: &Token,
        _after: i64,
    ) -> Result<BoxStream<'static, Result<Streamed, RemoteError>>, RemoteError> {
        not_asked()
    }
}
