//! The first synchronisation of a large workspace: how long until everything is there, until the inbox is of use, and what it needs of
//! memory.
//!
//! Each round is a process of its own, as a first start is. The floor is the same pages fetched from the same platform and thrown away:
//! nothing that keeps them can be quicker.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use signoff_engine::Engine;
use signoff_wire::contract::conversations::ConversationState;
use signoff_wire::contract::sync::SyncPage;
use signoff_wire::interface::{InboxPage, InboxQuery, Scope, Stage};

use crate::filled::{self, CONVERSATIONS, MESSAGES, Workspace};
use crate::memory::{computed_by_this_process, peak_of_this_process};
use crate::options::Programs;
use crate::report::{Figure, megabytes, ms, progress};
use crate::samples::Samples;
use crate::without_a_desk::{Person, runtime, synchronised, until};

/// Rows that fill a window of ordinary height twice: with them the inbox is of use.
const OF_USE: u32 = 40;
/// What the engine asks for per page (`signoff_engine::sync`).
const PAGE: u32 = 250;

/// One synchronisation, in this process, which then ends.
pub(crate) fn once(address: &str, profile: &Path) -> Result<String> {
    runtime()?.block_on(async {
        let person = Person::default();
        let engine = person.start(profile);
        until(&engine, "the sign-in page", |state| state.stage == Stage::SignedOut).await?;
        let begun = Instant::now();
        person.sign_in(&engine, address).await?;
        let of_use = inbox_of_use(&engine, begun).await?;
        until(&engine, "the first synchronisation", synchronised).await?;
        let everything = begun.elapsed();
        let computed = computed_by_this_process()?;
        let peak = peak_of_this_process()?;
        let counts = inbox(&engine).await?.counts;
        let found = counts.received + counts.ongoing + counts.answered + counts.archived + counts.closed;
        if found < CONVERSATIONS {
            bail!("only {found} conversations are in the cache");
        }
        let [everything, of_use, computed] = [everything, of_use, computed].map(|took| took.as_secs_f64() * 1000.0);
        Ok(format!("{everything} {of_use} {computed} {peak}"))
    })
}

/// Measures.
pub(crate) fn measure(programs: &Programs, rounds: usize) -> Result<()> {
    let workspace = Workspace::large(programs)?;
    let [mut everything, mut of_use, mut computed, mut peak, mut fetched] = std::array::from_fn(|_| Samples::default());
    for round in 1..=rounds {
        progress(&format!("first synchronisation, round {round} of {rounds}"));
        let folder = programs.workbench()?;
        let output = Command::new(std::env::current_exe()?)
            .args(["first-sync-once", &workspace.address])
            .arg(folder.path().join("profile"))
            .output()?;
        if !output.status.success() {
            bail!("the synchronisation failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let text = String::from_utf8(output.stdout)?;
        let mut numbers = text.split_whitespace().map(str::parse::<f64>);
        for samples in [&mut everything, &mut of_use, &mut computed, &mut peak] {
            samples.push(numbers.next().context("a number is missing")??);
        }
        fetched.push_ms(runtime()?.block_on(fetch(&workspace.address))?);
    }
    let messages = CONVERSATIONS * MESSAGES;
    let seconds = everything.median() / 1000.0;
    Figure::new(&format!("First sync, {CONVERSATIONS} conversations, {messages} messages"), ms(everything.median()))
        .over(ms(fetched.median()), everything.ratio_to(&fetched))
        .below(seconds, 5.0, "s")
        .print();
    Figure::new("First sync, processor time of the engine", ms(computed.median())).print();
    Figure::new("First sync, inbox of use", ms(of_use.median())).print();
    Figure::new("First sync, peak memory", megabytes(peak.median())).print();
    workspace.stop()
}

/// Waits until the inbox has rows to fill a window.
async fn inbox_of_use(engine: &Engine, begun: Instant) -> Result<Duration> {
    until(engine, "rows in the inbox", |state| {
        state.sync.first.as_ref().is_some_and(|progress| progress.done >= OF_USE) || synchronised(state)
    })
    .await?;
    while inbox(engine).await?.rows.len() < OF_USE as usize {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(begun.elapsed())
}

async fn inbox(engine: &Engine) -> Result<InboxPage> {
    let query = InboxQuery {
        tab: ConversationState::Received,
        scope: Scope::All,
        channel_id: None,
        search: None,
        after: None,
        limit: OF_USE,
    };
    engine.inbox(query).await.map_err(|failure| anyhow::anyhow!("the inbox cannot be read: {:?}", failure.code))
}

/// Fetches every page and keeps none.
async fn fetch(address: &str) -> Result<Duration> {
    let http = filled::client()?;
    let token = filled::sign_in(&http, address).await?;
    let begun = Instant::now();
    let mut after = String::new();
    loop {
        let page = format!("{address}/v1/sync/conversations?limit={PAGE}{after}");
        let page: SyncPage = http.get(page).bearer_auth(&token).send().await?.error_for_status()?.json().await?;
        match page.next {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(begun.elapsed()),
        }
    }
}
