//! Two hundred advisors who reply and close as fast as they are answered. Every answer stands for a commit that is on the disk.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use signoff_turns::REPLY;

use super::Size;
use super::contender::{Contender, fill};
use super::http::Connection;
use crate::options::Programs;
use crate::report::{Figure, megabytes, ms, per_second, progress};
use crate::samples::Samples;

/// Conversations that each advisor settles in a turn: a reply, then a closing.
const EACH: usize = 4;

/// A contender, its advisors, and what was measured of them.
struct Measured {
    contender: Contender,
    advisors: Vec<Rc<RefCell<Connection>>>,
    open: VecDeque<Open>,
    rate: Samples,
    replies: Samples,
    closes: Samples,
    p99: Samples,
}

/// A conversation that waits for an answer.
struct Open {
    id: String,
    last_customer_message_id: String,
}

/// Measures.
pub(super) async fn measure(programs: &Programs, size: &Size, rounds: usize) -> Result<()> {
    let bench = programs.workbench()?;
    let needed = u32::try_from(size.advisors * EACH * (rounds + 1))?;
    progress(&format!("a workspace with {needed} conversations to be settled, and as many in the baseline"));
    let data = bench.path().join("platform");
    // A third of the demo's conversations are in the web chat, whose replies are never too late.
    fill(programs, &data, needed * 4, 5, 90, 1)?;
    let platform = Contender::platform(programs, &data)?;
    allow_closing(&platform).await?;
    let baseline = Contender::baseline(programs, &bench.path().join("baseline"), needed)?;
    let mut ours = Measured::new(platform, size.advisors).await?;
    let mut theirs = Measured::new(baseline, size.advisors).await?;
    progress(&format!("{rounds} turns of {} replies and as many closings", size.advisors * EACH));
    for round in 0..=rounds {
        ours.takes_a_turn().await?;
        theirs.takes_a_turn().await?;
        if round == 0 {
            // Statements are prepared and files are grown now.
            ours.forget();
            theirs.forget();
        }
    }
    print(&ours, &theirs)?;
    ours.contender.stop()?;
    theirs.contender.stop()
}

async fn allow_closing(platform: &Contender) -> Result<()> {
    let admin = platform.sign_in("admin").await?;
    let mut admin = Connection::open(&platform.address, &admin).await?;
    let on = json!({ "allow_manual_close": true }).to_string();
    admin.ask("PUT", "/v1/settings/inbox-options", "If-Match: *\r\n", &on).await?.expect(200).map(drop)
}

impl Measured {
    async fn new(contender: Contender, advisors: usize) -> Result<Self> {
        // As many sign in as a platform lets in from one address at a time; each of them works at many desks.
        let mut tokens = Vec::new();
        for person in ["alice", "bob", "admin"] {
            tokens.push(contender.sign_in(person).await?);
        }
        let mut seated = Vec::new();
        for token in tokens.iter().cycle().take(advisors) {
            seated.push(Rc::new(RefCell::new(Connection::open(&contender.address, token).await?)));
        }
        let open = open_conversations(&contender).await?;
        let [rate, replies, closes, p99] = std::array::from_fn(|_| Samples::default());
        Ok(Self { contender, advisors: seated, open, rate, replies, closes, p99 })
    }

    async fn takes_a_turn(&mut self) -> Result<()> {
        let count = self.advisors.len() * EACH;
        if self.open.len() < count {
            bail!("{} conversations are left for a turn of {count}", self.open.len());
        }
        let work = Rc::new(RefCell::new(self.open.drain(..count).collect::<VecDeque<_>>()));
        let begun = Instant::now();
        let shifts = self.advisors.iter().map(|advisor| settle(Rc::clone(advisor), Rc::clone(&work)));
        let mut all = Samples::default();
        let all_settled = futures_util::future::join_all(shifts).await;
        for settled in all_settled {
            let (replies, closes) = settled?;
            for (sum, samples) in [(&mut self.replies, replies), (&mut self.closes, closes)] {
                sum.extend(&samples);
                all.extend(&samples);
            }
        }
        self.rate.push(2.0 * count as f64 / begun.elapsed().as_secs_f64());
        self.p99.push(all.percentile(99.0));
        Ok(())
    }

