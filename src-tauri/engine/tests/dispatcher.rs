//! From the outbox to the platform: each error class, each doubt, each death (DESIGN, "The outbox"; D5, D21 to D25).

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use signoff_engine::outbox::{Report, State};
use signoff_engine::remote::{Refusal, RemoteError, What};
use signoff_engine::store::{Disk, Options, StoreError, Threads};
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::interface::{Choice, Chosen, Code, EntryState, QueueEntry};
use support::platform::{Call, Fate, Scripted};
use support::shift::{Shift, until};
use support::{Desk, TestClock, close, reply, say};
use tokio::time::Instant;

fn unreachable() -> RemoteError {
    RemoteError::Unreachable("no route".to_owned())
}

fn interrupted() -> RemoteError {
    RemoteError::Interrupted("reset by peer".to_owned())
}

fn refused(status: u16, code: ProblemCode) -> RemoteError {
    RemoteError::Refused(Box::new(Refusal {
        status,
        code,
        last_customer_message_id: None,
        newer_conversation_id: None,
        limit: None,
    }))
}

async fn desk_with(conversations: &[&str]) -> Desk {
    let desk = Desk::new().await;
    desk.has(&conversations.iter().map(|id| say::conversation(id)).collect::<Vec<_>>()).await;
    desk
}

#[tokio::test(start_paused = true)]
async fn r3_a_close_goes_out_as_one_act_and_its_receipt_closes_the_conversation() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    let mut shift = Shift::start(&desk, &platform);

    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    shift.waker.look();
    desk.until_entry(&entry.id, EntryState::Done).await;

    let applied = platform.script().applied.clone();
    assert_eq!(applied.len(), 1);
    assert_eq!(applied[0].0, entry.id, "the entry's id is the key (D5)");
    assert!(matches!(&applied[0].1.what, What::Close { last_seen_message_id: Some(seen), .. } if seen == "m1"), "D6");
    let view = desk.shows("c1").await;
    assert!(view.closed_at.is_some(), "the receipt's time is shown before any event came");
    assert_eq!(view.timeline.entries.last().map(|entry| entry.id.as_str()), Some("r1"), "with the platform's id");
    assert!(shift.reported().iter().any(|report| matches!(report, Report::Settled { state: State::Done, .. })));
}

