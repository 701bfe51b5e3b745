//! What customers wrote goes; what was done stays.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    time::Duration,
};

use chrono::TimeDelta;
use reqwest::Method;
use rusqlite::Connection;
use serde_json::{Value, json};
use signoff_platform::demo_blueprint;

use super::{Served, output, stderr, stdout};
use crate::desk::{Answer, Desk, Person, WEBCHAT, answer_of, closing, items};

const WORDS: [&str; 6] = [
    "zanzibar-message",
    "zanzibar-reply",
    "zanzibar-note",
    "zanzibar-comment",
    "zanzibar-person Example",
    "zanzibar-person",
];

/// A customer with everything that there can be of one: a conversation that was closed with a survey that was answered, a failed
/// delivery, a note, and an open conversation.
struct Story {
    customer: String,
    closed: String,
    open: String,
    close_key: String,
}

async fn story(desk: &Desk, name: &str, mark: &str) -> Story {
    desk.allow_manual_close(true).await;
    let alice = desk.alice().await;
    let came = desk.writes(WEBCHAT, name, &format!("{mark}-message, the first")).await;
    desk.click(&alice, &came.conversation, "notes", &json!({ "text": format!("{mark}-note") })).await.expect(201);
    let reply = desk.reply(&alice, &came.conversation, &format!("{mark}-reply")).await;
    let report = json!({ "reply_id": reply["reply"]["message_id"], "status": "failed", "reason": format!("{mark}-reply bounced") });
    let reported = desk
        .request(Method::POST, &format!("/v1/channels/{WEBCHAT}/deliveries"))
        .bearer_auth(format!("demo-key-{WEBCHAT}"))
        .json(&report);
    answer_of(reported).await.expect(200);
    desk.later(TimeDelta::minutes(7));
    let close_key = uuid::Uuid::now_v7().to_string();
    let body = closing(&format!("{mark}-reply, the last"), &came.message);
    desk.click_as(&alice, &came.conversation, "close", &body, &close_key).await.expect(201);
    let token =
        desk.outbound(WEBCHAT).await.iter().rev().find_map(|item| item["survey_token"].as_str().map(str::to_owned));
    let rating = json!({ "rating": 9, "comment": format!("{mark}-comment") });
    desk.post(None, &format!("/v1/surveys/{}/answer", token.unwrap()), &rating).await.expect(201);
    let open = desk.writes(WEBCHAT, name, &format!("{mark}-message, the second")).await;
    let conversation = desk.conversation(&alice, &open.conversation).await;
    Story {
        customer: conversation["customer"]["id"].as_str().unwrap().to_owned(),
        closed: came.conversation,
        open: open.conversation,
        close_key,
    }
}

fn data(customer: &str) -> String {
    format!("/v1/admin/customers/{customer}/data")
}

async fn erase(desk: &Desk, person: &Person, customer: &str, version: Option<&str>) -> Answer {
    let request = desk.request(Method::DELETE, &data(customer)).bearer_auth(&person.token);
    answer_of(match version {
        Some(version) => request.header("If-Match", version),
        None => request,
    })
    .await
}

async fn erased(desk: &Desk, admin: &Person, customer: &str) -> Value {
    let seen = desk.get(admin, &format!("/v1/admin/customers/{customer}")).await;
    erase(desk, admin, customer, Some(seen.headers["etag"].to_str().unwrap())).await.expect(200)
}

/// Every analytics answer there is.
async fn figures(desk: &Desk, admin: &Person) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for group in ["day", "author", "channel", "team"] {
        for author in ["", "advisor", "scenario"] {
            let path = format!("/v1/analytics/actions?group_by={group}&author={author}");
            let figures = desk.get(admin, &path).await.expect(200);
            all.insert(path, figures);
        }
    }
    for author in ["", "advisor", "scenario"] {
        let path = format!("/v1/analytics/delays?author={author}");
        let delays = desk.get(admin, &path).await.expect(200);
        all.insert(path, delays);
    }
    all
}

