//! A platform in memory that keeps the contract's promises about keys, and fails when and how a test tells it to.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use secrecy::SecretString;
use signoff_engine::remote::{
    Act, Attempt, FirstStep, Platform, Refusal, RemoteError, Seen, Step, Streamed, Taken, Token, Upload, What,
};
use signoff_wire::contract::audit::AuditEntry;
use signoff_wire::contract::directory::Directory;
use signoff_wire::contract::events::Changes;
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::receipts::Receipt;
use signoff_wire::contract::sessions::{Me, Session};
use signoff_wire::contract::settings::InboxOptions;
use signoff_wire::contract::sync::SyncPage;
use signoff_wire::contract::timeline::TimelineEntry;
use tokio::time::Instant;

use super::say;

/// What becomes of a call.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    /// It works.
    Works,
    /// It works, and takes this long.
    Takes(Duration),
    /// It fails and nothing is applied.
    Fails(RemoteError),
    /// It is applied, and the answer is lost.
    AnswerLost(RemoteError),
    /// It never ends.
    Hangs,
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    Perform { key: String, act: Act },
    Receipt { key: String },
    Upload { name: String },
}

#[derive(Default)]
pub(crate) struct Script {
    pub(crate) calls: Vec<Call>,
    pub(crate) applied: Vec<(String, Act)>,
    pub(crate) receipts: HashMap<String, Receipt>,
    pub(crate) performs: VecDeque<Fate>,
    pub(crate) asks: VecDeque<Fate>,
    pub(crate) of_conversation: HashMap<String, Fate>,
    pub(crate) always: Option<Fate>,
    /// The fates of the next uploads.
    pub(crate) uploads: VecDeque<Fate>,
    /// Files that were uploaded: id, name and bytes.
    pub(crate) files: Vec<(String, String, Vec<u8>)>,
    /// The platform has no files from here.
    pub(crate) takes_no_files: bool,
    pub(crate) in_flight: usize,
    pub(crate) most_in_flight: usize,
    pub(crate) forgets_receipts: bool,
    /// The platform's clock minus this machine's, as it tells and as an earlier run heard it.
    pub(crate) ahead_by: Option<TimeDelta>,
    pub(crate) was_ahead_by: Option<TimeDelta>,
    pub(crate) streams: Streams,
    /// When streams were asked for.
    pub(crate) opened: Vec<Instant>,
    /// When somebody asked for changes.
    pub(crate) asked: Vec<Instant>,
}

/// How far event streams come.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Streams {
    /// Not even the head arrives.
    #[default]
    HeldBack,
    /// One sign of life, and then nothing more.
    FallSilent,
}

/// The platform.
#[derive(Clone, Default)]
pub(crate) struct Scripted(Arc<Mutex<Script>>);

impl Scripted {
    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().expect("nobody panics with the script in hand")
    }

    /// The fates of the next attempts.
    pub(crate) fn next_performs(&self, fates: impl IntoIterator<Item = Fate>) {
        self.script().performs.extend(fates);
    }

    /// The fates of the next questions after receipts.
    pub(crate) fn next_asks(&self, fates: impl IntoIterator<Item = Fate>) {
        self.script().asks.extend(fates);
    }

    /// The texts that took effect in a conversation, in their order.
    pub(crate) fn texts_in(&self, conversation_id: &str) -> Vec<String> {
        let script = self.script();
        let acts = script.applied.iter().filter(|(_, act)| act.conversation_id == conversation_id);
        acts.map(|(_, act)| match &act.what {
            What::Reply { text, .. } | What::Close { text, .. } => text.clone(),
            What::Archive => "(archive)".to_owned(),
            What::Assign { .. } => "(assign)".to_owned(),
            What::Release => "(release)".to_owned(),
        })
        .collect()
    }

    /// How many calls were made.
    pub(crate) fn call_count(&self) -> usize {
        self.script().calls.len()
    }

    /// The uploads that the platform does not know any more are gone for good.
    pub(crate) fn forgets_files(&self) {
        for (id, ..) in &mut self.script().files {
            *id = format!("gone {id}");
        }
    }

    /// What the act names that the platform does not know.
    fn names_unknown(&self, key: &str, act: &Act) -> bool {
        let script = self.script();
        let (What::Reply { attachments, .. } | What::Close { attachments, .. }) = &act.what else { return false };
        let known = |id: &String| script.files.iter().any(|(known, ..)| known == id);
        !script.receipts.contains_key(key) && !attachments.iter().all(known)
    }

    fn apply(&self, key: &str, act: &Act) -> Receipt {
        let mut script = self.script();
        if let Some(receipt) = script.receipts.get(key) {
            return receipt.clone();
        }
        script.applied.push((key.to_owned(), act.clone()));
        let number = i64::try_from(script.applied.len()).expect("tests are short");
        let closes = matches!(act.what, What::Close { .. });
        let mut receipt = say::receipt(key, &act.conversation_id, &format!("r{number}"), closes, 100 + number);
        if !matches!(act.what, What::Reply { .. } | What::Close { .. }) {
            receipt.reply = None;
        }
        script.receipts.insert(key.to_owned(), receipt.clone());
        receipt
    }

    async fn meet<T>(&self, fate: Fate, works: impl FnOnce() -> T) -> Result<T, RemoteError> {
        match fate {
            Fate::Works => Ok(works()),
            Fate::Takes(time) => {
                tokio::time::sleep(time).await;
                Ok(works())
            }
            Fate::Fails(error) => Err(error),
            Fate::AnswerLost(error) => {
                works();
                Err(error)
            }
            Fate::Hangs => std::future::pending().await,
        }
    }
}

struct InFlight(Scripted);

