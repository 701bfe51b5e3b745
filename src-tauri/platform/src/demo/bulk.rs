//! A workspace of any size, for benchmarks: the demo's people, and plain conversations written straight into the tables.
//!
//! Acting a hundred thousand messages out as the demo does would take minutes; what a benchmark reads needs the right
//! size and shape, not a history of events. Every reply of an advisor has its action, and so has every closing, since the figures are made
//! of them.

use std::{path::Path, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::params;

use super::{
    blueprint::{self, user_id},
    content::{self, Author, DemoChannel, Story},
};
use crate::{
    OpenError, Refusal, ServeError,
    actions::filter::Filter,
    chance::Chance,
    clock::SystemClock,
    figures::{calendar::Zone, sealed},
    office, search,
    store::{Lock, Machine, Store, Write, ms},
    workspace,
};

/// Conversations of a transaction: the write-ahead log stays small, however many there are in all.
const AT_A_TIME: u32 = 1_000;

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Bulk {
    /// How many conversations.
    pub conversations: u32,
    /// How many messages and replies in all, spread evenly.
    pub messages: u32,
    /// Over how many days before now they are spread.
    pub days: u32,
    /// Of so many conversations one is still open, and all of the last day are.
    pub open_of: u32,
}

impl Bulk {
    /// Over ninety days, every tenth conversation open.
    #[must_use]
    pub fn new(conversations: u32, messages: u32) -> Self {
        Self { conversations, messages, days: 90, open_of: 10 }
    }
}

/// Fills an empty folder. One that holds a workspace is left alone.
///
/// # Errors
/// [`ServeError::Open`] if the folder cannot be used, [`ServeError::Fill`] if it cannot be filled.
pub async fn fill(data_dir: &Path, bulk: Bulk) -> Result<(), ServeError> {
    let store =
        Store::open(data_dir, Arc::new(SystemClock::default()), Chance::seeded(1), Machine::default(), Lock::Alone)
            .map_err(|error: OpenError| ServeError::Open(error))?;
    let filled = write_all(&store, bulk).await;
    store.close().await;
    Ok(filled?)
}

async fn write_all(store: &Store, bulk: Bulk) -> Result<(), Refusal> {
    let founded = store.write(|write| {
        let is_new = workspace::founded(write.sql)?.is_none();
        if is_new {
            workspace::found(write, &blueprint::demo())?;
        }
        Ok(is_new)
    });
    if !founded.await? {
        return Ok(());
    }
    let stories: Arc<[Story]> = content::stories(1).into();
    for from in (0..bulk.conversations).step_by(AT_A_TIME as usize) {
        let stories = Arc::clone(&stories);
        let indices = from..bulk.conversations.min(from + AT_A_TIME);
        store
            .write(move |write| {
                for index in indices {
                    let story = &stories[index as usize % stories.len()];
                    conversation(write, &Plan::of(bulk, index, write.now), story)?;
                }
                Ok(())
            })
            .await?;
    }
    store.write(|write| search::index::rebuild(write.sql)).await?;
    add_up(store).await
}

/// Days that are over are added up as in a workspace that grew: a benchmark's first question of figures waits for none.
async fn add_up(store: &Store) -> Result<(), Refusal> {
    let workspace = store.read(|sql| Ok(Zone::named(office::time_zone(sql)?.name()))).await?;
    for zone in [Some(Zone::UTC), workspace.filter(|zone| *zone != Zone::UTC)].into_iter().flatten() {
        sealed::catch_up(store, zone, Filter::default()).await?;
    }
    Ok(())
}

/// What one conversation is to be.
struct Plan {
    index: u32,
    messages: u32,
    is_open: bool,
    opened_at: DateTime<Utc>,
}

impl Plan {
    fn of(bulk: Bulk, index: u32, now: DateTime<Utc>) -> Self {
        let due = |index: u32| u64::from(bulk.messages) * u64::from(index) / u64::from(bulk.conversations);
        let messages = u32::try_from(due(index + 1) - due(index)).unwrap_or(u32::MAX);
        let age =
            u64::from(bulk.conversations - index) * u64::from(bulk.days) * 24 * 60 / u64::from(bulk.conversations);
        let minutes = i64::try_from(age).unwrap_or(i64::MAX) + i64::from(messages);
        Self {
            index,
            messages,
            is_open: index.is_multiple_of(bulk.open_of.max(1)),
            opened_at: now - TimeDelta::minutes(minutes),
        }
    }
}

/// A conversation of a known number, with what its rows repeat.
struct Written<'a> {
    nr: i64,
    id: String,
    channel_id: &'a str,
    channel_type: &'a str,
    customer_id: String,
    team_id: Option<&'a str>,
}

