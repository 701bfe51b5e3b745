//! A workplace: an account at work. Its cache, its line to the platform, and the tasks that keep both in step: synchronisation, outbox and
//! notifications. It exists from sign-in to sign-out, also offline and while the session is expired.

mod delivery;
mod previews;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Duration, Utc};
use rusqlite::{Connection, Transaction};
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::sessions::Me;
use signoff_wire::contract::timeline::TimelineEntry;
use signoff_wire::interface::{
    Choose, Chosen, ConnectionStatus, Failure, NotificationPreferences, Preferences, QueueCounts, QueueEntry, Stage,
};
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;

use crate::account::{self, Line, TokenPlace, Way};
use crate::backoff::{self, Luck};
use crate::cache::{self, CacheError, facts};
use crate::files;
use crate::first_paint::FirstPaint;
use crate::frame::{self, Frame};
use crate::notify::Teller;
use crate::outbox::{self, Click, Decision, OutboxError};
use crate::ports::Ports;
use crate::profile::Profile;
use crate::remote::{Platform, RemoteError, Token};
use crate::store::{Store, StoreError, Threads};
use crate::sync::{self, Known, Synchronisation};
pub(crate) use delivery::{Bell, Reports};
pub(crate) use previews::Previews;

/// The longest wait between two attempts at something that a person watches.
const LONGEST_PAUSE: std::time::Duration = std::time::Duration::from_secs(15);

/// What a workplace is set up with.
pub(crate) struct Setting {
    pub(crate) profile: Arc<Profile>,
    /// The account's folder in the profile.
    pub(crate) account: String,
    pub(crate) store: Store,
    pub(crate) ports: Ports,
    pub(crate) frame: Arc<Frame>,
    pub(crate) preferences: watch::Receiver<Preferences>,
    pub(crate) first_paint: Arc<FirstPaint>,
    pub(crate) runtime: Handle,
    pub(crate) threads: Threads,
}

/// An account at work.
pub(crate) struct Workplace {
    account: String,
    owner: String,
    store: Store,
    ports: Ports,
    frame: Arc<Frame>,
    line: Arc<Line>,
    tokens: TokenPlace,
    teller: Arc<Teller>,
    wake_sync: Arc<Notify>,
    bell: Arc<Bell>,
    previews: Arc<Previews>,
    /// Something is due in the ledger that no synchronisation has brought.
    tell: Notify,
    preferences: watch::Receiver<Preferences>,
    first_paint: Arc<FirstPaint>,
    runtime: Handle,
    tasks: Mutex<JoinSet<()>>,
}

