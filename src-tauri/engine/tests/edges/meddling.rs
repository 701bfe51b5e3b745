//! What stands between a desk and a platform: the real platform's answers, except where a test says otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt};
use secrecy::SecretString;
use serde_json::Value;
use signoff_engine::Engine;
use signoff_engine::ports::{AddressInvalid, Clock, Connector};
use signoff_engine::remote::http::HttpConnector;
use signoff_engine::remote::{
    Act, Attempt, FirstStep, Platform, Refusal, RemoteError, Seen, Step, Streamed, Taken, Token, Upload,
};
use signoff_wire::contract::audit::AuditEntry;
use signoff_wire::contract::directory::Directory;
use signoff_wire::contract::events::{Changes, Event, EventType};
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::sessions::Me;
use signoff_wire::contract::settings::InboxOptions;
use signoff_wire::contract::sync::SyncPage;
use signoff_wire::contract::timeline::TimelineEntry;

use crate::desk::Desk;

/// What is meddled with.
#[derive(Default)]
struct Tricks {
    forget_events: AtomicBool,
    forget_cursors: bool,
    /// How often the first page of everything was asked for.
    beginnings: AtomicUsize,
    hold_streams: bool,
    break_streams: bool,
}

pub(crate) struct Meddling {
    honest: HttpConnector,
    tricks: Tricks,
}

impl Meddling {
    pub(crate) fn with(desk: &Desk) -> Self {
        Self { honest: HttpConnector::new(Arc::clone(&desk.clock) as Arc<dyn Clock>), tricks: Tricks::default() }
    }

    /// The next question for changes is answered with `reset`: that is too long ago.
    pub(crate) fn forgets_events_once(self) -> Self {
        self.tricks.forget_events.store(true, Ordering::SeqCst);
        self
    }

    /// Cursors of the first paging are not taken: the platform was restored from a backup meanwhile.
    pub(crate) fn forgets_the_first_cursors(mut self) -> Self {
        self.tricks.forget_cursors = true;
        self
    }

    /// Streams open, and nothing ever comes through them: a proxy that buffers.
    pub(crate) fn holds_streams_back(mut self) -> Self {
        self.tricks.hold_streams = true;
        self
    }

    /// Streams do not even open: a proxy that waits for their end.
    pub(crate) fn breaks_streams(mut self) -> Self {
        self.tricks.break_streams = true;
        self
    }

    pub(crate) fn start(self, desk: &Desk) -> Arc<Engine> {
        desk.start_over(Arc::new(Meddler(Arc::new(self))))
    }
}

struct Meddler(Arc<Meddling>);

#[async_trait]
impl Connector for Meddler {
    fn connect(&self, address: &str) -> Result<Arc<dyn Platform>, AddressInvalid> {
        Ok(Arc::new(Between { platform: self.0.honest.connect(address)?, meddling: Arc::clone(&self.0) }))
    }
}

struct Between {
    platform: Arc<dyn Platform>,
    meddling: Arc<Meddling>,
}

#[async_trait]
impl Platform for Between {
    async fn probe(&self) -> Result<(), RemoteError> {
        self.platform.probe().await
    }
    fn clock_ahead_by(&self) -> Option<chrono::Duration> {
        self.platform.clock_ahead_by()
    }
    async fn sign_in(&self, email: &str, password: &SecretString) -> Result<FirstStep, RemoteError> {
        self.platform.sign_in(email, password).await
    }
    async fn sign_out(&self, token: &Token) -> Result<(), RemoteError> {
        self.platform.sign_out(token).await
    }
    async fn me(&self, token: &Token) -> Result<Me, RemoteError> {
        self.platform.me(token).await
    }
    async fn directory(&self, token: &Token) -> Result<Directory, RemoteError> {
        self.platform.directory(token).await
    }
    async fn inbox_options(&self, token: &Token) -> Result<(InboxOptions, String), RemoteError> {
        self.platform.inbox_options(token).await
    }
    async fn set_inbox_options(
        &self,
        token: &Token,
        allow_manual_close: bool,
        version: &str,
    ) -> Result<(InboxOptions, String), RemoteError> {
        self.platform.set_inbox_options(token, allow_manual_close, version).await
    }
    async fn audit_log(&self, token: &Token, after: Option<&str>) -> Result<Page<AuditEntry>, RemoteError> {
        self.platform.audit_log(token, after).await
    }
    async fn snapshot(&self, token: &Token, after: Option<&str>, limit: u32) -> Result<SyncPage, RemoteError> {
        let tricks = &self.meddling.tricks;
        let beginnings = tricks.beginnings.fetch_add(usize::from(after.is_none()), Ordering::SeqCst);
        if tricks.forget_cursors && after.is_some() && beginnings == 1 {
            return Err(RemoteError::Refused(Box::new(Refusal {
                status: 400,
                code: ProblemCode::InvalidQuery,
                last_customer_message_id: None,
                newer_conversation_id: None,
                limit: None,
            })));
        }
        self.platform.snapshot(token, after, limit).await
    }
    async fn timeline(
        &self,
        token: &Token,
        conversation_id: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Page<TimelineEntry>, RemoteError> {
        self.platform.timeline(token, conversation_id, before, limit).await
    }
    async fn changes(&self, token: &Token, after: i64, limit: u32) -> Result<Changes, RemoteError> {
        if self.meddling.tricks.forget_events.swap(false, Ordering::SeqCst) {
            let reset = Event { seq: after, kind: EventType::Reset, data: Value::Null };
            return Ok(Changes { items: vec![reset], next: after, more: false });
        }
        self.platform.changes(token, after, limit).await
    }
    async fn events(
        &self,
        token: &Token,
        after: i64,
    ) -> Result<BoxStream<'static, Result<Streamed, RemoteError>>, RemoteError> {
        if self.meddling.tricks.hold_streams {
            return Ok(stream::pending().boxed());
        }
        if self.meddling.tricks.break_streams {
            return Err(RemoteError::Interrupted("no head".to_owned()));
        }
        self.platform.events(token, after).await
    }
    fn takes_files(&self) -> bool {
        self.platform.takes_files()
    }
    async fn upload(&self, token: &Token, upload: Upload) -> Result<String, RemoteError> {
        self.platform.upload(token, upload).await
    }
    fn steps(&self, act: &Act) -> Vec<Step> {
        self.platform.steps(act)
    }
    fn keeps_keys(&self) -> bool {
        self.platform.keeps_keys()
    }
    async fn perform(&self, token: &Token, attempt: &Attempt) -> Result<Taken, RemoteError> {
        self.platform.perform(token, attempt).await
    }
    async fn look(&self, token: &Token, attempt: &Attempt) -> Result<Seen, RemoteError> {
        self.platform.look(token, attempt).await
    }
}
