//! Files that go with replies (D41): attached and durable, taken along by the click, uploaded once, given back with the text, and never sent
//! twice or in part (D5, D15, D21, D23).

mod support;

use chrono::TimeDelta;
use signoff_engine::outbox::{OutboxError, Wish};
use signoff_engine::remote::{Refusal, RemoteError, What};
use signoff_wire::contract::channel_settings::AttachmentLimits;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::interface::{Choice, Chosen, Code, EntryState};
use support::platform::{Call, Fate, Scripted};
use support::shift::{Shift, until};
use support::stepwise::Stepwise;
use support::{Desk, reply, reply_with, say};

const PDF: &[u8] = b"%PDF-1.7 an invoice";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR a lamp";

async fn desk() -> Desk {
    let desk = Desk::new().await;
    desk.has(&[say::conversation("c1"), say::conversation("c2")]).await;
    desk.takes_files(Some(say::limits())).await;
    desk
}

fn interrupted() -> RemoteError {
    RemoteError::Interrupted("reset by peer".to_owned())
}

fn unreachable() -> RemoteError {
    RemoteError::Unreachable("no route".to_owned())
}

fn refused(code: ProblemCode) -> RemoteError {
    RemoteError::Refused(Box::new(Refusal { status: 422, ..Refusal::because(code) }))
}

fn code(refused: Result<impl Sized, OutboxError>) -> Option<Code> {
    refused.err().map(|error| error.code())
}

/// The ids that each attempt has named.
fn named(platform: &Scripted) -> Vec<Vec<String>> {
    let named = |call: &Call| match call {
        Call::Perform { act, .. } => match &act.what {
            What::Reply { attachments, .. } | What::Close { attachments, .. } => Some(attachments.clone()),
            What::Archive | What::Assign { .. } | What::Release => None,
        },
        Call::Receipt { .. } | Call::Upload { .. } => None,
    };
    platform.script().calls.iter().filter_map(named).collect()
}

/// The names of what was uploaded, one for each request.
fn uploads(platform: &Scripted) -> Vec<String> {
    let name = |call: &Call| match call {
        Call::Upload { name } => Some(name.clone()),
        Call::Perform { .. } | Call::Receipt { .. } => None,
    };
    platform.script().calls.iter().filter_map(name).collect()
}

#[tokio::test]
async fn d21_an_attached_file_is_there_after_a_restart() {
    let desk = desk().await;
    desk.attaches("c1", "/home/zoe/invoice.pdf", PDF).await.expect("attached");
    desk.attaches("c1", "lamp.png", PNG).await.expect("attached");

    let desk = desk.reopened();

    let files = desk.shows("c1").await.composer.files;
    let shown: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.media_type.as_str(), file.size)).collect();
    assert_eq!(shown, [("invoice.pdf", "application/pdf", 19), ("lamp.png", "image/png", 23)]);
    assert_eq!(desk.shows("c2").await.composer.files, [], "a draft's files are no other conversation's");
    assert_eq!(desk.shows("c1").await.composer.takes_files, Some(say::limits()));
}

#[tokio::test]
async fn what_the_channel_does_not_take_is_refused_when_it_is_attached() {
    let desk = desk().await;
    desk.types("c1", "Here it is.").await;

    assert_eq!(code(desk.attaches("c1", "nothing.pdf", b"").await), Some(Code::FileEmpty));
    assert_eq!(code(desk.attaches("c1", "a.zip", b"PK\x03\x04").await), Some(Code::FileKindRefused));
    let Err(OutboxError::Refused { code: too_large, limit }) = desk.attaches("c1", "a", &vec![b'a'; 1_000_001]).await
    else {
        panic!("too large");
    };
    assert_eq!((too_large, limit), (Code::FileTooLarge, Some(1_000_000)));
    for _ in 0..3 {
        desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    }
    let Err(OutboxError::Refused { code: too_many, limit }) = desk.attaches("c1", "lamp.png", PNG).await else {
        panic!("too many");
    };
    assert_eq!((too_many, limit), (Code::FilesTooMany, Some(3)));
    assert_eq!(desk.attached("c1").await.len(), 3);
    assert_eq!(desk.draft("c1").await, "Here it is.", "the text is as it was");
}

