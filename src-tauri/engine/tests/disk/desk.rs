//! Desks that begin where another one was left: its files, as they were at a moment.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use signoff_engine::outbox::Wish;
use signoff_engine::ports::Chance;
use signoff_engine::store::{OpenError, Options, Store, Threads};
use signoff_wire::interface::AttachedFile;

use crate::support::{Desk, Dice, TestClock, key, say};
use crate::vfs::Disk;

/// The text that must not be lost.
pub(crate) const TEXT: &str = "What must not be lost.";
/// The file that must not be lost.
pub(crate) const FILE: (&str, &[u8]) = ("lamp.txt", &[b'a'; 5_000]);

/// The files of a profile.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// What is in a folder now: what the next process would find if this one were killed. The log's index goes with the process.
pub(crate) fn files_in(folder: &Path) -> Files {
    std::fs::read_dir(folder)
        .expect("a folder")
        .map(|file| file.expect("a file"))
        .map(|file| (file.file_name().to_string_lossy().into_owned(), std::fs::read(file.path()).expect("readable")))
        .filter(|(name, _)| !name.ends_with("-shm"))
        .collect()
}

/// A profile with two conversations, one of which has an answer queued, and a draft with a file in the other. `crashed`: as a killed process leaves it.
pub(crate) async fn left_behind(crashed: bool) -> Files {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1"), say::conversation("c2")]).await;
    desk.clicks("c2", crate::support::reply("Queued before.")).await.expect("queued");
    desk.takes_files(Some(say::limits())).await;
    desk.types("c1", TEXT).await;
    desk.attaches("c1", FILE.0, FILE.1).await.expect("attached");
    let folder = Arc::clone(&desk.folder);
    if crashed {
        return files_in(folder.path());
    }
    drop(desk);
    files_in(folder.path())
}

/// A folder with these files, on a disk of its own.
pub(crate) fn folder_with(files: &Files) -> (Arc<tempfile::TempDir>, Arc<Disk>) {
    let folder = Arc::new(tempfile::tempdir().expect("a temporary folder"));
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).expect("written");
    }
    let disk = Disk::under(folder.path());
    (folder, disk)
}

/// A desk in that folder.
pub(crate) fn desk_in(folder: &Arc<tempfile::TempDir>) -> Result<Desk, OpenError> {
    let options = Options { threads: Threads::Caller, ..Options::new(TestClock::new()) };
    let opened = Store::open(&folder.path().join("profile.db"), &key(7), options)?;
    let dice = Dice::new();
    // Chance begins as it did for whoever left the files behind, and a key is never used twice.
    dice.fill(&mut [0; 64]);
    Ok(Desk {
        folder: Arc::clone(folder),
        clock: TestClock::new(),
        dice,
        store: opened.store,
        rescue: opened.rescue,
        me: say::me(),
    })
}

/// What the next process makes of these files, on a disk that works.
pub(crate) async fn found_in(files: &Files) -> Found {
    let (folder, _disk) = folder_with(files);
    let desk = desk_in(&folder).expect("the next start works");
    look(&desk).await
}

/// What matters about a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The texts in the queue, each with the names of its files.
    pub(crate) queued: Vec<(String, Vec<String>)>,
    pub(crate) draft: String,
    /// The names of the draft's files.
    pub(crate) attached: Vec<String>,
    /// The file was taken for damaged.
    pub(crate) rescued: bool,
}

pub(crate) async fn look(desk: &Desk) -> Found {
    let queued = desk.queue().await.into_iter().filter_map(|entry| Some((entry.text?, names(entry.files)))).collect();
    let rescued = desk.rescue.is_some();
    // After a rescue the conversation has to be synchronised again before it can show its draft.
    if rescued {
        desk.has(&[say::conversation("c1")]).await;
    }
    Found { queued, draft: desk.draft("c1").await, attached: desk.attached("c1").await, rescued }
}

fn names(files: Vec<AttachedFile>) -> Vec<String> {
    files.into_iter().map(|file| file.name).collect()
}

/// The click that sends what is in the draft.
pub(crate) async fn sends(desk: &Desk) -> Wish {
    let files = desk.shows("c1").await.composer.files;
    let file_ids = files.into_iter().map(|file| file.id).collect();
    Wish::Reply { text: TEXT.to_owned(), file_ids, trigger_survey: false, last_seen_message_id: None }
}

/// Before the click, and after it.
pub(crate) fn before() -> Found {
    let queued = vec![("Queued before.".to_owned(), Vec::new())];
    Found { queued, draft: TEXT.to_owned(), attached: vec![FILE.0.to_owned()], rescued: false }
}

pub(crate) fn after() -> Found {
    let queued = vec![("Queued before.".to_owned(), Vec::new()), (TEXT.to_owned(), vec![FILE.0.to_owned()])];
    Found { queued, draft: String::new(), attached: Vec::new(), rescued: false }
}
