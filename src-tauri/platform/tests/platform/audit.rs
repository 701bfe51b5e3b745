//! The audit log (D52): what is in it, its filters, its exports, and the chain that shows any change behind its back.

use std::{path::Path, process::Command};

use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use signoff_platform::verify::{Anchor, VerifyError, verify, verify_with_file};

use crate::desk::{Desk, Person, answer_of, column, items};

async fn log(desk: &Desk, admin: &Person, query: &str) -> Vec<Value> {
    items(&desk.get(admin, &format!("/v1/audit-log?{query}")).await.expect(200))
}

/// Works at the file as somebody would who has it in hand, triggers and all.
fn tamper(dir: &Path, sql: &str) {
    let file = Connection::open(dir.join("workspace.db")).unwrap();
    let triggers = "DROP TRIGGER audit_log_is_never_changed; DROP TRIGGER audit_log_is_never_shortened;";
    file.execute_batch(&format!("{triggers}{sql}")).unwrap();
}

async fn some_history(desk: &Desk) -> Person {
    desk.allow_manual_close(true).await;
    desk.allow_manual_close(false).await;
    desk.bob().await;
    desk.admin().await
}

#[tokio::test]
async fn d52_sign_ins_that_fail_are_in_the_log_and_say_no_password() {
    let desk = Desk::start().await;
    let wrong = |email: &str| json!({ "email": email, "password": "a secret guess" });
    for email in ["alice@demo.test", "nobody@demo.test", "a secret guess"] {
        desk.post(None, "/v1/sessions", &wrong(email)).await.refused(401, "bad-credentials");
    }
    let admin = desk.admin().await;
    let failed = log(&desk, &admin, "what=sign-in.failed").await;
    assert_eq!(column(&failed, "what").len(), 3);
    assert_eq!((&failed[2]["subject"]["name"], &failed[2]["who"]["id"]), (&json!("Alice Lefranc"), &json!("stranger")));
    assert_eq!((&failed[1]["subject"], &failed[1]["to"]["email"]), (&json!(null), &json!("nobody@demo.test")));
    assert_eq!(failed[0]["to"]["email"], json!(null), "what is no address may be a password");
    assert!(!json!(failed).to_string().contains("secret guess"));

    assert_eq!(
        answer_of(desk.request(Method::DELETE, "/v1/sessions/current").bearer_auth(&admin.token)).await.status,
        204
    );
    let admin = desk.admin().await;
    assert_eq!(column(&log(&desk, &admin, "limit=3").await, "what"), ["sign-in", "sign-out", "sign-in"]);
}

#[tokio::test]
async fn d52_strangers_cannot_fill_the_log_without_end() {
    let desk = Desk::start().await;
    for number in 0..40 {
        let wrong = json!({ "email": format!("{number}@demo.test"), "password": "guess" });
        desk.post(None, "/v1/sessions", &wrong).await.refused(401, "bad-credentials");
    }
    let admin = desk.admin().await;
    assert_eq!(log(&desk, &admin, "what=sign-in.failed&limit=100").await.len(), 30);
    desk.later(chrono::TimeDelta::minutes(2));
    let wrong = json!({ "email": "41@demo.test", "password": "guess" });
    desk.post(None, "/v1/sessions", &wrong).await.refused(401, "bad-credentials");
    assert_eq!(log(&desk, &admin, "what=sign-in.failed").await[0]["to"]["unrecorded_before"], 10);
}

#[tokio::test]
async fn d52_filters_narrow_the_log() {
    let desk = Desk::start().await;
    let admin = some_history(&desk).await;
    let (all, who) = (log(&desk, &admin, "limit=500").await, format!("who={}", admin.id));
    assert_eq!(all.len(), log(&desk, &admin, &who).await.len() + 1, "all but Bob's sign-in");
    assert_eq!(log(&desk, &admin, "what=settings").await.len(), 2, "a subject stands for its kinds");
    assert_eq!(log(&desk, &admin, "what=setting").await.len(), 0);
    assert_eq!(log(&desk, &admin, "text=BOB").await.len(), 1);
    assert_eq!(log(&desk, &admin, "from=2026-03-03").await.len(), 0);
    assert_eq!(log(&desk, &admin, "to=2026-03-03").await.len(), all.len());
    assert_eq!(log(&desk, &admin, "text=%25").await.len(), 0, "no wildcards");
    desk.get(&admin, "/v1/audit-log?from=yesterday").await.refused(400, "invalid-query");
}