fn conversation(write: &mut Write<'_>, plan: &Plan, story: &Story) -> Result<(), Refusal> {
    let (channel_id, customer) = (story.channel.facts().id, &story.customer);
    let customer_id = write.id("cust");
    write
        .sql
        .prepare_cached(
            "INSERT INTO customers (id, channel_id, external_id, name, language, vip) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
        )?
        .execute(params![
            customer_id,
            channel_id,
            format!("bulk-{}", plan.index),
            customer.name,
            customer.language.code()
        ])?;
    let closes_at = plan.opened_at + TimeDelta::minutes(i64::from(plan.messages));
    // Of those that are over, every other was closed by an advisor and the rest by the window.
    let closer = (!plan.is_open).then(|| if plan.index.is_multiple_of(2) { "window" } else { "advisor" });
    let id = write.id("conv");
    write
        .sql
        .prepare_cached(
            "INSERT INTO conversations (id, channel_id, customer_id, team_id, state, opened_at, closed_at, closed_by_kind,
                version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)",
        )?
        .execute(params![
            id,
            channel_id,
            customer_id,
            story.team,
            if plan.is_open { "received" } else { "closed" },
            ms(plan.opened_at),
            closer.map(|_| ms(closes_at)),
            closer
        ])?;
    let channel_type = match story.channel {
        DemoChannel::WebChat => "web_chat",
        DemoChannel::WhatsApp => "whatsapp",
        DemoChannel::Messenger => "messenger",
    };
    let nr = write.sql.last_insert_rowid();
    let written = Written { nr, id, channel_id, channel_type, customer_id, team_id: story.team };
    let last = entries(write, plan, story, &written)?;
    if closer == Some("advisor") {
        action(write, &written, "close-conversation", ("user_alice", "Advisor"), closes_at)?;
    }
    write
        .sql
        .prepare_cached(
            "UPDATE conversations SET message_count = ?2, last_message_nr = ?3, last_customer_message_id = ?4,
                last_customer_message_at = ?5 WHERE nr = ?1",
        )?
        .execute(params![written.nr, plan.messages, last.nr, last.customer_message_id, ms(closes_at)])?;
    Ok(())
}

/// The newest of a timeline.
#[derive(Default)]
struct Last {
    nr: i64,
    customer_message_id: String,
}

fn entries(write: &mut Write<'_>, plan: &Plan, story: &Story, of: &Written<'_>) -> Result<Last, Refusal> {
    let mut last = Last::default();
    for (position, turn) in (0..plan.messages).zip(story.turns.iter().cycle()) {
        let at = plan.opened_at + TimeDelta::minutes(i64::from(position));
        let id = write.id("msg");
        let (kind, author_kind, author_id, author_name, delivery) = match turn.author {
            Author::Customer => {
                last.customer_message_id.clone_from(&id);
                ("message", "customer", of.customer_id.as_str(), story.customer.name.as_str(), None)
            }
            Author::Scenario => ("reply", "scenario", "scenario_webchat", content::COMPANY, Some("delivered")),
            Author::Advisor(advisor) | Author::Note(advisor) => {
                ("reply", "advisor", user_id(advisor), "Advisor", Some("delivered"))
            }
        };
        // The number makes each text one that can be searched for.
        let text = format!("{} ({}-{position})", turn.text, plan.index);
        write
            .sql
            .prepare_cached(
                "INSERT INTO entries (id, conversation_nr, kind, author_kind, author_id, author_name, text, at,
                    delivery_status) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![id, of.nr, kind, author_kind, author_id, author_name, text, ms(at), delivery])?;
        last.nr = write.sql.last_insert_rowid();
        if kind == "reply" {
            action(write, of, "answer", (author_id, author_name), at)?;
        }
    }
    Ok(last)
}

fn action(
    write: &mut Write<'_>,
    of: &Written<'_>,
    kind: &str,
    (author_id, author_name): (&str, &str),
    at: DateTime<Utc>,
) -> Result<(), Refusal> {
    let (id, is_bot) = (write.id("act"), author_name == content::COMPANY);
    write
        .sql
        .prepare_cached(
            "INSERT INTO actions (id, kind, at, status, author_id, author_name, author_is_bot, origin, conversation_nr,
                conversation_id, channel_id, channel_type, customer_id, team_id, data)
             VALUES (?1, ?2, ?3, 'ok', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, '{}')",
        )?
        .execute(params![
            id,
            kind,
            ms(at),
            author_id,
            author_name,
            is_bot,
            if is_bot { "scenario" } else { "console" },
            of.nr,
            of.id,
            of.channel_id,
            of.channel_type,
            of.customer_id,
            of.team_id
        ])?;
    Ok(())
}
