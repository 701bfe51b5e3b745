//! The workspace's own facts and its office hours.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use signoff_platform::{Options, demo_blueprint};

use crate::desk::{Desk, answer_of, column};

const WORKSPACE: &str = "/v1/admin/workspace";
const HOURS: &str = "/v1/admin/office-hours";

fn workspace() -> Value {
    json!({ "name": "Meridian", "time_zone": "Europe/Paris", "default_language": "fr", "team_mandatory": false })
}

#[tokio::test]
async fn to_advisors_the_administration_does_not_exist() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    for path in [WORKSPACE, HOURS, "/v1/admin/tags"] {
        desk.get(&alice, path).await.refused(404, "not-found");
        desk.put(&alice, path, &json!({}), Some("*")).await.refused(404, "not-found");
    }
    desk.get(&alice, "/v1/admin/canned-replies").await.refused(404, "not-found");
}

#[tokio::test]
async fn the_workspace_says_where_its_operator_lets_people_reach_it() {
    let desk = Desk::start().await;
    assert_eq!(desk.get(&desk.admin().await, WORKSPACE).await.expect(200)["address"], Value::Null);

    let address = "https://support.example.com";
    let said = |options: &mut Options| options.serving.public_url = Some(address.to_owned());
    let desk = Desk::start_as(demo_blueprint(), said).await;
    let admin = desk.admin().await;
    assert_eq!(desk.get(&admin, WORKSPACE).await.expect(200)["address"], address);
    assert_eq!(desk.put(&admin, WORKSPACE, &workspace(), Some("*")).await.expect(200)["address"], address);
}

#[tokio::test]
async fn the_workspace_changes_under_the_version_that_was_seen() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let before = desk.get(&admin, WORKSPACE).await;
    let tag = before.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(before.expect(200)["time_zone"], "UTC");

    desk.put(&admin, WORKSPACE, &workspace(), None).await.refused(428, "if-match-missing");
    desk.put(&admin, WORKSPACE, &workspace(), Some("\"77\"")).await.refused(412, "stale");
    let seq = desk.newest_seq(&admin).await;
    let after = desk.put(&admin, WORKSPACE, &workspace(), Some(&tag)).await;
    assert_eq!(after.expect(200)["changed_by"]["id"], admin.id.as_str());
    desk.put(&admin, WORKSPACE, &workspace(), Some(&tag)).await.refused(412, "stale");
    assert_eq!(desk.get(&admin, "/v1/me").await.expect(200)["workspace"]["name"], "Meridian");

    let events = desk.changes(&admin, seq).await;
    assert_eq!(column(&events, "type"), ["directory.changed"], "clients ask again");
    let log = desk.audited(&admin, "workspace.change").await;
    assert_eq!((&log[0].0["time_zone"], &log[0].1["time_zone"]), (&json!("UTC"), &json!("Europe/Paris")));

    let seen = after.headers["etag"].to_str().unwrap();
    let again = desk.put(&admin, WORKSPACE, &workspace(), Some(seen)).await;
    assert_eq!(again.headers["etag"], seen, "what stays as it is is no change");
    assert_eq!(desk.audited(&admin, "workspace.change").await.len(), 1);
}

#[tokio::test]
async fn a_workspace_that_makes_no_sense_is_refused() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("  \n")),
        ("name", json!("x".repeat(101))),
        ("name", json!(7)),
        ("time_zone", json!("Europe/Atlantis")),
        ("time_zone", json!("")),
        ("default_language", json!("FR")),
        ("default_language", json!("fra")),
        ("team_mandatory", json!("yes")),
    ] {
        let mut body = workspace();
        body[field] = value.clone();
        desk.put(&admin, WORKSPACE, &body, Some("*")).await.refused_as_senseless();
    }
    assert_eq!(desk.audited(&admin, "workspace.change").await, []);
}

