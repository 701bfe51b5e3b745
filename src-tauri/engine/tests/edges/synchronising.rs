//! Synchronisation against the real platform: first, resumed, offline, anew, without streams, with a wrong clock.

use chrono::TimeDelta;
use signoff_wire::contract::conversations::ConversationState;
use signoff_wire::interface::{Announcement, Code, ConnectionStatus, InboxQuery, Scope, SendReply, Stage};

use crate::company::{ALICE, Company};
use crate::desk::{Desk, PATIENCE, as_person, eventually, online, until};
use crate::meddling::Meddling;

pub(crate) fn received() -> InboxQuery {
    InboxQuery {
        tab: ConversationState::Received,
        scope: Scope::All,
        channel_id: None,
        search: None,
        after: None,
        limit: 500,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_synchronisation_brings_everything_and_survives_a_restart() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    let state = online(&engine).await;
    assert_eq!(state.sync.first, None, "it is complete");
    assert_eq!(state.user.unwrap().email, ALICE);
    let counts = engine.inbox(received()).await.unwrap().counts;
    let all = counts.received + counts.ongoing + counts.answered + counts.archived + counts.closed;
    assert!(all >= 300, "the demo workspace has at least 300 conversations, here are {all}");
    engine.shutdown().await;

    // D20: without a platform, everything is still there.
    let mut company = company;
    company.stop().await;
    let engine = desk.opened().await;
    assert_eq!(engine.state().stage, Stage::SignedIn { session_expired: false });
    assert!(engine.state().sync.current_as_of.is_some(), "the age of the data is known offline");
    assert_eq!(engine.inbox(received()).await.unwrap().counts, counts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_that_is_not_taken_any_more_begins_the_first_synchronisation_anew() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = Meddling::with(&desk).forgets_the_first_cursors().start(&desk);
    until(&engine, "opened", |state| state.stage == Stage::SignedOut).await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let counts = engine.inbox(received()).await.unwrap().counts;
    let all = counts.received + counts.ongoing + counts.answered + counts.archived + counts.closed;
    assert!(all >= 300, "the demo workspace has at least 300 conversations, here are {all}");
    assert!(desk.notifications.shown().is_empty(), "and none of them is news");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_there_at_once_and_what_was_missed_is_caught_up() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let mut announcements = engine.announcements();
    let live = company.customer_writes("live", "Is anybody there?").await;
    let told = async {
        loop {
            let Announcement::InboxChanged { conversation_ids } = announcements.next().await.expect("the engine runs")
            else {
                continue;
            };
            // What comes together with the end of the first synchronisation is told as everything.
            let everything = conversation_ids.is_empty();
            if conversation_ids.contains(&live) || everything && engine.conversation(&live).await.is_ok() {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("the window is told");
    assert_eq!(engine.conversation(&live).await.unwrap().customer.name, "Customer live");
    engine.shutdown().await;

    let missed = company.customer_writes("missed", "Hello?").await;
    let engine = desk.opened().await;
    let mut from_the_start = false;
    until(&engine, "online", |state| {
        from_the_start |= state.sync.first.is_some();
        state.connection.status == ConnectionStatus::Online
    })
    .await;
    assert!(!from_the_start, "it resumes from the stored sequence");
    assert!(engine.conversation(&missed).await.is_ok(), "what was missed is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_that_goes_is_told_and_one_that_comes_back_is_noticed() {
    let (mut company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    company.stop().await;
    let state = until(&engine, "offline", |state| state.connection.status == ConnectionStatus::Offline).await;
    assert!(state.connection.retry_at.is_some(), "it says when it tries again");
    assert_eq!(state.connection.problem, None, "no platform is no news beyond being offline");
    assert_eq!(state.stage, Stage::SignedIn { session_expired: false });
    company.start().await;
    engine.refresh().await.unwrap();
    online(&engine).await;
}

/// R2, D1: the switch is followed while it happens, and asked for on refresh.
#[tokio::test(flavor = "multi_thread")]
async fn the_feature_switch_is_followed_at_once() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    assert!(!online(&engine).await.close_enabled, "off on every new workspace");
    company.allow_manual_close(true).await;
    until(&engine, "the button appears", |state| state.close_enabled).await;
    company.allow_manual_close(false).await;
    until(&engine, "the button goes", |state| !state.close_enabled).await;
}

/// DESIGN, outbox 8: a synchronisation from the start takes nothing from the queue and shows what is queued.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_synchronises_anew_without_losing_what_is_queued() {
    let (mut company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let conversation = company.customer_writes("patient", "One question").await;
    eventually("the conversation is here", async || engine.conversation(&conversation).await.is_ok()).await;
    company.stop().await;
    until(&engine, "offline", |state| state.connection.status == ConnectionStatus::Offline).await;
    let text = "One answer".to_owned();
    let reply = SendReply {
        conversation_id: conversation.clone(),
        text,
        file_ids: Vec::new(),
        trigger_survey: false,
        last_seen_message_id: None,
    };
    engine.send_reply(reply).await.unwrap();
    engine.shutdown().await;

    let meddling = Meddling::with(&desk).forgets_events_once();
    company.start().await;
    let engine = meddling.start(&desk);
    let mut from_the_start = false;
    until(&engine, "synchronised anew and delivered", |state| {
        from_the_start |= state.sync.first.is_some();
        from_the_start && state.connection.status == ConnectionStatus::Online && state.queue.pending == 0
    })
    .await;
    assert_eq!(company.times_said(&conversation, "One answer").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_streams_do_not_get_through_the_platform_is_asked_again_and_again() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = Meddling::with(&desk).breaks_streams().start(&desk);
    until(&engine, "opened", |state| state.stage == Stage::SignedOut).await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    until(&engine, "asking instead", |state| state.connection.polling).await;
    assert_eq!(engine.state().connection.status, ConnectionStatus::Online);
    let conversation = company.customer_writes("slow", "By post").await;
    eventually("the message came all the same", async || engine.conversation(&conversation).await.is_ok()).await;
}

/// A buffering proxy is recognised by the silence; nothing waits until it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_stays_silent_keeps_nothing_back() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = Meddling::with(&desk).holds_streams_back().start(&desk);
    until(&engine, "opened", |state| state.stage == Stage::SignedOut).await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    let conversation = company.customer_writes("silent", "Psst").await;
    eventually("the message is asked for", async || engine.conversation(&conversation).await.is_ok()).await;
}

/// Bad input: a clock wrong by a year, in either direction.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_a_year_off_is_told_and_breaks_nothing() {
    for by in [TimeDelta::days(365), TimeDelta::days(-365)] {
        let (company, desk) = (Company::open().await, Desk::new());
        desk.clock.is_ahead_by(by);
        let engine = desk.opened().await;
        engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
        let state = until(&engine, "the clocks were compared", |state| {
            state.connection.status == ConnectionStatus::Online && state.notices.contains(&Code::ClockWrong)
        })
        .await;
        assert_eq!(state.notices, [Code::ClockWrong], "once");
        let conversation = company.customer_writes("punctual", "What time is it?").await;
        eventually("the conversation is here", async || engine.conversation(&conversation).await.is_ok()).await;
        let text = "Late".to_owned();
        let reply = SendReply {
            conversation_id: conversation.clone(),
            text,
            file_ids: Vec::new(),
            trigger_survey: false,
            last_seen_message_id: None,
        };
        engine.send_reply(reply).await.unwrap();
        until(&engine, "delivered", |state| state.queue.pending == 0).await;
        assert_eq!(company.times_said(&conversation, "Late").await, 1);
        engine.dismiss_notice(Code::ClockWrong).await.unwrap();
        engine.refresh().await.unwrap();
        until(&engine, "dismissed", |state| state.notices.is_empty()).await;
    }
}

/// The aim is 5 s for 10,000 conversations with 100,000 messages in a release build (`cargo xtask bench app` measures it); here a tenth of
/// that shows that the list is usable long before everything is there.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_usable_from_the_first_page_on() {
    let size = signoff_platform::Bulk::new(1_000, 10_000);
    let (company, desk) = (Company::with(size).await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    let state = until(&engine, "the first page is here", |state| state.sync.first.is_some()).await;
    let progress = state.sync.first.expect("it is under way");
    assert_eq!(progress.total, Some(1_000));
    let counts = engine.inbox(received()).await.unwrap().counts;
    let here = counts.received + counts.ongoing + counts.answered + counts.archived + counts.closed;
    assert!(here >= progress.done && here > 0, "{here} rows can be shown while {progress:?}");
    until(&engine, "everything is here", |state| {
        state.connection.status == ConnectionStatus::Online && state.sync.first.is_none()
    })
    .await;
    let counts = engine.inbox(received()).await.unwrap().counts;
    assert_eq!(counts.received + counts.ongoing + counts.answered + counts.archived + counts.closed, 1_000);
}
