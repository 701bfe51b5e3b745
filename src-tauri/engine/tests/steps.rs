//! The same entry on a platform that takes it in steps and knows no keys (DESIGN, outbox 10; D5 to D7, D15, D21 to D24).

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use signoff_engine::outbox::dispatcher::AT_ONCE;
use signoff_engine::remote::{Refusal, RemoteError, Step, What};
use signoff_engine::store::{Disk, Options, StoreError, Threads};
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::interface::{ActionKind, Choice, Chosen, Code, Effect, EntryState, HalfDone, QueueEntry};
use support::shift::{Shift, until};
use support::stepwise::{Entry, Fate, Stepwise};
use support::{Desk, TestClock, close, reply, say};

fn starts(desk: &Desk, platform: &Stepwise) -> Shift {
    Shift::start_at(desk, Arc::new(platform.clone()), AT_ONCE)
}

async fn desk() -> Desk {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    desk
}

fn refused(code: ProblemCode) -> Fate {
    Fate::Fails(RemoteError::Refused(Box::new(Refusal { status: 422, ..Refusal::because(code) })))
}

#[tokio::test(start_paused = true)]
async fn r3_reply_survey_and_closing_follow_each_other_and_end_in_one_receipt() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");

    let _shift = starts(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;

    let key = |step: &str| format!("{}/{step}", entry.id);
    let expected = [(key("reply"), Step::Reply), (key("survey"), Step::Survey), (key("close"), Step::Close)];
    assert_eq!(platform.world().performed, expected, "each once, under a key of its own (D5)");
    assert_eq!(platform.world().looked, 3, "and before each somebody looked");
    let said = [Entry::Message, Entry::Reply("Goodbye.".to_owned()), Entry::Survey, Entry::Closed];
    assert_eq!(platform.talk("c1").entries, said);
    let view = desk.shows("c1").await;
    assert!(view.closed_at.is_some(), "the receipt has the closing's time");
    assert_eq!(view.timeline.entries.last().map(|entry| entry.id.as_str()), Some("r102"), "and the reply's id");
}

#[tokio::test(start_paused = true)]
async fn what_has_one_effect_is_one_step() {
    let (desk, platform) = (desk().await, Stepwise::default());
    desk.clicks("c1", support::reply("Hello")).await.expect("queued");
    desk.clicks("c1", signoff_engine::outbox::Wish::AssignToMe).await.expect("queued");
    platform.next([Fate::AnswerLost, Fate::AnswerLost]);

    let _shift = starts(&desk, &platform);
    desk.until_quiet().await;

    let assigned = Entry::Act(What::Assign { user_id: "u_alice".to_owned() });
    assert_eq!(platform.talk("c1").entries, [Entry::Message, Entry::Reply("Hello".to_owned()), assigned]);
}

/// A disk on which the process dies around one commit.
#[derive(Default)]
struct Dying {
    at: AtomicU64,
    after: bool,
    died: AtomicBool,
}

impl Dying {
    fn dies(&self, commit: u64, after: bool) -> Result<(), StoreError> {
        let at = self.at.load(Ordering::Relaxed);
        if at == 0 || after != self.after || commit < at {
            return Ok(());
        }
        self.died.store(true, Ordering::Relaxed);
        Err(StoreError::Closed)
    }
}

impl Disk for Dying {
    fn before_commit(&self, commit: u64) -> Result<(), StoreError> {
        self.dies(commit, false)
    }

    fn after_commit(&self, commit: u64) -> Result<(), StoreError> {
        self.dies(commit, true)
    }
}

/// A reply and a closing behind it, one fault at one of their four calls, and the process dying around one commit.
struct Story {
    call: usize,
    fate: Fate,
    is_blind: bool,
    dies_at: u64,
    after: bool,
}