    fn forget(&mut self) {
        for samples in [&mut self.rate, &mut self.replies, &mut self.closes, &mut self.p99] {
            *samples = Samples::default();
        }
    }
}

async fn open_conversations(contender: &Contender) -> Result<VecDeque<Open>> {
    let token = contender.sign_in("admin").await?;
    let mut admin = Connection::open(&contender.address, &token).await?;
    let (mut open, mut after) = (VecDeque::new(), String::new());
    loop {
        let path = format!("/v1/conversations?tab=received&channel=ch_webchat&limit=500&after={after}");
        let page = admin.get(&path).await?.expect(200)?;
        for row in page["items"].as_array().context("a page has items")? {
            let text = |field: &str| row[field].as_str().map(str::to_owned).context("a row has its ids");
            open.push_back(Open { id: text("id")?, last_customer_message_id: text("last_customer_message_id")? });
        }
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return Ok(open),
        }
    }
}

/// One advisor works until nothing is left.
#[expect(
    clippy::await_holding_refcell_ref,
    reason = "each advisor has a connection of his own, and nobody else borrows it"
)]
async fn settle(advisor: Rc<RefCell<Connection>>, work: Rc<RefCell<VecDeque<Open>>>) -> Result<(Samples, Samples)> {
    let mut connection = advisor.borrow_mut();
    let (mut replies, mut closes) = (Samples::default(), Samples::default());
    loop {
        let Some(next) = work.borrow_mut().pop_front() else { return Ok((replies, closes)) };
        let reply = json!({ "text": REPLY, "attachments": [] });
        click(&mut connection, &next.id, "replies", &reply, &mut replies).await?;
        let close = json!({
            "reply": { "text": REPLY, "attachments": [] },
            "last_seen_message_id": next.last_customer_message_id,
            "origin": "console",
        });
        click(&mut connection, &next.id, "close", &close, &mut closes).await?;
    }
}

async fn click(connection: &mut Connection, id: &str, call: &str, body: &Value, samples: &mut Samples) -> Result<()> {
    let key = format!("Idempotency-Key: \"{}\"\r\n", fresh_key());
    let body = body.to_string();
    let begun = Instant::now();
    let answer = connection.post(&format!("/v1/conversations/{id}/{call}"), &key, &body).await?;
    samples.push_ms(begun.elapsed());
    answer.expect(201).map(drop)
}

/// A key that nobody has had.
fn fresh_key() -> String {
    let id = format!("{:032x}", rand::random::<u128>());
    [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| id.get(part).unwrap_or_default()).join("-")
}

fn print(ours: &Measured, theirs: &Measured) -> Result<()> {
    let advisors = ours.advisors.len();
    let name = |what: &str| format!("{what}, {advisors} advisors");
    let [rate, beside] = [ours, theirs].map(|measured| per_second(measured.rate.median()));
    Figure::new(&name("replies and closings, durable"), rate)
        .over(beside, ours.rate.ratio_to(&theirs.rate))
        .at_least_times(3.0)
        .print();
    let p99 = |measured: &Measured| {
        let mut all = measured.replies.clone();
        all.extend(&measured.closes);
        ms(all.percentile(99.0))
    };
    Figure::new(&name("replies and closings, p99"), p99(ours))
        .over(p99(theirs), ours.p99.ratio_to(&theirs.p99))
        .at_most_times(0.5)
        .print();
    for (what, samples, beside) in
        [("reply", &ours.replies, &theirs.replies), ("closing", &ours.closes, &theirs.closes)]
    {
        for percent in [50.0, 99.0] {
            let [value, beside] = [samples, beside].map(|samples| ms(samples.percentile(percent)));
            Figure::new(&name(&format!("{what}, p{percent}")), value).beside(beside).print();
        }
    }
    let ((now, peak), (their_now, their_peak)) = (ours.contender.memory()?, theirs.contender.memory()?);
    Figure::new(&name("memory"), megabytes(now)).beside(megabytes(their_now)).print();
    Figure::new(&name("memory, at most"), megabytes(peak)).beside(megabytes(their_peak)).print();
    Ok(())
}
