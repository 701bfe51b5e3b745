//! What admins do, where it needs the real window: a picture that WebKit draws, and the system's own dialog for files.

use std::fs;

use anyhow::{Context, Result};
use signoff_desk::{Launch, Role, until};

use crate::desk;

#[test]
fn d50_the_volumes_are_drawn_and_saved_where_the_admin_wants_them() -> Result<()> {
    let desk = desk()?;
    let platform = desk.platform(Default::default())?;
    let admin = desk.start(&Launch::for_workspace(&desk, platform.address()))?;
    admin.sign_in("admin")?;
    admin.way_to("Figures").click()?;

    // Only a picture that was drawn tells what is below the pointer.
    let picture = admin.control(Role::Group, "Close Conversation").place()?;
    let (left, top, ..) = desk.screen().place("Signoff")?;
    let (x, y) = (left + picture.left as i32 + 300, top + picture.top as i32 + 100);
    until("the picture to tell its values", || {
        desk.screen().click(x, y)?;
        Ok(admin.reads()?.contains(": Close Conversation ").then_some(()))
    })?;

    admin.button("Save as CSV").click()?;
    until("the system's dialog", || Ok(desk.screen().shows("Save file")?.then_some(())))?;
    desk.screen().press("Return")?;
    admin.see("Saved, ")?;
    let saved = fs::read_dir(desk.downloads())?.next().context("nothing was saved")??.path();
    let sheet = fs::read_to_string(&saved)?;
    assert!(sheet.starts_with("key,name,answer,close-conversation,"), "{sheet}");
    assert!(sheet.lines().count() > 10, "a line for each day that is shown: {sheet}");
    Ok(())
}

#[test]
fn whoever_thinks_better_of_saving_saves_nothing() -> Result<()> {
    let desk = desk()?;
    let platform = desk.platform(Default::default())?;
    let admin = desk.start(&Launch::for_workspace(&desk, platform.address()))?;
    admin.sign_in("admin")?;
    admin.way_to("Figures").click()?;
    admin.button("Save as CSV").click()?;
    until("the system's dialog", || Ok(desk.screen().shows("Save file")?.then_some(())))?;
    desk.screen().press("Escape")?;
    until("the dialog to go", || Ok((!desk.screen().shows("Save file")?).then_some(())))?;
    admin.button("Save as CSV").appears()?;
    assert_eq!(fs::read_dir(desk.downloads())?.count(), 0);
    Ok(())
}