/// Whether any file of the workspace has these bytes.
fn is_in_the_files(folder: &Path, word: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_file());
    files.into_iter().any(|file| {
        // The standard library searches texts quickly, also where the tests are not optimised.
        String::from_utf8_lossy(&std::fs::read(file.path()).unwrap()).contains(word)
    })
}

#[tokio::test]
async fn every_word_goes_and_every_figure_stays() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let other = story(&desk, "another-one", "timbuktu").await;
    let story = story(&desk, "zanzibar-person", "zanzibar").await;
    let figures_before = figures(&desk, &admin).await;
    let (path, none) = ("/v1/exports/actions.csv?from=2026-01-01".to_owned(), Vec::<String>::new());
    let actions_before = String::from_utf8(desk.get(&admin, &path).await.bytes).unwrap();
    for word in WORDS {
        assert!(is_in_the_files(desk.dir(), word), "{word} was there");
    }
    let seq = desk.newest_seq(&admin).await;

    let answer = erased(&desk, &admin, &story.customer).await;
    assert_eq!((&answer["conversations"], &answer["messages"]), (&2.into(), &2.into()));

    assert_eq!(figures(&desk, &admin).await, figures_before);
    let actions_after = String::from_utf8(desk.get(&admin, &path).await.bytes).unwrap();
    let lost: Vec<_> = actions_before.lines().filter(|line| !actions_after.contains(&line[..36])).collect();
    assert_eq!(lost, none, "no action is lost");
    assert_eq!(actions_after.lines().filter(|line| line.contains("anonymize-gdpr")).count(), 2);
    for word in WORDS {
        assert!(!is_in_the_files(desk.dir(), word), "{word} is gone from the files");
    }
    assert!(is_in_the_files(desk.dir(), "timbuktu-message"), "another customer's words stay");

    let all = desk.changes(&admin, 0).await;
    let told: Vec<_> = desk.changes(&admin, seq).await;
    let about: Vec<_> = told.iter().filter(|event| event["type"] == "conversation.erased").collect();
    assert_eq!(about.len(), 2, "apps hear of both conversations");
    for word in WORDS {
        assert!(!json!(all).to_string().contains(word), "{word} is in no event");
    }
    assert_eq!(desk.conversation(&admin, &story.closed).await["closed_by"]["kind"], "advisor", "closed is final");
    let open = desk.conversation(&admin, &story.open).await;
    assert_eq!((&open["status"], &open["closed_by"]["kind"]), (&"closed".into(), &"erasure".into()));
    assert!(desk.outbound(WEBCHAT).await.iter().all(|item| item["conversation_id"] != story.closed.as_str()));
    let audit = items(&desk.get(&admin, "/v1/audit-log").await.expect(200));
    let entry = audit.iter().find(|entry| entry["what"] == "customer.erased").expect("it is in the audit log");
    assert_eq!(entry["to"]["customer_id"], story.customer.as_str());

    let alice = desk.alice().await;
    let again = closing("anything", "x");
    let replayed = desk.click_as(&alice, &story.closed, "close", &again, &story.close_key).await;
    replayed.expect(201);
    assert_eq!(replayed.headers["idempotency-replayed"], "true", "what comes again does not take effect again");
    assert!(desk.writes(WEBCHAT, "zanzibar-person", "Hello again").await.new, "whoever writes again is new");
    assert_eq!(desk.conversation(&admin, &other.open).await["status"], "open");
}

#[tokio::test]
async fn what_is_held_is_handed_out_whole_and_that_is_in_the_audit_log() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    let story = story(&desk, "zanzibar-person", "zanzibar").await;
    let held = desk.get(&admin, &data(&story.customer)).await;
    for word in WORDS {
        assert!(held.expect(200).to_string().contains(word), "{word}");
    }
    assert_eq!(held.headers["content-disposition"], "attachment; filename=\"customer.json\"");
    let audit = items(&desk.get(&admin, "/v1/audit-log").await.expect(200));
    assert_eq!(audit[0]["what"], "export.customer");
    erased(&desk, &admin, &story.customer).await;
    let held = desk.get(&admin, &data(&story.customer)).await.expect(200);
    for word in WORDS {
        assert!(!held.to_string().contains(word), "{word}");
    }
    assert_eq!(held["customer"]["erased_at"], "2026-03-02T12:07:00.000Z");
}

