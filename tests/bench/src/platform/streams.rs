//! Five hundred clients that listen while fifty things happen each second: how long until each of them knows.
//!
//! The time runs from the moment when the change is sent to the platform, so the commit itself is in it; and once more from the moment when
//! the platform has answered that it is committed.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures_util::future::join_all;
use serde_json::json;

use super::Size;
use super::contender::{Contender, fill};
use super::http::{Connection, find};
use crate::options::Programs;
use crate::report::{Figure, megabytes, ms, progress};
use crate::samples::Samples;

const CHANGES_A_SECOND: u32 = 50;
/// Changes of a turn.
const CHANGES: usize = 150;
/// Customers who write.
const CUSTOMERS: usize = 50;
/// Connections that changes are sent over, so that none waits for the one before it.
const SENDERS: usize = 50;
/// For what is still on its way at the end of a turn.
const PATIENCE: Duration = Duration::from_secs(30);

/// When a change was sent, and when its commit was known.
#[derive(Debug, Clone, Copy)]
struct Change {
    sent: Instant,
    committed: Option<Instant>,
}

struct Measured {
    contender: Contender,
    streams: Vec<Rc<RefCell<Connection>>>,
    senders: Vec<Rc<RefCell<Connection>>>,
    turns: usize,
    from_sending: Samples,
    from_commit: Samples,
    p99: Samples,
}

/// Measures.
pub(super) async fn measure(programs: &Programs, size: &Size, rounds: usize) -> Result<()> {
    let bench = programs.workbench()?;
    let data = bench.path().join("platform");
    fill(programs, &data, 1_000, 5, 90, 10)?;
    let platform = Contender::platform(programs, &data)?;
    let baseline = Contender::baseline(programs, &bench.path().join("baseline"), 1_000)?;
    let mut ours = Measured::new(platform, size.streams).await?;
    let mut theirs = Measured::new(baseline, size.streams).await?;
    progress(&format!("{rounds} turns of {CHANGES} changes, {CHANGES_A_SECOND} a second, {} streams", size.streams));
    for round in 0..=rounds {
        ours.takes_a_turn().await?;
        theirs.takes_a_turn().await?;
        if round == 0 {
            ours.forget();
            theirs.forget();
        }
    }
    print(&ours, &theirs)?;
    ours.contender.stop()?;
    theirs.contender.stop()
}

impl Measured {
    async fn new(contender: Contender, streams: usize) -> Result<Self> {
        let mut senders = Vec::new();
        for _ in 0..SENDERS {
            let sender = Connection::open(&contender.address, "demo-key-ch_webchat").await?;
            senders.push(Rc::new(RefCell::new(sender)));
        }
        for customer in 0..CUSTOMERS {
            let sender = senders.first().context("somebody sends")?;
            says(sender, customer, &format!("hello-{customer}"), "Hello").await?;
        }
        // The scenario greets each of them once.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let token = contender.sign_in("alice").await?;
        let mut listening = Vec::new();
        for _ in 0..streams {
            let mut connection = Connection::open(&contender.address, &token).await?;
            connection.listen("/v1/events").await?;
            listening.push(Rc::new(RefCell::new(connection)));
        }
        let [from_sending, from_commit, p99] = std::array::from_fn(|_| Samples::default());
        Ok(Self { contender, streams: listening, senders, turns: 0, from_sending, from_commit, p99 })
    }

