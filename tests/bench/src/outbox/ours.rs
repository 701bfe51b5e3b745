//! Our outbox: the engine's own store, queue and dispatcher, without an interface in front of them and with a platform in memory behind.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use secrecy::{SecretSlice, SecretString};
use signoff_engine::cache::{self, facts};
use signoff_engine::outbox::dispatcher::{AT_ONCE, Parts};
use signoff_engine::outbox::{self, Click, Dispatcher, OutboxError, Report, Sessions, State, Wish};
use signoff_engine::ports::{Chance, Clock};
use signoff_engine::remote::Token;
use signoff_engine::store::{Options, Store};
use signoff_turns::{CONVERSATIONS, Contender, Error, REPLY};
use signoff_wire::contract::channels::{ChannelRef, ChannelType};
use signoff_wire::contract::conversations::{
    Conversation, ConversationState, ConversationStatus, Customer, SurveyPreview,
};
use signoff_wire::contract::requests::Origin;
use signoff_wire::contract::sessions::{Features, Me, PlatformTraits, Role, User, Workspace};
use signoff_wire::contract::sync::{ConversationSnapshot, SyncPage};
use signoff_wire::interface::Draft;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::platform::InMemory;
use crate::without_a_desk::{MachineChance, MachineClock, runtime};

/// A profile's file with conversations in it, and nobody but the outbox at work.
pub(super) struct Ours {
    runtime: Runtime,
    store: Store,
    me: Me,
    queued: usize,
}

impl Ours {
    /// Makes the file, encrypted as every profile's is.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let options = Options::new(Arc::new(MachineClock));
        let store = Store::open(&folder.join("profile.db"), &key(), options)?.store;
        let (runtime, me) = (runtime()?, me());
        let (page, person) = (synchronised(), me.clone());
        runtime.block_on(store.write(move |transaction| {
            facts::set_me(transaction, &person)?;
            cache::apply_snapshot_page(transaction, &page)
        }))?;
        Ok(Self { runtime, store, me, queued: 0 })
    }

    /// Queues many at once, sharing commits: only where it is not the clicks that are measured.
    pub(super) fn fill(&mut self, entries: usize) -> Result<()> {
        const SHARE_A_COMMIT: usize = 500;
        for first in (0..entries).step_by(SHARE_A_COMMIT) {
            let (me, numbers) = (self.me.clone(), first..entries.min(first + SHARE_A_COMMIT));
            self.queued += numbers.len();
            self.runtime.block_on(self.store.write(move |transaction| {
                numbers.into_iter().try_for_each(|number| queue(transaction, number % CONVERSATIONS, &me))
            }))?;
        }
        Ok(())
    }

    /// Brings everything to a platform that answers after a while. Answers with the time from the dispatcher's start to the last receipt
    /// on disk.
    pub(super) fn bring(&mut self, platform_takes: Duration) -> Result<Duration> {
        let (sender, mut reports) = mpsc::unbounded_channel();
        let dispatcher = Dispatcher::new(Parts {
            store: self.store.clone(),
            owner: facts::owner(&self.me),
            platform: Arc::new(InMemory::answering_after(platform_takes)),
            sessions: Arc::new(SignedIn),
            clock_was_ahead_by: None,
            idempotency_days: self.me.platform.idempotency_days,
            at_once: AT_ONCE,
            clock: Arc::new(MachineClock),
            chance: Arc::new(MachineChance),
            reports: sender,
        });
        let queued = std::mem::take(&mut self.queued);
        self.runtime.block_on(async {
            let begun = Instant::now();
            let task = tokio::spawn(dispatcher.run());
            let mut done = 0;
            while done < queued {
                match reports.recv().await.context("the dispatcher ended")? {
                    Report::Settled { state: State::Done, .. } => done += 1,
                    Report::Settled { state, .. } => bail!("an entry ended as {state:?}"),
                    Report::Changed { .. } | Report::Reached => {}
                    unexpected @ (Report::NotReached(_) | Report::SignedOut | Report::StoreFailed(_)) => {
                        bail!("{unexpected:?}")
                    }
                }
            }
            let took = begun.elapsed();
            task.abort();
            Ok(took)
        })
    }
}

