//! The power is cut: what was not flushed is there in part, or not at all.

use std::collections::BTreeMap;

use crate::desk::{Files, after, before, desk_in, files_in, folder_with, found_in, left_behind, sends};
use crate::vfs::Image;

#[tokio::test(start_paused = true)]
async fn d21_an_answered_click_survives_a_power_cut_at_any_moment() {
    let (folder, disk) = folder_with(&left_behind(false).await);
    let desk = desk_in(&folder).expect("opens");
    let click = sends(&desk).await;
    disk.keeps_cuts();

    desk.clicks("c1", click).await.expect("queued");

    let while_clicking = disk.cuts();
    disk.keeps_cuts();
    // The last one to close the file takes the log into it.
    drop(desk);
    let while_closing = disk.cuts();
    let beside = files_in(folder.path());
    let mut answered = 0;
    for (number, cut) in while_clicking[..while_clicking.len() - 1].iter().enumerate() {
        for files in outcomes(cut, &beside, number) {
            let found = found_in(&files).await;
            assert!(found == before() || found == after(), "cut at operation {number} of the click: {found:?}");
        }
    }
    let last = while_clicking.last().into_iter();
    for (number, cut) in last.chain(&while_closing).enumerate() {
        for files in outcomes(cut, &beside, number) {
            assert_eq!(found_in(&files).await, after(), "cut {number} operations after the answer");
            answered += 1;
        }
    }
    assert!(while_clicking.len() > 10 && answered > 30, "there were moments enough");
}

/// What a disk may have made of a cut: nothing that was not flushed, all of it, or every second write, since a disk keeps no order.
fn outcomes(cut: &BTreeMap<String, Image>, beside: &Files, number: usize) -> Vec<Files> {
    let made_it: [&dyn Fn(usize) -> bool; 3] = [&|_| false, &|_| true, &|write| (write + number).is_multiple_of(2)];
    let outcome = |made_it: &dyn Fn(usize) -> bool| {
        let mut files = beside.clone();
        files.extend(cut.iter().map(|(name, image)| (name.clone(), image.with(made_it))));
        files
    };
    made_it.into_iter().map(outcome).collect()
}
