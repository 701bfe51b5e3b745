//! The first synchronisation, and the directory.

use serde_json::json;

use crate::desk::{Desk, WEBCHAT, column, items};

#[tokio::test]
async fn pages_hold_conversations_with_their_newest_entries_and_say_where_to_go_on() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for number in 0..5 {
        let customer = format!("c{number}");
        for line in 0..3 {
            desk.writes(WEBCHAT, &customer, &format!("line {line}")).await;
        }
    }
    let first = desk.get(&alice, "/v1/sync/conversations?limit=3&entries=2").await.expect(200);
    assert_eq!((&first["total"], items(&first).len()), (&json!(5), 3));
    assert_eq!(first["seq"], desk.newest_seq(&alice).await);
    let newest = &items(&first)[0];
    assert_eq!(newest["conversation"]["customer"]["external_id"], "c4");
    let entries = newest["entries"].as_array().unwrap();
    assert_eq!(column(entries, "text"), ["line 1", "line 2"], "newest last");
    let id = newest["conversation"]["id"].as_str().unwrap();
    assert_eq!(newest["conversation"], desk.conversation(&alice, id).await);

    let older = format!("/v1/conversations/{id}/messages?before={}", newest["entries_next"].as_str().unwrap());
    let older = items(&desk.get(&alice, &older).await.expect(200));
    assert_eq!([older, entries.clone()].concat(), desk.timeline(&alice, id).await, "nothing is left out");

    let path = format!("/v1/sync/conversations?limit=3&after={}", first["next"].as_str().unwrap());
    let rest = desk.get(&alice, &path).await.expect(200);
    assert_eq!((items(&rest).len(), &rest["next"]), (2, &json!(null)));
    assert_eq!(items(&rest)[0]["entries_next"], json!(null));
}

#[tokio::test]
async fn the_directory_lists_what_a_composer_needs() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let directory = desk.get(&alice, "/v1/directory").await.expect(200);
    let channels = directory["channels"].as_array().unwrap();
    assert_eq!(column(channels, "id"), ["ch_messenger", "ch_webchat", "ch_whatsapp"]);
    assert_eq!(channels[2]["conversation_window_h"], 120);
    assert_eq!((&channels[2]["reply_window_h"], &channels[2]["survey"]), (&json!(24), &json!("csat")));
    assert!(column(directory["tags"].as_array().unwrap(), "name").contains(&"billing"));
    assert_eq!(directory["users"].as_array().unwrap().len(), 3);
    assert!(!directory["canned_replies"].as_array().unwrap().is_empty());
}
