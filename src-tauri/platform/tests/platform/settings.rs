//! *Inbox options* (R1) and the audit log (D52).

use reqwest::Method;
use serde_json::{Value, json};

use crate::desk::{Answer, Desk, Person, answer_of, items};

const PATH: &str = "/v1/settings/inbox-options";

async fn put(desk: &Desk, person: &Person, on: bool, if_match: Option<&str>) -> Answer {
    let request = desk.request(Method::PUT, PATH).bearer_auth(&person.token).json(&json!({ "allow_manual_close": on }));
    answer_of(match if_match {
        Some(tag) => request.header("If-Match", tag),
        None => request,
    })
    .await
}

#[tokio::test]
async fn r1_the_page_does_not_exist_for_advisors() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for path in [PATH, "/v1/audit-log", "/v1/analytics/actions", "/v1/analytics/delays", "/v1/exports/actions.csv"] {
        desk.get(&alice, path).await.refused(404, "not-found");
    }
    put(&desk, &alice, true, Some("*")).await.refused(404, "not-found");
}

#[tokio::test]
async fn r1_a_change_needs_the_version_that_was_seen() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let before = desk.get(&admin, PATH).await;
    assert_eq!(before.expect(200), json!({ "allow_manual_close": false, "changed_at": null, "changed_by": null }));
    let tag = before.headers["etag"].to_str().unwrap().to_owned();

    put(&desk, &admin, true, None).await.refused(428, "if-match-missing");
    put(&desk, &admin, true, Some("\"999\"")).await.refused(412, "stale");
    let changed = put(&desk, &admin, true, Some(&tag)).await;
    let body = changed.expect(200);
    assert_eq!(body["changed_by"]["id"], admin.id.as_str());
    assert_eq!(body["changed_at"], "2026-03-02T12:00:00.000Z");
    assert_ne!(changed.headers["etag"], tag.as_str());
    put(&desk, &admin, false, Some(&tag)).await.refused(412, "stale");

    let read = desk.get(&admin, PATH).await;
    assert_eq!(read.headers["etag"], changed.headers["etag"]);
    assert_eq!(read.bytes, changed.bytes);
}

#[tokio::test]
async fn r1_every_change_is_in_the_audit_log_newest_first() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    desk.allow_manual_close(false).await;
    let admin = desk.admin().await;
    let log = desk.get(&admin, "/v1/audit-log").await.expect(200);
    let changes: Vec<Value> =
        items(&log).into_iter().filter(|entry| entry["what"] == "settings.allow_manual_close").collect();
    assert_eq!((&changes[0]["from"], &changes[0]["to"]), (&json!(true), &json!(false)));
    assert_eq!((&changes[1]["from"], &changes[1]["to"]), (&json!(false), &json!(true)));
    assert_eq!(changes[0]["who"]["id"], admin.id.as_str());
    assert!(items(&log)[0]["what"].as_str().unwrap().contains("sign-in"));

    let first = desk.get(&admin, "/v1/audit-log?limit=2").await.expect(200);
    let rest = desk.get(&admin, &format!("/v1/audit-log?after={}", first["next"].as_str().unwrap())).await.expect(200);
    assert_eq!([items(&first), items(&rest)].concat(), items(&log), "pages leave nothing out");
}

#[tokio::test]
async fn d1_everybody_hears_of_a_change() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let event = &desk.changes(&alice, 0).await[0];
    assert_eq!((&event["type"], &event["data"]["allow_manual_close"]), (&json!("settings.changed"), &json!(true)));
    assert_eq!(desk.get(&alice, "/v1/me").await.expect(200)["features"]["close_conversation"], true);
}

/// RFC 9110: several lines are one list.
#[tokio::test]
async fn several_lines_of_versions_are_one_list() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let tag = desk.get(&admin, PATH).await.headers["etag"].to_str().unwrap().to_owned();
    let put = async |lines: [&str; 2]| {
        let request =
            desk.request(Method::PUT, PATH).bearer_auth(&admin.token).json(&json!({ "allow_manual_close": true }));
        answer_of(request.header("If-Match", lines[0]).header("If-Match", lines[1])).await
    };
    put(["\"998\"", "\"999\""]).await.refused(412, "stale");
    put(["\"999\"", &tag]).await.expect(200);
}
