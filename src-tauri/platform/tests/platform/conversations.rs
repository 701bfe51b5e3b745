//! Lists and timelines (D40, D41).

use chrono::TimeDelta;
use serde_json::json;

use crate::desk::{Desk, MESSENGER, WEBCHAT, column, items};

#[tokio::test]
async fn d40_tabs_filters_and_pages_oldest_first() {
    let desk = Desk::start().await;
    let (alice, bob) = (desk.alice().await, desk.bob().await);
    let mut ids = Vec::new();
    for number in 0..7 {
        let channel = if number % 2 == 0 { WEBCHAT } else { MESSENGER };
        ids.push(desk.writes(channel, &format!("c{number}"), "Hello").await.conversation);
        desk.later(TimeDelta::minutes(1));
    }
    desk.click(&alice, &ids[1], "assign", &json!({ "user_id": alice.id })).await.expect(201);
    desk.click(&bob, &ids[2], "assign", &json!({ "user_id": bob.id })).await.expect(201);
    desk.reply(&alice, &ids[3], "Hi").await;
    desk.click(&alice, &ids[4], "archive", &json!({})).await.expect(201);
    desk.writes(WEBCHAT, "bye", "#bye").await;

    let listed = async |query: &str| {
        let page = desk.get(&alice, &format!("/v1/conversations?{query}")).await.expect(200);
        column(&items(&page), "id").into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(listed("tab=received").await, [&*ids[0], &ids[5], &ids[6]]);
    assert_eq!(listed("tab=ongoing").await, [&*ids[1], &ids[2]]);
    assert_eq!(listed("tab=ongoing&mine=true").await, [&*ids[1]]);
    assert_eq!(listed("tab=answered").await, [&*ids[3]]);
    assert_eq!(listed("tab=archived").await, [&*ids[4]]);
    assert_eq!(listed("tab=closed").await.len(), 1);
    assert_eq!(listed("tab=received&channel=ch_messenger").await, [&*ids[5]]);
    assert_eq!(listed("team=team_none").await.len(), 0);
    let all = listed("").await;
    assert_eq!(all[..7], ids);

    let first = desk.get(&alice, "/v1/conversations?limit=5").await.expect(200);
    desk.click(&alice, &ids[0], "archive", &json!({})).await.expect(201);
    let rest = format!("/v1/conversations?limit=5&after={}", first["next"].as_str().unwrap());
    let rest = desk.get(&alice, &rest).await.expect(200);
    assert_eq!(rest["next"], json!(null));
    let paged = [items(&first), items(&rest)].concat();
    assert_eq!(column(&paged, "id"), all, "a change between two pages moves nothing");
}

#[tokio::test]
async fn d40_a_conversation_that_arrives_late_stands_where_it_began() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let punctual = desk.writes(WEBCHAT, "zoe", "Hello").await.conversation;
    let message = json!({ "external_id": "late", "text": "Hello", "at": "2026-03-02T09:00:00Z" });
    let late = desk.inbound(WEBCHAT, "yan", message).await["conversation_id"].clone();
    let first = desk.get(&alice, "/v1/conversations?tab=received&limit=1").await.expect(200);
    let after = first["next"].as_str().expect("there is another page");
    let second = desk.get(&alice, &format!("/v1/conversations?tab=received&limit=1&after={after}")).await.expect(200);
    assert_eq!((&items(&first)[0]["id"], &items(&second)[0]["id"]), (&late, &json!(punctual)));
}

#[tokio::test]
async fn d40_a_row_has_what_an_inbox_shows() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Where is my order?").await;
    let page = desk.get(&alice, "/v1/conversations?tab=received").await.expect(200);
    let row = &items(&page)[0];
    assert_eq!(row["customer"]["name"], "zoe Example");
    assert_eq!((&row["customer"]["language"], &row["customer"]["vip"]), (&json!("en"), &json!(false)));
    assert_eq!(
        (&row["channel"]["id"], &row["channel"]["type"], &row["channel"]["reply_limit"]),
        (&json!(WEBCHAT), &json!("web_chat"), &json!(20_000))
    );
    assert_eq!(row["message_count"], 1, "messages are what the customer wrote");
    assert_eq!(row["last_message"]["id"], came.message.as_str(), "an automatic greeting does not hide what is asked");
    assert_eq!(row["last_customer_message_id"], came.message.as_str());
    let one = desk.get(&alice, &format!("/v1/conversations/{}", came.conversation)).await;
    assert_eq!(one.json(), *row, "the same shape everywhere");
    assert_eq!(one.headers["etag"], format!("\"{}\"", row["version"]).as_str());
}

#[tokio::test]
async fn timelines_page_backwards_each_page_newest_last() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "0").await;
    for number in 1..9 {
        desk.writes(WEBCHAT, "zoe", &number.to_string()).await;
    }
    let mut path = format!("/v1/conversations/{}/messages?limit=4", came.conversation);
    let mut told = Vec::new();
    loop {
        let page = desk.get(&alice, &path).await.expect(200);
        told.splice(0..0, items(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/conversations/{}/messages?limit=4&before={next}", came.conversation);
    }
    assert_eq!(told, desk.timeline(&alice, &came.conversation).await);
    assert_eq!(told.len(), 10);
}

#[tokio::test]
async fn d41_earlier_conversations_of_a_customer() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let first = desk.writes(WEBCHAT, "zoe", "#bye").await;
    let second = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.writes(WEBCHAT, "yan", "Hello").await;
    let customer = desk.conversation(&alice, &second.conversation).await["customer"]["id"].clone();
    let path = format!("/v1/conversations?customer={}", customer.as_str().unwrap());
    let page = desk.get(&alice, &path).await.expect(200);
    assert_eq!(column(&items(&page), "id"), [first.conversation, second.conversation]);
}
