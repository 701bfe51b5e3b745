//! Upgrades and downgrades: what any earlier version has queued is delivered by this one, what a later version has written is left alone
//! (DESIGN, outbox 2; D21, D23).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rusqlite::params;
use signoff_engine::Engine;
use signoff_engine::store::StoreError;
use signoff_wire::contract::requests::Origin;
use signoff_wire::interface::{
    ActionKind, Choice, Choose, Code, ConnectionStatus, EntryState, QueueEntry, SendAndClose, SendReply, Stage,
};

use crate::company::{ALICE, Company};
use crate::desk::{Desk, as_person, eventually, online, until};
use crate::fixtures::{self, Fixture, Names};

/// What was queued: its name, which is its customer's too, and what was done to it before the program ended.
const CASES: &[(&str, &str)] = &[
    ("reply", ""),
    ("survey", ""),
    ("close", ""),
    ("widget", ""),
    ("archive", ""),
    ("assign", ""),
    ("release", ""),
    ("second", ""),
    ("file", ""),
    ("done", ""),
    ("cancelled", ""),
    ("sending", "state = 'sending', first_attempt_at = clicked_at"),
    ("doubt", "state = 'in_doubt', first_attempt_at = clicked_at, tries_in_doubt = 1, last_problem = 'offline'"),
    ("regretted", "state = 'in_doubt', first_attempt_at = clicked_at, tries_in_doubt = 1, undo_requested = 1"),
    ("refused", "state = 'blocked', first_attempt_at = clicked_at, tries_refused = 1, blocked_code = 'tags_missing'"),
    ("switch", "state = 'blocked', tries_refused = 1, blocked_code = 'close_disabled', waits_for_switch = 1"),
    ("tomorrow", "kind = 'reply_with_gift', payload_version = 99, payload = '{\"gift\":\"balloon\"}'"),
    ("strange", "payload = '{\"gift\":\"balloon\"}'"),
];

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR a lamp";

/// A desk that has been at a company with a conversation for each case, and is offline now.
struct Visit {
    company: Company,
    desk: Desk,
    names: Names,
}

impl Visit {
    async fn new() -> (Self, Arc<Engine>) {
        let (company, desk) = (Company::open().await, Desk::new());
        company.allow_manual_close(true).await;
        let engine = desk.opened().await;
        engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
        online(&engine).await;
        let mut names = vec![("address".to_owned(), company.address())];
        for (case, _) in CASES {
            let id = company.customer_writes(case, &format!("Hello from {case}")).await;
            eventually("it is here", async || engine.conversation(&id).await.is_ok()).await;
            let message = seen(&engine, &id).await;
            names.extend([(format!("conversation {case}"), id), (format!("message {case}"), message)]);
        }
        let state = engine.state();
        let (user, workspace) = (state.user.unwrap(), company.workspace().await);
        names.extend([("user".to_owned(), user.id), ("workspace".to_owned(), workspace)]);
        (Self { company, desk, names }, engine)
    }

    fn conversation(&self, case: &str) -> String {
        let name = format!("conversation {case}");
        self.names.iter().find(|(known, _)| *known == name).expect("a case").1.clone()
    }
}

async fn seen(engine: &Engine, conversation: &str) -> String {
    let view = engine.conversation(conversation).await.unwrap();
    view.last_customer_message_id.expect("a customer has written")
}

fn text_of(case: &str) -> String {
    format!("Answer to {case}: \"ça va\",\n'); -- {{}} 👩‍👩‍👧")
}

async fn clicks(engine: &Engine, case: &str, conversation_id: String) -> QueueEntry {
    let text = text_of(case);
    match case {
        "close" | "switch" => {
            let last_seen_message_id = Some(seen(engine, &conversation_id).await);
            engine
                .send_and_close(SendAndClose { conversation_id, text, file_ids: Vec::new(), last_seen_message_id })
                .await
        }
        "widget" => {
            let last_seen_message_id = Some(seen(engine, &conversation_id).await);
            let args = SendAndClose { conversation_id, text, file_ids: Vec::new(), last_seen_message_id };
            engine.send_and_close_from(Origin::CrmWidget, args).await
        }
        "file" => {
            let attached = engine.attach_file(&conversation_id, "lamp.png", PNG.to_vec()).await.unwrap();
            let file_ids = attached.files.into_iter().map(|file| file.id).collect();
            let args = SendReply { conversation_id, text, file_ids, trigger_survey: false, last_seen_message_id: None };
            engine.send_reply(args).await
        }
        "archive" => engine.archive(&conversation_id).await,
        "assign" => engine.assign(&conversation_id).await,
        "release" => engine.release(&conversation_id).await,
        _ => {
            let trigger_survey = case == "survey";
            engine
                .send_reply(SendReply {
                    conversation_id,
                    text,
                    file_ids: Vec::new(),
                    trigger_survey,
                    last_seen_message_id: None,
                })
                .await
        }
    }
    .unwrap()
}