#[tokio::test(start_paused = true)]
async fn d22_order_is_strict_within_a_conversation() {
    let desk = desk_with(&["c1"]).await;
    for number in 0..40 {
        desk.clicks("c1", reply(&number.to_string())).await.expect("queued");
    }
    let platform = Scripted::default();
    platform.next_performs([
        Fate::Works,
        Fate::Fails(unreachable()),
        Fate::AnswerLost(interrupted()),
        Fate::Fails(RemoteError::Fault(500)),
    ]);

    let _shift = Shift::start(&desk, &platform);
    desk.until_quiet().await;

    assert_eq!(platform.texts_in("c1"), (0..40).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn d22_conversations_do_not_wait_for_each_other() {
    let desk = desk_with(&["stuck", "fine"]).await;
    let platform = Scripted::default();
    platform.script().of_conversation.insert("stuck".to_owned(), Fate::Fails(RemoteError::Fault(500)));
    desk.clicks("stuck", reply("a")).await.expect("queued");
    let fine = desk.clicks("fine", reply("b")).await.expect("queued");

    let _shift = Shift::start(&desk, &platform);

    desk.until_entry(&fine.id, EntryState::Done).await;
    assert_eq!(platform.texts_in("stuck"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_bounded_number_is_in_flight() {
    let ids: Vec<String> = (0..50).map(|number| format!("c{number}")).collect();
    let desk = desk_with(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for id in &ids {
        desk.clicks(id, reply("hello")).await.expect("queued");
    }
    let platform = Scripted::default();
    platform.script().always = Some(Fate::Takes(Duration::from_millis(50)));

    let _shift = Shift::start_with(&desk, &platform, 8);
    desk.until_quiet().await;

    assert_eq!(platform.script().most_in_flight, 8);
}

/// After a day offline nobody waits for the whole queue of the first conversation: its first answer opens the way for all.
#[tokio::test(start_paused = true)]
async fn the_first_answer_opens_the_way_for_every_conversation() {
    let conversations = ["c1", "c2", "c3", "c4"];
    let desk = desk_with(&conversations).await;
    for number in 0..40 {
        desk.clicks(conversations[number % 4], reply(&number.to_string())).await.expect("queued");
    }
    let platform = Scripted::default();
    platform.script().always = Some(Fate::Takes(Duration::from_secs(1)));
    let begun = Instant::now();

    let _shift = Shift::start(&desk, &platform);
    desk.until_quiet().await;

    // One alone, then ten in a row in each of the others.
    assert_eq!(begun.elapsed().as_secs(), 11);
}

#[tokio::test(start_paused = true)]
async fn a_deep_conversation_does_not_starve_the_others() {
    let desk = desk_with(&["deep", "other"]).await;
    for number in 0..200 {
        desk.clicks("deep", reply(&number.to_string())).await.expect("queued");
    }
    let other = desk.clicks("other", reply("short")).await.expect("queued");
    let platform = Scripted::default();
    platform.script().always = Some(Fate::Takes(Duration::from_millis(10)));

    let _shift = Shift::start_with(&desk, &platform, 1);
    desk.until_entry(&other.id, EntryState::Done).await;

    assert!(platform.texts_in("deep").len() < 100, "the other one had its turn in between");
}

#[tokio::test(start_paused = true)]
async fn an_answer_lost_after_the_commit_is_asked_for_and_not_sent_again() {
    for error in [interrupted(), RemoteError::Fault(502), RemoteError::Nonsense("<html>".to_owned())] {
        let desk = desk_with(&["c1"]).await;
        let platform = Scripted::default();
        platform.next_performs([Fate::AnswerLost(error.clone())]);

        let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
        let _shift = Shift::start(&desk, &platform);
        desk.until_entry(&entry.id, EntryState::Done).await;

        let calls = platform.script().calls.clone();
        assert!(matches!(calls.as_slice(), [Call::Perform { .. }, Call::Receipt { .. }]), "{error:?}: {calls:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_before_the_commit_is_asked_about_and_then_sent_again_under_the_same_key() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::Fails(RemoteError::Fault(500))]);

    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;

    let keys: Vec<String> = platform
        .script()
        .calls
        .iter()
        .map(|call| match call {
            Call::Perform { key, .. } | Call::Receipt { key } => key.clone(),
            Call::Upload { name } => name.clone(),
        })
        .collect();
    assert_eq!(keys, [entry.id.clone(), entry.id.clone(), entry.id]);
}

#[tokio::test(start_paused = true)]
async fn in_doubt_stays_in_doubt_while_nobody_can_be_asked() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::AnswerLost(interrupted())]);
    platform.next_asks((0..5).map(|_| Fate::Fails(unreachable())));

    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Checking).await;
    desk.until_entry(&entry.id, EntryState::Done).await;

    assert_eq!(platform.texts_in("c1").len(), 1);
    assert_eq!(platform.call_count(), 1 + 6, "one attempt, then questions only");
}

#[tokio::test(start_paused = true)]
async fn d25_an_expired_session_pauses_and_fails_nothing() {
    let desk = desk_with(&["c1", "c2"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::Fails(RemoteError::SignedOut)]);
    for id in ["c1", "c2"] {
        desk.clicks(id, reply("Hello")).await.expect("queued");
    }
    let mut shift = Shift::start(&desk, &platform);

    tokio::time::sleep(Duration::from_secs(3 * 24 * 3600)).await;

    assert_eq!(platform.call_count(), 1, "the dead token is tried once");
    assert!(desk.queue().await.iter().all(|entry| entry.state == EntryState::Queued));
    assert!(shift.reported().iter().any(|report| matches!(report, Report::SignedOut)));
    shift.session.signs_in("token-2");
    shift.waker.wake();
    desk.until_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn in_progress_waits_and_is_then_settled() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::Fails(RemoteError::InProgress), Fate::Fails(RemoteError::InProgress)]);

    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let _shift = Shift::start(&desk, &platform);

    desk.until_entry(&entry.id, EntryState::Done).await;
    assert_eq!(platform.texts_in("c1").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn d23_every_refusal_waits_for_the_advisor_with_its_text_and_its_reason() {
    let cases = [
        (403, ProblemCode::CloseDisabled, Code::CloseDisabled),
        (409, ProblemCode::ConversationClosed, Code::ConversationClosed),
        (412, ProblemCode::CustomerWroteSince, Code::CustomerWroteSince),
        (422, ProblemCode::ReplyWindowExpired, Code::ReplyWindowExpired),
        (422, ProblemCode::TagsMissing, Code::TagsMissing),
        (404, ProblemCode::ConversationUnknown, Code::ConversationUnknown),
        (422, ProblemCode::Other("something-new".to_owned()), Code::RefusedOtherwise),
    ];
    for (status, code, told) in cases {
        let desk = desk_with(&["c1"]).await;
        let platform = Scripted::default();
        platform.next_performs([Fate::Fails(refused(status, code))]);

        let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
        let _shift = Shift::start(&desk, &platform);
        desk.until_entry(&entry.id, EntryState::NeedsAttention).await;

        let entry = desk.entry(&entry.id).await;
        assert_eq!(entry.attention.as_ref().map(|attention| attention.code), Some(told));
        assert_eq!(entry.text.as_deref(), Some("Goodbye."));
        assert!(entry.choices.contains(&Choice::Discard), "{told:?}: {:?}", entry.choices);
        assert_eq!(desk.shows("c1").await.closed_at, None, "{told:?}: nothing was closed");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reused_key_is_quarantined_and_never_tried_again() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::Fails(RemoteError::KeyReused)]);

    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;
    shift.waker.wake();
    tokio::time::sleep(Duration::from_secs(3600)).await;

    assert_eq!(platform.call_count(), 1);
    let entry = desk.entry(&entry.id).await;
    assert_eq!(entry.choices, [Choice::Edit, Choice::Discard], "the text can be had back");
}

/// D23, D30: one switch that was turned off is one piece of news, however many closings it stops. What different customers did is not.
#[tokio::test(start_paused = true)]
async fn several_actions_stopped_by_one_cause_are_told_once() {
    for (code, told) in [(ProblemCode::CloseDisabled, 1), (ProblemCode::CustomerWroteSince, 3)] {
        let conversations = ["c1", "c2", "c3"];
        let desk = desk_with(&conversations).await;
        let platform = Scripted::default();
        for conversation in conversations {
            let refusal = Fate::Fails(refused(409, code.clone()));
            platform.script().of_conversation.insert(conversation.to_owned(), refusal);
            desk.clicks(conversation, reply("Goodbye.")).await.expect("queued");
        }

        let _shift = Shift::start(&desk, &platform);
        let visibly = |entry: &QueueEntry| entry.state == EntryState::NeedsAttention;
        until("each waits visibly", || async { desk.queue().await.iter().all(visibly) }).await;

        let count = "SELECT count(*) FROM notifications WHERE kind = 'needs_attention'";
        let noted = desk.store.read(move |c| Ok::<i64, StoreError>(c.query_row(count, [], |row| row.get(0))?)).await;
        assert_eq!(noted.expect("readable"), told, "{code:?}");
    }
}

/// D8, D23: an action that was told to wait for the switch is decided about, and the next one that the switch stops is news again.
#[tokio::test(start_paused = true)]
async fn what_waits_for_the_switch_keeps_nothing_quiet() {
    let desk = desk_with(&["c1", "c2"]).await;
    let platform = Scripted::default();
    let meets = |conversation: &str, error| {
        platform.script().of_conversation.insert(conversation.to_owned(), Fate::Fails(error));
    };
    meets("c1", refused(403, ProblemCode::CloseDisabled));
    meets("c2", unreachable());
    let first = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    let second = desk.clicks("c2", close("Goodbye.")).await.expect("queued");
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&first.id, EntryState::NeedsAttention).await;
    desk.hears(say::switched(false, 5)).await;
    desk.chooses(&first.id, Choice::Wait).await.expect("offered");
    assert!(desk.entry(&first.id).await.waits_for_switch);

    meets("c2", refused(403, ProblemCode::CloseDisabled));
    desk.until_entry(&second.id, EntryState::NeedsAttention).await;

    let count = "SELECT count(*) FROM notifications WHERE kind = 'needs_attention'";
    let noted = desk.store.read(move |c| Ok::<i64, StoreError>(c.query_row(count, [], |row| row.get(0))?)).await;
    assert_eq!(noted.expect("readable"), 2, "each needed the advisor when nothing else did");
}

#[tokio::test(start_paused = true)]
async fn d22_a_blocked_head_holds_up_what_is_behind_it_and_says_so() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::Fails(refused(422, ProblemCode::TagsMissing))]);
    let head = desk.clicks("c1", reply("first")).await.expect("queued");
    let behind = desk.clicks("c1", reply("second")).await.expect("queued");

    let shift = Shift::start(&desk, &platform);
    desk.until_entry(&head.id, EntryState::NeedsAttention).await;
    tokio::time::sleep(Duration::from_secs(600)).await;

    assert_eq!(desk.entry(&behind.id).await.held_up_by.as_deref(), Some(head.id.as_str()));
    assert_eq!(platform.call_count(), 1, "the second is not sent before the first");
    desk.chooses(&head.id, Choice::Retry).await.expect("offered");
    shift.waker.look();
    desk.until_quiet().await;
    assert_eq!(platform.texts_in("c1"), ["first", "second"]);
}