impl Story {
    /// Plays it. Says whether the process lived long enough to die there.
    async fn is_told(&self) -> bool {
        let disk = Arc::new(Dying { after: self.after, ..Dying::default() });
        let options = Options { disk: disk.clone(), threads: Threads::Caller, ..Options::new(TestClock::new()) };
        let desk = Desk::with(options).await;
        desk.has(&[say::conversation("c1")]).await;
        desk.clicks("c1", reply("first")).await.expect("queued");
        desk.clicks("c1", close("goodbye")).await.expect("queued");
        disk.at.store(desk.store.commits() + self.dies_at, Ordering::Relaxed);
        let platform = Stepwise::default();
        platform.world().is_blind = self.is_blind;
        platform.next((0..self.call).map(|_| Fate::Works));
        platform.next([self.fate.clone()]);

        let shift = starts(&desk, &platform);
        tokio::time::sleep(Duration::from_secs(1200)).await;
        let died = disk.died.load(Ordering::Relaxed);
        shift.dies().await;
        let desk = desk.reopened();
        self.goes_on(&desk, &platform).await;

        let said = ["first", "goodbye"].map(|text| Entry::Reply(text.to_owned()));
        let [first, goodbye] = said;
        let expected = [Entry::Message, first, goodbye, Entry::Survey, Entry::Closed];
        assert_eq!(platform.talk("c1").entries, expected, "{self}: each once, in the order of R3 and of the clicks");
        self.assert_forward(&platform);
        assert_eq!(desk.draft("c1").await, "", "{self}: what was sent is in no draft");
        died
    }

    /// To the end, with an advisor who signs in again and looks when asked: at most once each for the fault and for the death.
    async fn goes_on(&self, desk: &Desk, platform: &Stepwise) {
        let shift = starts(desk, platform);
        for round in 0..5 {
            shift.session.signs_in(&format!("token-{round}"));
            shift.waker.wake();
            // Longer than anything is waited for.
            tokio::time::sleep(Duration::from_secs(900)).await;
            let queue = desk.queue().await;
            if queue.iter().all(|entry| entry.state == EntryState::Done) {
                return;
            }
            let Some(waits) = queue.iter().find(|entry| entry.state == EntryState::NeedsAttention) else { continue };
            let code = waits.attention.as_ref().map(|attention| attention.code);
            assert!(self.is_blind, "{self}: whoever can look needs nobody: {waits:?}");
            assert_eq!(code, Some(Code::OutcomeUnknown), "{self}");
            assert!(waits.text.is_some(), "{self}: with its text (D23)");
            let choice = if self.is_there(platform, waits) { Choice::WentThrough } else { Choice::Retry };
            desk.chooses(&waits.id, choice).await.expect("offered");
        }
        panic!("{self}: it comes to no end: {:?}", desk.queue().await);
    }

    /// What the advisor sees who looks into the conversation.
    fn is_there(&self, platform: &Stepwise, entry: &QueueEntry) -> bool {
        match entry.half_done.as_ref().and_then(|half| half.in_doubt) {
            Some(Effect::Survey) => platform.count("c1", &Entry::Survey) > 0,
            Some(Effect::Close) => platform.talk("c1").is_closed(),
            Some(Effect::Reply) | None => platform.texts_in("c1").iter().any(|text| Some(text) == entry.text.as_ref()),
        }
    }

    /// The cursor of an entry never goes back, and nothing of the second comes before the first has ended.
    fn assert_forward(&self, platform: &Stepwise) {
        let performed = platform.world().performed.clone();
        let mut entries: Vec<&str> = performed.iter().filter_map(|(key, _)| key.split('/').next()).collect();
        entries.dedup();
        assert_eq!(entries.len(), 2, "{self}: the second begins when the first has ended: {performed:?}");
        let place = |step: Step| match step {
            Step::Whole | Step::Reply => 0,
            Step::Survey => 1,
            Step::Close => 2,
        };
        let goodbye = performed.iter().filter(|(key, _)| key.starts_with(entries[1]));
        assert!(goodbye.map(|(_, step)| place(*step)).is_sorted(), "{self}: {performed:?}");
    }
}

