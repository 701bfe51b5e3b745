//! Actions, figures and `actions.csv` (R6, R7, R11, D50, D51).

use chrono::TimeDelta;
use serde_json::json;

use crate::desk::{Desk, MESSENGER, WEBCHAT, column, items};

#[tokio::test]
async fn d51_the_file_has_the_columns_of_the_spec_and_the_times_of_the_receipt() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (alice, admin) = (desk.alice().await, desk.admin().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.later(TimeDelta::milliseconds(61_042));
    let receipt = desk.close(&alice, &came.conversation, &came.message).await.expect(201);

    let answer = desk.get(&admin, "/v1/exports/actions.csv").await;
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    let text = String::from_utf8(answer.bytes).unwrap();
    assert!(text.starts_with("id,type,date,time,status,author_id,author_name,author_is_bot,origin,conversation_id,previous_conversation_id,channel_id,channel_type,customer_id,team_id,answer_action_id,survey_status,data\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<std::collections::HashMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let close = rows.iter().find(|row| row["id"] == receipt["action_id"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&*close["type"], &*close["date"], &*close["time"]),
        ("close-conversation", "2026-03-02", "12:01:01.042")
    );
    assert_eq!((&*close["status"], &*close["author_is_bot"], &*close["survey_status"]), ("ok", "false", "sent"));
    assert_eq!(receipt["closed"]["at"], "2026-03-02T12:01:01.042Z");

    let empty = desk.get(&admin, "/v1/exports/actions.csv?from=2030-01-01").await;
    assert_eq!(String::from_utf8(empty.bytes).unwrap().lines().count(), 1, "the header, always");
    let log = desk.get(&admin, "/v1/audit-log").await.expect(200);
    assert!(items(&log)[0]["what"].as_str().unwrap().contains("export"));
}

#[tokio::test]
async fn d51_formulas_in_names_are_made_text() {
    let mut blueprint = signoff_platform::demo_blueprint();
    blueprint.users[1].name = "=HYPERLINK(\"x\")".to_owned();
    let desk = Desk::start_with(blueprint).await;
    let (alice, admin) = (desk.alice().await, desk.admin().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.reply(&alice, &came.conversation, "Hi").await;
    let text = String::from_utf8(desk.get(&admin, "/v1/exports/actions.csv").await.bytes).unwrap();
    assert!(text.contains(",\"'=HYPERLINK(\"\"x\"\")\","), "{text}");
}

#[tokio::test]
async fn filters_and_ranges_include_from_and_exclude_to() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.later(TimeDelta::hours(12));
    desk.reply(&alice, &came.conversation, "Hi").await;
    let types = async |query: &str| desk.actions(&alice, query).await.len();
    assert_eq!(types("author=scenario").await, 1);
    assert_eq!(types("author=advisor&type=answer").await, 1);
    assert_eq!(types("from=2026-03-03&to=2026-03-04").await, 1);
    assert_eq!(types("from=2026-03-02&to=2026-03-03").await, 1, "midnight belongs to the next day");
    assert_eq!(types("from=2026-03-03T00:00:00Z&to=2026-03-03T00:00:00.001Z").await, 1);
    assert_eq!(types("from=2026-03-03T01:00:00%2B01:00").await, 1);
    let actions = desk.actions(&alice, "").await;
    assert_eq!(column(&actions, "date"), ["2026-03-03", "2026-03-02"], "newest first");
    assert!(actions[0]["data"].is_object());
}

#[tokio::test]
async fn r11_closings_by_people_and_by_the_scenario_are_told_apart() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (alice, admin) = (desk.alice().await, desk.admin().await);
    let came = desk.writes(MESSENGER, "zoe", "Hello").await;
    desk.reply(&alice, &came.conversation, "Hi").await;
    desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    desk.writes(WEBCHAT, "yan", "#bye").await;
    let figures = async |query: &str| desk.get(&admin, &format!("/v1/analytics/actions?{query}")).await.expect(200);
    let all = figures("").await;
    assert!(all["columns"].as_array().unwrap().contains(&json!("close-conversation")));
    assert_eq!((&all["totals"]["close-conversation"], &all["totals"]["answer"]), (&json!(2), &json!(4)));
    assert_eq!(all["rows"][0]["key"], "2026-03-02");
    assert_eq!(figures("author=advisor").await["totals"]["close-conversation"], 1);
    assert_eq!(figures("author=scenario").await["totals"]["close-conversation"], 1);
    let by_channel = figures("group_by=channel").await;
    assert_eq!(column(by_channel["rows"].as_array().unwrap(), "key"), [MESSENGER, WEBCHAT]);
    let by_author = figures("group_by=author&author=advisor").await;
    assert_eq!(by_author["rows"][0]["key"], alice.id.as_str());
    assert_eq!(figures("group_by=team").await["rows"][0]["key"], "none");
}

#[tokio::test]
async fn r7_response_time_ends_at_the_reply_and_closing_changes_nothing() {
    let desk = Desk::start().await;
    desk.allow_manual_close(true).await;
    let (alice, admin) = (desk.alice().await, desk.admin().await);
    let none = desk.get(&admin, "/v1/analytics/delays").await.expect(200);
    assert_eq!(none, json!({ "count": 0, "median_s": null, "p90_s": null }));
    for (customer, seconds) in [("a", 10), ("b", 20), ("c", 60)] {
        let came = desk.writes(WEBCHAT, customer, "Hello").await;
        desk.later(TimeDelta::seconds(seconds));
        desk.reply(&alice, &came.conversation, "Hi").await;
        desk.later(TimeDelta::hours(1));
        desk.close(&alice, &came.conversation, &came.message).await.expect(201);
    }
    let delays = desk.get(&admin, "/v1/analytics/delays").await.expect(200);
    assert_eq!((&delays["count"], &delays["median_s"], &delays["p90_s"]), (&json!(3), &json!(20.0), &json!(52.0)));
}
