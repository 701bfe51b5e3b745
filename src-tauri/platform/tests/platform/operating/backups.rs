//! Backup and restore, from outside.

use std::{collections::BTreeMap, path::Path, process::Stdio, time::Duration};

use reqwest::{
    Method,
    header::{IF_MATCH, IF_RANGE, RANGE},
};
use serde_json::{Value, json};

use super::{Served, output, program, stderr, stdout};
use crate::desk::{Desk, Person, WEBCHAT, answer_of, items};

fn path(dir: &Path, name: &str) -> String {
    dir.join(name).to_str().unwrap().to_owned()
}

/// What the public API says, without what a restoration raises.
async fn answers(desk: &Desk, person: &Person) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for route in
        ["/v1/me", "/v1/directory", "/v1/settings/inbox-options", "/v1/analytics/actions", "/v1/analytics/delays"]
    {
        all.insert(route.to_owned(), desk.get(person, route).await.expect(200));
    }
    for route in ["/v1/conversations", "/v1/actions"] {
        let mut after = String::new();
        for page in 0.. {
            let got = desk.get(person, &format!("{route}?limit=500{after}")).await.expect(200);
            for item in items(&got).iter().filter(|_| route == "/v1/conversations") {
                let id = item["id"].as_str().unwrap();
                all.insert(id.to_owned(), json!(desk.timeline(person, id).await));
            }
            let next = got["next"].as_str().map(str::to_owned);
            all.insert(format!("{route} {page}"), without_versions(got));
            match next {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
    }
    all
}

fn without_versions(mut value: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.remove("version");
                fields.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    strip(&mut value);
    value
}

#[tokio::test]
async fn a_backup_made_while_it_serves_puts_everything_back() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (backup, restored) = (path(elsewhere.path(), "backup.db"), path(elsewhere.path(), "restored"));
    let data_dir = path(dir.path(), "");
    let served = Served::demo(dir.path(), &[]);
    let desk = Desk::at(&served.url);
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    std::fs::create_dir_all(dir.path().join("files/ab")).unwrap();
    std::fs::write(dir.path().join("files/ab/abcdef"), b"an attachment").unwrap();
    let came = desk.writes(WEBCHAT, "zoe", "Before the backup").await;
    desk.reply(&alice, &came.conversation, "And an answer").await;
    let before = answers(&desk, &admin).await;
    let seq = desk.newest_seq(&admin).await;

    let made = output(&["backup", "--data-dir", &data_dir, "--to", &backup]);
    assert!(made.status.success(), "{}", stderr(&made));
    assert!(stdout(&made).contains("1 files, checked"));
    desk.writes(WEBCHAT, "zoe", "After the backup").await;
    let again = output(&["backup", "--data-dir", &data_dir, "--to", &backup]);
    assert!(!again.status.success() && stderr(&again).contains("exists already"));
    let mut sum = std::process::Command::new("sha256sum");
    let sum = sum.args(["--check", "backup.db.sha256"]).current_dir(elsewhere.path()).output().unwrap();
    assert!(sum.status.success(), "{}", stderr(&sum));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&backup).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "for its owner alone");
    }

    let put = output(&["restore", "--data-dir", &restored, "--from", &backup]);
    assert!(put.status.success(), "{}", stderr(&put));
    assert_eq!(std::fs::read(Path::new(&restored).join("files/ab/abcdef")).unwrap(), b"an attachment");
    let second = Served::demo(Path::new(&restored), &[]);
    let desk = Desk::at(&second.url);
    desk.get(&admin, "/v1/me").await.refused(401, "unauthenticated");
    let admin = desk.admin().await;
    assert_eq!(answers(&desk, &admin).await, before);
    let resumed = desk.get(&admin, &format!("/v1/changes?after={seq}")).await.expect(200);
    assert_eq!(resumed["items"][0]["type"], "reset", "whoever saw what is lost synchronises anew");
    assert!(!desk.writes(WEBCHAT, "zoe", "Life goes on").await.new);
}

