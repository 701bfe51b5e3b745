//! A queued action survives whatever happens between the click and the platform (D4, D5, D21, D24).

use anyhow::Result;
use signoff_desk::{Launch, until};

use crate::{GOODBYE, alice, desk, platform_with_closing};

#[test]
fn d5_d21_queued_offline_killed_and_started_again_it_is_applied_once() -> Result<()> {
    let desk = desk()?;
    let mut platform = platform_with_closing(&desk)?;
    let name = "Walter Brook";
    let id = platform.customer(name).writes("The second invoice is wrong.")?.conversation_id;
    let app = alice(&desk, platform.address())?;
    app.open_conversation(name)?;

    platform.stop()?;
    app.see("Offline")?;
    app.write(GOODBYE)?;
    app.button("Send + Close").click()?;
    let dialog = desk.dialog()?;
    assert!(dialog.says()?.contains("offline"), "the dialog says that it will be queued");
    dialog.click("Send + Close")?;
    app.see("1 action queued")?;
    until("the row to say so (D24)", || {
        Ok(app.rows()?.iter().any(|row| row.contains(name) && row.contains("Queued")).then_some(()))
    })?;
    app.kill()?;

    let app = desk.start(&Launch::for_workspace(&desk, platform.address()))?;
    app.see("1 action queued")?;
    app.go_to_queue()?;
    app.see(GOODBYE)?;
    app.button("Undo").appears()?;

    platform.start_again()?;
    app.see("Done")?;
    let admin = platform.sign_in("admin")?;
    assert_eq!(admin.conversation(&id)?["status"], "closed");
    assert_eq!(admin.replies(&id)?, [GOODBYE], "the reply, once");
    let closings = admin.exported_actions(&id)?.into_iter().filter(|row| row["type"] == "close-conversation").count();
    assert_eq!(closings, 1, "the closing, once");
    Ok(())
}

#[test]
fn d4_d24_an_answer_lost_on_the_way_and_a_crash_close_once() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let cable = desk.cable(&platform)?;
    let name = "Xenia Ford";
    let id = platform.customer(name).writes("Please cancel my order.")?.conversation_id;
    let app = alice(&desk, &cable.address())?;
    app.open_conversation(name)?;
    app.write(GOODBYE)?;

    cable.swallow_answers();
    app.send_and_close(&desk)?;
    let admin = platform.sign_in("admin")?;
    until("the platform to have closed the conversation", || {
        Ok((admin.conversation(&id)?["status"] == "closed").then_some(()))
    })?;
    until("its answer to be lost", || Ok(cable.has_swallowed().then_some(())))?;
    app.kill()?;
    cable.unplug();

    let app = desk.start(&Launch::for_workspace(&desk, &cable.address()))?;
    app.go_to_queue()?;
    app.see("Checking")?;
    cable.plug_in()?;
    app.see("Done")?;
    assert_eq!(admin.replies(&id)?, [GOODBYE], "the reply, once");
    let closings = admin.exported_actions(&id)?.into_iter().filter(|row| row["type"] == "close-conversation").count();
    assert_eq!(closings, 1, "the closing, once");
    Ok(())
}

#[test]
fn d15_until_the_platform_has_it_it_can_be_undone_word_for_word() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let cable = desk.cable(&platform)?;
    let name = "Yann Field";
    let id = platform.customer(name).writes("Thanks, all good now.")?.conversation_id;
    let app = alice(&desk, &cable.address())?;
    app.open_conversation(name)?;
    let reply = "Glad to hear it!  Two  spaces,\nand a second line.";

    cable.unplug();
    app.see("Offline")?;
    app.text_box("Reply").paste(reply)?;
    app.send_and_close(&desk)?;
    app.go_to_queue()?;
    app.button("Undo").click()?;
    app.see("Undone")?;

    app.go_to_inbox()?;
    app.open_conversation(name)?;
    assert_eq!(app.text_box("Reply").value()?, reply, "the draft is back, word for word");
    cable.plug_in()?;
    app.see_no_more("Offline")?;
    let admin = platform.sign_in("admin")?;
    assert_eq!(admin.conversation(&id)?["status"], "open", "nothing was applied");
    assert_eq!(admin.replies(&id)?, [""; 0], "and nothing sent");
    Ok(())
}
