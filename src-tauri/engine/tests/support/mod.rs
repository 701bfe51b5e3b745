//! What the engine's tests share: a clock and a chance that stand still, a store in a folder of its own, conversations to put into it,
//! and a platform that does what a test tells it.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

pub(crate) mod platform;
pub(crate) mod say;
pub(crate) mod shift;
pub(crate) mod stepwise;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretSlice;
use signoff_engine::cache::{self, facts};
use signoff_engine::files::{self, Brought};
use signoff_engine::outbox::{self, Click, OutboxError, Wish};
use signoff_engine::ports::{Chance, Clock};
use signoff_engine::store::{Options, RealDisk, Rescue, Store, Threads};
use signoff_wire::contract::channel_settings::AttachmentLimits;
use signoff_wire::contract::conversations::Conversation;
use signoff_wire::contract::requests::Origin;
use signoff_wire::contract::sessions::Me;
use signoff_wire::contract::sync::{ConversationSnapshot, SyncPage};
use signoff_wire::interface::{Draft, QueueEntry};

/// A wall clock that follows tokio's time, so that pausing that pauses both, and that can be set besides.
pub(crate) struct TestClock {
    start: tokio::time::Instant,
    offset: Mutex<TimeDelta>,
    looks: AtomicU64,
}

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            start: tokio::time::Instant::now(),
            offset: Mutex::new(TimeDelta::zero()),
            looks: AtomicU64::default(),
        })
    }

    /// How often somebody has looked at the clock.
    pub(crate) fn looks(&self) -> u64 {
        self.looks.load(Ordering::Relaxed)
    }

    /// Sets the wall clock forward or back; waiting goes on as before.
    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.offset.lock().expect("nobody panics with the clock in hand") += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        let passed = TimeDelta::from_std(self.start.elapsed()).expect("tests are short");
        say::time("2026-11-22T09:00:00.000Z")
            + passed
            + *self.offset.lock().expect("nobody panics with the clock in hand")
    }
}

/// Chance without surprises: every draw is different, and the same in every run.
#[derive(Default)]
pub(crate) struct Dice(AtomicU64);

impl Dice {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }
}

impl Chance for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            *byte = u8::try_from((mixed >> 32) & 0xff).expect("a byte");
        }
    }
}

/// A key for files.
pub(crate) fn key(byte: u8) -> SecretSlice<u8> {
    SecretSlice::from(vec![byte; 32])
}

/// A profile's file in a folder of its own.
pub(crate) struct Desk {
    pub(crate) folder: Arc<tempfile::TempDir>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) dice: Arc<Dice>,
    pub(crate) store: Store,
    pub(crate) rescue: Option<Rescue>,
    pub(crate) me: Me,
}

impl Desk {
    /// A new profile with a person in it.
    pub(crate) async fn new() -> Self {
        Self::with(Options { threads: Threads::Caller, ..Options::new(TestClock::new()) }).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        // In memory where the system offers that: thousands of commits are waited for here, and no power is cut.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = Arc::new(folder.expect("a temporary folder"));
        let opened = Store::open(&folder.path().join("profile.db"), &key(7), options).expect("a new file opens");
        let desk = Self {
            folder,
            clock: TestClock::new(),
            dice: Dice::new(),
            store: opened.store,
            rescue: opened.rescue,
            me: say::me(),
        };
        let me = desk.me.clone();
        desk.write(move |tx| facts::set_me(tx, &me)).await.expect("a new file takes facts");
        desk
    }

    /// The process dies, and another one opens the same file.
    pub(crate) fn reopened(self) -> Self {
        let Self { folder, clock, dice, store, me, rescue: _ } = self;
        let path = store.path().to_owned();
        drop(store);
        let options = Options { clock: clock.clone(), threads: Threads::Caller, disk: Arc::new(RealDisk) };
        let opened = Store::open(&path, &key(7), options).expect("the file opens again");
        Self { folder, clock, dice, store: opened.store, rescue: opened.rescue, me }
    }

    pub(crate) async fn write<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&rusqlite::Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<signoff_engine::store::StoreError> + Send + 'static,
    {
        self.store.write(job).await
    }

    pub(crate) fn owner(&self) -> String {
        facts::owner(&self.me)
    }

    /// Puts conversations in, as the first synchronisation does.
    pub(crate) async fn has(&self, conversations: &[Conversation]) {
        let items = conversations.iter().map(say::snapshot).collect();
        self.synchronised(items).await;
    }

    pub(crate) async fn synchronised(&self, items: Vec<ConversationSnapshot>) {
        let total = items.len() as u64;
        let page = SyncPage { items, next: None, seq: 1, total };
        self.write(move |tx| cache::apply_snapshot_page(tx, &page)).await.expect("the page is taken in");
    }

    /// Clicks.
    pub(crate) async fn clicks(&self, conversation_id: &str, wish: Wish) -> Result<QueueEntry, OutboxError> {
        let key = outbox::new_key(self.clock.now(), self.dice.as_ref());
        let click =
            Click { conversation_id: conversation_id.to_owned(), wish, not_before: None, origin: Origin::Console };
        let (me, now) = (self.me.clone(), self.clock.now());
        self.write(move |tx| outbox::enqueue(tx, &click, &key, &me, now)).await
    }

