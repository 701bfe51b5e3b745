//! Office hours at work: in conditions of scenarios and rules, and as the time that counts in delays (R7, D50).

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use signoff_platform::Bulk;

use crate::desk::{Desk, MESSENGER, Person, WEBCHAT, WHATSAPP, answer_of, items};

const WORKSPACE: &str = "/v1/admin/workspace";
const HOURS: &str = "/v1/admin/office-hours";
const RULES: &str = "/v1/admin/routing-rules";
const MINE: &str = "/v1/admin/scenarios/scenario_webchat";
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The same hours on some days of the week, and none on the first of May.
fn hours(days: std::ops::RangeInclusive<usize>, spans: &[(&str, &str)]) -> Value {
    let spans: Vec<Value> = spans.iter().map(|(opens, closes)| json!({ "opens": opens, "closes": closes })).collect();
    let week: Vec<Value> = DAYS[days].iter().map(|day| json!({ "day": day, "hours": spans })).collect();
    let may = json!({ "date": "2020-05-01", "yearly": true, "name": "May Day", "hours": [] });
    json!({ "always_open": false, "week": week, "holidays": [may] })
}

async fn set_hours(desk: &Desk, admin: &Person, hours: &Value) {
    desk.put(admin, HOURS, hours, Some("*")).await.expect(200);
}