impl std::fmt::Display for Story {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { call, fate, is_blind, dies_at, after } = self;
        write!(f, "call {call} meets {fate:?}, blind: {is_blind}, dies at commit {dies_at}, after it: {after}")
    }
}

const FAULTS: [Fate; 4] =
    [Fate::Lost, Fate::AnswerLost, Fate::Straggles(Duration::from_secs(60)), Fate::Fails(RemoteError::SignedOut)];

/// Every fault at every call, and the process dying before and after every commit.
async fn every_story(is_blind: bool) {
    // An advisor who is asked at once looks too early for what is still on its way; waiting that out is the machine's part.
    let faults = FAULTS.into_iter().filter(|fate| !is_blind || !matches!(fate, Fate::Straggles(_)));
    let at_each_call = faults.flat_map(|fate| (0..4).map(move |call| (call, fate.clone())));
    for (call, fate) in std::iter::once((0, Fate::Works)).chain(at_each_call) {
        for after in [false, true] {
            for dies_at in 1.. {
                let story = Story { call, fate: fate.clone(), is_blind, dies_at, after };
                if !story.is_told().await {
                    break;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn d21_every_fault_at_every_step_with_a_death_at_every_commit() {
    every_story(false).await;
}

#[tokio::test(start_paused = true)]
async fn d23_the_same_where_nobody_can_tell_and_the_advisor_looks() {
    every_story(true).await;
}

#[tokio::test(start_paused = true)]
async fn what_may_still_be_on_its_way_is_waited_for() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    platform.next([Fate::Straggles(Duration::from_secs(90))]);

    let shift = starts(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Checking).await;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_secs(3)).await;
        shift.waker.wake();
    }
    assert_eq!(desk.entry(&entry.id).await.state, EntryState::Checking, "no hurry shortens that");
    assert!(desk.entry(&entry.id).await.next_attempt_at.is_some(), "and the queue says until when");
    desk.until_entry(&entry.id, EntryState::Done).await;

    assert_eq!(platform.texts_in("c1"), ["Hello"]);
    assert!(platform.world().looked < 40, "and nobody hammers");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_while_something_straggles_ends_no_wait_in_a_year() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    platform.next([Fate::Lost]);
    let _shift = starts(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Checking).await;

    desk.clock.advance(TimeDelta::days(-365));
    tokio::time::sleep(Duration::from_secs(600)).await;

    assert_eq!(desk.entry(&entry.id).await.state, EntryState::Done);
    assert_eq!(platform.texts_in("c1"), ["Hello"]);
}

fn busy() -> Fate {
    let retry_after = Some(Duration::from_secs(300));
    Fate::Fails(RemoteError::Unavailable { retry_after, code: ProblemCode::Overloaded })
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_ends_what_the_platform_asked_to_wait_for_also_if_the_advisor_decides_first() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    platform.next([Fate::Lost]);
    platform.world().looks.extend([Fate::Works, busy()]);
    let shift = starts(&desk, &platform);
    let asked_to_wait = Some(Code::PlatformUnavailable);
    until("the platform asks to wait", || async { desk.entry(&entry.id).await.last_problem == asked_to_wait }).await;

    desk.clock.advance(TimeDelta::days(-365));
    assert_eq!(desk.chooses(&entry.id, Choice::Undo).await.expect("offered"), Chosen::WhenSettled);
    shift.waker.look();
    tokio::time::sleep(Duration::from_secs(600)).await;

    assert_eq!(desk.entry(&entry.id).await.state, EntryState::Cancelled, "a year later is too late");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_while_the_app_was_dead_ends_what_the_platform_asked_to_wait_for() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let entry = desk.clicks("c1", reply("Hello")).await.expect("queued");
    platform.next([busy(), Fate::Slow(Duration::from_secs(60))]);
    let shift = starts(&desk, &platform);
    until("the platform asks to wait", || async { desk.entry(&entry.id).await.last_problem.is_some() }).await;
    desk.until_entry(&entry.id, EntryState::Sending).await;
    shift.dies().await;

    desk.clock.advance(TimeDelta::days(-365));
    platform.world().looks.push_back(Fate::Lost);
    let _shift = starts(&desk, &platform);
    tokio::time::sleep(Duration::from_secs(600)).await;

    assert_eq!(desk.entry(&entry.id).await.state, EntryState::Done, "a year later is too late");
}

#[tokio::test(start_paused = true)]
async fn d5_two_equal_texts_are_two_replies() {
    for fate in [Fate::Lost, Fate::AnswerLost] {
        let (desk, platform) = (desk().await, Stepwise::default());
        desk.clicks("c1", reply("ok")).await.expect("queued");
        desk.clicks("c1", reply("ok")).await.expect("queued");
        platform.next([Fate::Works, fate]);

        let _shift = starts(&desk, &platform);
        desk.until_quiet().await;

        assert_eq!(platform.texts_in("c1"), ["ok", "ok"]);
    }
}

#[tokio::test(start_paused = true)]
async fn d6_a_message_that_nobody_has_seen_is_noticed_before_anything_is_sent() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    platform.customer_writes("c1", "m2");

    let _shift = starts(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;

    let waits = desk.entry(&entry.id).await;
    assert_eq!(waits.attention.map(|attention| attention.code), Some(Code::CustomerWroteSince));
    assert_eq!(waits.choices, [Choice::Edit, Choice::SendWithoutClosing, Choice::ConfirmAgain, Choice::Discard]);
    assert_eq!((waits.half_done, platform.world().performed.len()), (None, 0));
}

#[tokio::test(start_paused = true)]
async fn d6_a_message_after_the_reply_stops_the_closing() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    platform.next([Fate::Slow(Duration::from_secs(5))]);
    let shift = starts(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Sending).await;
    platform.customer_writes("c1", "m2");
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;

    let waits = desk.entry(&entry.id).await;
    assert_eq!(waits.attention.map(|attention| attention.code), Some(Code::CustomerWroteSince));
    let half_done = HalfDone { done: vec![Effect::Reply], in_doubt: None, left: vec![Effect::Survey, Effect::Close] };
    assert_eq!(waits.half_done, Some(half_done));
    assert_eq!(waits.choices, [Choice::DropRest, Choice::ConfirmAgain]);
    assert!(!platform.talk("c1").is_closed());

    // The cache hears of the message, the advisor reads it, and closes all the same.
    let written = say::after_message(&say::conversation("c1"), "m2");
    desk.hears(say::received(&written, &say::message("c1", "m2", 3, "Wait"))).await;
    desk.chooses(&entry.id, Choice::ConfirmAgain).await.expect("offered");
    shift.waker.look();
    desk.until_entry(&entry.id, EntryState::Done).await;
    assert_eq!(platform.texts_in("c1"), ["Goodbye."]);
    assert!(platform.talk("c1").is_closed());
}

#[tokio::test(start_paused = true)]
async fn d7_what_a_colleague_has_closed_takes_no_reply_and_needs_no_closing() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    platform.colleague_closes("c1");
    let _shift = starts(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;
    let waits = desk.entry(&entry.id).await;
    assert_eq!(waits.attention.map(|attention| attention.code), Some(Code::ConversationClosed));
    assert_eq!(platform.texts_in("c1").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn d23_a_refusal_in_the_middle_says_what_was_done_and_nothing_is_taken_back() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    platform.next([Fate::Works, Fate::Works, refused(ProblemCode::TagsMissing)]);
    let _shift = starts(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;

    let waits = desk.entry(&entry.id).await;
    let half_done = HalfDone { done: vec![Effect::Reply, Effect::Survey], in_doubt: None, left: vec![Effect::Close] };
    assert_eq!((waits.half_done, waits.choices), (Some(half_done), vec![Choice::DropRest, Choice::Retry]));
    for choice in [Choice::Undo, Choice::Edit, Choice::Discard] {
        assert!(desk.chooses(&entry.id, choice).await.is_err(), "{choice:?} would be a lie");
    }

    desk.chooses(&entry.id, Choice::DropRest).await.expect("offered");

    let ended = desk.entry(&entry.id).await;
    assert_eq!((ended.state, ended.action), (EntryState::Done, ActionKind::Reply), "as what was done of it");
    assert_eq!(desk.shows("c1").await.closed_at, None);
    assert_eq!(desk.draft("c1").await, "", "the text was sent");
    desk.clicks("c1", reply("One more thing")).await.expect("the conversation is open");
}

#[tokio::test(start_paused = true)]
async fn d10_a_survey_that_is_refused_stops_no_closing() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let entry = desk.clicks("c1", close("Goodbye.")).await.expect("queued");
    platform.next([Fate::Works, refused(ProblemCode::Other("surveys-off".to_owned()))]);

    let _shift = starts(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;

    assert!(platform.talk("c1").is_closed());
    assert_eq!(platform.count("c1", &Entry::Survey), 0);
}

#[tokio::test(start_paused = true)]
async fn d15_undo_during_the_first_step_is_settled_by_its_outcome() {
    for (fate, sent) in
        [(Fate::Lost, false), (Fate::Straggles(Duration::from_secs(60)), true), (Fate::AnswerLost, true)]
    {
        let (desk, platform) = (desk().await, Stepwise::default());
        let entry = desk.clicks("c1", close("Wait, no")).await.expect("queued");
        platform.next([fate.clone()]);
        platform.world().looks.extend([Fate::Works, Fate::Lost]);
        let shift = starts(&desk, &platform);
        desk.until_entry(&entry.id, EntryState::Checking).await;

        assert_eq!(desk.chooses(&entry.id, Choice::Undo).await.expect("noted"), Chosen::WhenSettled);
        shift.waker.look();

        if sent {
            desk.until_entry(&entry.id, EntryState::NeedsAttention).await;
            let waits = desk.entry(&entry.id).await;
            assert_eq!(waits.attention.map(|attention| attention.code), Some(Code::UndoneInPart), "{fate:?}");
            assert_eq!(waits.choices, [Choice::DropRest, Choice::Retry]);
            assert!(!platform.talk("c1").is_closed(), "{fate:?}: what is final is asked about first (R8)");
            assert_eq!(desk.draft("c1").await, "", "{fate:?}: what was sent is in no draft");
        } else {
            desk.until_entry(&entry.id, EntryState::Cancelled).await;
            assert_eq!(desk.draft("c1").await, "Wait, no", "word for word");
            tokio::time::sleep(Duration::from_secs(3600)).await;
            assert!(platform.texts_in("c1").is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_looked_at_is_neither_sent_blindly_nor_asked_for_without_end() {
    let (desk, platform) = (desk().await, Stepwise::default());
    let gone = || refused(ProblemCode::ConversationUnknown);
    platform.world().looks.push_back(gone());
    let first = desk.clicks("c1", reply("Hello")).await.expect("queued");
    let shift = starts(&desk, &platform);
    desk.until_entry(&first.id, EntryState::NeedsAttention).await;
    let code = desk.entry(&first.id).await.attention.map(|attention| attention.code);
    assert_eq!((code, platform.world().performed.len()), (Some(Code::ConversationUnknown), 0));

    platform.next([Fate::AnswerLost]);
    platform.world().looks.extend([Fate::Works, gone()]);
    desk.chooses(&first.id, Choice::Retry).await.expect("offered");
    shift.waker.look();
    until("it is blocked again", || async {
        let code = desk.entry(&first.id).await.attention.map(|attention| attention.code);
        code == Some(Code::OutcomeUnknown)
    })
    .await;
    assert_eq!(platform.world().performed.len(), 1);
    desk.chooses(&first.id, Choice::WentThrough).await.expect("offered");
    assert_eq!(desk.entry(&first.id).await.state, EntryState::Done);
}
