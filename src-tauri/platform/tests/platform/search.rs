//! Search over what was written (D40).

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use signoff_platform::demo_blueprint;

use crate::desk::{Desk, MESSENGER, Person, WEBCHAT, column, items};

/// Asks until everything that was written is found: the index follows a moment behind.
async fn found(desk: &Desk, person: &Person, query: &str, wanted: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    for _ in 0..200 {
        rows = items(&desk.get(person, &format!("/v1/conversations?search={query}")).await.expect(200));
        if rows.len() == wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(rows.len(), wanted, "{query}: {rows:#?}");
    rows
}

#[tokio::test]
async fn words_are_found_without_regard_to_accents_case_and_order() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let parcel = desk.writes(WEBCHAT, "zoe", "Où est mon colis expédié hier ?").await;
    let invoice = desk.writes(WEBCHAT, "yan", "The invoice is wrong").await;
    desk.reply(&alice, &invoice.conversation, "A corrected invoice is on its way").await;
    for query in
        ["EXPEDIE", "hier%20colis", "exp%C3%A9di", "%22colis%20exp%C3%A9di%C3%A9%22", "zoe%20colis", "zo%C3%AB"]
    {
        assert_eq!(column(&found(&desk, &alice, query, 1).await, "id"), [parcel.conversation.as_str()], "{query}");
    }
    for query in ["corrected", "invoice", "yan%20wrong"] {
        assert_eq!(column(&found(&desk, &alice, query, 1).await, "id"), [invoice.conversation.as_str()], "{query}");
    }
    for nothing in ["hier%20invoice", "%22hier%20exp%C3%A9di%C3%A9%22", "\"", "*", "NEAR(", "", "%20"] {
        found(&desk, &alice, nothing, 0).await;
    }
    let long = "x".repeat(501);
    desk.get(&alice, &format!("/v1/conversations?search={long}")).await.refused(400, "invalid-query");
}

#[tokio::test]
async fn each_conversation_is_found_once_over_all_pages_newest_find_first() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let mut conversations = Vec::new();
    for customer in ["a", "b", "c", "d"] {
        conversations.push(desk.writes(WEBCHAT, customer, "parcel one").await.conversation);
        desk.later(TimeDelta::seconds(1));
    }
    for customer in ["a", "b"] {
        desk.writes(WEBCHAT, customer, "parcel two").await;
    }
    found(&desk, &alice, "two", 2).await;
    let (mut after, mut ids) = (String::new(), Vec::new());
    loop {
        let path = format!("/v1/conversations?search=parcel&limit=1&after={after}");
        let page = desk.get(&alice, &path).await.expect(200);
        ids.extend(column(&items(&page), "id").into_iter().map(str::to_owned));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    let [a, b, c, d] = conversations.try_into().unwrap();
    assert_eq!(ids, [b, a, d, c]);
    let only_closed = desk.get(&alice, "/v1/conversations?search=parcel&tab=closed").await.expect(200);
    assert_eq!(items(&only_closed).len(), 0, "the filters hold for what is found, too");
}

#[tokio::test]
async fn only_what_one_may_see_is_found() {
    let mut blueprint = demo_blueprint();
    let bob = blueprint.users.iter_mut().find(|user| user.email == "bob@demo.test").unwrap();
    bob.channels = vec![MESSENGER.to_owned()];
    let desk = Desk::start_with(blueprint).await;
    let (admin, alice, bob) = (desk.admin().await, desk.alice().await, desk.bob().await);
    let came = desk.writes(WEBCHAT, "zoe", "a secret word").await;
    for person in [&admin, &alice] {
        assert_eq!(column(&found(&desk, person, "secret", 1).await, "id"), [came.conversation.as_str()]);
    }
    found(&desk, &bob, "secret", 0).await;
    let note = json!({ "text": "a hidden remark" });
    desk.click(&alice, &came.conversation, "notes", &note).await.expect(201);
    found(&desk, &alice, "remark", 1).await;
    found(&desk, &bob, "remark", 0).await;
}
