//! The story: a customer's matter is settled from a train, and the customer comes back.

use anyhow::{Result, ensure};
use signoff_desk::{Launch, PlatformOptions, Role, until};

use crate::guide::Guide;

const CUSTOMER: &str = "Nora Lindgren";
const QUESTION: &str = "Hello! My order 48213 came with the wrong lamp. Can you exchange it?";
const REPLY: &str = "The right lamp is on its way and arrives on Thursday. Thank you, Nora, and enjoy the light!";
const RETURN: &str = "Thank you! One more thing: where do I send the wrong lamp?";
const SWITCH: &str = "Allow advisors to close conversations manually";

/// Tells it, step by step.
pub(crate) fn tell(guide: &mut Guide) -> Result<()> {
    let (mut platform, admin) = guide.step("workspace", |desk| {
        let platform = desk.platform(PlatformOptions::default())?;
        let launch = Launch::with_profile(&desk.folder().join("admin")).and(&["--workspace", platform.address()]);
        let app = desk.start(&launch)?;
        app.text_box("Email").appears()?;
        let said =
            format!("the demo workspace serves at {}; the app has found it and asks who signs in", platform.address());
        Ok(((platform, app), said))
    })?;
    let customer = platform.customer(CUSTOMER);
    let first = customer.writes(QUESTION)?;

    guide.step("admin", |_| {
        admin.sign_in("admin")?;
        Ok(((), "the admin signed in and sees the inbox".to_owned()))
    })?;
    guide.step("switch", |_| {
        admin.go_to_settings("Inbox options")?;
        let switch = admin.control(Role::Switch, SWITCH);
        ensure!(!switch.is_on()?, "the feature should be off on a new workspace (R1)");
        switch.click()?;
        admin.button("Save").click()?;
        admin.see("Saved.")?;
        Ok(((), "closing was off, is on, and the page says since when and by whom (R1, D2)".to_owned()))
    })?;
    admin.quit()?;

    let app = guide.step("advisor", |desk| {
        let app = desk.start(&Launch::for_workspace(desk, platform.address()))?;
        app.sign_in("alice")?;
        Ok((app, "Alice signed in and sees the inbox".to_owned()))
    })?;
    guide.step("reading", |_| {
        app.open_conversation(CUSTOMER)?;
        app.see(QUESTION)?;
        app.button("Send + Close").appears()?;
        Ok(((), format!("{CUSTOMER}'s question is read; Send + Close stands beside Send (R2)")))
    })?;

    guide.step("offline", |_| {
        platform.stop()?;
        app.see("Offline")?;
        Ok(((), "the platform was stopped; the app says so and stays usable".to_owned()))
    })?;
    guide.step("dialog", |desk| {
        app.write(REPLY)?;
        app.button("Send + Close").click()?;
        let dialog = desk.dialog()?;
        let says = dialog.says()?;
        ensure!(says.contains(CUSTOMER) && says.contains("final"), "the dialog says: {says}");
        ensure!(dialog.default_button()? == "Cancel", "its default should be Cancel (D3)");
        Ok((
            (),
            "the system's dialog names the customer, says that closing is final; its default is Cancel (D3)".to_owned(),
        ))
    })?;
    guide.step("queued", |desk| {
        desk.dialog()?.click("Send + Close")?;
        app.see("1 action queued")?;
        until("the row to say so", || {
            Ok(app.rows()?.iter().any(|row| row.contains(CUSTOMER) && row.contains("Queued")).then_some(()))
        })?;
        Ok(((), "confirmed, and queued durably (D21); the row says so as well (D24)".to_owned()))
    })?;
    guide.step("online", |_| {
        platform.start_again()?;
        app.go_to_queue()?;
        app.see("Done")?;
        let witness = platform.sign_in("admin")?;
        let closed = witness.conversation(&first.conversation_id)?;
        ensure!(
            closed["status"] == "closed" && closed["closed_by"]["kind"] == "advisor",
            "the platform says: {closed}"
        );
        ensure!(witness.replies(&first.conversation_id)? == [REPLY], "the reply should be there once");
        Ok(((), "the platform is back: reply, survey and closing applied exactly once (R3, D5)".to_owned()))
    })?;

    let second = guide.step("return", |desk| {
        let again = customer.writes(RETURN)?;
        ensure!(again.new_conversation, "a new conversation should begin (R9)");
        desk.notifications().wait_for(CUSTOMER)?;
        Ok((again, format!("{CUSTOMER} writes again: a new conversation (R9) and a notification (R14)")))
    })?;
    guide.step("click", |desk| {
        desk.notifications().click(desk.screen())?;
        app.comes_to_front(desk)?;
        app.conversation(CUSTOMER).appears()?;
        app.see(RETURN)?;
        let shown = until("one notification in all", || Ok(Some(desk.notifications().shown()?)))?;
        ensure!(shown.len() == 1, "one event, one notification (D30): {shown:?}");
        Ok(((), format!("a click on it opens the new conversation {} (D30)", second.conversation_id)))
    })
}
