//! Files that something has happened to: torn, damaged, deleted.

use signoff_engine::store::StoreError;
use signoff_wire::interface::Code;

use crate::desk::{Found, TEXT, after, before, desk_in, files_in, folder_with, found_in, left_behind, look, sends};
use crate::support::reply;

const LOG: &str = "profile.db-wal";
const FILE: &str = "profile.db";
const PAGE: usize = 4096;
const LOG_HEADER: usize = 32;
const FRAME: usize = 24 + PAGE;

#[tokio::test(start_paused = true)]
async fn a_torn_log_holds_the_click_whole_or_not_at_all() {
    let (folder, _disk) = folder_with(&left_behind(false).await);
    let desk = desk_in(&folder).expect("opens");
    desk.clicks("c1", sends(&desk).await).await.expect("queued");
    let files = files_in(folder.path());
    let whole = files[LOG].len();
    let boundaries = (0..).map(|frame| LOG_HEADER + frame * FRAME).take_while(|end| *end < whole);
    let torn = boundaries.flat_map(|end| [end.saturating_sub(FRAME / 2), end, end + 7]);
    for length in torn.chain([0, whole - 1]).filter(|length| *length < whole) {
        let mut files = files.clone();
        files.entry(LOG.to_owned()).and_modify(|log| log.truncate(length));
        assert_eq!(found_in(&files).await, before(), "torn off at {length} of {whole}");
    }
    assert_eq!(found_in(&files).await, after(), "and whole, it is there");
}

#[tokio::test(start_paused = true)]
async fn whichever_page_is_damaged_nothing_is_lost_without_being_said() {
    let files = left_behind(false).await;
    for page in 0..files[FILE].len() / PAGE {
        let mut files = files.clone();
        let damage =
            |file: &mut Vec<u8>| file[page * PAGE + 100..page * PAGE + 200].iter_mut().for_each(|byte| *byte ^= 0x5a);
        files.entry(FILE.to_owned()).and_modify(damage);
        let (folder, _disk) = folder_with(&files);
        let mut desk = desk_in(&folder).expect("opens, damaged or not");
        if desk.rescue.is_none() {
            // Nothing on the way to an open file reads the page. Whoever does marks the file.
            let verdict = desk.store.verify().await;
            assert!(matches!(verdict, Err(StoreError::Corrupt)), "page {page}: {verdict:?}");
            drop(desk);
            desk = desk_in(&folder).expect("opens");
        }
        let rescue = desk.rescue.clone().expect("set aside");
        let found = look(&desk).await;
        if rescue.complete {
            assert_eq!(found, Found { rescued: true, ..before() }, "page {page}: {rescue:?}");
        } else {
            // What was on the page is gone. The rest is not, and the file is still there for whoever can read more.
            assert_eq!((found.queued.len(), usize::from(!found.draft.is_empty())), (rescue.entries, rescue.drafts));
            assert!(rescue.set_aside.exists(), "page {page}");
        }
        desk.clicks("c1", reply("And on it goes.")).await.expect("the new file takes clicks");
    }
}

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn a_file_that_was_deleted_while_it_was_open_takes_no_clicks() {
    for deleted in [FILE, LOG] {
        let (folder, _disk) = folder_with(&left_behind(true).await);
        let desk = desk_in(&folder).expect("opens");
        assert_eq!(desk.draft("c1").await, TEXT, "a reader is open as well");
        std::fs::remove_file(folder.path().join(deleted)).expect("there");

        let clicked = desk.clicks("c1", reply(TEXT)).await.expect_err("it could not be durable");

        assert_eq!(clicked.code(), Code::CacheUnwritable, "{deleted}");
        assert_eq!(desk.draft("c1").await, TEXT, "{deleted}: the text is still to be had");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_was_deleted_between_two_starts_is_a_new_one() {
    let mut files = left_behind(false).await;
    files.remove(FILE);
    let (folder, _disk) = folder_with(&files);

    let desk = desk_in(&folder).expect("opens");

    assert!(desk.queue().await.is_empty() && desk.rescue.is_none(), "nobody claims to have rescued anything");
}