#[tokio::test]
async fn where_no_files_can_be_sent_none_are_attached() {
    let nothing = AttachmentLimits { max_bytes: 0, max_count: 0, types: Vec::new() };
    for limits in [None, Some(nothing)] {
        let desk = desk().await;
        let id = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
        desk.takes_files(limits).await;

        assert_eq!(desk.shows("c1").await.composer.takes_files, None);
        assert_eq!(code(desk.attaches("c1", "lamp.png", PNG).await), Some(Code::FilesNotTaken));
        assert_eq!(code(desk.clicks("c1", reply_with("Here.", &[&id])).await), Some(Code::FilesNotTaken));
        assert_eq!(desk.attached("c1").await, ["lamp.png"], "what was attached before stays in the draft");
    }
}

#[tokio::test]
async fn files_of_a_profile_are_bounded_and_the_text_is_not_touched() {
    let desk = desk().await;
    desk.takes_files(Some(AttachmentLimits { max_bytes: 40 * 1024 * 1024, max_count: 20, ..say::limits() })).await;
    desk.types("c1", "Here it is.").await;
    let id = desk.attaches("c2", "lamp.png", PNG).await.expect("attached");
    // As if that one were as large as all of them may be.
    let most = i64::try_from(signoff_engine::files::MOST_BYTES).expect("fits");
    desk.write(move |tx| {
        tx.execute("UPDATE files SET size = ?1 - 19 WHERE id = ?2", rusqlite::params![most, id])?;
        Ok::<_, OutboxError>(())
    })
    .await
    .expect("is changed");

    desk.attaches("c1", "invoice.pdf", PDF).await.expect("the last bytes there are");
    let refused = desk.attaches("c1", "notes.txt", b"a").await;

    let Err(OutboxError::Refused { code, limit }) = refused else { panic!("full") };
    assert_eq!((code, limit), (Code::FilesFull, Some(268_435_456)));
    assert_eq!((desk.draft("c1").await.as_str(), desk.attached("c1").await.len()), ("Here it is.", 1));
}

#[tokio::test]
async fn a_click_takes_the_files_that_were_on_the_screen_and_no_others() {
    let desk = desk().await;
    let invoice = desk.attaches("c1", "invoice.pdf", PDF).await.expect("attached");
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    desk.attaches("c1", "unseen.png", PNG).await.expect("attached");
    desk.types("c1", "Here they are.").await;

    let entry = desk.clicks("c1", reply_with("Here they are.", &[&lamp, &invoice])).await.expect("queued");

    let names: Vec<_> = entry.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["lamp.png", "invoice.pdf"], "in the order of the click");
    assert_eq!((desk.draft("c1").await.as_str(), desk.attached("c1").await), ("", vec!["unseen.png".to_owned()]));
    let again = desk.clicks("c1", reply_with("Again.", &[&lamp])).await;
    assert_eq!(code(again), Some(Code::FilesChanged), "a file goes once");
    let elsewhere = desk.attaches("c2", "lamp.png", PNG).await.expect("attached");
    assert_eq!(code(desk.clicks("c1", reply_with("Hm.", &[&elsewhere])).await), Some(Code::FilesChanged));
    assert_eq!(desk.queue().await.len(), 1, "nothing else was queued");
}

#[tokio::test]
async fn r4_a_file_is_a_reply_and_nothing_is_none() {
    let desk = desk().await;
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let close =
        |file_ids| Wish::SendAndClose { text: "\n".to_owned(), file_ids, last_seen_message_id: Some("m1".into()) };

    assert_eq!(code(desk.clicks("c1", close(Vec::new())).await), Some(Code::ReplyEmpty));
    let entry = desk.clicks("c1", close(vec![lamp])).await.expect("the file is the reply");

    assert_eq!((entry.text.as_deref(), entry.files.len()), (Some("\n"), 1));
}

#[tokio::test(start_paused = true)]
async fn files_are_uploaded_before_the_attempt_that_names_them_and_gone_with_its_receipt() {
    let desk = desk().await;
    let invoice = desk.attaches("c1", "invoice.pdf", PDF).await.expect("attached");
    let large = vec![b'a'; 300_000];
    let notes = desk.attaches("c1", "notes.txt", &large).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&invoice, &notes])).await.expect("queued");
    let platform = Scripted::default();

    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;

    let files = platform.script().files.clone();
    assert_eq!(files[0], ("att1".to_owned(), "invoice.pdf".to_owned(), PDF.to_vec()));
    assert_eq!(files[1], ("att2".to_owned(), "notes.txt".to_owned(), large));
    assert_eq!(named(&platform), [["att1", "att2"]]);
    assert_eq!(desk.bytes_of_files().await, 0, "what the platform has need not be kept");
    assert_eq!(desk.entry(&entry.id).await.files.len(), 2, "what went is still told");
    assert_eq!(desk.attached("c1").await, [""; 0]);
    let shown = desk.shows("c1").await.timeline.entries.pop().expect("the reply is shown before any event came");
    let shown: Vec<_> = shown.attachments.into_iter().map(|file| (file.id, file.name)).collect();
    let expected = [("att1", "invoice.pdf"), ("att2", "notes.txt")].map(|(id, name)| (id.to_owned(), name.to_owned()));
    assert_eq!(shown, expected, "under the platform's ids");
}