/// What somebody saw in the time that was lost must not pass for what is there now, and whom that time had shut out stays out.
#[tokio::test]
async fn nothing_seen_after_a_backup_passes_for_what_comes_after_its_restoration() {
    const CHAT: &str = "/v1/chat/ch_webchat";
    const HOURS: &str = "/v1/admin/office-hours";
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (backup, restored) = (path(elsewhere.path(), "backup.db"), path(elsewhere.path(), "restored"));
    let served = Served::demo(dir.path(), &[]);
    let desk = Desk::at(&served.url);
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let key = desk.post(Some(&admin.token), "/v1/admin/channels/ch_webchat/key", &json!({})).await.expect(201);
    let visitor = desk.post(None, &format!("{CHAT}/sessions"), &json!({})).await.expect(201);
    let token = visitor["token"].as_str().unwrap();
    let seq = desk.newest_seq(&alice).await;
    let hello = json!({ "client_id": "c1", "text": "Hello" });
    desk.post(Some(token), &format!("{CHAT}/messages"), &hello).await.expect(201);
    let came = desk.changes(&alice, seq).await.swap_remove(0);
    let conversation = came["data"]["conversation"]["id"].as_str().unwrap();
    let made = output(&["backup", "--data-dir", &path(dir.path(), ""), "--to", &backup]);
    assert!(made.status.success(), "{}", stderr(&made));

    let position = |desk: &Desk| answer_of(desk.request(Method::GET, &format!("{CHAT}/entries")).bearer_auth(token));
    for text in ["One", "Two", "Three"] {
        desk.reply(&alice, conversation, text).await;
    }
    let lost_position = position(&desk).await.expect(200)["position"].as_i64().unwrap();
    let lost_export = desk.get(&admin, "/v1/exports/actions.csv").await.headers["etag"].clone();
    let lost_hours = desk.get(&admin, HOURS).await;
    assert_eq!(lost_hours.headers["etag"], "\"1\"", "never changed");
    let lost_person = desk.get(&admin, &format!("/v1/admin/users/{}", alice.id)).await.headers["etag"].clone();
    drop(served);
    let put = output(&["restore", "--data-dir", &restored, "--from", &backup]);
    assert!(put.status.success() && stdout(&put).contains("signs in anew"), "{}", stderr(&put));

    let second = Served::demo(Path::new(&restored), &[]);
    let desk = Desk::at(&second.url);
    for person in [&admin, &alice] {
        desk.get(person, "/v1/me").await.refused(401, "unauthenticated");
    }
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    for text in ["Four", "Five", "Six"] {
        desk.reply(&alice, conversation, text).await;
    }
    let now = position(&desk).await.expect(200)["position"].as_i64().unwrap();
    assert!(now > lost_position, "an open chat page resumes after {lost_position} and is told of what stands at {now}");
    let resumed = desk
        .request(Method::GET, "/v1/exports/actions.csv")
        .bearer_auth(&admin.token)
        .headers([(RANGE, "bytes=10-".parse().unwrap()), (IF_RANGE, lost_export)].into_iter().collect());
    assert_eq!(answer_of(resumed).await.status, 200, "another file: from the beginning");
    let hours = json!({ "always_open": true, "week": [], "holidays": [] });
    let stale = lost_hours.headers["etag"].to_str().unwrap();
    desk.put(&admin, HOURS, &hours, Some(stale)).await.refused(412, "stale");
    let path = format!("/v1/admin/users/{}", alice.id);
    let change = desk.request(Method::PATCH, &path).bearer_auth(&admin.token).header(IF_MATCH, lost_person);
    answer_of(change.json(&json!({ "role": "admin" }))).await.refused(412, "stale");
    let inbound =
        json!({ "customer": { "external_id": "zoe", "name": "Zoe" }, "message": { "external_id": "m", "text": "Hi" } });
    let by = |key: &str| {
        let (desk, key, inbound) = (&desk, key.to_owned(), &inbound);
        async move { desk.post(Some(&key), "/v1/channels/ch_webchat/inbound", inbound).await }
    };
    by("demo-key-ch_webchat").await.refused(401, "channel-key-wrong");
    by(key["key"].as_str().unwrap()).await.expect(202);
    let noted = desk.audited(&admin, "workspace.restore").await;
    assert!(noted.len() == 1 && noted[0].1["made_at"].is_string(), "{noted:?}");
}

