//! Notifications over the real platform: who is told, once, whatever is restarted (R14, D30, D31).

use std::sync::Arc;

use signoff_engine::ports::{Notification, NotificationKind};
use signoff_engine::{Announcements, Engine};
use signoff_wire::interface::{
    Announcement, Choice, Choose, ConnectionStatus, EntryState, Loudness, NotificationPreferences, Preferences,
    SendAndClose, SendReply,
};

use crate::company::{ALICE, BOB, Company};
use crate::desk::{Desk, PATIENCE, as_person, eventually, online, until};

const CLOSING: &str = "All settled, goodbye.";

/// An advisor at work in a company that lets advisors close.
async fn at_work(company: &Company, desk: &Desk, email: &str) -> Arc<Engine> {
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), email)).await.unwrap();
    until(&engine, "at work", |state| state.connection.status == ConnectionStatus::Online && state.close_enabled).await;
    engine
}

/// The customer writes, and the advisor sends and closes.
async fn closes(company: &Company, engine: &Engine, customer: &str) -> String {
    let conversation = company.customer_writes(customer, "My parcel?").await;
    eventually("the message is here", async || engine.conversation(&conversation).await.is_ok()).await;
    let last_seen_message_id = engine.conversation(&conversation).await.unwrap().last_customer_message_id;
    let close = SendAndClose {
        conversation_id: conversation.clone(),
        text: CLOSING.to_owned(),
        file_ids: Vec::new(),
        last_seen_message_id,
    };
    engine.send_and_close(close).await.unwrap();
    until(engine, "the close is applied", |state| state.queue.pending == 0 && state.queue.needs_attention == 0).await;
    assert_eq!(company.times_said(&conversation, CLOSING).await, 1);
    conversation
}

fn returned(name: &str, text: &str) -> NotificationKind {
    NotificationKind::ReturnedAfterClose { customer_name: format!("Customer {name}"), text: Some(text.to_owned()) }
}