#[tokio::test(start_paused = true)]
async fn d5_every_attempt_names_the_same_ids_and_nothing_is_uploaded_twice() {
    let desk = desk().await;
    let invoice = desk.attaches("c1", "invoice.pdf", PDF).await.expect("attached");
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&invoice, &lamp])).await.expect("queued");
    let platform = Scripted::default();
    platform.next_performs([
        Fate::Fails(unreachable()),
        Fate::Fails(RemoteError::Unavailable { retry_after: None, code: ProblemCode::Overloaded }),
        Fate::Fails(interrupted()),
        Fate::AnswerLost(interrupted()),
    ]);

    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;

    assert_eq!(uploads(&platform), ["invoice.pdf", "lamp.png"]);
    assert!(named(&platform).len() >= 4 && named(&platform).iter().all(|ids| ids == &["att1", "att2"]));
    assert_eq!(platform.script().applied.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn d21_a_process_that_dies_between_upload_and_attempt_goes_on_with_the_ids_it_has() {
    let desk = desk().await;
    let invoice = desk.attaches("c1", "invoice.pdf", PDF).await.expect("attached");
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&invoice, &lamp])).await.expect("queued");
    let platform = Scripted::default();
    platform.script().uploads.extend([Fate::Works, Fate::Hangs]);
    let shift = Shift::start(&desk, &platform);
    until("the second file is on its way", || async { uploads(&platform).len() == 2 }).await;
    assert_eq!(desk.entry(&entry.id).await.state, EntryState::Sending);

    shift.dies().await;
    let desk = desk.reopened();
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;

    assert_eq!(uploads(&platform), ["invoice.pdf", "lamp.png", "lamp.png"], "the first one was kept");
    assert_eq!(named(&platform), [["att1", "att2"]]);
    assert_eq!(platform.script().applied.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_breaks_off_is_tried_again_and_leaves_nothing_in_doubt() {
    let desk = desk().await;
    let invoice = desk.attaches("c1", "invoice.pdf", PDF).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&invoice])).await.expect("queued");
    let platform = Scripted::default();
    let faults = [unreachable(), interrupted(), RemoteError::Fault(500), RemoteError::Nonsense("a page".to_owned())];
    platform.script().uploads.extend(faults.map(Fate::Fails));

    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;

    assert_eq!(desk.entry(&entry.id).await.attempts, 1, "no attempt was in doubt: nothing had left under the key");
    assert_eq!((uploads(&platform).len(), named(&platform).len()), (5, 1));
}

#[tokio::test(start_paused = true)]
async fn d22_a_long_upload_holds_no_other_conversation_up() {
    let desk = desk().await;
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let long = desk.clicks("c1", reply_with("Here.", &[&lamp])).await.expect("queued");
    let short = desk.clicks("c2", reply("Hello.")).await.expect("queued");
    let platform = Scripted::default();
    platform.script().uploads.push_back(Fate::Takes(std::time::Duration::from_secs(600)));

    // Nobody knows yet whether the platform can be reached, so one goes first.
    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&short.id, EntryState::Done).await;

    assert_eq!(desk.entry(&long.id).await.state, EntryState::Sending);
    desk.until_entry(&long.id, EntryState::Done).await;
}