#[tokio::test]
async fn d52_exports_have_every_entry_in_order_and_are_entries_themselves() {
    let desk = Desk::start().await;
    let admin = some_history(&desk).await;
    let lines = desk.get(&admin, "/v1/exports/audit-log.jsonl").await;
    let entries: Vec<Value> =
        String::from_utf8(lines.bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<i64> = entries.iter().map(|entry| entry["nr"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=i64::try_from(entries.len()).unwrap()).collect::<Vec<_>>());
    assert_eq!(entries.last().unwrap()["what"], "export.audit-log");

    let csv = desk.get(&admin, "/v1/exports/audit-log.csv?what=settings").await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    let text = String::from_utf8(csv.bytes).unwrap();
    assert!(text.starts_with("nr,id,at,who_id,who_name,what,subject_id,subject_name,from,to,hash\r\n"), "{text}");
    assert_eq!(text.lines().count(), 3);
    let mut listed = log(&desk, &admin, "what=settings").await;
    listed.reverse();
    let ids: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    assert_eq!(ids, column(&listed, "id"), "an entry is found again by its id");
    let alice = desk.alice().await;
    for kind in ["csv", "jsonl"] {
        desk.get(&alice, &format!("/v1/exports/audit-log.{kind}")).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn d52_an_untouched_log_is_intact_while_the_platform_serves() {
    let desk = Desk::start().await;
    let admin = some_history(&desk).await;
    let newest = log(&desk, &admin, "limit=1").await.remove(0);
    let intact = verify(desk.dir(), None).unwrap();
    assert_eq!((json!(intact.entries), json!(intact.hash)), (newest["nr"].clone(), newest["hash"].clone()));

    let output = Command::new(env!("CARGO_BIN_EXE_signoff-platform"))
        .args(["audit", "verify", "--expect", &intact.hash, "--data-dir"])
        .arg(desk.dir())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains(&intact.hash), "{said}");
    assert!(said.starts_with(&format!("intact up to entry {}", intact.entries)), "{said}");
}

#[tokio::test]
async fn d52_whatever_is_changed_in_the_file_is_found_and_named() {
    for (sql, named) in [
        ("UPDATE audit_log SET after = 'false' WHERE nr = 3;", "entry 3"),
        ("UPDATE audit_log SET who_name = 'Somebody' WHERE nr = 2;", "entry 2"),
        ("UPDATE audit_log SET at = at + 1 WHERE nr = 1;", "entry 1"),
        ("UPDATE audit_log SET hash = zeroblob(32) WHERE nr = 4;", "entry 4"),
        ("DELETE FROM audit_log WHERE nr = 2;", "entry 2 is missing"),
        ("UPDATE audit_log SET nr = 99 WHERE nr = 2;", "entry 2 is missing"),
        (
            "INSERT INTO audit_log SELECT 100, 'x', at, who_id, who_name, what, NULL, NULL, before, after, hash
            FROM audit_log WHERE nr = 1;",
            "missing",
        ),
        ("UPDATE audit_log SET subject_id = 'user_x' WHERE nr = 1;", "entry 1"),
    ] {
        let desk = Desk::start().await;
        some_history(&desk).await;
        let dir = desk.stop_keeping_the_folder().await;
        verify(dir.path(), None).unwrap();
        tamper(dir.path(), sql);
        let found = verify(dir.path(), None).unwrap_err().to_string();
        assert!(found.contains(named), "{sql} gives {found}");
        let output = Command::new(env!("CARGO_BIN_EXE_signoff-platform"))
            .args(["audit", "verify", "--data-dir"])
            .arg(dir.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains(named));
    }
}

#[tokio::test]
async fn d52_a_log_that_was_cut_off_is_found_by_its_anchor() {
    let desk = Desk::start().await;
    let admin = some_history(&desk).await;
    let middle = log(&desk, &admin, "").await.remove(2)["hash"].as_str().unwrap().to_owned();
    let dir = desk.stop_keeping_the_folder().await;
    let anchor_file = dir.path().join("anchor");
    let before = verify_with_file(dir.path(), &anchor_file).unwrap();
    verify_with_file(dir.path(), &anchor_file).unwrap();
    verify(dir.path(), Some(&middle.parse().unwrap())).unwrap();

    // What a process that was killed has left is no anchor, and is written over.
    std::fs::write(dir.path().join("anchor.partial"), "1 ab").unwrap();
    let again = verify_with_file(dir.path(), &anchor_file).unwrap();
    assert!(
        std::fs::read_to_string(&anchor_file).unwrap().contains(&again.hash)
            && !dir.path().join("anchor.partial").exists()
    );
    tamper(dir.path(), "DELETE FROM audit_log WHERE nr = (SELECT max(nr) FROM audit_log);");
    verify(dir.path(), None).unwrap();
    let anchor: Anchor = before.hash.parse().unwrap();
    assert!(matches!(verify(dir.path(), Some(&anchor)), Err(VerifyError::NotAnchored { .. })));
    assert!(matches!(verify_with_file(dir.path(), &anchor_file), Err(VerifyError::NotAnchored { .. })));
    let kept = std::fs::read_to_string(&anchor_file).unwrap();
    assert!(kept.contains(&before.hash), "the anchor is not moved to what was cut");
    for nonsense in ["", "abc", "x y", &"g".repeat(64)] {
        assert!(nonsense.parse::<Anchor>().is_err(), "{nonsense:?}");
    }
}

/// What an earlier version wrote is chained by the migration, in its order.
#[tokio::test]
async fn d52_entries_from_before_the_chain_are_chained() {
    let dir = tempfile::tempdir().unwrap();
    {
        let file = Connection::open(dir.path().join("workspace.db")).unwrap();
        file.execute_batch(include_str!("../../src/store/0001_workspace.sql")).unwrap();
        file.execute_batch(
            "INSERT INTO workspace (only_row, id, name, demo, survey_quiet_days, survey_min_replies, team_mandatory,
                allow_manual_close, settings_version) VALUES (1, 'ws_1', 'Old', 0, 7, 1, 0, 0, 1);
             INSERT INTO audit_log (id, at, who_id, who_name, what, before, after) VALUES
                ('audit_1', 1, 'user_1', 'Ada', 'sign-in', 'null', 'null'),
                ('audit_2', 2, 'user_1', 'Ada', 'settings.allow_manual_close', 'false', 'true');
             PRAGMA user_version = 1;",
        )
        .unwrap();
    }
    assert!(verify(dir.path(), None).unwrap_err().to_string().contains("older version"));
    signoff_platform::serve(signoff_platform::Options::new(dir.path())).await.unwrap().shutdown().await;
    assert_eq!(verify(dir.path(), None).unwrap().entries, 2);
    tamper(dir.path(), "UPDATE audit_log SET who_name = 'Eve' WHERE nr = 2;");
    assert!(verify(dir.path(), None).is_err());
}