#[tokio::test]
async fn d16_a_mandatory_team_holds_replies_back_at_once() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let came = desk.writes(crate::desk::WEBCHAT, "zoe", "xyzzy").await;
    assert_eq!(desk.conversation(&alice, &came.conversation).await["team"], Value::Null);
    let mut body = workspace();
    body["team_mandatory"] = json!(true);
    desk.put(&admin, WORKSPACE, &body, Some("*")).await.expect(200);

    let reply = json!({ "text": "Hello", "attachments": [] });
    desk.click(&alice, &came.conversation, "replies", &reply).await.refused(422, "tags-missing");
    assert_eq!(desk.get(&alice, "/v1/directory").await.expect(200)["team_mandatory"], true, "and clients can say why");
    let teams = desk.get(&alice, "/v1/directory").await.expect(200)["teams"].clone();
    desk.click(&alice, &came.conversation, "route", &json!({ "team_id": teams[0]["id"] })).await.expect(201);
    desk.click(&alice, &came.conversation, "replies", &reply).await.expect(201);
}

fn hours(week: Value, holidays: Value) -> Value {
    json!({ "always_open": false, "week": week, "holidays": holidays })
}

#[tokio::test]
async fn office_hours_are_meant_in_the_time_zone_of_the_workspace() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    assert_eq!(desk.get(&admin, HOURS).await.expect(200)["open_now"], true, "without hours it is always open");
    // The desk's clock stands at noon in UTC on Monday, 2 March 2026: one o'clock in Paris.
    let noon = json!([{ "day": "monday", "hours": [{ "opens": "12:00", "closes": "13:00" }] }]);
    let utc = desk.put(&admin, HOURS, &hours(noon, json!([])), Some("*")).await.expect(200);
    assert_eq!((&utc["open_now"], &utc["time_zone"]), (&json!(true), &json!("UTC")));

    desk.put(&admin, WORKSPACE, &workspace(), Some("*")).await.expect(200);
    let paris = desk.get(&admin, HOURS).await.expect(200);
    assert_eq!((&paris["open_now"], &paris["time_zone"]), (&json!(false), &json!("Europe/Paris")));
    // Four weeks later Paris has put its clocks forward: eleven in UTC is one there, too.
    desk.later(TimeDelta::days(28) - TimeDelta::minutes(61));
    assert_eq!(desk.get(&admin, HOURS).await.expect(200)["open_now"], true, "12:59 of the summer");
    let log = desk.audited(&admin, "office-hours.change").await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].0["always_open"], true);
}

#[tokio::test]
async fn a_holiday_closes_a_weekday() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let all_day = json!([{ "opens": "00:00", "closes": "24:00" }]);
    let week = json!([{ "day": "monday", "hours": all_day }]);
    let holiday = json!([{ "date": "2024-03-02", "yearly": true, "name": "Founders' day", "hours": [] }]);
    let seen = desk.put(&admin, HOURS, &hours(week.clone(), holiday), Some("*")).await.expect(200);
    assert_eq!(seen["open_now"], false);
    let once = json!([{ "date": "2024-03-02", "yearly": false, "name": "Founders' day", "hours": [] }]);
    let seen = desk.put(&admin, HOURS, &hours(week, once), Some("*")).await.expect(200);
    assert_eq!(seen["open_now"], true);
}

#[tokio::test]
async fn hours_that_make_no_sense_are_refused() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let day = |hours: Value| json!([{ "day": "monday", "hours": hours }]);
    let one = |opens: &str, closes: &str| json!({ "opens": opens, "closes": closes });
    let holiday = |name: &str, date: &str| json!({ "date": date, "yearly": false, "name": name, "hours": [] });
    for body in [
        hours(day(json!([one("9", "12:00")])), json!([])),
        hours(day(json!([one("12:00", "09:00")])), json!([])),
        hours(day(json!([one("09:00", "12:00"), one("11:00", "13:00")])), json!([])),
        hours(json!([{ "day": "monday", "hours": [] }, { "day": "monday", "hours": [] }]), json!([])),
        hours(json!([{ "day": "someday", "hours": [] }]), json!([])),
        hours(json!([]), json!([holiday("", "2026-05-01")])),
        hours(json!([]), json!([holiday("May", "2026-02-30")])),
        hours(json!([]), json!([holiday("A", "2026-05-01"), holiday("B", "2026-05-01")])),
        json!({ "week": [], "holidays": [] }),
    ] {
        desk.put(&admin, HOURS, &body, Some("*")).await.refused_as_senseless();
    }
    let broken = desk.request(Method::PUT, HOURS).bearer_auth(&admin.token).header("If-Match", "*").body("{");
    answer_of(broken).await.refused(400, "malformed-json");
    assert_eq!(desk.get(&admin, HOURS).await.expect(200)["hours"]["always_open"], true);
}