async fn set_zone(desk: &Desk, admin: &Person, zone: &str) {
    let body = json!({ "name": "Meridian", "time_zone": zone, "default_language": "en", "team_mandatory": false });
    desk.put(admin, WORKSPACE, &body, Some("*")).await.expect(200);
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// What held until when, as the test itself set it.
type Past = Vec<(DateTime<Utc>, Tz, Value)>;

/// Whether it was within the hours of then, looked up minute by minute.
fn is_open(past: &Past, at: DateTime<Utc>) -> bool {
    let (_, zone, hours) = past.iter().find(|(until, ..)| at < *until).unwrap();
    let local = at.with_timezone(zone);
    let minute = format!("{:02}:{:02}", local.hour(), local.minute());
    let today = DAYS[local.weekday().num_days_from_monday() as usize];
    let day = hours["week"].as_array().unwrap().iter().find(|day| day["day"] == today);
    let spans = day.map(|day| day["hours"].as_array().unwrap().clone()).unwrap_or_default();
    let fits =
        |span: &Value| span["opens"].as_str().unwrap() <= &*minute && &*minute < span["closes"].as_str().unwrap();
    (local.month(), local.day()) != (5, 1) && spans.iter().any(fits)
}

fn median_s(mut minutes: Vec<i64>) -> Value {
    minutes.sort_unstable();
    let middle = minutes.len() / 2;
    match minutes.len() {
        0 => Value::Null,
        odd if odd % 2 == 1 => json!((minutes[middle] * 60) as f64),
        _ => json!((minutes[middle - 1] + minutes[middle]) as f64 * 30.0),
    }
}

#[tokio::test]
async fn r7_delays_within_office_hours_are_what_the_log_and_the_hours_of_then_add_up_to() {
    for seed in 1..=2 {
        let desk = Desk::start().await;
        let mut chance = StdRng::seed_from_u64(seed);
        // Over the end of March, when clocks are put forward, and over the first of May.
        desk.later(TimeDelta::days(20));
        let plans = [
            ("Europe/Paris", hours(0..=4, &[("09:00", "12:30"), ("13:30", "18:00")])),
            ("America/New_York", hours(0..=4, &[("09:00", "12:30"), ("13:30", "18:00")])),
            ("America/New_York", hours(0..=6, &[("00:00", "24:00")])),
            ("Asia/Kathmandu", hours(2..=5, &[("20:15", "24:00")])),
        ];
        let (mut past, mut opened): (Past, BTreeMap<String, DateTime<Utc>>) = (Vec::new(), BTreeMap::new());
        for (nr, (zone, hours)) in plans.iter().enumerate() {
            let (admin, alice) = (desk.admin().await, desk.alice().await);
            if nr > 0 {
                let (zone, hours) = &plans[nr - 1];
                past.push((desk.now(), zone.parse().unwrap(), hours.clone()));
            }
            set_zone(&desk, &admin, zone).await;
            set_hours(&desk, &admin, hours).await;
            for _ in 0..40 {
                desk.later(TimeDelta::minutes(chance.random_range(1..900)));
                let waiting: Vec<String> = opened.keys().cloned().collect();
                if let Some(conversation) = waiting.choose(&mut chance).filter(|_| chance.random_bool(0.5)) {
                    desk.click(&alice, conversation, "replies", &json!({ "text": "Hi", "attachments": [] })).await;
                } else {
                    let channel = *[WEBCHAT, WHATSAPP, MESSENGER].choose(&mut chance).unwrap();
                    let came = desk.writes(channel, &format!("c{}", chance.random_range(0..500)), "Hello").await;
                    opened.entry(came.conversation).or_insert_with(|| desk.now());
                }
            }
        }
        past.push((DateTime::<Utc>::MAX_UTC, plans[3].0.parse().unwrap(), plans[3].1.clone()));

        let admin = desk.admin().await;
        let mut first: BTreeMap<String, Value> = BTreeMap::new();
        let log = items(&desk.get(&admin, "/v1/actions?limit=500&type=answer&author=advisor").await.expect(200));
        for action in log {
            first.insert(action["conversation_id"].as_str().unwrap().to_owned(), action);
        }
        let minutes = |action: &Value| {
            let (opened, answered) = (opened[action["conversation_id"].as_str().unwrap()], time(&action["at"]));
            let passed = (0..(answered - opened).num_minutes()).map(|minute| opened + TimeDelta::minutes(minute));
            passed.filter(|at| is_open(&past, *at)).count() as i64
        };
        let wanted: Vec<(String, i64)> =
            first.values().map(|action| (action["channel_id"].as_str().unwrap().to_owned(), minutes(action))).collect();
        assert!(
            wanted.len() >= 10 && wanted.iter().any(|one| one.1 == 0) && wanted.iter().any(|one| one.1 > 60),
            "{wanted:?}"
        );
        // Before the days are over, and after: read from the actions, and from days that are added up.
        for _ in 0..2 {
            let path = "/v1/analytics/delays?time=office_hours&group_by=channel&tz=Europe/Paris";
            let given = desk.get(&admin, path).await.expect(200);
            let all: Vec<i64> = wanted.iter().map(|(_, minutes)| *minutes).collect();
            assert_eq!((&given["count"], &given["median_s"]), (&json!(all.len()), &median_s(all)), "seed {seed}");
            for row in given["rows"].as_array().unwrap() {
                let of: Vec<i64> =
                    wanted.iter().filter(|(key, _)| row["key"] == key.as_str()).map(|(_, minutes)| *minutes).collect();
                assert_eq!(row["median_s"], median_s(of), "seed {seed}: {row}");
            }
            desk.later(TimeDelta::days(3));
            // Whoever changes them now changes nothing that was measured.
            set_hours(&desk, &admin, &hours(0..=0, &[("10:00", "10:15")])).await;
        }
        let elapsed = desk.get(&admin, "/v1/analytics/delays?time=elapsed").await.expect(200);
        assert_eq!(elapsed, desk.get(&admin, "/v1/analytics/delays").await.expect(200));
        let answered = desk.get(&admin, "/v1/analytics/delays?time=office_hours").await.expect(200);
        assert_ne!(elapsed["median_s"], answered["median_s"]);
    }
}

#[tokio::test]
async fn the_first_hours_that_are_set_count_for_the_time_before_and_the_csv_says_the_same() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let came = desk.writes(WEBCHAT, "zoe", "Hello").await;
    desk.later(TimeDelta::hours(22));
    desk.reply(&alice, &came.conversation, "Hi").await;
    let path = "/v1/analytics/delays?time=office_hours";
    let always = desk.get(&admin, path).await.expect(200);
    assert_eq!(always["median_s"], json!(22.0 * 3600.0), "without hours all time counts");
    // From noon to six on Monday, and from nine to ten on Tuesday.
    set_hours(&desk, &admin, &hours(0..=4, &[("09:00", "18:00")])).await;
    let given = desk.get(&admin, &format!("{path}&group_by=day&compare=previous&from=2026-03-03&to=2026-03-04")).await;
    let given = given.expect(200);
    assert_eq!((&given["median_s"], &given["previous"]["count"]), (&json!(7.0 * 3600.0), &json!(0)));
    assert_eq!(given["rows"][0]["median_s"], json!(7.0 * 3600.0));

    let csv = desk.get(&admin, "/v1/exports/delays.csv?time=office_hours").await;
    assert_eq!(csv.status, 200);
    let text = String::from_utf8(csv.bytes.clone()).unwrap();
    assert_eq!(text.lines().nth(1).unwrap(), "2026-03-03,2026-03-03,1,25200,25200");
    desk.get(&admin, "/v1/analytics/delays?time=night").await.refused(400, "invalid-query");
    desk.get(&alice, path).await.refused(404, "not-found");
}