fn kinds(desk: &Desk) -> Vec<NotificationKind> {
    desk.notifications.shown().into_iter().map(|shown: Notification| shown.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_customer_who_writes_again_is_announced_once_ever() {
    let (company, desk) = (Company::open().await, Desk::new());
    company.allow_manual_close(true).await;
    let engine = at_work(&company, &desk, ALICE).await;
    assert_eq!(kinds(&desk), [], "the first synchronisation notifies of nothing");
    let closed = closes(&company, &engine, "anna").await;
    let new = company.customer_writes("anna", "It came, and is broken").await;
    assert_ne!(closed, new, "R9");
    eventually("the notification", async || !desk.notifications.shown().is_empty()).await;
    let shown = desk.notifications.shown().remove(0);
    assert_eq!(shown.kind, returned("anna", "It came, and is broken"));
    assert_eq!(shown.conversation_id, Some(new), "a click opens it (D30)");
    assert_eq!(shown.loudness, Loudness::Sound);

    // D30: a restart, a reconnect and a refresh repeat nothing.
    engine.refresh().await.unwrap();
    engine.shutdown().await;
    for _ in 0..2 {
        let engine = desk.opened().await;
        online(&engine).await;
        engine.shutdown().await;
    }
    assert_eq!(kinds(&desk).len(), 1);
}

/// R14: also the advisors to whose team the new conversation is routed; nobody else's closing concerns the rest.
#[tokio::test(flavor = "multi_thread")]
async fn the_team_is_told_as_well() {
    let (company, alices, bobs) = (Company::open().await, Desk::new(), Desk::new());
    company.allow_manual_close(true).await;
    let alice = at_work(&company, &alices, ALICE).await;
    let _bob = at_work(&company, &bobs, BOB).await;
    closes(&company, &alice, "carla").await;
    company.customer_writes("carla", "One more invoice").await;
    eventually("both are told", async || kinds(&alices).len() == 1 && kinds(&bobs).len() == 1).await;
    assert_eq!(kinds(&bobs), [returned("carla", "One more invoice")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_while_the_program_did_not_run_is_summed_up_in_one() {
    let (company, desk) = (Company::open().await, Desk::new());
    company.allow_manual_close(true).await;
    let engine = at_work(&company, &desk, ALICE).await;
    for customer in ["dora", "emil"] {
        closes(&company, &engine, customer).await;
    }
    engine.shutdown().await;
    for customer in ["dora", "emil"] {
        company.customer_writes(customer, "Me again").await;
    }
    let engine = desk.opened().await;
    online(&engine).await;
    assert_eq!(kinds(&desk), [NotificationKind::WhileAway { returned: 2, others: 0 }]);
    assert_eq!(desk.notifications.shown()[0].conversation_id, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_came_alone_is_shown_as_itself() {
    let (company, desk) = (Company::open().await, Desk::new());
    company.allow_manual_close(true).await;
    let engine = at_work(&company, &desk, ALICE).await;
    closes(&company, &engine, "fanny").await;
    engine.shutdown().await;
    company.customer_writes("fanny", "Me again").await;
    let engine = desk.opened().await;
    online(&engine).await;
    assert_eq!(kinds(&desk), [returned("fanny", "Me again")]);
}

/// D31.
#[tokio::test(flavor = "multi_thread")]
async fn do_not_disturb_holds_back_and_sums_up_and_texts_can_be_hidden() {
    let (company, desk) = (Company::open().await, Desk::new());
    company.allow_manual_close(true).await;
    let engine = at_work(&company, &desk, ALICE).await;
    let quiet = NotificationPreferences { do_not_disturb: true, hide_message_text: true, ..Default::default() };
    engine.set_preferences(Preferences { notifications: quiet.clone(), ..Default::default() }).await.unwrap();
    closes(&company, &engine, "gina").await;
    let new = company.customer_writes("gina", "Secret").await;
    eventually("it is here", async || engine.conversation(&new).await.is_ok()).await;
    assert_eq!(kinds(&desk), [], "nobody is disturbed");
    let loud = NotificationPreferences { do_not_disturb: false, ..quiet };
    engine.set_preferences(Preferences { notifications: loud, ..Default::default() }).await.unwrap();
    let customer_name = "Customer gina".to_owned();
    assert_eq!(kinds(&desk), [NotificationKind::ReturnedAfterClose { customer_name, text: None }]);
}

/// D12.
#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_was_not_delivered_is_told_to_who_wrote_it() {
    let (company, alices, bobs) = (Company::open().await, Desk::new(), Desk::new());
    company.allow_manual_close(true).await;
    let alice = at_work(&company, &alices, ALICE).await;
    let bob = at_work(&company, &bobs, BOB).await;
    let conversation = company.customer_writes("hugo", "Call me").await;
    eventually("it is here", async || alice.conversation(&conversation).await.is_ok()).await;
    let text = "We will".to_owned();
    let reply = SendReply {
        conversation_id: conversation.clone(),
        text: text.clone(),
        file_ids: Vec::new(),
        trigger_survey: false,
        last_seen_message_id: None,
    };
    alice.send_reply(reply).await.unwrap();
    until(&alice, "delivered to the platform", |state| state.queue.pending == 0).await;
    let timeline = alice.conversation(&conversation).await.unwrap().timeline.entries;
    let sent = timeline.iter().find(|entry| entry.text == text).expect("the reply is shown");
    company.channel_fails(&sent.id).await;
    eventually("alice is told", async || !kinds(&alices).is_empty()).await;
    let customer_name = "Customer hugo".to_owned();
    assert_eq!(kinds(&alices), [NotificationKind::ReplyNotDelivered { customer_name }]);
    let failed = async || {
        let timeline = bob.conversation(&conversation).await.unwrap().timeline.entries;
        timeline.iter().any(|entry| entry.delivery.as_ref().is_some_and(|delivery| delivery.reason.is_some()))
    };
    eventually("bob has heard of it too", failed).await;
    assert_eq!(kinds(&bobs), []);
}

/// D23: what needs the advisor is announced, in the transaction that finds it out.
#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_needs_attention_is_announced() {
    let (mut company, desk) = (Company::open().await, Desk::new());
    company.allow_manual_close(true).await;
    let engine = at_work(&company, &desk, ALICE).await;
    let conversation = company.customer_writes("ida", "Question").await;
    eventually("it is here", async || engine.conversation(&conversation).await.is_ok()).await;
    let last_seen_message_id = engine.conversation(&conversation).await.unwrap().last_customer_message_id;
    company.stop().await;
    until(&engine, "offline", |state| state.connection.status == ConnectionStatus::Offline).await;
    let close = SendAndClose {
        conversation_id: conversation.clone(),
        text: CLOSING.to_owned(),
        file_ids: Vec::new(),
        last_seen_message_id,
    };
    engine.send_and_close(close).await.unwrap();
    engine.shutdown().await;
    company.start().await;
    company.customer_writes("ida", "And another").await;
    let engine = desk.opened().await;
    until(&engine, "it needs attention (D6)", |state| state.queue.needs_attention == 1).await;
    let attention = NotificationKind::NeedsAttention { customer_name: "Customer ida".to_owned() };
    eventually("told", async || kinds(&desk).contains(&attention)).await;
    assert_eq!(company.times_said(&conversation, CLOSING).await, 0, "nothing was applied");
}

/// D24: an advisor who has confirmed again and looks elsewhere hears that it was refused again.
#[tokio::test(flavor = "multi_thread")]
async fn an_action_that_comes_to_need_attention_again_is_said_again() {
    let (mut company, desk) = (Company::open().await, Desk::new());
    company.allow_manual_close(true).await;
    let engine = at_work(&company, &desk, ALICE).await;
    let conversation = company.customer_writes("jack", "Question").await;
    eventually("it is here", async || engine.conversation(&conversation).await.is_ok()).await;
    let last_seen_message_id = engine.conversation(&conversation).await.unwrap().last_customer_message_id;
    company.stop().await;
    until(&engine, "offline", |state| state.connection.status == ConnectionStatus::Offline).await;
    let close = SendAndClose {
        conversation_id: conversation.clone(),
        text: CLOSING.to_owned(),
        file_ids: Vec::new(),
        last_seen_message_id,
    };
    let entry = engine.send_and_close(close).await.unwrap();
    engine.shutdown().await;
    company.start().await;
    company.customer_writes("jack", "And another").await;
    let engine = desk.start();
    let mut announcements = engine.announcements();

    said_to_need_attention(&mut announcements).await;
    // Confirmed without a look at the new message, so the platform refuses it again (D6).
    let blind = Choose { entry_id: entry.id, choice: Choice::ConfirmAgain, seen_message_id: None };
    engine.choose(blind).await.unwrap();

    said_to_need_attention(&mut announcements).await;
}

async fn said_to_need_attention(announcements: &mut Announcements) {
    let heard = async {
        loop {
            let announcement = announcements.next().await.expect("the engine runs");
            if matches!(&announcement, Announcement::EntrySettled { entry } if entry.state == EntryState::NeedsAttention)
            {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("it is said");
}