/// Not a test: how a fixture is made.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes a file that is to be committed"]
async fn write_the_fixture_of_this_version() {
    let (mut visit, engine) = Visit::new().await;
    let done = clicks(&engine, "done", visit.conversation("done")).await;
    until(&engine, "one is delivered", |state| state.queue.pending == 0).await;
    visit.company.stop().await;
    until(&engine, "offline", |state| state.connection.status == ConnectionStatus::Offline).await;
    let mut keys = vec![("done", done.id)];
    for (case, _) in CASES.iter().filter(|(case, _)| *case != "done") {
        if *case == "second" {
            clicks(&engine, "first", visit.conversation(case)).await;
        }
        keys.push((case, clicks(&engine, case, visit.conversation(case)).await.id));
    }
    let (_, cancelled) = keys.iter().find(|(case, _)| *case == "cancelled").expect("clicked");
    let undo = Choose { entry_id: cancelled.clone(), choice: Choice::Undo, seen_message_id: None };
    engine.choose(undo).await.unwrap();
    engine.shutdown().await;
    let change = move |tx: &rusqlite::Transaction<'_>| {
        tx.execute(
            "UPDATE outbox SET state = 'queued', first_attempt_at = NULL WHERE state IN ('sending', 'in_doubt')",
            [],
        )?;
        for (case, key) in keys {
            let (_, change) = CASES.iter().find(|(known, _)| *known == case).expect("a case");
            if !change.is_empty() {
                tx.execute(&format!("UPDATE outbox SET {change} WHERE key = ?1"), params![key])?;
            }
        }
        Ok::<_, StoreError>(())
    };
    fixtures::open(&visit.desk).write(change).await.unwrap();
    fixtures::write(&visit.desk, &visit.names).await;
}