#[tokio::test(start_paused = true)]
async fn d15_undo_while_sending_is_settled_by_the_outcome() {
    for (fate, applied) in [(Fate::Takes(Duration::from_secs(5)), true), (Fate::Fails(unreachable()), false)] {
        let desk = desk_with(&["c1"]).await;
        let platform = Scripted::default();
        let entry = desk.clicks("c1", reply("Wait, no")).await.expect("queued");
        platform.script().of_conversation.insert("c1".to_owned(), Fate::Hangs);
        let shift = Shift::start(&desk, &platform);
        desk.until_entry(&entry.id, EntryState::Sending).await;

        let chosen = desk.chooses(&entry.id, Choice::Undo).await.expect("noted");

        assert_eq!(chosen, Chosen::WhenSettled);
        assert!(desk.entry(&entry.id).await.undo_requested);
        shift.dies().await;
        // The attempt that hung is given up; whether it was applied shows when its receipt is asked for.
        if applied {
            platform.script().of_conversation.clear();
            let key = entry.id.clone();
            platform.script().receipts.insert(key.clone(), say::receipt(&key, "c1", "r1", false, 2));
        }
        platform.script().of_conversation.insert("c1".to_owned(), fate);
        let _shift = Shift::start(&desk, &platform);
        if applied {
            desk.until_entry(&entry.id, EntryState::Done).await;
            assert_eq!(desk.draft("c1").await, "", "it was sent, so it is not in the draft too");
            assert!(desk.entry(&entry.id).await.undo_requested, "and the entry says that undo came too late");
        } else {
            desk.until_entry(&entry.id, EntryState::Cancelled).await;
            assert_eq!(desk.draft("c1").await, "Wait, no", "word for word");
            assert!(platform.texts_in("c1").is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn d15_undo_during_an_attempt_that_certainly_failed_puts_the_text_back() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    let entry = desk.clicks("c1", reply("Wait, no")).await.expect("queued");
    platform.script().always = Some(Fate::Takes(Duration::from_secs(30)));
    platform.next_performs([Fate::Hangs]);
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Sending).await;
    desk.chooses(&entry.id, Choice::Undo).await.expect("noted");

    // The attempt is given up after a while, and nothing was applied.
    desk.until_entry(&entry.id, EntryState::Cancelled).await;

    assert_eq!(desk.draft("c1").await, "Wait, no");
    assert!(platform.texts_in("c1").is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_own_key_on_the_stream_settles_what_no_answer_ever_did() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::AnswerLost(interrupted())]);
    platform.next_asks((0..1000).map(|_| Fate::Fails(unreachable())));
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Checking).await;

    let answered = signoff_wire::contract::conversations::Conversation { version: 2, ..say::conversation("c1") };
    let heard = desk.hears(say::reply_sent(&answered, &say::reply("c1", "r1", 2, "Hello", &entry.id))).await;

    assert_eq!(heard.settled, std::slice::from_ref(&entry.id));
    assert_eq!(desk.entry(&entry.id).await.state, EntryState::Done);
    let calls = platform.call_count();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(platform.call_count(), calls, "and nobody asks any more");
}

