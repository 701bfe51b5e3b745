//! What needs the advisor waits for the advisor, with the text and the choices (D6, D8, D23).

use anyhow::Result;
use signoff_desk::{App, Cable, Customer, Desk, Platform, until};

use crate::{GOODBYE, alice, desk, platform_with_closing};

/// A close that Alice has queued with the cable out.
struct Queued {
    cable: Cable,
    app: App,
    customer: Customer,
    conversation_id: String,
}

impl Queued {
    fn on(desk: &Desk, platform: &Platform) -> Result<Self> {
        let cable = desk.cable(platform)?;
        let customer = platform.customer("Zoe Lake");
        let conversation_id = customer.writes("When does it arrive?")?.conversation_id;
        let app = alice(desk, &cable.address())?;
        app.open_conversation(customer.name())?;
        cable.unplug();
        app.see("Offline")?;
        app.write(GOODBYE)?;
        app.send_and_close(desk)?;
        Ok(Self { cable, app, customer, conversation_id })
    }
}

#[test]
fn d6_the_customer_writes_before_a_queued_close_arrives_and_the_advisor_is_asked_again() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let Queued { cable, app, customer, conversation_id: id } = Queued::on(&desk, &platform)?;
    let later = "Wait, it has just arrived, and it is broken!";
    customer.writes(later)?;
    cable.plug_in()?;

    app.go_to_queue()?;
    app.see("Needs attention")?;
    app.see("The customer has written since you last looked.")?;
    app.see(later)?;
    app.see(GOODBYE)?;
    let admin = platform.sign_in("admin")?;
    assert_eq!(admin.conversation(&id)?["status"], "open", "nothing was applied");
    assert_eq!(admin.replies(&id)?, [""; 0], "nothing was sent");

    // Asked again, and again it may be refused.
    app.button("Close all the same").click()?;
    desk.dialog()?.press("Escape")?;
    app.see("Needs attention")?;
    assert_eq!(admin.conversation(&id)?["status"], "open", "no means no");

    app.button("Close all the same").click()?;
    desk.dialog()?.click("Send + Close")?;
    until("the platform to have closed the conversation", || {
        Ok((admin.conversation(&id)?["status"] == "closed").then_some(()))
    })?;
    assert_eq!(admin.replies(&id)?, [GOODBYE], "the reply, once");
    app.see("Done")
}

#[test]
fn d8_switched_off_meanwhile_the_reply_goes_without_the_closing() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let Queued { cable, app, conversation_id: id, .. } = Queued::on(&desk, &platform)?;
    platform.allow_manual_close(false)?;
    cable.plug_in()?;

    app.go_to_queue()?;
    app.see("Closing by advisors was switched off.")?;
    app.button("Send without closing").click()?;
    let admin = platform.sign_in("admin")?;
    until("the reply at the platform", || Ok((!admin.replies(&id)?.is_empty()).then_some(())))?;
    assert_eq!(admin.replies(&id)?, [GOODBYE], "the reply, once");
    assert_eq!(admin.conversation(&id)?["status"], "open", "and no closing");
    Ok(())
}