#[tokio::test]
async fn every_schema_that_is_shipped_has_a_fixture() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::new();
    let options = signoff_engine::store::Options::new(desk.clock.clone());
    let key = secrecy::SecretSlice::from(vec![7; 32]);
    let store = signoff_engine::store::Store::open(&folder.path().join("new.db"), &key, options).unwrap().store;
    let schema = store.read(|connection| Ok::<_, StoreError>(fixtures::schema(connection)?)).await.unwrap();

    let known = Fixture::all().iter().any(|fixture| fixture.is_of_this_version(&schema));

    assert!(
        known,
        "the schema or the payload has changed: run `cargo test -p signoff-engine --test edges -- --ignored write_the_fixture_of_this_version` once, with the change in place, and commit the file"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn d21_what_any_earlier_version_has_queued_is_delivered() {
    for fixture in Fixture::all() {
        let (visit, engine) = Visit::new().await;
        engine.shutdown().await;
        fixture.put_into(&visit.desk, &visit.names).await;

        let engine = visit.desk.opened().await;
        until(&engine, &format!("{}: everything is delivered", fixture.name), |state| {
            state.connection.status == ConnectionStatus::Online && state.queue.pending == 0
        })
        .await;

        let queue: BTreeMap<String, QueueEntry> =
            engine.queue().await.unwrap().into_iter().map(|entry| (entry.customer_name.clone(), entry)).collect();
        for (case, _) in CASES {
            let conversation = visit.conversation(case);
            let text = text_of(case);
            let entry = queue.get(&format!("Customer {case}"));
            let state = entry.map(|entry| entry.state);
            let (expected, said) = match *case {
                "refused" | "tomorrow" | "strange" => (Some(EntryState::NeedsAttention), 0),
                "cancelled" | "regretted" => (None, 0),
                // Not yet.
                "widget" if fixture.name.contains("payload-1") => (None, 0),
                "file" if ["payload-1", "payload-2"].iter().any(|old| fixture.name.contains(old)) => (None, 0),
                // Long delivered, to another platform.
                "done" => (Some(EntryState::Done), 0),
                "archive" | "assign" | "release" => (Some(EntryState::Done), 0),
                _ => (Some(EntryState::Done), 1),
            };
            assert_eq!(state, expected, "{}: {case}", fixture.name);
            assert_eq!(visit.company.times_said(&conversation, &text).await, said, "{}: {case}", fixture.name);
            if *case == "regretted" || *case == "cancelled" {
                let draft = engine.conversation(&conversation).await.unwrap().composer.draft;
                assert_eq!(draft, text, "{}: {case}: the text is back, word for word (D15)", fixture.name);
            }
        }
        assert_eq!(visit.company.times_said(&visit.conversation("second"), &text_of("first")).await, 1);
        if queue.contains_key("Customer file") {
            let files = visit.company.files_said(&visit.conversation("file"), &text_of("file")).await;
            assert!(files.len() == 1 && files[0].2 == PNG, "{}: byte for byte", fixture.name);
        }
        the_advisor_goes_on(&visit, &engine, &queue).await;
        engine.shutdown().await;
    }
}

/// D23: what waits for the advisor can be read, and there is a way on for each.
async fn the_advisor_goes_on(visit: &Visit, engine: &Engine, queue: &BTreeMap<String, QueueEntry>) {
    let choose = |case: &str, choice: Choice| {
        let entry_id = queue[&format!("Customer {case}")].id.clone();
        engine.choose(Choose { entry_id, choice, seen_message_id: None })
    };
    for case in ["tomorrow", "strange"] {
        let entry = &queue[&format!("Customer {case}")];
        let reason = entry.attention.as_ref().map(|attention| attention.code);
        assert_eq!(reason, Some(Code::EntryUnreadable), "{case}");
        assert_eq!(entry.text.as_deref(), Some(text_of(case).as_str()), "{case}: the text can be read and copied");
        assert_eq!(entry.choices, [Choice::Edit, Choice::Discard], "{case}");
    }
    assert_eq!(queue["Customer tomorrow"].action, ActionKind::Unknown);
    choose("tomorrow", Choice::Edit).await.unwrap();
    let draft = engine.conversation(&visit.conversation("tomorrow")).await.unwrap().composer.draft;
    assert_eq!(draft, text_of("tomorrow"));
    choose("strange", Choice::Discard).await.unwrap();
    choose("refused", Choice::Retry).await.unwrap();
    until(engine, "the queue is empty", |state| state.queue.pending + state.queue.needs_attention == 0).await;
    assert_eq!(visit.company.times_said(&visit.conversation("refused"), &text_of("refused")).await, 1);
}

/// The bytes of the cache, with what a crash has left beside it. The index of the log is not content: SQLite makes it anew.
fn bytes_of(cache: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(cache.parent().unwrap()).unwrap().map(|file| file.unwrap());
    files
        .map(|file| (file.file_name().to_string_lossy().into_owned(), std::fs::read(file.path()).unwrap()))
        .filter(|(name, _)| !name.ends_with("-shm"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_newer_version_is_refused_and_left_alone_byte_for_byte() {
    for crashed in [false, true] {
        let (company, desk) = (Company::open().await, Desk::new());
        let engine = desk.opened().await;
        engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
        online(&engine).await;
        engine.shutdown().await;
        let cache = fixtures::path(&desk);
        let store = fixtures::open(&desk);
        store.write(|tx| Ok::<_, StoreError>(tx.pragma_update(None, "user_version", 99)?)).await.unwrap();
        let left = bytes_of(&cache);
        drop(store);
        if crashed {
            for (name, bytes) in &left {
                std::fs::write(cache.with_file_name(name), bytes).unwrap();
            }
        }
        let before = bytes_of(&cache);

        let engine = desk.opened().await;

        assert_eq!(engine.state().stage, Stage::Unusable { code: Code::CacheNewer });
        engine.shutdown().await;
        let after = bytes_of(&cache);
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "after a crash: {crashed}");
        assert!(before == after, "the bytes are the same; after a crash: {crashed}");
    }
}