impl Contender for Ours {
    fn click(&mut self, conversation: usize) -> Result<Duration, Error> {
        let (owner, id, now) = (facts::owner(&self.me), id(conversation), MachineClock.now());
        let draft = Draft { conversation_id: id, text: REPLY.to_owned(), instead_of: String::new() };
        self.runtime
            .block_on(self.store.write(move |transaction| cache::save_draft(transaction, &owner, &draft, now)))?;
        let me = self.me.clone();
        let begun = Instant::now();
        self.runtime.block_on(self.store.write(move |transaction| queue(transaction, conversation, &me)))?;
        self.queued += 1;
        Ok(begun.elapsed())
    }

    fn drain(&mut self, _conversation: usize) -> Result<(), Error> {
        self.bring(Duration::ZERO)?;
        Ok(())
    }
}

fn queue(transaction: &Transaction<'_>, conversation: usize, me: &Me) -> Result<(), OutboxError> {
    let now = MachineClock.now();
    let wish =
        Wish::Reply { file_ids: Vec::new(), text: REPLY.to_owned(), trigger_survey: false, last_seen_message_id: None };
    let click = Click { conversation_id: id(conversation), wish, not_before: None, origin: Origin::Console };
    outbox::enqueue(transaction, &click, &outbox::new_key(now, &MachineChance), me, now).map(drop)
}

/// A session that does not end.
struct SignedIn;

impl Sessions for SignedIn {
    fn token(&self) -> Option<Token> {
        Some(SecretString::from("token"))
    }

    fn over(&self, _token: &Token) {}
}

/// A key of the keyring's length.
pub(super) fn key() -> SecretSlice<u8> {
    let mut bytes = vec![0; 32];
    MachineChance.fill(&mut bytes);
    SecretSlice::from(bytes)
}

/// The id of a conversation; the last is the deep one.
pub(crate) fn id(conversation: usize) -> String {
    format!("conv_{conversation:04}")
}

fn me() -> Me {
    Me {
        user: User {
            id: "u_alice".to_owned(),
            name: "Alice".to_owned(),
            email: "alice@demo.test".to_owned(),
            role: Role::Advisor,
            teams: Vec::new(),
        },
        workspace: Workspace { id: "w_demo".to_owned(), name: "Demo".to_owned() },
        features: Features { close_conversation: true },
        platform: PlatformTraits { atomic_close: true, close_is_final: true, idempotency_days: 30 },
    }
}

/// What a first synchronisation brings.
fn synchronised() -> SyncPage {
    let items: Vec<_> = (0..=CONVERSATIONS)
        .map(|number| ConversationSnapshot {
            conversation: conversation(&id(number)),
            entries: Vec::new(),
            entries_next: None,
        })
        .collect();
    SyncPage { total: items.len() as u64, items, next: None, seq: 1 }
}

fn conversation(id: &str) -> Conversation {
    let at = DateTime::<Utc>::UNIX_EPOCH;
    Conversation {
        id: id.to_owned(),
        status: ConversationStatus::Open,
        state: ConversationState::Received,
        channel: ChannelRef {
            id: "ch_webchat".to_owned(),
            kind: ChannelType::WebChat,
            name: "Web chat".to_owned(),
            reply_limit: 20_000,
        },
        customer: Customer {
            id: format!("k_{id}"),
            external_id: format!("x_{id}"),
            name: format!("Customer of {id}"),
            language: None,
            vip: false,
        },
        team: None,
        assignee: None,
        on_hold: false,
        help_requested: false,
        tags: Vec::new(),
        opened_at: at,
        closed_at: None,
        closed_by: None,
        previous_conversation_id: None,
        previous_closed_by: None,
        last_customer_message_id: Some("m1".to_owned()),
        last_customer_message_at: Some(at),
        message_count: 1,
        last_message: None,
        conversation_window_ends_at: None,
        reply_window_ends_at: None,
        survey_preview: SurveyPreview { will_send: false, reason: None },
        version: 1,
    }
}
