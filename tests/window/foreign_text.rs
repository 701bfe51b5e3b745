//! Text of customers and advisors is text: in the timeline, in the system's dialog, in notifications.

use anyhow::Result;
use signoff_desk::{Role, until};

use crate::{alice, desk, platform_with_closing};

const NAME: &str = "<b>Eve</b> & <i>Quimbleton</i> %s";
const MESSAGE: &str =
    "<img src=x onerror=\"document.title='owned'\"> &amp; <script>document.title='owned'</script> </p>";

#[test]
fn markup_and_script_are_shown_as_text_in_timeline_dialog_and_notification() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let customer = platform.customer(NAME);
    let id = customer.writes(MESSAGE)?.conversation_id;
    let app = alice(&desk, platform.address())?;

    // By the one word of it that no other conversation has: the others are in many.
    app.search("Quimbleton")?;
    app.open_row(NAME)?;
    app.see(MESSAGE)?;
    let reply = "<u>Thanks</u> & <script>alert(1)</script>";
    app.write(reply)?;
    app.button("Send + Close").click()?;
    let dialog = desk.dialog()?;
    assert!(dialog.says()?.contains(NAME), "the dialog shows the name as it is: {}", dialog.says()?);
    dialog.click("Send + Close")?;
    let admin = platform.sign_in("admin")?;
    until("the reply at the platform", || Ok((admin.replies(&id)? == [reply]).then_some(())))?;

    customer.writes(MESSAGE)?;
    let shown = desk.notifications().wait_for("written again")?;
    assert!(shown.title.contains(NAME), "the title shows the name as it is: {shown:?}");
    assert!(shown.reads().contains(MESSAGE), "the body reads as it was written: {shown:?}");
    assert!(desk.screen().shows("Signoff")?, "nothing of it ran: the window's title is its own");
    Ok(())
}

#[test]
fn a_text_that_runs_from_right_to_left_is_kept_and_changes_nothing_around_it() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let customer = platform.customer("ליאור כהן");
    let message = "איפה החבילה שלי? \u{202e}abc";
    let id = customer.writes(message)?.conversation_id;
    let app = alice(&desk, platform.address())?;

    app.open_conversation(customer.name())?;
    app.see(message)?;
    let reply = "החבילה בדרך, תודה!";
    app.text_box("Reply").paste(reply)?;
    app.button("Send").click()?;

    let admin = platform.sign_in("admin")?;
    until("the reply at the platform", || Ok((admin.replies(&id)? == [reply]).then_some(())))?;
    Ok(())
}

#[test]
fn a_reply_of_five_megabytes_is_refused_before_it_is_sent_and_kept() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let customer = platform.customer("Jo Penn");
    let id = customer.writes("Send me everything you have.")?.conversation_id;
    let app = alice(&desk, platform.address())?;
    app.open_conversation(customer.name())?;

    app.text_box("Reply").paste(&"five megabytes. ".repeat(5 * 1024 * 1024 / 16))?;

    app.see("characters too many")?;
    assert!(!app.button("Send").is_enabled()?, "it cannot be sent");
    assert!(!app.button("Send + Close").is_enabled()?, "nor closed with");
    app.write("In short: everything is on our site.")?;
    app.button("Send").click()?;
    let admin = platform.sign_in("admin")?;
    until("the short reply at the platform", || Ok((admin.replies(&id)?.len() == 1).then_some(())))?;
    app.control(Role::TextBox, "Reply").appears()
}