impl Workplace {
    /// A workplace at which nobody works yet. `token` is that of a session that has just begun; without one the kept one is used.
    pub(crate) async fn open(setting: Setting, me: &Me, way: Way, token: Option<Token>) -> Arc<Self> {
        let Setting { profile, account, store, ports, frame, preferences, first_paint, runtime, threads } = setting;
        let tokens = TokenPlace::new(profile, account.clone(), store.clone(), threads);
        let token = match token {
            Some(token) => {
                keep_token(&tokens, &token).await;
                Some(token)
            }
            None => tokens.get().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the session's token cannot be read; a sign-in is needed");
                None
            }),
        };
        let line = Arc::new(Line::new(way, ports.clone(), token));
        let teller = Arc::new(Teller::new(store.clone(), Arc::clone(&ports.notifier), Arc::clone(&ports.clock)));
        Arc::new(Self {
            account,
            owner: facts::owner(me),
            store,
            ports,
            frame,
            line,
            tokens,
            teller,
            wake_sync: Arc::default(),
            bell: Arc::default(),
            previews: Arc::default(),
            tell: Notify::new(),
            preferences,
            first_paint,
            runtime,
            tasks: Mutex::default(),
        })
    }

    /// Shows itself and sets to work. Whoever sees it may use it at once, so it is in its place by now.
    pub(crate) async fn begin(self: &Arc<Self>, me: &Me) -> Result<(), Failure> {
        self.show(me).await?;
        self.set_to_work(me);
        Ok(())
    }

    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    pub(crate) fn way(&self) -> &Way {
        self.line.way()
    }

    pub(crate) fn line(&self) -> Arc<Line> {
        Arc::clone(&self.line)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Reads from the cache as the person who is signed in.
    pub(crate) async fn read<T, E, F>(&self, job: F) -> Result<T, E>
    where
        F: FnOnce(&Connection, &Me) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + From<CacheError> + Send + 'static,
    {
        let read = move |connection: &Connection| match facts::me(connection)? {
            Some(me) => job(connection, &me),
            // Signed out between the question and the answer.
            None => Err(CacheError::ConversationUnknown.into()),
        };
        self.store.read(read).await
    }

    pub(crate) fn owner(&self) -> &str {
        &self.owner
    }

    /// The person wants to see what holds now (D1).
    pub(crate) fn refresh(&self) {
        self.previews.outdated();
        self.wake();
        self.frame.everything_changed();
    }

    /// Something makes a new attempt worth while.
    pub(crate) fn wake(&self) {
        self.wake_sync.notify_one();
        self.bell.wake();
    }

    fn wake_if_offline(&self) {
        if self.frame.state().connection.status != ConnectionStatus::Online {
            self.wake_sync.notify_one();
        }
    }

    /// The same person has signed in again: the queue goes on (D25).
    pub(crate) async fn renew(&self, me: &Me, token: Token) -> Result<(), Failure> {
        let (kept, way) = (me.clone(), self.way().clone());
        self.store.write(move |transaction| account::remember(transaction, &kept, &way)).await?;
        keep_token(&self.tokens, &token).await;
        self.line.renew(token);
        self.show(me).await?;
        self.wake();
        Ok(())
    }

    /// Queues a click; durable when this answers (D21).
    pub(crate) async fn enqueue(&self, click: Click) -> Result<QueueEntry, Failure> {
        let now = self.ports.clock.now();
        let key = outbox::new_key(now, &*self.ports.chance);
        let (owner, conversation) = (self.owner.clone(), click.conversation_id.clone());
        let write = move |transaction: &Transaction<'_>| {
            let me = facts::me(transaction)?.ok_or(CacheError::ConversationUnknown)?;
            let entry = outbox::enqueue(transaction, &click, &key, &me, now)?;
            Ok((entry, outbox::counts(transaction, &owner)?))
        };
        // Counted in the transaction: nothing that comes after it may keep a durable click from being called queued.
        let (entry, queue) = self.store.write::<_, OutboxError, _>(write).await?;
        self.bell.look();
        self.show_queue(queue, [conversation]);
        Ok(entry)
    }

    /// Does what the person decided about a queued action.
    pub(crate) async fn choose(&self, args: Choose) -> Result<Chosen, Failure> {
        let (owner, now) = (self.owner.clone(), self.ports.clock.now());
        let write = move |transaction: &Transaction<'_>| {
            let conversation = outbox::entry(transaction, &owner, &args.entry_id)?.conversation_id;
            let decision = Decision { key: args.entry_id, choice: args.choice, seen_message_id: args.seen_message_id };
            Ok::<_, OutboxError>((outbox::choose(transaction, &owner, &decision, now)?, conversation))
        };
        let (chosen, conversation) = self.store.write(write).await?;
        self.bell.look();
        self.queue_changed([conversation]).await?;
        Ok(chosen)
    }

    /// Calls the platform for a command that needs it now.
    pub(crate) async fn call<T, F>(&self, ask: impl FnOnce(Arc<dyn Platform>, Token) -> F) -> Result<T, RemoteError>
    where
        F: Future<Output = Result<T, RemoteError>>,
    {
        let token = self.line.token().ok_or(RemoteError::SignedOut)?;
        let platform = self.line.platform().await?;
        let answer = ask(platform, token.clone()).await;
        if matches!(answer, Err(RemoteError::SignedOut)) {
            self.line.expired(&token);
        }
        answer
    }

    /// How long to wait after so many failures in a row.
    pub(crate) fn pause_after(&self, failures: u32) -> std::time::Duration {
        backoff::after(failures, LONGEST_PAUSE, Luck::draw(&*self.ports.chance))
    }

    /// A page of a timeline that is not in the cache.
    pub(crate) async fn older_entries(
        &self,
        conversation_id: &str,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Page<TimelineEntry>, RemoteError> {
        self.call(|platform, token| async move { platform.timeline(&token, conversation_id, before, limit).await })
            .await
    }

    /// The time by the platform's clock, as far as it is known: what ends there does not depend on how this machine's is set.
    pub(crate) fn platform_now(&self) -> DateTime<Utc> {
        self.ports.clock.now() + self.line.clock_ahead_by().unwrap_or(Duration::zero())
    }

    /// Sums up what do-not-disturb has held back (D31).
    pub(crate) async fn tell_held_back(&self) -> Result<(), StoreError> {
        self.teller.in_one(&self.wanted()).await
    }

    /// Ends all work. Says whether anything was left that has to be kept; the rest of the cache is emptied then.
    pub(crate) async fn close(&self) -> Result<bool, CacheError> {
        self.end().await;
        if let Err(error) = self.tokens.set(None).await {
            tracing::warn!(%error, "the session's token could not be forgotten");
        }
        let owner = self.owner.clone();
        let leave = move |transaction: &Transaction<'_>| {
            let keep = outbox::has_open(transaction, &owner)?
                || cache::has_drafts(transaction, &owner)?
                || files::any_of_drafts(transaction, &owner)?;
            if keep {
                cache::clear(transaction)?;
            }
            Ok::<_, CacheError>(keep)
        };
        self.store.write(leave).await
    }

    /// Stops all work at once. What was under way is settled by whoever opens the cache next.
    pub(crate) fn stop(&self) {
        self.tasks().abort_all();
    }

    /// The same, and waits until nothing of it is left.
    pub(crate) async fn end(&self) {
        let mut tasks = std::mem::take(&mut *self.tasks());
        tasks.shutdown().await;
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills the frame from the cache.
    async fn show(&self, me: &Me) -> Result<(), Failure> {
        let owner = self.owner.clone();
        let read = move |connection: &Connection| {
            Ok::<_, OutboxError>((outbox::counts(connection, &owner)?, sync::known(connection)?))
        };
        let (queue, Known { current_as_of, clock_ahead_by }) = self.store.read(read).await?;
        if let Some(by) = clock_ahead_by {
            self.line.clock_was_ahead_by(by);
        }
        let session_expired = self.line.token().is_none();
        let now = self.ports.clock.now();
        self.frame.update(|state| {
            frame::show_person(state, me, self.line.is_demo(), self.line.address());
            state.stage = Stage::SignedIn { session_expired };
            if !session_expired && state.connection.status == ConnectionStatus::SignedOut {
                // The attempt itself waits for the first paint, which has to say so already.
                state.connection.status = ConnectionStatus::Connecting;
                state.connection.since = now;
            }
            state.queue = queue;
            state.sync.current_as_of = state.sync.current_as_of.max(current_as_of);
        });
        self.frame.everything_changed();
        self.frame.queue_changed();
        Ok(())
    }

    /// Tells the window that the queue changed.
    async fn queue_changed(&self, conversations: impl IntoIterator<Item = String>) -> Result<(), OutboxError> {
        let owner = self.owner.clone();
        let queue = self.store.read(move |connection| outbox::counts(connection, &owner)).await?;
        self.show_queue(queue, conversations);
        Ok(())
    }

    fn show_queue(&self, queue: QueueCounts, conversations: impl IntoIterator<Item = String>) {
        self.frame.update(|state| state.queue = queue);
        self.frame.inbox_changed(conversations);
        self.frame.queue_changed();
    }

    /// The same where nobody waits for the answer.
    async fn retell(&self, conversations: impl IntoIterator<Item = String>) {
        if let Err(error) = self.queue_changed(conversations).await {
            tracing::warn!(%error, "the queue cannot be counted");
        }
    }

    /// Tells what the outbox puts into the ledger, also offline; and at the start what an earlier run had no time to tell.
    async fn tell_what_is_due(self: Arc<Self>) {
        let mut told = self.teller.in_one(&self.wanted()).await.and(self.teller.forget_old().await);
        loop {
            if let Err(error) = told {
                tracing::warn!(%error, "the ledger cannot be told from");
            }
            self.tell.notified().await;
            told = self.teller.attention(&self.wanted()).await;
        }
    }

    fn wanted(&self) -> NotificationPreferences {
        self.preferences.borrow().notifications.clone()
    }

    fn set_to_work(self: &Arc<Self>, me: &Me) {
        let runtime = &self.runtime;
        let (reports, incoming) = mpsc::unbounded_channel();
        let synchronisation = Synchronisation::new(sync::Setting {
            store: self.store.clone(),
            line: Arc::clone(&self.line),
            frame: Arc::clone(&self.frame),
            teller: Arc::clone(&self.teller),
            preferences: self.preferences.clone(),
            clock: Arc::clone(&self.ports.clock),
            chance: Arc::clone(&self.ports.chance),
            wake: Arc::clone(&self.wake_sync),
            outbox: Arc::clone(&self.bell),
            previews: Arc::clone(&self.previews),
            reports: reports.clone(),
            me: me.clone(),
        });
        let first_paint = || Arc::clone(&self.first_paint);
        let mut tasks = self.tasks();
        tasks.spawn_on(after(first_paint(), synchronisation.run()), runtime);
        tasks.spawn_on(after(first_paint(), Arc::clone(self).deliver(me.clone(), reports)), runtime);
        tasks.spawn_on(after(first_paint(), Arc::clone(self).tell_what_is_due()), runtime);
        tasks.spawn_on(Arc::clone(self).look_at_previews(), runtime);
        tasks.spawn_on(Arc::clone(self).hear(incoming), runtime);
        tasks.spawn_on(follow_session(Arc::clone(&self.line), Arc::clone(&self.frame)), runtime);
    }
}

/// Work that no first paint needs.
async fn after(first_paint: Arc<FirstPaint>, work: impl Future<Output = ()>) {
    first_paint.done().await;
    work.await;
}

/// The stage follows the session: a 401 anywhere asks for a sign-in (D25), a sign-in ends that.
async fn follow_session(line: Arc<Line>, frame: Arc<Frame>) {
    let mut tokens = line.tokens();
    loop {
        let session_expired = tokens.borrow_and_update().is_none();
        frame.update(|state| state.stage = Stage::SignedIn { session_expired });
        if tokens.changed().await.is_err() {
            return;
        }
    }
}

/// Without a place to keep it, the session lasts as long as the program does.
async fn keep_token(tokens: &TokenPlace, token: &Token) {
    if let Err(error) = tokens.set(Some(token.clone())).await {
        tracing::warn!(%error, "the session's token cannot be kept");
    }
}