#[tokio::test]
async fn a_customer_is_found_by_name_or_id_and_wildcards_are_letters() {
    let desk = Desk::start().await;
    let admin = desk.admin().await;
    for name in ["zoe", "zora", "100%"] {
        desk.writes(WEBCHAT, name, "Hello").await;
    }
    let found = |q: &'static str| {
        let desk = &desk;
        let admin = &admin;
        async move {
            let page = desk.get(admin, &format!("/v1/admin/customers?q={q}")).await.expect(200);
            items(&page).iter().map(|item| item["external_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        }
    };
    assert_eq!(found("zo").await, ["zoe", "zora"]);
    assert_eq!(found("EXAMPLE").await, ["zoe", "zora", "100%"]);
    assert_eq!(found("%25").await, ["100%"]);
    assert_eq!(found("_").await, Vec::<String>::new());
    let first = desk.get(&admin, "/v1/admin/customers?limit=2").await.expect(200);
    let rest =
        desk.get(&admin, &format!("/v1/admin/customers?limit=2&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!(items(&rest.expect(200)).len(), 1);
    desk.get(&admin, &format!("/v1/admin/customers?q={}", "x".repeat(201))).await.refused(400, "invalid-query");
}

#[tokio::test]
async fn who_may_not_or_has_not_looked_erases_nothing() {
    let desk = Desk::start().await;
    let (admin, alice) = (desk.admin().await, desk.alice().await);
    let story = story(&desk, "zanzibar-person", "zanzibar").await;
    let path = format!("/v1/admin/customers/{}", story.customer);
    let seen = desk.get(&admin, &path).await.headers["etag"].to_str().unwrap().to_owned();

    erase(&desk, &alice, &story.customer, Some(&seen)).await.refused(404, "not-found");
    for path in [&path, &data(&story.customer), "/v1/admin/customers"] {
        desk.get(&alice, path).await.refused(404, "not-found");
    }
    erase(&desk, &admin, &story.customer, None).await.refused(428, "if-match-missing");
    desk.writes(WEBCHAT, "zanzibar-person", "One thing more").await;
    erase(&desk, &admin, &story.customer, Some(&seen)).await.refused(412, "stale");
    erase(&desk, &admin, "cust_none", Some("*")).await.refused(404, "customer-unknown");
    desk.get(&admin, "/v1/admin/customers/cust_none/data").await.refused(404, "customer-unknown");
    let timeline = desk.timeline(&admin, &story.closed).await;
    assert!(json!(timeline).to_string().contains("zanzibar-message"), "nothing was erased");
}

#[tokio::test]
async fn texts_of_conversations_closed_for_long_enough_go_and_no_others() {
    let mut desk = Desk::start().await;
    let old = story(&desk, "zanzibar-person", "zanzibar").await;
    desk.later(TimeDelta::days(100));
    let young = story(&desk, "another-one", "timbuktu").await;
    // The one who looked a hundred days ago is signed out by now.
    let admin = desk.admin().await;
    let figures_before = figures(&desk, &admin).await;
    desk.restart_with(|options| options.closed_texts_months = 3).await;
    let admin = desk.admin().await;
    let texts = |timeline: &[Value]| {
        let said = timeline.iter().filter(|entry| entry["kind"] != "event");
        said.map(|entry| entry["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let deadline = std::time::Instant::now() + Duration::from_secs(120);
    while texts(&desk.timeline(&admin, &old.closed).await).iter().any(|text| !text.is_empty())
        || is_in_the_files(desk.dir(), "zanzibar-comment")
    {
        assert!(std::time::Instant::now() < deadline, "old texts go");
    }
    let kept = desk.timeline(&admin, &young.closed).await;
    assert!(texts(&kept).iter().any(|text| text.contains("timbuktu-note")), "what is younger stays");
    let open = desk.timeline(&admin, &old.open).await;
    assert!(texts(&open).iter().any(|text| text.contains("zanzibar-message, the second")), "what is open stays");
    assert_eq!(figures(&desk, &admin).await, figures_before);
    let name = desk.conversation(&admin, &old.closed).await["customer"]["name"].clone();
    assert_eq!(name, "zanzibar-person Example", "who it was stays: only texts go with age");
}

#[tokio::test]
async fn whoever_has_the_folder_erases_while_it_is_served_and_apps_hear_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let served = Served::demo(dir.path(), &[]);
    let desk = Desk::at(&served.url);
    let admin = desk.admin().await;
    let came = desk.writes(WEBCHAT, "zanzibar-person", "zanzibar-message").await;
    let seq = desk.newest_seq(&admin).await;
    let folder = dir.path().to_str().unwrap();
    let found = stdout(&output(&["customer", "find", "--data-dir", folder, "zanzibar"]));
    let id = found.split_whitespace().next().expect("one is found").to_owned();
    assert!(stdout(&output(&["customer", "data", "--data-dir", folder, &id])).contains("zanzibar-message"));
    let log = items(&desk.get(&admin, "/v1/audit-log?what=export.customer").await.expect(200));
    assert_eq!((&log[0]["who"]["id"], &log[0]["to"]["customer_id"]), (&json!("operator"), &json!(id)), "D52");

    let asked = output(&["customer", "erase", "--data-dir", folder, &id]);
    assert!(!asked.status.success() && stderr(&asked).contains("say --yes"));
    let done = output(&["customer", "erase", "--data-dir", folder, &id, "--yes"]);
    assert!(done.status.success(), "{}", stderr(&done));

    let told = desk.changes(&admin, seq).await;
    assert!(told.iter().any(|event| event["type"] == "conversation.erased"));
    let timeline = desk.timeline(&admin, &came.conversation).await;
    assert!(!json!(timeline).to_string().contains("zanzibar"));
    assert!(!is_in_the_files(dir.path(), "zanzibar-message"));
    let nobody = output(&["customer", "find", "--data-dir", "/nowhere/at/all", "x"]);
    assert!(stderr(&nobody).contains("there is no workspace in"));
}

/// Where customers' words and names may stand. A new table has to be added there, and, if it holds any, to the erasure:
/// the test above shows whether its words are gone.
const LEDGER: &str = include_str!("ledger.txt");

/// A command beside the platform is no new start: what is coming in stays.
#[tokio::test]
async fn a_command_beside_the_platform_leaves_uploads_alone() {
    let desk = Desk::start().await;
    let alice = desk.alice().await;
    let (addr, token) = (desk.running().addr(), alice.token.clone());
    let mut upload = TcpStream::connect(addr).unwrap();
    let head = format!(
        "POST /v1/attachments?name=a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nContent-Length: 10\r\n\r\nfirst"
    );
    upload.write_all(head.as_bytes()).unwrap();
    let incoming = desk.dir().join("files/.incoming");
    desk.until("the upload begins", || std::fs::read_dir(&incoming).is_ok_and(|files| files.count() == 1)).await;
    let folder = desk.dir().to_str().unwrap();
    assert!(output(&["customer", "find", "--data-dir", folder, "x"]).status.success());

    let answer = tokio::task::spawn_blocking(move || {
        upload.write_all(b"again").unwrap();
        let mut answer = String::new();
        upload.read_to_string(&mut answer).unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}

#[tokio::test]
async fn every_table_was_thought_of() {
    let desk = Desk::start_with(demo_blueprint()).await;
    let file = Connection::open(desk.dir().join("workspace.db")).unwrap();
    let tables =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1";
    let there: Vec<String> =
        file.prepare(tables).unwrap().query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let known: Vec<&str> = LEDGER.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let missing: Vec<_> = there.iter().filter(|table| !known.contains(&table.as_str())).collect();
    assert!(
        missing.is_empty(),
        "say in tests/platform/operating/ledger.txt what becomes of {missing:?} when a customer is erased"
    );
}
