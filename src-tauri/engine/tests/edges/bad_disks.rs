//! Bad input, row by row: disks that do not take a click, files that something happens to while they are open, and a cache that a newer
//! version has written. What was typed is still there.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rusqlite::Transaction;
use secrecy::SecretSlice;
use signoff_engine::Engine;
use signoff_engine::store::{Options, Store, StoreError};
use signoff_wire::interface::{
    AppState, Choice, Choose, Code, ConnectionStatus, Draft, EntryState, SendAndClose, Stage,
};

use crate::company::{ALICE, Company};
use crate::desk::{Desk, as_person, eventually, online, until};

/// A desk at work with a conversation that wants an answer, whose answer is typed.
struct AtWork {
    company: Company,
    desk: Desk,
    engine: Arc<Engine>,
    close: SendAndClose,
}

const TEXT: &str = "It is. Goodbye.";

impl AtWork {
    async fn begin() -> Self {
        let (company, desk) = (Company::open().await, Desk::new());
        company.allow_manual_close(true).await;
        let engine = desk.opened().await;
        engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
        let ready = |state: &AppState| state.connection.status == ConnectionStatus::Online && state.close_enabled;
        until(&engine, "at work", ready).await;
        let id = company.customer_writes("nina", "Is it mended?").await;
        eventually("the message is here", async || engine.conversation(&id).await.is_ok()).await;
        let draft = Draft { conversation_id: id.clone(), text: TEXT.to_owned(), instead_of: String::new() };
        engine.save_draft(draft).await.unwrap();
        let last_seen_message_id = engine.conversation(&id).await.unwrap().last_customer_message_id;
        let close =
            SendAndClose { conversation_id: id, text: TEXT.to_owned(), file_ids: Vec::new(), last_seen_message_id };
        Self { company, desk, engine, close }
    }

    fn id(&self) -> &str {
        &self.close.conversation_id
    }

    /// The click is refused, and everything is as it was before it.
    async fn is_refused(&self) -> Code {
        let before = self.engine.conversation(self.id()).await.unwrap().tab;
        let refused = self.engine.send_and_close(self.close.clone()).await.expect_err("it could not be durable");
        let after = self.engine.conversation(self.id()).await.unwrap();
        assert_eq!((after.composer.draft.as_str(), after.tab), (TEXT, before), "{refused:?}: the text and the row");
        assert!(self.engine.queue().await.unwrap().is_empty(), "{refused:?}: nothing is half queued");
        assert_eq!(self.engine.state().queue.pending, 0, "{refused:?}");
        refused.code
    }

    /// The same click works, and its text is said once.
    async fn goes_through(&self) {
        let entry = self.engine.send_and_close(self.close.clone()).await.unwrap();
        until(&self.engine, "the close is applied", |state| state.queue.pending == 0).await;
        assert_eq!(self.company.times_said(self.id(), TEXT).await, 1);
        let done = self.engine.queue().await.unwrap();
        let done: Vec<_> = done.iter().map(|entry| (&entry.id, entry.state)).collect();
        assert_eq!(done, [(&entry.id, EntryState::Done)]);
    }

    /// The file that everything is in.
    fn cache(&self) -> PathBuf {
        cache_of(&self.desk)
    }
}

/// D21, D23: whoever is told that it was not queued finds everything as it was, and is told what to do.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_no_click_refuses_it_and_leaves_the_text_where_it_was_typed() {
    let at_work = AtWork::begin().await;
    let fault = StoreError::Sql(Arc::new(rusqlite::Error::InvalidQuery));
    let faults = [
        (StoreError::DiskFull, Code::DiskFull),
        (StoreError::Unwritable, Code::CacheUnwritable),
        (fault, Code::Internal),
    ];
    for (fault, code) in faults {
        at_work.desk.disk.fails(Some(fault));
        assert_eq!(at_work.is_refused().await, code);
    }
    at_work.desk.disk.fails(None);
    at_work.goes_through().await;
}

/// D21, D23: somebody else has the file in hand, a program that makes a backup or one that knows nothing of the profile's lock.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_another_program_holds_takes_no_click_until_it_lets_go() {
    let at_work = AtWork::begin().await;
    let other = opened_beside(&at_work.desk);
    let (holds, mut held) = tokio::sync::mpsc::unbounded_channel();
    let (lets_go, let_go) = std::sync::mpsc::channel::<()>();
    let let_go = Arc::new(Mutex::new(let_go));
    let holding = tokio::spawn(async move {
        // The app may write just then, and is not waited for either.
        while !holds.is_closed() {
            let (holds, let_go) = (holds.clone(), Arc::clone(&let_go));
            let hold = move |transaction: &Transaction<'_>| {
                transaction.execute_batch("CREATE TABLE held (by_whom)")?;
                holds.send(()).expect("the test goes on");
                // Ends when the other end is dropped, and then nothing of it stays.
                Err::<(), _>(let_go.lock().unwrap().recv().map_or(StoreError::Closed, |()| StoreError::Closed))
            };
            drop(other.write(hold).await);
        }
    });
    held.recv().await.expect("it gets hold of the file");
    held.close();

    assert_eq!(at_work.is_refused().await, Code::CacheUnwritable);

    drop(lets_go);
    holding.await.unwrap();
    at_work.goes_through().await;
}

/// D21, D23: nobody is told that something is durable in a file that is gone.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_deleted_under_the_app_takes_no_clicks_and_the_text_can_be_copied() {
    let at_work = AtWork::begin().await;
    std::fs::remove_file(at_work.cache()).unwrap();
    assert_eq!(at_work.is_refused().await, Code::CacheUnwritable);
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
    let close =
        SendAndClose { conversation_id: id.clone(), text: text.clone(), file_ids: Vec::new(), last_seen_message_id };
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
    let raise =
        |transaction: &Transaction<'_>| Ok::<_, StoreError>(transaction.pragma_update(None, "user_version", 1_000)?);
    opened_beside(desk).write(raise).await.unwrap();
}

/// The cache, opened by somebody else who has the key.
fn opened_beside(desk: &Desk) -> Store {
    let key = {
        let kept = desk.keyring.kept.lock().unwrap();
        kept.iter().find(|(name, _)| name.ends_with("/key")).expect("a key in the keyring").1.clone()
    };
    Store::open(&cache_of(desk), &SecretSlice::from(key), Options::new(desk.clock.clone())).unwrap().store
}

/// The one cache of this desk.
fn cache_of(desk: &Desk) -> PathBuf {
    let accounts = desk.folder.path().join("profile").join("accounts");
    let account = std::fs::read_dir(accounts).unwrap().next().expect("an account").unwrap();
    account.path().join("signoff.db")
}