#[tokio::test(start_paused = true)]
async fn an_error_that_arrives_after_the_stream_has_acknowledged_is_swallowed() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::Hangs]);
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Sending).await;
    let answered = signoff_wire::contract::conversations::Conversation { version: 2, ..say::conversation("c1") };
    desk.hears(say::reply_sent(&answered, &say::reply("c1", "r1", 2, "Hello", &entry.id))).await;

    tokio::time::sleep(Duration::from_secs(600)).await;

    assert_eq!(desk.entry(&entry.id).await.state, EntryState::Done);
    assert_eq!(platform.call_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn beyond_the_keys_retention_nothing_is_sent_blind() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::AnswerLost(interrupted())]);
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Checking).await;
    shift.dies().await;
    // A month in a drawer, and the platform has forgotten the key.
    desk.clock.advance(TimeDelta::days(31));
    platform.script().forgets_receipts = true;

    let shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;

    let waiting = desk.entry(&entry.id).await;
    assert_eq!(waiting.attention.map(|attention| attention.code), Some(Code::OutcomeUnknown));
    assert_eq!(platform.texts_in("c1").len(), 1, "it was applied once, a month ago, and not again");
    // The advisor looks, decides that it is not there, and takes the responsibility.
    desk.chooses(&entry.id, Choice::Retry).await.expect("offered");
    shift.waker.look();
    desk.until_entry(&entry.id, EntryState::Done).await;
}

