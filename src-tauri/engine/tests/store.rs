//! The profile's file: durable, encrypted, and never lost by accident.

mod support;

use std::sync::Arc;

use signoff_engine::cache::CacheError;
use signoff_engine::store::{OpenError, Options, Store, StoreError, Threads, meta};
use signoff_wire::interface::EntryState;
use support::{Desk, TestClock, key, reply, say};

fn options() -> Options {
    Options { threads: Threads::Caller, ..Options::new(TestClock::new()) }
}

#[tokio::test]
async fn d21_what_was_written_is_there_after_the_process_is_gone() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    desk.clicks("c1", reply("On my way.")).await.expect("queued");

    let desk = desk.reopened();

    let queue = desk.queue().await;
    assert_eq!(queue.len(), 1, "the click survives");
    assert_eq!(queue[0].text.as_deref(), Some("On my way."));
    assert_eq!(queue[0].state, EntryState::Queued);
}

#[tokio::test]
async fn nothing_of_a_failed_write_remains() {
    let desk = Desk::new().await;

    let refused: Result<(), CacheError> = desk
        .write(|tx| {
            meta::set(tx, "half", "done")?;
            Err(CacheError::ConversationUnknown)
        })
        .await;

    assert!(refused.is_err());
    let half = desk.store.read(|c| Ok::<_, StoreError>(meta::get(c, "half")?)).await.expect("readable");
    assert_eq!(half, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_write_leaves_its_neighbours_in_the_same_commit_alone() {
    let desk = Desk::with(Options::new(TestClock::new())).await;
    let writes = (0..200).map(|number| {
        let store = desk.store.clone();
        async move {
            store
                .write(move |tx| {
                    meta::set(tx, &format!("n{number}"), "1")?;
                    if number % 2 == 0 { Ok(()) } else { Err(StoreError::Unwritable) }
                })
                .await
        }
    });

    let outcomes = futures_util::future::join_all(writes).await;

    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 100);
    let kept: i64 = desk
        .store
        .read(|c| Ok::<_, StoreError>(c.query_row("SELECT count(*) FROM meta WHERE name LIKE 'n%'", [], |r| r.get(0))?))
        .await
        .expect("readable");
    assert_eq!(kept, 100, "the good half, and nothing of the bad one");
    assert!(desk.store.commits() < 200, "commits were shared");
}

#[tokio::test]
async fn readers_cannot_write() {
    let desk = Desk::new().await;

    let written = desk.store.read(|c| Ok::<_, StoreError>(meta::set(c, "by", "a reader")?)).await;

    assert!(matches!(written, Err(StoreError::Unwritable)), "{written:?}");
}

#[tokio::test]
async fn a_wrong_key_is_told_from_damage_and_harms_nothing() {
    let desk = Desk::new().await;
    let path = desk.store.path().to_owned();
    drop(desk.store);

    let wrong = Store::open(&path, &key(8), options());

    assert!(matches!(wrong, Err(OpenError::KeyDoesNotFit)), "{wrong:?}");
    Store::open(&path, &key(7), options()).expect("the right key still opens it");
}

#[tokio::test]
async fn no_text_stands_in_the_file_in_clear() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    desk.clicks("c1", reply("a very secret sentence")).await.expect("queued");
    let folder = desk.folder.clone();
    drop(desk);

    for file in std::fs::read_dir(folder.path()).expect("the folder").flatten() {
        let bytes = std::fs::read(file.path()).expect("a file");
        let found = bytes.windows(11).any(|window| window == b"very secret");
        assert!(!found, "{:?} holds the text in clear", file.file_name());
    }
}

#[tokio::test]
async fn an_older_program_refuses_a_newer_file() {
    let desk = Desk::new().await;
    let path = desk.store.path().to_owned();
    desk.write(|tx| Ok::<_, StoreError>(tx.pragma_update(None, "user_version", 99)?)).await.expect("written");
    drop(desk.store);

    let newer = Store::open(&path, &key(7), options());

    assert!(matches!(newer, Err(OpenError::Newer { found: 99, .. })), "{newer:?}");
}

#[tokio::test]
async fn a_folder_that_is_none_is_said_to_be_unwritable() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("file");
    std::fs::write(&file, b"not a folder").expect("written");

    let opened = Store::open(&file.join("profile.db"), &key(7), options());

    assert!(matches!(opened, Err(OpenError::Unwritable(_))), "{opened:?}");
}

