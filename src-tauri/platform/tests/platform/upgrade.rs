//! A workspace of the first version: its scenarios and rules are brought over, and nothing is lost.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use serde_json::json;
use signoff_platform::{ManualClock, Options, serve};

use crate::desk::{Desk, PASSWORD, column, items};

const FIRST: &str = include_str!("../../src/store/0001_workspace.sql");
const HASH: &str = include_str!("../../src/demo/password.phc");

#[tokio::test]
async fn an_old_scenario_and_old_rules_go_on_as_documents() {
    let dir = tempfile::tempdir().unwrap();
    let scenario = json!({ "id": "scenario_old", "name": "Old bot", "start": "hello", "listens_for": { "Bill": "bill", "#bye": "bye" },
        "steps": { "hello": { "do": "message", "text": "Hi!", "buttons": ["Bill", "Other"], "then": "people" },
            "bill": { "do": "route", "team_id": "team_b", "then": "gone" }, "people": { "do": "hand_over" },
            "bye": { "do": "close_conversation" } } });
    {
        let file = Connection::open(dir.path().join("workspace.db")).unwrap();
        file.execute_batch(FIRST).unwrap();
        file.execute_batch(&format!(
            "INSERT INTO workspace VALUES (1, 'ws', 'Old', 0, 7, 1, 0, 0, 1, NULL, NULL, 0);
             INSERT INTO users VALUES ('user_a', 'Ada', 'admin@demo.test', 'admin', '{}');
             INSERT INTO teams VALUES ('team_b', 'Billing'), ('team_o', 'Orders');
             PRAGMA user_version = 1;",
            HASH.trim()
        ))
        .unwrap();
        let insert = "INSERT INTO channels VALUES (?1, 'web_chat', ?1, x'00', 2000, 96, NULL, NULL, NULL, ?2)";
        file.execute(insert, ["ch_a", &scenario.to_string()]).unwrap();
        file.execute("UPDATE channels SET key_hash = ?1", [sha("demo-key-ch_a")]).unwrap();
        file.execute(insert, ["ch_broken", "{\"nonsense\":true}"]).unwrap();
        file.execute_batch(
            "INSERT INTO routing_rules VALUES
                (0, NULL, NULL, '[\"order\"]', 'team_o'), (1, 'ch_a', 'fr', NULL, 'team_b');",
        )
        .unwrap();
    }
    let now: DateTime<Utc> = "2026-03-02T12:00:00Z".parse().unwrap();
    let start = || async {
        let mut options = Options::new(dir.path());
        options.clock = Arc::new(ManualClock::at(now));
        serve(options).await.unwrap()
    };
    let running = start().await;
    let desk = Desk::around(&running);
    let body = json!({ "email": "admin@demo.test", "password": PASSWORD });
    desk.post(None, "/v1/sessions", &body).await.expect(201);
    let admin = desk.admin().await;

    let came = desk.writes("ch_a", "zoe", "My order").await;
    let timeline = desk.timeline(&admin, &came.conversation).await;
    assert_eq!((timeline[1]["text"].as_str(), timeline[1]["buttons"].as_array().unwrap().len()), (Some("Hi!"), 2));
    assert_eq!(desk.conversation(&admin, &came.conversation).await["team"]["id"], "team_o", "the old rule");
    desk.writes("ch_a", "zoe", "Bill").await;
    assert_eq!(desk.conversation(&admin, &came.conversation).await["team"]["id"], "team_b", "the old button");
    desk.writes("ch_a", "zoe", "#bye").await;
    assert_eq!(desk.conversation(&admin, &came.conversation).await["closed_by"]["kind"], "scenario");

    let list = desk.get(&admin, "/v1/admin/scenarios").await.expect(200);
    assert_eq!(column(&items(&list), "name"), ["Old bot"]);
    let rules = desk.get(&admin, "/v1/admin/routing-rules").await.expect(200);
    assert_eq!(column(rules["rules"].as_array().unwrap(), "name"), ["Orders", "Billing"]);
    assert_eq!(rules["rules"][1]["when"]["channels"], json!(["ch_a"]));
    running.shutdown().await;

    let again = start().await;
    let desk = Desk::around(&again);
    let admin = desk.admin().await;
    let rules = desk.get(&admin, "/v1/admin/routing-rules").await.expect(200);
    assert_eq!(rules["rules"].as_array().unwrap().len(), 2, "once");
    again.shutdown().await;
}

fn sha(key: &str) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    Sha256::digest(key).to_vec()
}