#[tokio::test(start_paused = true)]
async fn beyond_the_keys_retention_what_arrived_late_and_unheard_is_not_sent_a_second_time() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    // The first attempt is lost and asked about in vain; the second does not reach the platform.
    platform.next_performs([Fate::Fails(interrupted()), Fate::Fails(unreachable())]);
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let shift = Shift::start(&desk, &platform);
    until("the second attempt failed", || async {
        let performs = platform.script().calls.iter().filter(|call| matches!(call, Call::Perform { .. })).count();
        performs == 2 && desk.entry(&entry.id).await.state == EntryState::Queued
    })
    .await;
    shift.dies().await;
    // Then the first one arrives after all. A month in a drawer, and the platform has forgotten its key.
    desk.clock.advance(TimeDelta::days(31));
    platform.script().forgets_receipts = true;

    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;

    let waiting = desk.entry(&entry.id).await;
    assert_eq!(waiting.attention.map(|attention| attention.code), Some(Code::OutcomeUnknown));
    assert!(platform.texts_in("c1").is_empty(), "nothing more was sent");
}

#[tokio::test(start_paused = true)]
async fn d21_a_month_of_attempts_that_never_reached_the_network_leaves_the_key_fresh() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.script().always = Some(Fate::Fails(unreachable()));
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let shift = Shift::start(&desk, &platform);
    until("an attempt failed", || async { desk.entry(&entry.id).await.last_problem.is_some() }).await;
    shift.dies().await;
    desk.clock.advance(TimeDelta::days(31));
    platform.script().always = None;
    platform.next_performs([Fate::Fails(interrupted())]);

    let _shift = Shift::start(&desk, &platform);

    desk.until_entry(&entry.id, EntryState::Done).await;
    assert_eq!(platform.texts_in("c1"), ["Hello"], "asked about in vain, and sent again within the key's days");
}

#[tokio::test(start_paused = true)]
async fn a_first_attempt_in_the_future_proves_nothing_about_the_key() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::AnswerLost(interrupted())]);
    platform.next_asks([Fate::Fails(unreachable())]);
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Checking).await;
    shift.dies().await;
    // The clock was a year ahead, and nobody can tell how long the machine was off.
    desk.clock.advance(TimeDelta::days(-365));
    platform.script().forgets_receipts = true;

    let _shift = Shift::start(&desk, &platform);

    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;
    assert_eq!(platform.texts_in("c1").len(), 1, "it took effect once");
}

/// This machine's clock is a year ahead, which the run before has found out. The first attempt of this one is made before anything is heard.
#[tokio::test(start_paused = true)]
async fn an_attempt_before_the_platform_is_heard_is_dated_by_what_an_earlier_run_has_heard() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::Fails(interrupted())]);
    platform.next_asks([Fate::Fails(unreachable())]);
    platform.script().was_ahead_by = Some(TimeDelta::days(-365));
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Checking).await;

    platform.script().ahead_by = Some(TimeDelta::days(-365));

    desk.until_entry(&entry.id, EntryState::Done).await;
    assert_eq!(platform.texts_in("c1"), ["Hello"], "asked about in vain, and sent again within the key's days");
}

