//! The real binary: what it prints, how it stops, and what is left when it is killed.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::{Answer, Desk, WEBCHAT, closing};

struct Process {
    child: Child,
    url: String,
}

fn command(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_signoff-platform"));
    command.args(["serve", "--data-dir"]).arg(dir).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).env_remove("SIGNOFF_CLOCK_OFFSET_S");
    command
}

impl Process {
    fn start(dir: &Path, offset_s: i64) -> Self {
        let mut command = command(dir, &["--listen", "127.0.0.1:0", "--demo"]);
        command.stderr(Stdio::null()).env("SIGNOFF_CLOCK_OFFSET_S", offset_s.to_string());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.strip_prefix("listening on ").expect("the one line").trim().to_owned();
        Self { child, url }
    }

    fn terminate(mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let asked = Instant::now();
        let status = self.child.wait().unwrap();
        assert!(asked.elapsed() < Duration::from_secs(10));
        status.code().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone after `terminate` or a kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn sigterm_ends_it_well_also_with_an_open_stream() {
    let dir = tempfile::tempdir().unwrap();
    let process = Process::start(dir.path(), 0);
    let desk = Desk::at(&process.url);
    let alice = desk.alice().await;
    let stream = desk.request(reqwest::Method::GET, "/v1/events").bearer_auth(&alice.token).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    assert_eq!(tokio::task::spawn_blocking(move || process.terminate()).await.unwrap(), 0);
}

/// Conversations, password hashes, the provider's secret: nothing for the other users of the machine.
#[cfg(unix)]
#[tokio::test]
async fn what_is_written_is_for_its_own_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("workspace");
    let _process = Process::start(&folder, 0);
    let copy = dir.path().join("copy.db");
    let backup = Command::new(env!("CARGO_BIN_EXE_signoff-platform"))
        .args(["backup", "--data-dir"])
        .arg(&folder)
        .arg("--to")
        .arg(&copy)
        .output();
    assert!(backup.unwrap().status.success());
    for path in [folder.clone(), folder.join("workspace.db"), folder.join("workspace.db-wal"), copy] {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} {mode:o}", path.display());
    }
}

#[tokio::test]
async fn a_second_process_is_told_who_has_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let _first = Process::start(dir.path(), 0);
    let second = command(dir.path(), &["--listen", "127.0.0.1:0", "--demo"]).output().unwrap();
    assert!(!second.status.success() && second.stdout.is_empty());
    assert!(String::from_utf8_lossy(&second.stderr).contains("another signoff-platform already serves"));
}

#[tokio::test]
async fn the_demo_is_refused_in_public() {
    let dir = tempfile::tempdir().unwrap();
    let refused = command(dir.path(), &["--listen", "0.0.0.0:0", "--demo"]).output().unwrap();
    assert!(!refused.status.success() && refused.stdout.is_empty());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("loopback"));
}

#[tokio::test]
async fn r9_the_clock_can_be_moved_between_starts_and_a_filled_demo_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let first = Process::start(dir.path(), 0);
    let desk = Desk::at(&first.url);
    let before = desk.writes(WEBCHAT, "zoe", "Hello").await;
    let alice = desk.alice().await;
    let total = desk.get(&alice, "/v1/sync/conversations?limit=1").await.expect(200)["total"].clone();
    assert_eq!(tokio::task::spawn_blocking(move || first.terminate()).await.unwrap(), 0);

    let second = Process::start(dir.path(), 97 * 3600);
    let desk = Desk::at(&second.url);
    assert_eq!(desk.get(&alice, "/v1/sync/conversations?limit=1").await.expect(200)["total"], total);
    let after = desk.writes(WEBCHAT, "zoe", "Hello").await;
    assert!(after.new);
    assert_eq!(desk.conversation(&alice, &before.conversation).await["closed_by"]["kind"], "window");
}

/// D4, D5: killed in a storm of closes again and again, and each close is there as a whole, once, or not at all.
#[tokio::test]
async fn d4_a_kill_leaves_all_of_a_close_or_nothing() {
    const ROUNDS: usize = 4;
    const CLOSES: usize = 24;
    let dir = tempfile::tempdir().unwrap();
    let mut process = Process::start(dir.path(), 0);
    Desk::at(&process.url).allow_manual_close(true).await;
    let mut answered = 0;
    for round in 0..ROUNDS {
        let desk = Arc::new(Desk::at(&process.url));
        let alice = desk.alice().await;
        let mut storm = tokio::task::JoinSet::new();
        let mut asked = Vec::new();
        for number in 0..CLOSES {
            let came = desk.writes(WEBCHAT, &format!("kill-{round}-{number}"), "Hello").await;
            asked.push((came.conversation, Uuid::now_v7().to_string(), closing("Bye", &came.message)));
        }
        for (conversation, key, body) in asked.clone() {
            let (desk, alice) = (Arc::clone(&desk), alice.clone());
            storm.spawn(async move {
                let request = desk
                    .request(reqwest::Method::POST, &format!("/v1/conversations/{conversation}/close"))
                    .bearer_auth(&alice.token)
                    .header("Idempotency-Key", &key)
                    .json(&body);
                let response = request.send().await.ok()?;
                let (status, headers) = (response.status(), response.headers().clone());
                Some((key, Answer { status, headers, bytes: response.bytes().await.ok()?.to_vec() }))
            });
        }
        // Kill it once a few were answered, a different number each round.
        let mut promised = Vec::new();
        while let Some(finished) = storm.join_next().await {
            promised.extend(finished.unwrap());
            if promised.len() == 1 + round * 3 {
                process.child.kill().unwrap();
            }
        }
        process.child.wait().unwrap();
        answered += promised.len();

        process = Process::start(dir.path(), 0);
        let desk = Desk::at(&process.url);
        for (key, answer) in &promised {
            answer.expect(201);
            let receipt = desk.get(&alice, &format!("/v1/receipts/{key}")).await;
            assert_eq!(receipt.bytes, answer.bytes, "what was promised is kept");
        }
        for (conversation, key, body) in &asked {
            check(&desk, &alice, conversation, key, body).await;
        }
    }
    assert!(answered >= ROUNDS, "some were answered before each kill");
}

/// All or nothing, and the same again under the same key.
async fn check(desk: &Desk, alice: &crate::desk::Person, conversation: &str, key: &str, body: &Value) {
    let receipt = desk.get(alice, &format!("/v1/receipts/{key}")).await;
    let before = desk.conversation(alice, conversation).await;
    let replies = desk.timeline(alice, conversation).await.iter().filter(|e| e["client_key"] == key).count();
    let surveys = desk
        .outbound(WEBCHAT)
        .await
        .iter()
        .filter(|i| i["kind"] == "survey" && i["conversation_id"] == conversation)
        .count();
    let closings = desk.actions(alice, &format!("conversation={conversation}&type=close-conversation")).await.len();
    let applied = receipt.status == 200;
    let expected = usize::from(applied);
    assert_eq!((before["status"] == "closed", replies, surveys, closings), (applied, expected, expected, expected));

    let again = desk.click_as(alice, conversation, "close", body, key).await;
    let again_json = again.expect(201);
    assert_eq!(again.headers.contains_key("idempotency-replayed"), applied);
    if applied {
        assert_eq!(again.bytes, receipt.bytes);
    }
    let after = desk.conversation(alice, conversation).await;
    assert_eq!((&after["status"], &after["version"]), (&json!("closed"), &again_json["version"]));
}
