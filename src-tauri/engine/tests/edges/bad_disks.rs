//! Bad input, row by row: a disk that is full at a click, and a cache that a newer version has written. What was typed is still there.

use std::path::PathBuf;

use secrecy::SecretSlice;
use signoff_engine::store::{Options, Store, StoreError};
use signoff_wire::interface::{Choice, Choose, Code, ConnectionStatus, Draft, EntryState, SendAndClose, Stage};

use crate::company::{ALICE, Company};
use crate::desk::{Desk, as_person, eventually, online, until};

/// D21, D23: whoever is told that it was not queued finds everything as it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_at_the_click_refuses_it_and_leaves_the_text_where_it_was_typed() {
    let (company, desk) = (Company::open().await, Desk::new());
    company.allow_manual_close(true).await;
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    until(&engine, "at work", |state| state.connection.status == ConnectionStatus::Online && state.close_enabled).await;
    let id = company.customer_writes("nina", "Is it mended?").await;
    eventually("the message is here", async || engine.conversation(&id).await.is_ok()).await;
    let text = "It is. Goodbye.";
    let draft = Draft { conversation_id: id.clone(), text: text.to_owned(), instead_of: String::new() };
    engine.save_draft(draft).await.unwrap();
    let before = engine.conversation(&id).await.unwrap();
    let close = SendAndClose {
        conversation_id: id.clone(),
        text: text.to_owned(),
        last_seen_message_id: before.last_customer_message_id.clone(),
    };

    desk.disk.is_full(true);
    let refused = engine.send_and_close(close.clone()).await.expect_err("there is no room");

    assert_eq!(refused.code, Code::DiskFull);
    let after = engine.conversation(&id).await.unwrap();
    assert_eq!(
        (after.composer.draft.as_str(), after.tab),
        (text, before.tab),
        "the draft and the row are as they were"
    );
    assert!(engine.queue().await.unwrap().is_empty(), "nothing is half queued");
    assert_eq!(engine.state().queue.pending, 0);

    desk.disk.is_full(false);
    let entry = engine.send_and_close(close).await.unwrap();
    until(&engine, "the close is applied", |state| state.queue.pending == 0).await;
    assert_eq!(company.times_said(&id, text).await, 1);
    let done = engine.queue().await.unwrap();
    assert_eq!(done.iter().map(|entry| (&entry.id, entry.state)).collect::<Vec<_>>(), [(&entry.id, EntryState::Done)]);
}

/// D15, D23: what cannot be written down is not taken back either.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_at_an_undo_leaves_the_action_queued_with_its_text() {
    let (mut company, desk) = (Company::open().await, Desk::new());
    company.allow_manual_close(true).await;
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    until(&engine, "at work", |state| state.connection.status == ConnectionStatus::Online && state.close_enabled).await;
    let id = company.customer_writes("omar", "Is it mended?").await;
    eventually("the message is here", async || engine.conversation(&id).await.is_ok()).await;
    let last_seen_message_id = engine.conversation(&id).await.unwrap().last_customer_message_id;
    company.stop().await;
    until(&engine, "offline", |state| state.connection.status == ConnectionStatus::Offline).await;
    let text = "It is. Goodbye.".to_owned();
    let close = SendAndClose { conversation_id: id.clone(), text: text.clone(), last_seen_message_id };
    let entry = engine.send_and_close(close).await.unwrap();

    desk.disk.is_full(true);
    let undo = Choose { entry_id: entry.id.clone(), choice: Choice::Undo, seen_message_id: None };
    let refused = engine.choose(undo.clone()).await.expect_err("there is no room");

    assert_eq!(refused.code, Code::DiskFull);
    let queue = engine.queue().await.unwrap();
    assert_eq!(queue.iter().map(|entry| entry.text.as_deref()).collect::<Vec<_>>(), [Some(text.as_str())]);
    assert_eq!(engine.conversation(&id).await.unwrap().composer.draft, "", "the text is in one place");

    desk.disk.is_full(false);
    eventually("it is taken back", async || engine.choose(undo.clone()).await.is_ok()).await;
    // An attempt may be under way just then: its end brings the text back (D15).
    let draft = async || engine.conversation(&id).await.unwrap().composer.draft;
    eventually("the text is in the draft again", async || draft().await == text).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_of_a_newer_version_is_left_alone_until_that_version_is_there() {
    let (company, desk) = (Company::open().await, Desk::new());
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    engine.shutdown().await;
    let file = cache_of(&desk);
    newer_program_writes_to(&desk).await;
    let written = std::fs::read(&file).unwrap();

    let engine = desk.opened().await;

    assert_eq!(engine.state().stage, Stage::Unusable { code: Code::CacheNewer });
    engine.try_again().await.unwrap();
    assert_eq!(engine.state().stage, Stage::Unusable { code: Code::CacheNewer }, "it is not talked round");
    engine.shutdown().await;
    assert_eq!(std::fs::read(&file).unwrap(), written, "not a byte of it was changed");
}

/// Raises the schema's version in the cache, as a newer program does.
async fn newer_program_writes_to(desk: &Desk) {
    let key = {
        let kept = desk.keyring.kept.lock().unwrap();
        kept.iter().find(|(name, _)| name.ends_with("/key")).expect("a key in the keyring").1.clone()
    };
    let opened = Store::open(&cache_of(desk), &SecretSlice::from(key), Options::new(desk.clock.clone())).unwrap();
    let raise = |transaction: &rusqlite::Transaction<'_>| {
        Ok::<_, StoreError>(transaction.pragma_update(None, "user_version", 1_000)?)
    };
    opened.store.write(raise).await.unwrap();
}

/// The one cache of this desk.
fn cache_of(desk: &Desk) -> PathBuf {
    let accounts = desk.folder.path().join("profile").join("accounts");
    let account = std::fs::read_dir(accounts).unwrap().next().expect("an account").unwrap();
    account.path().join("signoff.db")
}