#[tokio::test(start_paused = true)]
async fn d21_a_month_offline_expires_nothing_that_was_never_sent() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    desk.clock.advance(TimeDelta::days(400));

    let _shift = Shift::start(&desk, &platform);

    desk.until_entry(&entry.id, EntryState::Done).await;
}

/// Found by simulation: what stood behind a head kept the due time of the wrong clock, and nobody looked at it when its turn came.
#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_keeps_nothing_behind_a_head_waiting() {
    let desk = desk_with(&["c1", "c2"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::Works, Fate::Takes(Duration::from_secs(20))]);
    let shift = Shift::start(&desk, &platform);
    let before = desk.clicks("c2", reply("The way is open.")).await.expect("queued");
    shift.waker.look();
    desk.until_entry(&before.id, EntryState::Done).await;

    desk.clock.advance(TimeDelta::days(365));
    desk.clicks("c1", reply("first")).await.expect("queued");
    desk.clicks("c1", reply("second")).await.expect("queued");
    shift.waker.look();
    until("the first is on its way", || async { platform.script().in_flight == 1 }).await;
    desk.clock.advance(TimeDelta::days(-365));
    shift.waker.look();

    desk.until_quiet().await;
    assert_eq!(platform.texts_in("c1"), ["first", "second"]);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_by_a_year_ends_no_wait_in_a_year() {
    let desk = desk_with(&["c1"]).await;
    let platform = Scripted::default();
    platform.next_performs([Fate::Fails(unreachable()), Fate::Fails(unreachable())]);
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let _shift = Shift::start(&desk, &platform);
    until("the first attempt is over", || async { desk.entry(&entry.id).await.last_problem.is_some() }).await;

    desk.clock.advance(TimeDelta::days(-365));
    tokio::time::sleep(Duration::from_secs(180)).await;

    desk.until_entry(&entry.id, EntryState::Done).await;
}

/// A disk on which the process dies around one commit.
struct Dying {
    at: AtomicU64,
    after: bool,
}

impl Disk for Dying {
    fn before_commit(&self, commit: u64) -> Result<(), StoreError> {
        if !self.after && commit >= self.at.load(Ordering::Relaxed) { Err(StoreError::Closed) } else { Ok(()) }
    }

    fn after_commit(&self, commit: u64) -> Result<(), StoreError> {
        if self.after && commit >= self.at.load(Ordering::Relaxed) { Err(StoreError::Closed) } else { Ok(()) }
    }
}

#[tokio::test(start_paused = true)]
async fn d21_whichever_commit_the_process_dies_at_each_text_arrives_once_and_in_order() {
    for after in [false, true] {
        for die_after in 1..12 {
            let disk = Arc::new(Dying { at: AtomicU64::new(u64::MAX), after });
            let options = Options { disk: disk.clone(), threads: Threads::Caller, ..Options::new(TestClock::new()) };
            let desk = Desk::with(options).await;
            desk.has(&[say::conversation("c1")]).await;
            for text in ["one", "two", "three"] {
                desk.clicks("c1", reply(text)).await.expect("queued");
            }
            desk.clicks("c1", close("goodbye")).await.expect("queued");
            disk.at.store(desk.store.commits() + die_after, Ordering::Relaxed);
            let platform = Scripted::default();
            platform.next_performs([Fate::Works, Fate::AnswerLost(interrupted()), Fate::Fails(unreachable())]);
            let shift = Shift::start(&desk, &platform);
            tokio::time::sleep(Duration::from_secs(3600)).await;
            shift.dies().await;

            let desk = desk.reopened();
            let _shift = Shift::start(&desk, &platform);
            desk.until_quiet().await;

            assert_eq!(
                platform.texts_in("c1"),
                ["one", "two", "three", "goodbye"],
                "died at commit {die_after}, after it: {after}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn another_persons_queue_is_left_alone() {
    let mut desk = desk_with(&["c1"]).await;
    desk.clicks("c1", reply("Alice's")).await.expect("queued");
    desk.me.user.id = "u_bob".to_owned();
    let platform = Scripted::default();

    let _shift = Shift::start(&desk, &platform);
    tokio::time::sleep(Duration::from_secs(3600)).await;

    assert_eq!(platform.call_count(), 0);
    assert!(desk.queue().await.is_empty(), "and not shown to Bob either");
    desk.me.user.id = "u_alice".to_owned();
    assert_eq!(desk.queue().await.len(), 1, "it waits for Alice");
}