#[tokio::test]
async fn a_restoration_overwrites_nothing_and_refuses_what_is_not_whole() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (backup, restored) = (path(elsewhere.path(), "backup.db"), path(elsewhere.path(), "restored"));
    let data_dir = path(dir.path(), "");
    drop(Served::demo(dir.path(), &[]));
    assert!(output(&["backup", "--data-dir", &data_dir, "--to", &backup]).status.success());

    let occupied = output(&["restore", "--data-dir", &data_dir, "--from", &backup]);
    assert!(!occupied.status.success() && stderr(&occupied).contains("holds a workspace already"));

    let whole = std::fs::read(&backup).unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    let cut = &whole[..whole.len() / 2];
    for (damaged, with_sum) in
        [(&flipped[..], true), (cut, true), (cut, false), (b"no backup at all", false), (b"", false)]
    {
        std::fs::write(&backup, damaged).unwrap();
        if !with_sum {
            let _ = std::fs::remove_file(path(elsewhere.path(), "backup.db.sha256"));
        }
        let refused = output(&["restore", "--data-dir", &restored, "--from", &backup]);
        assert!(!refused.status.success(), "{} bytes", damaged.len());
        assert!(!Path::new(&restored).join("workspace.db").exists());
    }
    let plain = output(&["restore", "--data-dir", &restored, "--from", &path(dir.path(), "workspace.db")]);
    assert!(stderr(&plain).contains("is no backup"), "{}", stderr(&plain));
    std::fs::write(&backup, &whole).unwrap();
    assert!(output(&["restore", "--data-dir", &restored, "--from", &backup]).status.success(), "and then it works");
}

/// Killed at any moment, there is a whole backup under the name, or nothing; and the next try works.
#[tokio::test]
async fn a_killed_backup_leaves_nothing_under_its_name() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data_dir = path(dir.path(), "");
    let filled = output(&["fill", "--data-dir", &data_dir, "--conversations", "300", "--messages", "3000"]);
    assert!(filled.status.success(), "{}", stderr(&filled));
    let mut killed = 0;
    for attempt in 0..12 {
        let backup = path(elsewhere.path(), &format!("{attempt}.db"));
        let mut child =
            program(&["backup", "--data-dir", &data_dir, "--to", &backup]).stdout(Stdio::null()).spawn().unwrap();
        let until = std::time::Instant::now() + Duration::from_millis(10 * attempt);
        while std::time::Instant::now() < until && child.try_wait().unwrap().is_none() {
            tokio::task::yield_now().await;
        }
        let _ = child.kill();
        child.wait().unwrap();
        if Path::new(&backup).exists() {
            let restored = path(elsewhere.path(), &format!("restored-{attempt}"));
            let put = output(&["restore", "--data-dir", &restored, "--from", &backup]);
            assert!(put.status.success(), "{}", stderr(&put));
        } else {
            killed += 1;
            assert!(output(&["backup", "--data-dir", &data_dir, "--to", &backup]).status.success());
        }
    }
    assert!(killed > 0, "some were killed in the middle");
}

#[tokio::test]
async fn backups_are_made_by_themselves_and_the_oldest_go() {
    let folder = tempfile::tempdir().unwrap();
    let plan = signoff_platform::backups::Plan {
        folder: folder.path().join("backups"),
        every: chrono::TimeDelta::hours(24),
        keep: 2,
    };
    let into = plan.folder.clone();
    let mut desk =
        Desk::start_as(signoff_platform::demo_blueprint(), |options| options.backups = Some(plan.clone())).await;
    let there = || {
        let names = std::fs::read_dir(&into).into_iter().flatten().flatten();
        let mut names: Vec<_> = names.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.starts_with('.'));
        names.sort();
        names
    };
    let mut seen = Vec::new();
    for day in 2..=4 {
        let name = format!("signoff-202603{day:02}T120000Z.db");
        let deadline = std::time::Instant::now() + Duration::from_secs(120);
        seen.push(name);
        seen.drain(..seen.len().saturating_sub(2));
        let expected: Vec<_> = seen.iter().flat_map(|name| [name.clone(), format!("{name}.sha256")]).collect();
        while there() != expected {
            assert!(std::time::Instant::now() < deadline, "{:?} instead of {expected:?}", there());
            tokio::task::yield_now().await;
        }
        desk.later(chrono::TimeDelta::hours(24));
        desk.restart_with(|options| options.backups = Some(plan.clone())).await;
    }
}

#[test]
fn an_old_schema_is_told_and_a_missing_workspace_too() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = path(dir.path(), "data");
    let nothing = output(&["backup", "--data-dir", &data_dir, "--to", &path(dir.path(), "b.db")]);
    assert!(stderr(&nothing).contains("there is no workspace in"));
    assert!(!output(&["migrate", "--data-dir", &data_dir]).status.success());
    drop(Served::demo(Path::new(&data_dir), &[]));
    let checked = output(&["migrate", "--data-dir", &data_dir, "--check"]);
    assert!(checked.status.success(), "{}", stdout(&checked));
}