impl InFlight {
    fn begin(platform: &Scripted) -> Self {
        let mut script = platform.script();
        script.in_flight += 1;
        script.most_in_flight = script.most_in_flight.max(script.in_flight);
        drop(script);
        Self(platform.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.script().in_flight -= 1;
    }
}

fn not_scripted<T>() -> Result<T, RemoteError> {
    Err(RemoteError::Nonsense("this test does not ask for that".to_owned()))
}

#[async_trait]
impl Platform for Scripted {
    async fn probe(&self) -> Result<(), RemoteError> {
        Ok(())
    }

    fn clock_ahead_by(&self) -> Option<TimeDelta> {
        self.script().ahead_by
    }

    async fn sign_in(&self, _email: &str, _password: &SecretString) -> Result<FirstStep, RemoteError> {
        let expires_at = say::time("2026-12-22T09:00:00.000Z");
        Ok(FirstStep::In(Session {
            token: "token-1".to_owned(),
            expires_at,
            user: say::me().user,
            recovery_codes: Vec::new(),
        }))
    }

    async fn sign_out(&self, _token: &Token) -> Result<(), RemoteError> {
        not_scripted()
    }

    async fn me(&self, _token: &Token) -> Result<Me, RemoteError> {
        Ok(say::me())
    }

    async fn directory(&self, _token: &Token) -> Result<Directory, RemoteError> {
        Ok(Directory {
            channels: Vec::new(),
            teams: Vec::new(),
            users: Vec::new(),
            tags: Vec::new(),
            canned_replies: Vec::new(),
            team_mandatory: false,
        })
    }

    async fn inbox_options(&self, _token: &Token) -> Result<(InboxOptions, String), RemoteError> {
        not_scripted()
    }

    async fn set_inbox_options(
        &self,
        _token: &Token,
        _allow_manual_close: bool,
        _version: &str,
    ) -> Result<(InboxOptions, String), RemoteError> {
        not_scripted()
    }

    async fn audit_log(&self, _token: &Token, _after: Option<&str>) -> Result<Page<AuditEntry>, RemoteError> {
        not_scripted()
    }

    async fn snapshot(&self, _token: &Token, _after: Option<&str>, _limit: u32) -> Result<SyncPage, RemoteError> {
        Ok(SyncPage { items: Vec::new(), next: None, seq: 1, total: 0 })
    }

    async fn timeline(
        &self,
        _token: &Token,
        _conversation_id: &str,
        _before: Option<&str>,
        _limit: u32,
    ) -> Result<Page<TimelineEntry>, RemoteError> {
        not_scripted()
    }

    async fn changes(&self, _token: &Token, after: i64, _limit: u32) -> Result<Changes, RemoteError> {
        self.script().asked.push(Instant::now());
        Ok(Changes { items: Vec::new(), next: after, more: false })
    }

    async fn events(
        &self,
        _token: &Token,
        _after: i64,
    ) -> Result<BoxStream<'static, Result<Streamed, RemoteError>>, RemoteError> {
        let streams = {
            let mut script = self.script();
            script.opened.push(Instant::now());
            script.streams
        };
        match streams {
            Streams::HeldBack => std::future::pending().await,
            Streams::FallSilent => Ok(stream::iter([Ok(Streamed::Alive)]).chain(stream::pending()).boxed()),
        }
    }

    fn takes_files(&self) -> bool {
        !self.script().takes_no_files
    }

    async fn upload(&self, _token: &Token, upload: Upload) -> Result<String, RemoteError> {
        let fate = {
            let mut script = self.script();
            script.calls.push(Call::Upload { name: upload.name.clone() });
            script.uploads.pop_front().or_else(|| script.always.clone()).unwrap_or(Fate::Works)
        };
        let pieces: Vec<Vec<u8>> = upload.bytes.try_collect().await.expect("the file is here");
        let bytes = pieces.concat();
        assert_eq!(u64::try_from(bytes.len()).ok(), Some(upload.size), "the whole file");
        self.meet(fate, || {
            let mut script = self.script();
            let id = format!("att{}", script.files.len() + 1);
            script.files.push((id.clone(), upload.name, bytes));
            id
        })
        .await
    }

    fn steps(&self, _act: &Act) -> Vec<Step> {
        vec![Step::Whole]
    }

    fn keeps_keys(&self) -> bool {
        true
    }

    async fn perform(&self, _token: &Token, attempt: &Attempt) -> Result<Taken, RemoteError> {
        let _in_flight = InFlight::begin(self);
        let Attempt { key, act, .. } = attempt;
        let fate = {
            let mut script = self.script();
            script.calls.push(Call::Perform { key: key.to_owned(), act: act.clone() });
            let of_conversation = script.of_conversation.get(&act.conversation_id).cloned();
            of_conversation
                .or_else(|| script.performs.pop_front())
                .or_else(|| script.always.clone())
                .unwrap_or(Fate::Works)
        };
        if !matches!(fate, Fate::Fails(_) | Fate::Hangs) && self.names_unknown(key, act) {
            return Err(RemoteError::Refused(Box::new(Refusal::because(ProblemCode::AttachmentUnknown))));
        }
        self.meet(fate, || Taken::whole(self.apply(key, act))).await
    }

    async fn look(&self, _token: &Token, attempt: &Attempt) -> Result<Seen, RemoteError> {
        let key = &attempt.key;
        let fate = {
            let mut script = self.script();
            script.calls.push(Call::Receipt { key: key.to_owned() });
            script.asks.pop_front().or_else(|| script.always.clone()).unwrap_or(Fate::Works)
        };
        self.meet(fate, || {
            let script = self.script();
            let receipt = if script.forgets_receipts { None } else { script.receipts.get(key).cloned() };
            receipt.map_or(Seen::NoReceipt, |receipt| Seen::Applied(Taken::whole(receipt)))
        })
        .await
    }
}
