//! Files that go with a reply (D41), as a person brings them: chosen in the system's own dialog, dragged from another program's window, copied
//! there and pasted here.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use serde_json::Value;
use signoff_desk::{App, Desk, Launch, Role, until};

use crate::{GOODBYE, alice, desk, platform_with_closing};

#[test]
fn d41_a_file_chosen_offline_outlives_the_app_and_goes_with_the_closing() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let customer = platform.customer("Noor Faber");
    let id = customer.writes("Could you send me the invoice again?")?.conversation_id;
    let cable = desk.cable(&platform)?;
    let invoice = file(&desk, "Invoice 100% paid.pdf", b"%PDF-1.4 an invoice")?;
    let app = alice(&desk, &cable.address())?;
    app.open_conversation(customer.name())?;
    cable.unplug();

    app.button("Attach files").click()?;
    desk.dialog()?.choose(&invoice, "Attach")?;
    app.button("Remove Invoice 100% paid.pdf").appears()?;
    app.write(GOODBYE)?;
    app.send_and_close(&desk)?;
    app.see("Queued")?;
    app.kill()?;

    let app = desk.start(&Launch::with_profile(&desk.profile()))?;
    cable.plug_in()?;
    let admin = platform.sign_in("admin")?;
    until("the conversation to be closed", || Ok((admin.conversation(&id)?["status"] == "closed").then_some(())))?;
    let sent = files_of_replies(&admin.timeline(&id)?);
    assert_eq!(sent, [("Invoice 100% paid.pdf".to_owned(), "application/pdf".to_owned(), 19)], "once, by its name");

    app.tab("Closed").click()?;
    app.open_conversation(customer.name())?;
    app.control_with(Role::Button, "Save Invoice 100% paid.pdf").click()?;
    desk.dialog()?.press("Return")?;
    let saved = desk.downloads().join("Invoice 100% paid.pdf");
    until("the file to be saved", || {
        Ok(fs::read(&saved).ok().filter(|bytes| bytes == b"%PDF-1.4 an invoice").map(drop))
    })
}

#[test]
fn d41_files_that_are_dropped_and_pasted_go_with_the_reply() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let customer = platform.customer("Ines Calder");
    let id = customer.writes("How do I reset it?")?.conversation_id;
    let app = alice(&desk, platform.address())?;
    app.open_conversation(customer.name())?;
    let steps = file(&desk, "steps.txt", b"Hold the button for ten seconds.")?;
    let label = file(&desk, "label.txt", b"Type 12")?;

    let held = desk.files(&[&steps, &label])?;
    held.drag_over(middle_of(&desk, &app, customer.name())?, || Ok(app.reads()?.contains("Drop to attach")))?;
    held.let_go()?;
    app.button("Remove steps.txt").appears()?;
    app.button("Remove label.txt").appears()?;
    app.see_no_more("Drop to attach")?;
    app.button("Remove label.txt").click()?;
    app.button("Remove label.txt").goes()?;
    drop(held);

    let shot = file(&desk, "shot.png", PICTURE)?;
    let copied = desk.picture(&shot)?;
    paste(&desk, &app)?;
    until("the picture beside the file", || {
        let reads = app.reads()?;
        Ok((reads.contains("steps.txt") && reads.contains(".png")).then_some(()))
    })?;
    drop(copied);
    app.write("As described in the file.")?;
    app.button("Send").click()?;

    let admin = platform.sign_in("admin")?;
    let sent = until("the reply to have arrived", || {
        let sent = files_of_replies(&admin.timeline(&id)?);
        Ok((!sent.is_empty()).then_some(sent))
    })?;
    let kinds: Vec<_> = sent.iter().map(|(_, kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["text/plain", "image/png"], "{sent:?}");
    assert_eq!((sent[0].0.as_str(), sent[0].2), ("steps.txt", 32));
    app.control_with(Role::Img, "Picture from").appears()
}

#[test]
fn d41_copied_files_are_pasted_and_a_cancelled_dialog_attaches_nothing() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let customer = platform.customer("Paul Reed");
    customer.writes("Is there a manual?")?;
    let app = alice(&desk, platform.address())?;
    app.open_conversation(customer.name())?;
    app.write("Here it is.")?;

    app.button("Attach files").click()?;
    desk.dialog()?.press("Escape")?;
    until("the button to be ready again", || Ok(app.button("Attach files").is_enabled()?.then_some(())))?;
    assert!(!app.control_with(Role::Button, "Remove ").is_there()?, "nothing was chosen");

    let manual = file(&desk, "manual.txt", b"Chapter one.")?;
    let copied = desk.files(&[&manual])?;
    paste(&desk, &app)?;
    app.button("Remove manual.txt").appears()?;
    drop(copied);
    assert_eq!(app.text_box("Reply").value()?, "Here it is.", "no path of this computer is in the reply");
    Ok(())
}

/// A picture of one dot.
const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00, 0x00, 0x00, 0x0d, 0x49,
    0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x30, 0x68, 0xb8, 0xf0, 0x1f, 0x00, 0x04, 0xe4, 0x02, 0x80, 0xe0, 0x41, 0x36,
    0x3f, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

fn file(desk: &Desk, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let path = desk.folder().join(name);
    fs::write(&path, bytes)?;
    Ok(path)
}

/// The middle of the conversation, on the screen.
fn middle_of(desk: &Desk, app: &App, customer: &str) -> Result<(i32, i32)> {
    let place = app.conversation(customer).place()?;
    let (left, top, ..) = desk.screen().place("Signoff")?;
    let across = |from: f64, to: f64| (from + to) as i32 / 2;
    Ok((left + across(place.left, place.right), top + across(place.top, place.bottom)))
}

fn paste(desk: &Desk, app: &App) -> Result<()> {
    desk.screen().activate("Signoff")?;
    app.text_box("Reply").click()?;
    desk.screen().press("ctrl+v")
}

/// Name, kind and size in bytes of what came with the replies.
fn files_of_replies(timeline: &[Value]) -> Vec<(String, String, u64)> {
    let replies = timeline.iter().filter(|entry| entry["kind"] == "reply" && entry["author"]["kind"] == "advisor");
    replies
        .filter_map(|reply| reply["attachments"].as_array())
        .flatten()
        .filter_map(|file| {
            let text = |field: &str| file[field].as_str().map(str::to_owned);
            Some((text("name")?, text("media_type")?, file["size"].as_u64()?))
        })
        .collect()
}
