//! A click whose disk fails at each of its operations.

use rusqlite::ffi;

use crate::desk::{FILE, after, before, desk_in, files_in, folder_with, found_in, left_behind, look, sends};
use crate::vfs::{Fault, Lasts, Op};

/// Every way to fail: what, with which code, for how long, and how much of a write is done before.
const WAYS: &[(Op, i32, Lasts, i32)] = &[
    (Op::Open, ffi::SQLITE_CANTOPEN, Lasts::ForItsKind, 0),
    (Op::Open, ffi::SQLITE_READONLY, Lasts::Once, 0),
    (Op::Read, ffi::SQLITE_IOERR_READ, Lasts::Once, 0),
    (Op::Read, ffi::SQLITE_IOERR_READ, Lasts::ForItsKind, 0),
    (Op::Write, ffi::SQLITE_IOERR_WRITE, Lasts::ForAllChanges, 0),
    (Op::Write, ffi::SQLITE_IOERR_WRITE, Lasts::Once, 1),
    (Op::Write, ffi::SQLITE_IOERR_WRITE, Lasts::ForItsKind, 2),
    (Op::Write, ffi::SQLITE_FULL, Lasts::ForItsKind, 0),
    (Op::Sync, ffi::SQLITE_IOERR_FSYNC, Lasts::Once, 0),
    (Op::Sync, ffi::SQLITE_IOERR_FSYNC, Lasts::ForItsKind, 0),
    (Op::Sync, ffi::SQLITE_IOERR_FSYNC, Lasts::ForAllChanges, 0),
    (Op::Truncate, ffi::SQLITE_IOERR_TRUNCATE, Lasts::ForItsKind, 0),
    (Op::Size, ffi::SQLITE_IOERR_FSTAT, Lasts::Once, 0),
    (Op::MapIndex, ffi::SQLITE_IOERR_SHMMAP, Lasts::Once, 0),
    (Op::MapIndex, ffi::SQLITE_IOERR_SHMSIZE, Lasts::ForItsKind, 0),
    (Op::LockIndex, ffi::SQLITE_IOERR_SHMLOCK, Lasts::Once, 0),
    (Op::LockIndex, ffi::SQLITE_BUSY, Lasts::ForItsKind, 0),
];

/// Each fault there is, until one comes too late to be met.
pub(crate) async fn at_every_operation(mut meets: impl AsyncFnMut(Fault) -> bool) -> u64 {
    let mut met = 0;
    for (op, code, lasts, halves_done) in WAYS.iter().copied() {
        for at in 1.. {
            if !meets(Fault { op, at, lasts, code, halves_done }).await {
                break;
            }
            met += 1;
        }
    }
    met
}

#[tokio::test(start_paused = true)]
async fn d23_a_click_answers_with_an_error_or_is_durable_whatever_fails_at_whichever_operation() {
    let files = left_behind(true).await;
    let met = at_every_operation(async |fault| {
        let (folder, disk) = folder_with(&files);
        let desk = desk_in(&folder).expect("opens");
        let click = sends(&desk).await;
        disk.fails(fault);

        let clicked = desk.clicks("c1", click.clone()).await;

        // The process is killed here: what is in the files is what the next one finds.
        let expected = if clicked.is_ok() { after() } else { before() };
        assert_eq!(found_in(&files_in(folder.path())).await, expected, "killed after {fault:?}: {clicked:?}");
        // Or it lives on, and the disk works again.
        let has_failed = disk.works();
        assert_eq!(look(&desk).await, expected, "alive after {fault:?}");
        if clicked.is_err() {
            desk.clicks("c1", click).await.expect("the same click works now");
        }
        assert_eq!(look(&desk).await, after(), "one click after {fault:?}");
        drop(desk);
        assert_eq!(found_in(&files_in(folder.path())).await, after(), "closed after {fault:?}");
        has_failed
    })
    .await;
    assert!(met > 100, "{met} faults were met");
}

#[tokio::test(start_paused = true)]
async fn d23_a_file_is_attached_whole_or_not_at_all_whatever_fails_at_whichever_operation() {
    let files = left_behind(true).await;
    let met = at_every_operation(async |fault| {
        let (folder, disk) = folder_with(&files);
        let desk = desk_in(&folder).expect("opens");
        disk.fails(fault);

        let attached = desk.attach("c1", "second.txt", FILE.1).await;

        let has_failed = disk.works();
        drop(desk);
        let desk = desk_in(&folder).expect("opens");
        let expected = if attached.is_ok() { vec![FILE.0, "second.txt"] } else { vec![FILE.0] };
        assert_eq!(desk.attached("c1").await, expected, "after {fault:?}: {attached:?}");
        let bytes = i64::try_from(expected.len() * FILE.1.len()).expect("fits");
        assert_eq!(desk.bytes_of_files().await, bytes, "after {fault:?}");
        desk.clicks("c1", sends(&desk).await).await.expect("every file is whole");
        has_failed
    })
    .await;
    assert!(met > 50, "{met} faults were met");
}
