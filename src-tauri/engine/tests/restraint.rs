//! What the dispatcher does not do: spin, hammer, or keep anybody waiting for nothing (DESIGN, outbox 7).

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use signoff_engine::outbox::{Report, State};
use signoff_engine::remote::{Refusal, RemoteError};
use signoff_engine::store::{Disk, Options, StoreError, Threads};
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::interface::EntryState;
use support::platform::{Fate, Scripted};
use support::shift::{Shift, until};
use support::{Desk, TestClock, reply, say};

const HOUR: Duration = Duration::from_secs(3600);

fn unreachable() -> RemoteError {
    RemoteError::Unreachable("no route".to_owned())
}

async fn desk_with(conversations: &[&str]) -> Desk {
    let desk = Desk::new().await;
    desk.has(&conversations.iter().map(|id| say::conversation(id)).collect::<Vec<_>>()).await;
    desk
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_platform_costs_nothing_but_time_and_is_tried_with_growing_pauses() {
    let desk = desk_with(&["c1", "c2", "c3"]).await;
    for id in ["c1", "c2", "c3"] {
        desk.clicks(id, reply("Hello")).await.expect("queued");
    }
    let platform = Scripted::default();
    platform.script().always = Some(Fate::Fails(unreachable()));
    let shift = Shift::start(&desk, &platform);

    tokio::time::sleep(Duration::from_secs(24 * 3600)).await;

    let calls = platform.call_count();
    assert!((250..1500).contains(&calls), "{calls} attempts in a day of three conversations");
    platform.script().always = None;
    shift.waker.wake();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        desk.queue().await.iter().filter(|entry| entry.state == EntryState::Done).count(),
        3,
        "a wake is enough"
    );
}

#[tokio::test(start_paused = true)]
async fn an_idle_dispatcher_is_idle() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    let shift = Shift::start(&desk, &platform);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = desk.store.commits();

    tokio::time::sleep(Duration::from_secs(3600)).await;
    for _ in 0..30 {
        shift.waker.look();
        tokio::time::sleep(Duration::from_secs(2)).await;
    }

    assert_eq!(platform.call_count(), 0);
    assert_eq!(desk.store.commits(), before, "nothing is written when there is nothing to do");
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_kept_also_by_a_restart_and_a_wake() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    let busy = RemoteError::Unavailable { retry_after: Some(Duration::from_secs(600)), code: ProblemCode::Overloaded };
    platform.next_performs([Fate::Fails(busy)]);
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let shift = Shift::start(&desk, &platform);
    until("the first attempt is over", || async { desk.entry(&entry.id).await.last_problem.is_some() }).await;
    shift.dies().await;

    let shift = Shift::start(&desk, &platform);
    shift.waker.wake();
    tokio::time::sleep(Duration::from_secs(500)).await;
    shift.waker.wake();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(platform.call_count(), 1, "the platform has asked for ten minutes");
    assert!(desk.entry(&entry.id).await.next_attempt_at.is_some(), "and the queue says until when");

    tokio::time::sleep(Duration::from_secs(60)).await;
    desk.until_entry(&entry.id, EntryState::Done).await;
}

#[tokio::test(start_paused = true)]
async fn d25_a_token_that_is_given_out_again_is_not_hammered_with() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.script().always = Some(Fate::Fails(RemoteError::SignedOut));
    desk.clicks("c1", reply("Hello")).await.expect("queued");
    let shift = Shift::start(&desk, &platform);

    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(10)).await;
        shift.session.signs_in("token-1");
        shift.waker.wake();
    }

    assert_eq!(platform.call_count(), 1);
}

/// A VPN that swallows everything: the one attempt that feels for the way lasts, and people go on clicking.
#[tokio::test(start_paused = true)]
async fn a_click_during_an_attempt_that_hangs_does_not_make_it_spin() {
    let desk = desk_with(&["c1", "c2"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::Fails(unreachable()), Fate::Hangs]);
    desk.clicks("c1", reply("Hello")).await.expect("queued");
    let shift = Shift::start(&desk, &platform);
    until("the second attempt hangs", || async { platform.call_count() == 2 }).await;

    desk.clicks("c2", reply("Are you there?")).await.expect("queued");
    shift.waker.look();
    let before = desk.clock.looks();
    for _ in 0..1_000 {
        // Moves the time also past a task that never rests.
        tokio::time::advance(Duration::from_millis(1)).await;
    }

    let turns = desk.clock.looks() - before;
    assert!(turns < 50, "{turns} turns in a second in which nothing could be done");
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_refuses_the_question_is_not_asked_in_a_loop() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    let refused = RemoteError::Refused(Box::new(Refusal {
        status: 403,
        code: ProblemCode::Other("not-for-you".to_owned()),
        last_customer_message_id: None,
        newer_conversation_id: None,
        limit: None,
    }));
    platform.next_performs([Fate::AnswerLost(RemoteError::Fault(502))]);
    platform.next_asks((0..10_000).map(|_| Fate::Fails(refused.clone())));
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");

    let _shift = Shift::start(&desk, &platform);
    tokio::time::sleep(HOUR).await;

    let calls = platform.call_count();
    assert!((5..100).contains(&calls), "{calls} calls in an hour");
    assert_eq!(desk.entry(&entry.id).await.state, EntryState::Checking, "and it stays in doubt");
}

