//! A start whose disk fails at each of its operations.

use crate::clicks::at_every_operation;
use crate::desk::{before, desk_in, files_in, folder_with, found_in, left_behind, look};

#[tokio::test(start_paused = true)]
async fn d21_a_start_fails_or_works_and_loses_nothing_whatever_fails_at_whichever_operation() {
    for crashed in [false, true] {
        let files = left_behind(crashed).await;
        let met = at_every_operation(async |fault| {
            let (folder, disk) = folder_with(&files);
            disk.fails(fault);

            let opened = desk_in(&folder);

            let has_failed = disk.works();
            if let Ok(desk) = opened {
                assert_eq!(look(&desk).await, before(), "started in spite of {fault:?}");
            }
            assert_eq!(found_in(&files_in(folder.path())).await, before(), "started again after {fault:?}");
            has_failed
        })
        .await;
        assert!(met > 20, "{met} faults were met");
    }
}