#[tokio::test(start_paused = true)]
async fn d15_undo_gives_text_and_files_back_in_every_state() {
    for fails in [false, true] {
        let desk = desk().await;
        let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
        desk.types("c1", "Here.").await;
        let entry = desk.clicks("c1", reply_with("Here.", &[&lamp])).await.expect("queued");
        desk.types("c1", "Begun since.").await;
        desk.attaches("c1", "later.pdf", PDF).await.expect("attached");
        let platform = Scripted::default();
        if fails {
            platform.next_performs([Fate::Fails(refused(ProblemCode::AttachmentRefused))]);
            let _shift = Shift::start(&desk, &platform);
            desk.until_entry(&entry.id, EntryState::NeedsAttention).await;
            let shown = desk.entry(&entry.id).await;
            assert_eq!(shown.attention.map(|attention| attention.code), Some(Code::FileKindRefused), "D23");
            assert_eq!((shown.choices, shown.files.len()), (vec![Choice::Edit, Choice::Discard], 1));
        }
        let choice = if fails { Choice::Edit } else { Choice::Undo };

        let chosen = desk.chooses(&entry.id, choice).await.expect("offered");

        assert_eq!(chosen, Chosen::BackInDraft { conversation_id: "c1".to_owned() });
        assert_eq!(desk.draft("c1").await, "Here.\n\nBegun since.");
        assert_eq!(desk.attached("c1").await, ["lamp.png", "later.pdf"]);
        let desk = desk.reopened();
        let again = desk.clicks("c1", reply_with("Here.", &[&lamp])).await.expect("queued anew");
        let _shift = Shift::start(&desk, &platform);
        desk.until_entry(&again.id, EntryState::Done).await;
        assert_eq!(uploads(&platform).len(), if fails { 2 } else { 1 }, "what was uploaded belonged to the other key");
    }
}

#[tokio::test(start_paused = true)]
async fn d15_what_is_taken_back_while_its_files_are_uploaded_is_never_sent() {
    let desk = desk().await;
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("", &[&lamp])).await.expect("queued");
    let platform = Scripted::default();
    platform.script().uploads.push_back(Fate::Takes(std::time::Duration::from_secs(60)));
    let _shift = Shift::start(&desk, &platform);
    until("the file is on its way", || async { uploads(&platform).len() == 1 }).await;

    let chosen = desk.chooses(&entry.id, Choice::Undo).await.expect("offered");
    desk.until_entry(&entry.id, EntryState::Cancelled).await;

    assert_eq!(chosen, Chosen::WhenSettled);
    assert_eq!(named(&platform), Vec::<Vec<String>>::new());
    assert_eq!((desk.draft("c1").await.as_str(), desk.attached("c1").await), ("", vec!["lamp.png".to_owned()]));
}