    /// The whole queue.
    pub(crate) async fn queue(&self) -> Vec<QueueEntry> {
        let owner = self.owner();
        self.store.read(move |c| outbox::list(c, &owner)).await.expect("the queue can be read")
    }

    /// One entry, also after its end.
    pub(crate) async fn entry(&self, id: &str) -> QueueEntry {
        let (owner, id) = (self.owner(), id.to_owned());
        self.store.read(move |c| outbox::entry(c, &owner, &id)).await.expect("the entry is there")
    }

    /// A conversation as it is shown.
    pub(crate) async fn shows(&self, id: &str) -> signoff_wire::interface::ConversationView {
        let (me, now, id) = (self.me.clone(), self.clock.now(), id.to_owned());
        self.store.read(move |c| cache::views::conversation(c, &id, &me, now)).await.expect("the conversation is there")
    }

    /// The draft of a conversation.
    pub(crate) async fn draft(&self, id: &str) -> String {
        self.shows(id).await.composer.draft
    }

    /// Types a draft.
    pub(crate) async fn types(&self, id: &str, text: &str) {
        self.types_instead_of(id, &self.draft(id).await, text).await;
    }

    /// Types a draft over what was in sight when typing began.
    pub(crate) async fn types_instead_of(&self, id: &str, seen: &str, text: &str) {
        let (owner, now) = (self.owner(), self.clock.now());
        let draft = Draft { conversation_id: id.to_owned(), text: text.to_owned(), instead_of: seen.to_owned() };
        self.write(move |tx| cache::save_draft(tx, &owner, &draft, now)).await.expect("the draft is kept");
    }

    /// The channels take these files.
    pub(crate) async fn takes_files(&self, limits: Option<AttachmentLimits>) {
        let directory = say::directory(limits);
        self.write(move |tx| cache::put_directory(tx, &directory)).await.expect("the directory is taken in");
    }

    /// Attaches a file. Answers its id.
    pub(crate) async fn attaches(&self, id: &str, name: &str, bytes: &[u8]) -> Result<String, OutboxError> {
        self.attach(id, name, bytes).await?;
        Ok(self.shows(id).await.composer.files.last().expect("it is attached").id.clone())
    }

    /// Attaches a file.
    pub(crate) async fn attach(&self, id: &str, name: &str, bytes: &[u8]) -> Result<(), OutboxError> {
        let brought = Brought::new(name, bytes.to_vec(), self.clock.now(), self.dice.as_ref());
        let (owner, conversation) = (self.owner(), id.to_owned());
        self.write(move |tx| files::attach(tx, &owner, &conversation, &brought)).await
    }

    /// The names of a draft's files.
    pub(crate) async fn attached(&self, id: &str) -> Vec<String> {
        self.shows(id).await.composer.files.into_iter().map(|file| file.name).collect()
    }

    /// How many bytes of files are kept.
    pub(crate) async fn bytes_of_files(&self) -> i64 {
        let count = |c: &rusqlite::Connection| {
            let bytes = c.query_row("SELECT coalesce(sum(length(bytes)), 0) FROM file_pieces", [], |row| row.get(0))?;
            Ok::<_, signoff_engine::store::StoreError>(bytes)
        };
        self.store.read(count).await.expect("the files can be counted")
    }

    /// Takes in an event.
    pub(crate) async fn hears(&self, event: signoff_wire::contract::events::Event) -> cache::Applied {
        self.write(move |tx| cache::apply_change(tx, &event)).await.expect("the event is taken in")
    }

    /// Decides about an entry, having seen what it shows.
    pub(crate) async fn chooses(
        &self,
        id: &str,
        choice: signoff_wire::interface::Choice,
    ) -> Result<signoff_wire::interface::Chosen, OutboxError> {
        let shown = self.queue().await.into_iter().find(|entry| entry.id == id);
        let seen_message_id = shown
            .and_then(|entry| entry.attention)
            .and_then(|attention| Some(attention.new_messages.last()?.id.clone()));
        let (owner, now) = (self.owner(), self.clock.now());
        let decision = outbox::Decision { key: id.to_owned(), choice, seen_message_id };
        self.write(move |tx| outbox::choose(tx, &owner, &decision, now)).await
    }
}

/// A reply that is not checked against what was seen.
pub(crate) fn reply(text: &str) -> Wish {
    Wish::Reply { text: text.to_owned(), file_ids: Vec::new(), trigger_survey: false, last_seen_message_id: None }
}

/// The same with files of the draft.
pub(crate) fn reply_with(text: &str, file_ids: &[&String]) -> Wish {
    let file_ids = file_ids.iter().map(|id| (*id).clone()).collect();
    Wish::Reply { text: text.to_owned(), file_ids, trigger_survey: false, last_seen_message_id: None }
}

/// A close that has seen the conversation's first message.
pub(crate) fn close(text: &str) -> Wish {
    Wish::SendAndClose { text: text.to_owned(), file_ids: Vec::new(), last_seen_message_id: Some("m1".to_owned()) }
}
