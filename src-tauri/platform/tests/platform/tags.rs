//! Tags as admins keep them (D16).

use serde_json::{Value, json};

use crate::desk::{Desk, Person, WEBCHAT, column, items};

const TAGS: &str = "/v1/admin/tags";

async fn tag(desk: &Desk, admin: &Person, name: &str) -> Value {
    let list = items(&desk.get(admin, TAGS).await.expect(200));
    list.into_iter().find(|tag| tag["name"] == name).unwrap()
}

fn path(tag: &Value) -> String {
    format!("{TAGS}/{}", tag["id"].as_str().unwrap())
}

fn version(tag: &Value) -> String {
    format!("\"{}\"", tag["version"])
}

async fn offered(desk: &Desk, person: &Person) -> Vec<String> {
    let directory = desk.get(person, "/v1/directory").await.expect(200);
    column(directory["tags"].as_array().unwrap(), "name").into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_new_tag_is_offered_at_the_end_and_clients_are_told() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let seq = desk.newest_seq(&alice).await;
    let made = desk.post(Some(&admin.token), TAGS, &json!({ "name": "Lost parcel", "mandatory": false })).await;
    assert_eq!(made.expect(201)["name"], "Lost parcel");
    assert_eq!(offered(&desk, &alice).await.last().unwrap(), "Lost parcel");
    assert_eq!(column(&desk.changes(&alice, seq).await, "type"), ["directory.changed"]);
    for name in ["Lost parcel", " LOST PARCEL", "Billing"] {
        let body = json!({ "name": name, "mandatory": false });
        desk.post(Some(&admin.token), TAGS, &body).await.refused(409, "tag-exists");
    }
    for body in [
        json!({ "name": "", "mandatory": false }),
        json!({ "name": "x" }),
        json!({ "name": "x".repeat(61), "mandatory": true }),
    ] {
        desk.post(Some(&admin.token), TAGS, &body).await.refused_as_senseless();
    }
    assert_eq!(desk.audited(&admin, "tag.create").await.len(), 1);
}

#[tokio::test]
async fn a_renamed_tag_is_the_same_tag_also_where_it_was_set_before() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let first = offered(&desk, &alice).await[0].clone();
    desk.click(&alice, &came.conversation, "tags", &json!({ "tags": ["billing", first] })).await.expect(201);

    let billing = tag(&desk, &admin, "billing").await;
    let renamed = json!({ "name": "Invoices", "mandatory": false, "archived": false });
    desk.put(&admin, &path(&billing), &renamed, Some("\"9\"")).await.refused(412, "stale");
    desk.put(&admin, &path(&billing), &renamed, Some(&version(&billing))).await.expect(200);

    assert_eq!(desk.conversation(&alice, &came.conversation).await["tags"], json!(["Invoices", first]));
    let listed = desk.get(&alice, "/v1/conversations").await.expect(200);
    assert_eq!(items(&listed)[0]["tags"], json!(["Invoices", first]));
    let directory = desk.get(&alice, "/v1/directory").await.expect(200);
    let told = directory["tags"].as_array().unwrap().iter().find(|tag| tag["name"] == "Invoices").unwrap();
    assert_eq!(told["formerly"], json!(["billing"]), "clients can mend what they keep");
    // A client that has not heard of it yet sends the old name.
    desk.click(&alice, &came.conversation, "tags", &json!({ "tags": ["billing", "Invoices"] })).await.expect(201);
    assert_eq!(desk.conversation(&alice, &came.conversation).await["tags"], json!(["Invoices"]));

    let taken = json!({ "name": "Billing", "mandatory": false });
    desk.post(Some(&admin.token), TAGS, &taken).await.refused(409, "tag-exists");
    let back = json!({ "name": "billing", "mandatory": false, "archived": false });
    desk.put(&admin, &path(&billing), &back, Some("*")).await.expect(200);
    assert_eq!(desk.conversation(&alice, &came.conversation).await["tags"], json!(["billing"]), "and back again");
    let log = desk.audited(&admin, "tag.change").await;
    assert_eq!((&log[1].0["name"], &log[1].1["name"]), (&json!("billing"), &json!("Invoices")));
}

#[tokio::test]
async fn an_archived_tag_is_not_offered_and_stays_where_it_is() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let (has, has_not) = (desk.writes(WEBCHAT, "zoe", "Hello").await, desk.writes(WEBCHAT, "yan", "Hello").await);
    desk.click(&alice, &has.conversation, "tags", &json!({ "tags": ["billing"] })).await.expect(201);
    let billing = tag(&desk, &admin, "billing").await;
    let archived = json!({ "name": "billing", "mandatory": true, "archived": true });
    desk.put(&admin, &path(&billing), &archived, Some(&version(&billing))).await.expect(200);

    assert!(!offered(&desk, &alice).await.contains(&"billing".to_owned()));
    let set = json!({ "tags": ["billing"] });
    desk.click(&alice, &has_not.conversation, "tags", &set).await.refused(422, "tag-unknown");
    desk.click(&alice, &has.conversation, "tags", &set).await.expect(201);
    desk.reply(&alice, &has_not.conversation, "Not mandatory while it is archived (D16)").await;
}

#[tokio::test]
async fn d16_a_mandatory_tag_holds_replies_back_at_once() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let billing = tag(&desk, &admin, "billing").await;
    let mandatory = json!({ "name": "billing", "mandatory": true, "archived": false });
    desk.put(&admin, &path(&billing), &mandatory, Some("*")).await.expect(200);
    let reply = json!({ "text": "Hello", "attachments": [] });
    desk.click(&alice, &came.conversation, "replies", &reply).await.refused(422, "tags-missing");
    desk.click(&alice, &came.conversation, "tags", &json!({ "tags": ["billing"] })).await.expect(201);
    desk.click(&alice, &came.conversation, "replies", &reply).await.expect(201);
}

#[tokio::test]
async fn the_order_is_one_document() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let before = desk.get(&admin, TAGS).await;
    let seen = before.headers["etag"].to_str().unwrap().to_owned();
    let mut ids: Vec<Value> = items(&before.expect(200)).iter().map(|tag| tag["id"].clone()).collect();
    ids.reverse();
    desk.put(&admin, TAGS, &json!({ "ids": ids }), None).await.refused(428, "if-match-missing");
    desk.put(&admin, TAGS, &json!({ "ids": ids[1..] }), Some(&seen)).await.refused(422, "invalid-value");
    let twice = [ids.clone(), vec![ids[0].clone()]].concat();
    desk.put(&admin, TAGS, &json!({ "ids": twice }), Some(&seen)).await.refused(422, "invalid-value");
    let names = offered(&desk, &alice).await;
    desk.put(&admin, TAGS, &json!({ "ids": ids }), Some(&seen)).await.expect(200);
    assert_eq!(offered(&desk, &alice).await, names.into_iter().rev().collect::<Vec<_>>());
    desk.put(&admin, TAGS, &json!({ "ids": ids }), Some(&seen)).await.refused(412, "stale");
    desk.put(
        &admin,
        &format!("{TAGS}/nonsense"),
        &json!({ "name": "x", "mandatory": false, "archived": false }),
        Some("*"),
    )
    .await
    .refused(404, "not-found");
}