#[tokio::test]
async fn d23_a_discarded_entry_takes_its_files_along_and_a_detached_file_is_gone() {
    let desk = desk().await;
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    desk.attaches("c1", "later.pdf", PDF).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&lamp])).await.expect("queued");
    desk.write({
        let key = entry.id.clone();
        move |tx| {
            tx.execute("UPDATE outbox SET state = 'blocked', blocked_code = 'tags_missing' WHERE key = ?1", [key])?;
            Ok::<_, OutboxError>(())
        }
    })
    .await
    .expect("is changed");

    desk.chooses(&entry.id, Choice::Discard).await.expect("offered");

    assert_eq!(desk.attached("c1").await, ["later.pdf"]);
    assert_eq!(desk.bytes_of_files().await, i64::try_from(PDF.len()).expect("fits"));
    let (owner, left) = (desk.owner(), desk.shows("c1").await.composer.files[0].id.clone());
    let foreign = left.clone();
    desk.write(move |tx| signoff_engine::files::detach(tx, "somebody else", "c1", &foreign)).await.expect("nothing");
    assert_eq!(desk.attached("c1").await, ["later.pdf"], "nobody else's to take away");
    desk.write(move |tx| signoff_engine::files::detach(tx, &owner, "c1", &left)).await.expect("detached");
    assert_eq!((desk.attached("c1").await.len(), desk.bytes_of_files().await), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_the_platform_forgot_before_the_first_attempt_is_uploaded_once_more() {
    let desk = desk().await;
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&lamp])).await.expect("queued");
    let platform = Scripted::default();
    platform.next_performs([Fate::Fails(unreachable())]);
    let shift = Shift::start(&desk, &platform);
    until("the file is there", || async { named(&platform).len() == 1 }).await;
    shift.dies().await;
    // Five weeks in a drawer.
    platform.forgets_files();
    let desk = desk.reopened();
    desk.clock.advance(TimeDelta::days(36));

    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;

    assert_eq!(named(&platform), [["att1"], ["att1"], ["att2"]]);
    let calls = platform.script().calls.clone();
    let asked = calls.iter().rposition(|call| matches!(call, Call::Receipt { .. })).expect("asked first");
    let uploaded = calls.iter().rposition(|call| matches!(call, Call::Upload { .. })).expect("uploaded");
    assert!(asked < uploaded, "only where nothing was applied under the key");
    assert_eq!(platform.script().applied.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn d5_what_was_applied_unheard_is_not_uploaded_and_sent_again() {
    let desk = desk().await;
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&lamp])).await.expect("queued");
    let platform = Scripted::default();
    // A copy of the request was delayed, and has used the file up before the refused one was asked about.
    platform.next_performs([Fate::AnswerLost(refused(ProblemCode::AttachmentUnknown))]);

    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::Done).await;

    assert_eq!((uploads(&platform).len(), platform.script().applied.len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn d23_a_platform_that_keeps_losing_files_is_told_of_instead_of_fed() {
    let desk = desk().await;
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&lamp])).await.expect("queued");
    let platform = Scripted::default();
    let unknown = || Fate::Fails(refused(ProblemCode::AttachmentUnknown));
    platform.next_performs([unknown(), unknown()]);

    let shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;

    let shown = desk.entry(&entry.id).await;
    assert_eq!(shown.attention.map(|attention| attention.code), Some(Code::FilesLost));
    assert_eq!(shown.choices, [Choice::Edit, Choice::Retry, Choice::Discard]);
    assert_eq!(uploads(&platform).len(), 2);
    desk.chooses(&entry.id, Choice::Retry).await.expect("offered");
    shift.waker.look();
    desk.until_entry(&entry.id, EntryState::Done).await;
    assert_eq!(platform.script().applied.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn d23_a_damaged_file_is_not_sent_in_part() {
    let desk = desk().await;
    let notes = desk.attaches("c1", "notes.txt", &vec![b'a'; 300_000]).await.expect("attached");
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&notes])).await.expect("queued");
    let id = notes.clone();
    desk.write(move |tx| {
        tx.execute("DELETE FROM file_pieces WHERE file_id = ?1 AND number = 1", [id])?;
        Ok::<_, OutboxError>(())
    })
    .await
    .expect("is damaged");
    let platform = Scripted::default();

    let _shift = Shift::start(&desk, &platform);
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;

    assert_eq!(desk.entry(&entry.id).await.attention.map(|attention| attention.code), Some(Code::FileDamaged));
    assert_eq!(platform.call_count(), 0);
    desk.chooses(&entry.id, Choice::Edit).await.expect("offered");
    assert_eq!(desk.attached("c1").await, ["notes.txt", "lamp.png"]);
    assert_eq!(code(desk.clicks("c1", reply_with("Here.", &[&notes])).await), Some(Code::FileDamaged));
    desk.clicks("c1", reply_with("Here.", &[&lamp])).await.expect("queued");
}

#[tokio::test(start_paused = true)]
async fn d23_a_platform_without_files_sends_nothing_of_an_entry_that_has_some() {
    let desk = desk().await;
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&lamp])).await.expect("queued");
    let other = desk.clicks("c2", reply("No files.")).await.expect("queued");
    let platform = std::sync::Arc::new(Stepwise::default());

    let _shift = Shift::start_at(&desk, platform.clone(), 16);
    desk.until_entry(&entry.id, EntryState::NeedsAttention).await;
    desk.until_entry(&other.id, EntryState::Done).await;

    assert_eq!(desk.entry(&entry.id).await.attention.map(|attention| attention.code), Some(Code::FilesNotTaken));
    assert_eq!(desk.entry(&entry.id).await.choices, [Choice::Edit, Choice::Discard]);
}

#[tokio::test]
async fn d23_files_whose_entry_was_lost_with_a_damaged_cache_are_in_the_draft() {
    let desk = desk().await;
    let lamp = desk.attaches("c1", "lamp.png", PNG).await.expect("attached");
    let entry = desk.clicks("c1", reply_with("Here.", &[&lamp])).await.expect("queued");
    let owner = desk.owner();
    let now = signoff_engine::ports::Clock::now(desk.clock.as_ref());
    desk.write(move |tx| {
        tx.execute("DELETE FROM outbox WHERE key = ?1", [entry.id])?;
        signoff_engine::outbox::recover(tx, &owner, now)
    })
    .await
    .expect("is put in order");

    assert_eq!(desk.attached("c1").await, ["lamp.png"]);
}