fn step(id: &str, act: Value) -> Value {
    json!({ "id": id, "title": "", "act": act })
}

/// Says "Open." or "Closed." as the test holds or does not.
fn asks(test: &Value, own_week: &Value) -> Value {
    let say = |text: &str| json!({ "do": "message", "text": { "en": text }, "then": "end" });
    let choose = json!({ "do": "condition", "all": true, "tests": [test], "then": "open", "otherwise": "closed" });
    json!({ "languages": ["en"], "first": "ask", "following": "ask", "office_hours": own_week, "steps": [
        step("ask", choose), step("open", say("Open.")), step("closed", say("Closed.")),
        step("end", json!({ "do": "hand_over" })),
    ] })
}

async fn publish(desk: &Desk, admin: &Person, draft: &Value) {
    let saved = desk.put(admin, MINE, &json!({ "name": "Mine", "draft": draft }), Some("*")).await.expect(200);
    assert_eq!(saved["faults"], json!([]));
    let request = desk.request(Method::POST, &format!("{MINE}/publish")).bearer_auth(&admin.token);
    answer_of(request.header("If-Match", "*")).await.expect(200);
}

async fn said(desk: &Desk, admin: &Person, customer: &str) -> Value {
    let came = desk.writes(WEBCHAT, customer, "Hello").await;
    desk.timeline(admin, &came.conversation).await[1]["text"].clone()
}

#[tokio::test]
async fn a_condition_within_office_hours_goes_by_the_workspaces_and_a_trial_says_why() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let draft = asks(&json!({ "about": "office_hours", "open": true }), &Value::Null);
    publish(&desk, &admin, &draft).await;
    assert_eq!(said(&desk, &admin, "a").await, "Open.", "without office hours somebody is always there");
    // One o'clock on Monday in Paris.
    set_zone(&desk, &admin, "Europe/Paris").await;
    set_hours(&desk, &admin, &hours(0..=4, &[("09:00", "12:30")])).await;
    assert_eq!(said(&desk, &admin, "b").await, "Closed.", "and nothing was published anew");

    let body = json!({ "draft": draft, "customer": { "channel_id": WEBCHAT, "name": "Zoe", "at": "2026-03-06T17:00:00Z" },
        "event": { "type": "writes", "text": "Hello" } });
    let tried = desk.post(Some(&admin.token), &format!("{MINE}/try"), &body).await.expect(200);
    let office = json!({ "open": false, "at": "2026-03-06T17:00:00.000Z", "changes_at": "2026-03-09T08:00:00.000Z",
        "time_zone": "Europe/Paris" });
    let decides = json!({ "type": "decides", "held": false, "office": office });
    assert_eq!(tried["happened"][0], json!({ "step": "ask", "what": decides }), "Monday at nine");
    let view = desk.get(&admin, HOURS).await.expect(200);
    assert_eq!((&view["open_now"], &view["changes_at"]), (&json!(false), &json!("2026-03-03T08:00:00.000Z")));
}

#[tokio::test]
async fn a_week_of_its_own_goes_on_as_times_of_the_condition() {
    let mut desk = Desk::start().await;
    let admin = desk.admin().await;
    // The workspace is open on Mondays at noon, the scenario's own week is not.
    set_hours(&desk, &admin, &hours(0..=4, &[("09:00", "18:00")])).await;
    let week = json!({ "zone": "UTC", "open": [{ "days": [2], "from": "09:00", "to": "18:00" }] });
    let draft = asks(&json!({ "about": "office_hours", "open": false }), &week);
    let times = json!({ "about": "times", "zone": "UTC", "spans": week["open"], "outside": true });

    // As a version of before was kept.
    {
        let file = Connection::open(desk.dir().join("workspace.db")).unwrap();
        let mut flow = draft.clone();
        flow["listens"] = json!([]);
        let kept = "UPDATE scenario_versions SET flow = ?1 WHERE scenario_id = 'scenario_webchat'";
        file.execute(kept, [flow.to_string()]).unwrap();
        file.execute("UPDATE scenarios SET draft = ?1 WHERE id = 'scenario_webchat'", [flow.to_string()]).unwrap();
    }
    desk.restart().await;
    let admin = desk.admin().await;
    assert_eq!(said(&desk, &admin, "a").await, "Open.", "outside its own week, which is on Tuesdays");
    let read = desk.get(&admin, MINE).await.expect(200);
    assert_eq!(read["draft"]["steps"][0]["act"]["tests"], json!([times]));
    assert_eq!((&read["draft"]["office_hours"], &read["summary"]["changed"]), (&Value::Null, &json!(false)));
    assert_eq!(read["faults"], json!([]));
    let version = desk.get(&admin, &format!("{MINE}/versions/1")).await.expect(200);
    assert_eq!(version["flow"], read["draft"]);

    // And as a client of before sends it.
    publish(&desk, &admin, &draft).await;
    let read = desk.get(&admin, MINE).await.expect(200);
    assert_eq!(read["draft"]["steps"][0]["act"]["tests"], json!([times]));
    desk.later(TimeDelta::days(1));
    assert_eq!(said(&desk, &admin, "b").await, "Closed.", "Tuesday at noon is within it");
}