#[tokio::test]
async fn d23_a_full_disk_queues_nothing_and_the_draft_stays() {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1")]).await;
    let long = "The text that must not be lost. ".repeat(500);
    desk.types("c1", &long).await;
    // No page can be added to the file any more.
    desk.write(|tx| {
        let pages: i64 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
        Ok::<_, StoreError>(())
    })
    .await
    .expect("the limit is set");

    let mut refused = None;
    for _ in 0..20 {
        match desk.clicks("c1", reply(&long)).await {
            Ok(_) => desk.types("c1", &long).await,
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }

    let refused = refused.expect("the disk fills up");
    assert_eq!(refused.code(), signoff_wire::interface::Code::DiskFull, "{refused:?}");
    assert_eq!(desk.draft("c1").await, long, "the text stays where it was typed");
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_the_outbox_carried_over() {
    let desk = Desk::new().await;
    let conversations: Vec<_> = (0..400).map(|number| say::conversation(&format!("c{number}"))).collect();
    desk.has(&conversations).await;
    desk.clicks("c1", reply("Typed on a train.")).await.expect("queued");
    desk.types("c2", "Half a sentence").await;
    desk.write(|tx| {
        let told = "INSERT INTO notifications (event, kind, conversation_id, customer_name, recorded_at, told) \
            VALUES ('returned/c1', 'returned_after_close', 'c1', 'C', 1, 1)";
        Ok::<_, StoreError>(tx.execute(told, [])?)
    })
    .await
    .expect("written");
    let (path, folder) = (desk.store.path().to_owned(), desk.folder.clone());
    drop(desk.store);
    damage_the_middle(&path);

    let opened = Store::open(&path, &key(7), options()).expect("opens, damaged or not");
    let (store, rescue) = match opened.rescue {
        Some(rescue) => (opened.store, rescue),
        None => {
            // Nothing on the way to an open file reads the damaged page. Whoever does marks the file.
            let read = opened.store.verify().await;
            assert!(matches!(read, Err(StoreError::Corrupt)), "{read:?}");
            drop(opened.store);
            let again = Store::open(&path, &key(7), options()).expect("opens");
            (again.store, again.rescue.expect("set aside at the next start"))
        }
    };

    assert_eq!((rescue.entries, rescue.drafts), (1, 1), "{rescue:?}");
    assert!(rescue.set_aside.exists(), "the damaged file is still there");
    let (told, me) = store
        .read(|c| {
            let told: i64 = c.query_row("SELECT count(*) FROM notifications WHERE told = 1", [], |row| row.get(0))?;
            Ok::<_, CacheError>((told, signoff_engine::cache::facts::me(c)?))
        })
        .await
        .expect("readable");
    assert_eq!(told, 1, "nothing is announced twice (D30)");
    assert!(me.is_some(), "nobody has to sign in again");
    drop(folder);
}

/// Overwrites a few pages with noise, none of them the first.
fn damage_the_middle(path: &std::path::Path) {
    let mut bytes = std::fs::read(path).expect("the file");
    let middle = (bytes.len() / 2) & !4095;
    for byte in &mut bytes[middle..middle + 4096] {
        *byte ^= 0x5a;
    }
    std::fs::write(path, bytes).expect("damaged");
}

#[tokio::test]
async fn damage_to_the_first_page_is_told_from_a_wrong_key() {
    let desk = Desk::new().await;
    let (path, _folder) = (desk.store.path().to_owned(), desk.folder.clone());
    drop(desk.store);
    let mut bytes = std::fs::read(&path).expect("the file");
    for byte in &mut bytes[..4096] {
        *byte ^= 0x5a;
    }
    std::fs::write(&path, bytes).expect("damaged");

    let opened = Store::open(&path, &key(7), options()).expect("a new file stands in its place");

    let rescue = opened.rescue.expect("set aside");
    assert!(!rescue.complete, "nobody claims that nothing was lost");
}

/// A store whose process dies around a commit.
struct DiesAt {
    commit: u64,
    after: bool,
}

impl signoff_engine::store::Disk for DiesAt {
    fn before_commit(&self, commit: u64) -> Result<(), StoreError> {
        if commit == self.commit && !self.after { Err(StoreError::Closed) } else { Ok(()) }
    }

    fn after_commit(&self, commit: u64) -> Result<(), StoreError> {
        if commit == self.commit && self.after { Err(StoreError::Closed) } else { Ok(()) }
    }
}

#[tokio::test]
async fn d21_a_click_is_durable_or_it_is_not_whenever_the_process_dies() {
    for after in [false, true] {
        let disk = Arc::new(DiesAt { commit: 3, after });
        let desk = Desk::with(Options { disk, ..options() }).await;
        desk.has(&[say::conversation("c1")]).await;

        let clicked = desk.clicks("c1", reply("Hello")).await;

        assert!(clicked.is_err(), "the process is gone before it can answer");
        let desk = desk.reopened();
        assert_eq!(desk.queue().await.len(), usize::from(after), "committed: {after}");
    }
}