    async fn takes_a_turn(&mut self) -> Result<()> {
        let mark = format!("turn{}-", self.turns);
        self.turns += 1;
        let begun = Instant::now();
        let changes = Rc::new(RefCell::new(vec![Change { sent: begun, committed: None }; CHANGES]));
        let sending = (0..CHANGES).map(|number| {
            let (sender, changes) = (Rc::clone(&self.senders[number % SENDERS]), Rc::clone(&changes));
            let text =
                format!("{mark}{number:05}. My parcel was to arrive on Tuesday and nothing has changed since then.");
            async move {
                let due = begun + Duration::from_secs(1) * u32::try_from(number)? / CHANGES_A_SECOND;
                tokio::time::sleep_until(due.into()).await;
                if let Some(change) = changes.borrow_mut().get_mut(number) {
                    change.sent = Instant::now();
                }
                says(&sender, number % CUSTOMERS, &text, &text).await?;
                if let Some(change) = changes.borrow_mut().get_mut(number) {
                    change.committed = Some(Instant::now());
                }
                anyhow::Ok(())
            }
        });
        let listening = self.streams.iter().map(|stream| hears(Rc::clone(stream), mark.clone().into_bytes()));
        let both = futures_util::future::join(join_all(sending), join_all(listening));
        let (sent, heard) =
            tokio::time::timeout(PATIENCE, both).await.context("some streams never heard of some changes")?;
        sent.into_iter().collect::<Result<()>>()?;
        let mut turn = Samples::default();
        let changes = changes.borrow();
        for (number, at) in heard.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten() {
            let change = changes.get(number).context("a change that nobody sent")?;
            turn.push_ms(at - change.sent);
            self.from_commit
                .push_ms(change.committed.map_or(Duration::ZERO, |committed| at.saturating_duration_since(committed)));
        }
        self.p99.push(turn.percentile(99.0));
        self.from_sending.extend(&turn);
        Ok(())
    }

    fn forget(&mut self) {
        for samples in [&mut self.from_sending, &mut self.from_commit, &mut self.p99] {
            *samples = Samples::default();
        }
    }
}

#[expect(
    clippy::await_holding_refcell_ref,
    reason = "whoever else wants to send over this connection waits its turn by the clock"
)]
async fn says(sender: &Rc<RefCell<Connection>>, customer: usize, id: &str, text: &str) -> Result<()> {
    let body = json!({
        "customer": { "external_id": format!("bench-{customer}"), "name": format!("Customer {customer}") },
        "message": { "external_id": id, "text": text },
    });
    let mut sender = loop {
        match sender.try_borrow_mut() {
            Ok(sender) => break sender,
            Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    };
    sender.post("/v1/channels/ch_webchat/inbound", "", &body.to_string()).await?.expect(202).map(drop)
}

/// Listens until all changes of the turn were heard of; which of them when.
#[expect(clippy::await_holding_refcell_ref, reason = "one reader for each stream")]
async fn hears(stream: Rc<RefCell<Connection>>, mark: Vec<u8>) -> Result<Vec<(usize, Instant)>> {
    let mut stream = stream.borrow_mut();
    let mut heard: Vec<(usize, Instant)> = Vec::with_capacity(CHANGES);
    while heard.len() < CHANGES {
        let bytes = stream.next().await?;
        let now = Instant::now();
        // A whole event at a time; what has come of the next one stays.
        while let Some(end) = find(bytes, b"\n\n") {
            let event: Vec<u8> = bytes.drain(..end + 2).collect();
            let number = find(&event, &mark).and_then(|at| event.get(at + mark.len()..at + mark.len() + 5));
            let number = number.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
            // A later event may repeat what was said.
            let number = number.filter(|number: &usize| heard.iter().all(|(other, _)| other != number));
            heard.extend(number.map(|number| (number, now)));
        }
    }
    Ok(heard)
}

fn print(ours: &Measured, theirs: &Measured) -> Result<()> {
    let name = |what: &str| format!("{what}, {} streams", ours.streams.len());
    let p99 = |measured: &Measured| ms(measured.from_sending.percentile(99.0));
    Figure::new(&name("from sending to the client, p99"), p99(ours))
        .over(p99(theirs), ours.p99.ratio_to(&theirs.p99))
        .at_most_times(0.5)
        .print();
    let kinds =
        [("sending", &ours.from_sending, &theirs.from_sending), ("commit", &ours.from_commit, &theirs.from_commit)];
    for (what, samples, beside) in kinds {
        for percent in [50.0, 99.0] {
            let [value, beside] = [samples, beside].map(|samples| ms(samples.percentile(percent)));
            if (what, percent) != ("sending", 99.0) {
                Figure::new(&name(&format!("from {what} to the client, p{percent}")), value).beside(beside).print();
            }
        }
    }
    let ((now, peak), (their_now, their_peak)) = (ours.contender.memory()?, theirs.contender.memory()?);
    Figure::new(&name("memory"), megabytes(now)).beside(megabytes(their_now)).print();
    Figure::new(&name("memory, at most"), megabytes(peak)).beside(megabytes(their_peak)).print();
    Ok(())
}
