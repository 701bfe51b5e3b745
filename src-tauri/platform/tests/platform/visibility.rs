//! Who sees what outside the demo: one's teams and what is not routed yet, on channels where one may reply.

use serde_json::json;
use signoff_platform::demo_blueprint;

use crate::desk::{Desk, MESSENGER, WEBCHAT, column, items};

#[tokio::test]
async fn an_advisor_sees_his_teams_and_what_is_not_routed_yet_on_his_channels() {
    let mut blueprint = demo_blueprint();
    let bob = blueprint.users.iter_mut().find(|user| user.email == "bob@demo.test").unwrap();
    bob.teams = vec!["team_billing".to_owned()];
    bob.channels = vec![WEBCHAT.to_owned()];
    let desk = Desk::start_with(blueprint).await;
    let (alice, bob) = (desk.alice().await, desk.bob().await);
    let unrouted = desk.writes(WEBCHAT, "a", "Hello").await.conversation;
    let billing = desk.writes(WEBCHAT, "b", "My invoice").await.conversation;
    let orders = desk.writes(WEBCHAT, "c", "My parcel").await.conversation;
    let elsewhere = desk.writes(MESSENGER, "d", "My invoice").await.conversation;

    let page = desk.get(&bob, "/v1/conversations").await.expect(200);
    assert_eq!(column(&items(&page), "id"), [&*unrouted, &billing]);
    let synced = desk.get(&bob, "/v1/sync/conversations").await.expect(200);
    assert_eq!((items(&synced).len(), &synced["total"]), (2, &json!(2)));
    for hidden in [&orders, &elsewhere] {
        desk.get(&bob, &format!("/v1/conversations/{hidden}")).await.refused(404, "conversation-unknown");
        desk.click(&bob, hidden, "replies", &json!({ "text": "x" })).await.refused(404, "conversation-unknown");
        assert!(desk.actions(&bob, &format!("conversation={hidden}")).await.is_empty());
        assert!(desk.changes(&bob, 0).await.iter().all(|event| event["data"]["conversation_id"] != hidden.as_str()
            || event["data"]["conversation"]["team"].is_null()));
    }

    let seq = desk.newest_seq(&bob).await;
    desk.click(&alice, &billing, "route", &json!({ "team_id": "team_orders" })).await.expect(201);
    let told = desk.changes(&bob, seq).await;
    assert_eq!(column(&told, "type"), ["conversation.changed"], "he learns that it is gone, and nothing more");
    desk.get(&bob, &format!("/v1/conversations/{billing}")).await.refused(404, "conversation-unknown");
}
