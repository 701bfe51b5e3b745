//! The demo's scenario (R10).

use serde_json::json;

use crate::desk::{Desk, MESSENGER, WEBCHAT, WHATSAPP, column};

#[tokio::test]
async fn one_fixed_reply_to_the_first_message_and_none_to_later_ones() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for channel in [WEBCHAT, WHATSAPP, MESSENGER] {
        let came = desk.writes(channel, "zoe", "Bonjour").await;
        desk.writes(channel, "zoe", "Il y a quelqu'un ?").await;
        let timeline = desk.timeline(&alice, &came.conversation).await;
        assert_eq!(column(&timeline, "kind"), ["message", "reply", "message"]);
        assert_eq!(timeline[1]["author"]["kind"], "scenario");
        assert_eq!(timeline[1]["buttons"].as_array().unwrap().len(), 3);
        assert_eq!(desk.conversation(&alice, &came.conversation).await["state"], "received");
    }
}

#[tokio::test]
async fn a_button_routes_to_its_team() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.writes(WEBCHAT, "zoe", "An invoice / Une facture").await;
    assert_eq!(desk.conversation(&alice, &came.conversation).await["team"]["id"], "team_billing");
}

#[tokio::test]
async fn r10_bye_closes_even_while_advisors_may_not() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let bye = desk.writes(WEBCHAT, "zoe", "#bye").await;
    assert_eq!(bye.conversation, came.conversation);
    let closed = desk.conversation(&alice, &came.conversation).await;
    assert_eq!((&closed["status"], &closed["closed_by"]["kind"]), (&json!("closed"), &json!("scenario")));

    let actions = desk.actions(&alice, &format!("conversation={}&author=scenario", came.conversation)).await;
    assert_eq!(column(&actions, "type"), ["close-conversation", "answer"], "R6");
    assert_eq!(actions[0]["author_is_bot"], true, "R11");
    assert_eq!(actions[0]["at"], closed["closed_at"]);

    let back = desk.writes(WEBCHAT, "zoe", "Hello again").await;
    assert!(back.new, "R9");
    let new = desk.conversation(&alice, &back.conversation).await;
    assert_eq!(new["previous_closed_by"], closed["closed_by"], "D13");
}

#[tokio::test]
async fn r10_bye_means_nothing_elsewhere_and_needs_no_conversation_before() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let whatsapp = desk.writes(WHATSAPP, "zoe", "#bye").await;
    assert_eq!(desk.conversation(&alice, &whatsapp.conversation).await["status"], "open");
    let first = desk.writes(WEBCHAT, "zoe", "#bye").await;
    assert!(first.new);
    assert_eq!(desk.conversation(&alice, &first.conversation).await["closed_by"]["kind"], "scenario");
}
