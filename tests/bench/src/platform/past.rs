//! A large workspace: lists, timelines, search and the figures of a year, each asked again and again at places drawn from all of it.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;

use super::Size;
use super::contender::{Contender, fill};
use super::http::Connection;
use crate::options::Programs;
use crate::report::{Figure, megabytes, ms, progress};
use crate::samples::Samples;

const MESSAGES_EACH: u32 = 20;
/// How often each question is put in a turn; figures, which take longest, once.
const ASKED: usize = 20;

/// A question, and how both are asked it.
struct Question {
    name: &'static str,
    asked: usize,
    aim_ms: f64,
    ours: fn(&Draw) -> String,
    theirs: fn(&Draw) -> String,
}

/// A place drawn.
struct Draw {
    /// Of a conversation, its id and the cursor of the list that ends with it.
    id: String,
    cursor: String,
    /// How many open conversations there are before it.
    before: u32,
    number: u32,
    word: &'static str,
}

const QUESTIONS: &[Question] = &[
    Question {
        name: "list, a page anywhere in it",
        asked: ASKED,
        aim_ms: 50.0,
        ours: |draw| format!("/v1/conversations?tab=received&limit=50&after={}", draw.cursor),
        theirs: |draw| format!("/conversations?tab=received&offset={}", draw.before),
    },
    Question {
        name: "open, with its timeline",
        asked: ASKED,
        aim_ms: 20.0,
        ours: |draw| format!("/v1/conversations/{}/messages?limit=50", draw.id),
        theirs: |draw| format!("/conversations/{}", draw.id),
    },
    Question {
        name: "search, one message of all",
        asked: 3,
        aim_ms: 50.0,
        ours: |draw| format!("/v1/conversations?limit=50&search=%22{}%207%22", draw.number),
        theirs: |draw| format!("/search?search=({}-7)", draw.number),
    },
    Question {
        name: "search, a word of every day",
        asked: 3,
        aim_ms: 100.0,
        ours: |draw| format!("/v1/conversations?limit=50&search={}", draw.word),
        theirs: |draw| format!("/search?search={}", draw.word),
    },
    Question {
        name: "actions of a year, by day",
        asked: 1,
        aim_ms: 2_000.0,
        ours: |_| "/v1/analytics/actions?from=2000-01-01&group_by=day".to_owned(),
        theirs: |_| "/figures".to_owned(),
    },
    Question {
        name: "delays of a year",
        asked: 1,
        aim_ms: 2_000.0,
        ours: |_| "/v1/analytics/delays?from=2000-01-01".to_owned(),
        theirs: |_| "/delays".to_owned(),
    },
];

#[derive(Default)]
struct Times {
    ours: Samples,
    theirs: Samples,
    /// The medians of each turn, whose ratio counts.
    our_turns: Samples,
    their_turns: Samples,
}

/// Measures. The folder may be gigabytes large; it is gone afterwards, unless it was there before.
pub(super) async fn measure(programs: &Programs, size: &Size, rounds: usize) -> Result<()> {
    if let Some(data) = &size.filled {
        return ask(programs, data, size, rounds).await;
    }
    let bench = programs.workbench()?;
    let data = bench.path().join("platform");
    progress(&format!("filling {} conversations with {MESSAGES_EACH} messages each", size.conversations));
    let begun = Instant::now();
    fill(programs, &data, size.conversations, MESSAGES_EACH, 365, 10)?;
    let file = std::fs::metadata(data.join("workspace.db"))?.len();
    progress(&format!("filled in {:.0} s: {:.1} GB", begun.elapsed().as_secs_f64(), file as f64 / 1e9));
    ask(programs, &data, size, rounds).await
}