#[tokio::test]
async fn a_rule_for_office_hours_goes_by_the_workspaces_and_a_dry_run_says_why() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let rule = |id: &str, open: bool, team: &str| {
        json!({ "id": id, "name": id, "active": true, "on": "new_conversation", "when": { "office_hours": open },
            "then": { "team_id": team }, "go_on": false })
    };
    let rules = json!({ "rules": [rule("shut", false, "team_orders"), rule("open", true, "team_billing")] });
    desk.put(&admin, RULES, &rules, Some("*")).await.expect(200);
    set_hours(&desk, &admin, &hours(0..=4, &[("09:00", "18:00")])).await;
    let team = |came: crate::desk::Inbound| {
        let (desk, admin) = (&desk, &admin);
        async move { desk.conversation(admin, &came.conversation).await["team"]["id"].clone() }
    };
    assert_eq!(team(desk.writes(WEBCHAT, "zoe", "xyzzy").await).await, "team_billing");
    desk.later(TimeDelta::hours(6));
    assert_eq!(team(desk.writes(WEBCHAT, "yan", "xyzzy").await).await, "team_orders", "six o'clock is excluded");

    let on = json!({ "type": "message", "channel_id": WEBCHAT, "text": "Hello", "new_conversation": true,
        "at": "2026-03-07T10:00:00Z" });
    let ran = desk.post(Some(&admin.token), &format!("{RULES}/dry-run"), &json!({ "on": on })).await.expect(200);
    let office = json!({ "open": false, "at": "2026-03-07T10:00:00.000Z", "changes_at": "2026-03-09T09:00:00.000Z",
        "time_zone": "UTC" });
    let verdict =
        |fits: bool| json!([{ "condition": "office_hours", "fits": fits, "found": "outside", "office": office }]);
    assert_eq!((&ran["rules"][0]["fate"], &ran["rules"][0]["conditions"]), (&json!("fits_and_stops"), &verdict(true)));
    assert_eq!(ran["rules"][1]["conditions"], verdict(false));
}

#[tokio::test]
async fn times_beyond_any_calendar_are_no_fault_of_ours() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    set_hours(&desk, &admin, &hours(0..=4, &[("09:00", "18:00")])).await;
    let rule = json!({ "id": "a", "name": "a", "active": true, "on": "new_conversation", "when": { "office_hours": true },
        "then": {}, "go_on": false });
    for at in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "+262142-12-31T23:59:59Z", "-262143-01-01T00:00:00Z"] {
        let on =
            json!({ "type": "message", "channel_id": WEBCHAT, "text": "Hello", "new_conversation": true, "at": at });
        let body = json!({ "rules": [rule], "on": on });
        let answer = desk.post(Some(&admin.token), &format!("{RULES}/dry-run"), &body).await;
        assert!(matches!(answer.status.as_u16(), 200 | 422), "{at}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_filled_workspace_has_its_days_added_up() {
    let dir = tempfile::tempdir().unwrap();
    let bulk = Bulk { days: 20, ..Bulk::new(60, 600) };
    signoff_platform::fill(dir.path(), bulk).await.unwrap();
    let file = Connection::open(dir.path().join("workspace.db")).unwrap();
    let days: i64 =
        file.query_row("SELECT count(*) FROM sealed_days WHERE zone = 'UTC'", [], |row| row.get(0)).unwrap();
    assert!(days >= 19, "{days} days");
    let (sealed, all): (i64, i64) = file
        .query_row(
            "SELECT (SELECT sum(actions) FROM sealed_actions WHERE author_id = ''),
                (SELECT count(*) FROM actions WHERE at < (SELECT max(ends_at) FROM sealed_days WHERE zone = 'UTC'))",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(sealed, all);
}