/// What the question brings between two attempts ("nothing was applied") is no success: the pauses grow all the same.
#[tokio::test(start_paused = true)]
async fn an_act_over_which_the_platform_stumbles_every_time_is_tried_with_growing_pauses() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.script().of_conversation.insert("c1".to_owned(), Fate::Fails(RemoteError::Fault(500)));
    desk.clicks("c1", reply("Hello")).await.expect("queued");

    let _shift = Shift::start(&desk, &platform);
    tokio::time::sleep(HOUR).await;

    let calls = platform.call_count();
    assert!((10..150).contains(&calls), "{calls} calls in an hour");
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_stays_full_is_tried_with_growing_pauses() {
    let disk = Arc::new(FullFor(AtomicU64::new(0)));
    let options = Options { disk: disk.clone(), threads: Threads::Caller, ..Options::new(TestClock::new()) };
    let desk = Desk::with(options).await;
    desk.has(&[say::conversation("c1")]).await;
    let platform = Scripted::default();
    let shift = Shift::start(&desk, &platform);
    tokio::time::sleep(Duration::from_secs(1)).await;
    desk.clicks("c1", reply("Hello")).await.expect("queued");

    disk.0.store(u64::MAX, Ordering::Relaxed);
    shift.waker.look();
    tokio::time::sleep(HOUR).await;

    let tries = u64::MAX - disk.0.load(Ordering::Relaxed);
    assert!((8..150).contains(&tries), "{tries} tries in an hour");
    assert_eq!(platform.call_count(), 0, "what cannot be written down is not sent");
}

/// What this version cannot read is told and stands aside; what can be sent does not wait for a clock to come round.
#[tokio::test(start_paused = true)]
async fn an_unreadable_entry_is_told_and_keeps_nobody_waiting() {
    let desk = desk_with(&["c1", "c2"]).await;
    let unreadable = desk.clicks("c1", reply("Written by tomorrow's version")).await.expect("queued");
    let key = unreadable.id.clone();
    let newer = "UPDATE outbox SET payload_version = 99 WHERE key = ?1";
    desk.write(move |tx| Ok::<_, StoreError>(tx.execute(newer, [&key])?)).await.expect("written");
    let readable = desk.clicks("c2", reply("Hello")).await.expect("queued");
    let platform = Scripted::default();

    let started = tokio::time::Instant::now();
    let mut shift = Shift::start(&desk, &platform);
    desk.until_entry(&readable.id, EntryState::Done).await;

    assert!(started.elapsed() < Duration::from_secs(5), "it waited for {:?}", started.elapsed());
    let told = |report: &Report| matches!(report, Report::Settled { entry_id, state: State::Blocked, .. } if *entry_id == unreadable.id);
    assert!(shift.reported().iter().any(told), "D23: it waits visibly");
}

/// A disk that takes nothing for a while.
struct FullFor(AtomicU64);

impl Disk for FullFor {
    fn before_commit(&self, _commit: u64) -> Result<(), StoreError> {
        let left = self.0.load(Ordering::Relaxed);
        if left == 0 {
            return Ok(());
        }
        self.0.store(left - 1, Ordering::Relaxed);
        Err(StoreError::DiskFull)
    }

    fn after_commit(&self, _commit: u64) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_is_waited_for_without_sending_twice() {
    let disk = Arc::new(FullFor(AtomicU64::new(0)));
    let options = Options { disk: disk.clone(), threads: Threads::Caller, ..Options::new(TestClock::new()) };
    let desk = Desk::with(options).await;
    desk.has(&[say::conversation("c1")]).await;
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let platform = Scripted::default();
    platform.script().of_conversation.insert("c1".to_owned(), Fate::Takes(Duration::from_secs(5)));
    let mut shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Sending).await;

    // The disk fills up while the attempt is under way: its outcome cannot be written down for a while.
    disk.0.store(10, Ordering::Relaxed);
    desk.until_entry(&entry.id, EntryState::Done).await;

    assert_eq!(platform.call_count(), 1);
    assert!(shift.reported().iter().any(|report| matches!(report, Report::StoreFailed(StoreError::DiskFull))));
}