async fn ask(programs: &Programs, data: &Path, size: &Size, rounds: usize) -> Result<()> {
    let platform = Contender::platform(programs, data)?;
    let reader = Contender::reader(programs, data)?;
    let admin = platform.sign_in("admin").await?;
    let places = places(&mut Connection::open(&platform.address, &admin).await?, size.conversations).await?;
    let mut chance = StdRng::seed_from_u64(1);
    let mut all: Vec<Times> = QUESTIONS.iter().map(|_| Times::default()).collect();
    for round in 0..rounds {
        progress(&format!("turn {} of {rounds}", round + 1));
        for (question, times) in QUESTIONS.iter().zip(&mut all) {
            let (mut our_turn, mut their_turn) = (Samples::default(), Samples::default());
            for _ in 0..question.asked {
                let draw = draw(&places, &mut chance, size.conversations)?;
                our_turn.push(asked(&platform.address, &admin, &(question.ours)(&draw)).await?);
                their_turn.push(asked(&reader.address, "", &(question.theirs)(&draw)).await?);
            }
            let (ours, theirs) = (our_turn.median(), their_turn.median());
            progress(&format!("    {}: {} beside {}", question.name, ms(ours), ms(theirs)));
            times.our_turns.push(our_turn.median());
            times.their_turns.push(their_turn.median());
            times.ours.extend(&our_turn);
            times.theirs.extend(&their_turn);
        }
    }
    for (question, times) in QUESTIONS.iter().zip(&all) {
        print(question, times, size);
    }
    let ((now, peak), (their_now, their_peak)) = (platform.memory()?, reader.memory()?);
    Figure::new("memory, large workspace", megabytes(now)).beside(megabytes(their_now)).print();
    Figure::new("memory, large workspace, at most", megabytes(peak)).beside(megabytes(their_peak)).print();
    platform.stop()?;
    reader.stop()
}

/// Rows of the list, one from each of a number of its pages, with how many come before it.
async fn places(connection: &mut Connection, conversations: u32) -> Result<Vec<(String, String, u32)>> {
    let (mut places, mut after, mut before) = (Vec::new(), String::new(), 0);
    // Every tenth conversation is open.
    let pages = (conversations / 10 / 500).clamp(1, 60);
    for _ in 0..pages {
        let path = format!("/v1/conversations?tab=received&limit=500&after={after}");
        let page = connection.get(&path).await?.expect(200)?;
        let rows = page["items"].as_array().context("a page has items")?;
        let id = rows.last().and_then(|row| row["id"].as_str()).context("a page is not empty")?;
        before += u32::try_from(rows.len())?;
        let Some(next) = page["next"].as_str() else { break };
        next.clone_into(&mut after);
        places.push((id.to_owned(), after.clone(), before));
    }
    if places.is_empty() { anyhow::bail!("too few conversations to draw from") } else { Ok(places) }
}

fn draw(places: &[(String, String, u32)], chance: &mut StdRng, conversations: u32) -> Result<Draw> {
    const WORDS: [&str; 6] = ["parcel", "invoice", "merci", "colis", "order", "livraison"];
    let (id, cursor, before) = places.get(chance.random_range(0..places.len())).context("a place")?.clone();
    let word = WORDS[chance.random_range(0..WORDS.len())];
    Ok(Draw { id, cursor, before, number: chance.random_range(0..conversations), word })
}

/// Asked over a new connection: the other one may have been busy for longer than anybody keeps an idle one. Connecting is not counted.
async fn asked(address: &str, token: &str, path: &str) -> Result<f64> {
    let mut connection = Connection::open(address, token).await?;
    let begun = Instant::now();
    let answer = connection.get(path).await?;
    let took = begun.elapsed().as_secs_f64() * 1000.0;
    let answer: Value = answer.expect(200)?;
    if answer["items"].as_array().is_some_and(Vec::is_empty) {
        anyhow::bail!("nothing was found at {path}");
    }
    Ok(took)
}

fn print(question: &Question, times: &Times, size: &Size) {
    let name = |percent: f64| format!("{}, {} conversations, p{percent}", question.name, size.conversations);
    let p99 = times.ours.percentile(99.0);
    Figure::new(&name(99.0), ms(p99))
        .beside(ms(times.theirs.percentile(99.0)))
        .below(p99, question.aim_ms, "ms")
        .print();
    Figure::new(&name(50.0), ms(times.ours.median()))
        .over(ms(times.theirs.median()), times.our_turns.ratio_to(&times.their_turns))
        .print();
}
