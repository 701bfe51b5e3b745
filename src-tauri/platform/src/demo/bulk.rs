//! A workspace of any size, for benchmarks: the demo's people, and plain conversations written straight into the tables.
//!
//! Acting a hundred thousand messages out as the demo does would take minutes; what a benchmark reads needs the right
//! size and shape, not a history of events.

use std::{path::Path, sync::Arc};

use chrono::TimeDelta;
use rusqlite::params;

use super::{
    blueprint::{self, user_id},
    content::{self, Author, Story},
};
use crate::{
    OpenError, Refusal, ServeError,
    chance::Chance,
    clock::SystemClock,
    store::{Machine, Store, Write, ms},
    workspace,
};

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Bulk {
    /// How many conversations.
    pub conversations: u32,
    /// How many messages and replies in all, spread evenly.
    pub messages: u32,
}

/// Fills an empty folder. One that holds a workspace is left alone.
///
/// # Errors
/// [`ServeError::Open`] if the folder cannot be used, [`ServeError::Fill`] if it cannot be filled.
pub async fn fill(data_dir: &Path, bulk: Bulk) -> Result<(), ServeError> {
    let store = Store::open(data_dir, Arc::new(SystemClock::default()), Chance::seeded(1), Machine::default())
        .map_err(|error: OpenError| ServeError::Open(error))?;
    let filled = store
        .write(move |write| {
            if workspace::founded(write.sql)?.is_none() {
                workspace::found(write, &blueprint::demo())?;
                conversations(write, bulk)?;
            }
            Ok(())
        })
        .await;
    store.close().await;
    Ok(filled?)
}

fn conversations(write: &mut Write<'_>, bulk: Bulk) -> Result<(), Refusal> {
    let stories = content::stories(1);
    let mut written = 0;
    for index in 0..bulk.conversations {
        let due = u64::from(bulk.messages) * (u64::from(index) + 1) / u64::from(bulk.conversations);
        let messages = due.saturating_sub(written);
        written += messages;
        let story = &stories[index as usize % stories.len()];
        conversation(write, story, index, bulk.conversations, i64::try_from(messages).unwrap_or(i64::MAX))?;
    }
    Ok(())
}

fn conversation(write: &mut Write<'_>, story: &Story, index: u32, of: u32, messages: i64) -> Result<(), Refusal> {
    let (channel_id, customer) = (story.channel.facts().id, &story.customer);
    let customer_id = write.id("cust");
    write
        .sql
        .prepare_cached(
            "INSERT INTO customers (id, channel_id, external_id, name, language, vip) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
        )?
        .execute(params![customer_id, channel_id, format!("bulk-{index}"), customer.name, customer.language.code()])?;

    // Evenly over ninety days; every tenth conversation, and all of the last day, is still open.
    let opened_at = write.now - TimeDelta::minutes(i64::from(of - index) * 90 * 24 * 60 / i64::from(of) + messages);
    let last_at = opened_at + TimeDelta::minutes(messages);
    let closed = !index.is_multiple_of(10);
    let conversation_id = write.id("conv");
    write
        .sql
        .prepare_cached(
            "INSERT INTO conversations (id, channel_id, customer_id, state, opened_at, closed_at, closed_by_kind,
                version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)",
        )?
        .execute(params![
            conversation_id,
            channel_id,
            customer_id,
            if closed { "closed" } else { "received" },
            ms(opened_at),
            closed.then(|| ms(last_at)),
            closed.then_some("window")
        ])?;
    let nr = write.sql.last_insert_rowid();
    let mut last_message_id = String::new();
    for (position, turn) in (0..messages).zip(story.turns.iter().cycle()) {
        let at = ms(opened_at + TimeDelta::minutes(position));
        let id = write.id("msg");
        let (kind, author_kind, author_id, author_name, delivery) = match turn.author {
            Author::Customer => {
                last_message_id.clone_from(&id);
                ("message", "customer", customer_id.as_str(), customer.name.as_str(), None)
            }
            Author::Scenario => ("reply", "scenario", "scenario_webchat", content::COMPANY, Some("delivered")),
            Author::Advisor(advisor) | Author::Note(advisor) => {
                ("reply", "advisor", user_id(advisor), "Advisor", Some("delivered"))
            }
        };
        write
            .sql
            .prepare_cached(
                "INSERT INTO entries (id, conversation_nr, kind, author_kind, author_id, author_name, text, at,
                    delivery_status) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![id, nr, kind, author_kind, author_id, author_name, turn.text, at, delivery])?;
    }
    write
        .sql
        .prepare_cached(
            "UPDATE conversations SET message_count = ?2, last_message_nr = ?3, last_customer_message_id = ?4,
                last_customer_message_at = ?5 WHERE nr = ?1",
        )?
        .execute(params![nr, messages, write.sql.last_insert_rowid(), last_message_id, ms(last_at)])?;
    Ok(())
}
