//! A closed customer writes again: a new conversation, one notification, and a click that leads there (R9, R14, D13, D30).

use anyhow::Result;
use signoff_desk::{App, Arrived, Customer, Desk, Launch, Platform, until};

use crate::{GOODBYE, alice, desk, platform_with_closing};

/// Alice settles a customer's matter.
fn settle(app: &App, desk: &Desk, platform: &Platform, customer: &Customer) -> Result<Arrived> {
    let arrived = customer.writes("My parcel has not come.")?;
    app.go_to_inbox()?;
    app.tab("Received").click()?;
    app.open_conversation(customer.name())?;
    app.write(GOODBYE)?;
    app.send_and_close(desk)?;
    let admin = platform.sign_in("admin")?;
    until("the platform to have closed the conversation", || {
        Ok((admin.conversation(&arrived.conversation_id)?["status"] == "closed").then_some(()))
    })?;
    Ok(arrived)
}

#[test]
fn r9_r14_d30_a_closed_customer_writes_again_and_a_click_opens_the_new_conversation() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let app = alice(&desk, platform.address())?;
    let customer = platform.customer("Bella Cross");
    let first = settle(&app, &desk, &platform, &customer)?;

    let again = customer.writes("One more thing: where is my invoice?")?;
    assert!(again.new_conversation, "R9: a new conversation, well inside the window");
    assert_ne!(again.conversation_id, first.conversation_id);
    let seen_by_platform = platform.sign_in("admin")?.conversation(&again.conversation_id)?;
    assert_eq!(seen_by_platform["previous_conversation_id"], first.conversation_id.as_str(), "D13");

    let shown = desk.notifications().wait_for(customer.name())?;
    assert!(shown.reads().contains("where is my invoice?"), "it quotes the message: {shown:?}");
    desk.notifications().click(desk.screen())?;
    app.comes_to_front(&desk)?;
    app.conversation(customer.name()).appears()?;
    app.see("where is my invoice?")
}

#[test]
fn d30_with_the_window_closed_to_the_background_a_click_brings_it_back() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let app = alice(&desk, platform.address())?;
    let customer = platform.customer("Carl Wood");
    settle(&app, &desk, &platform, &customer)?;

    app.close_window(&desk)?;
    assert!(app.is_running(), "it goes on in the background");
    customer.writes("I am back, with another question.")?;
    desk.notifications().wait_for(customer.name())?;
    desk.notifications().click(desk.screen())?;

    app.comes_to_front(&desk)?;
    app.conversation(customer.name()).appears()?;
    app.see("I am back, with another question.")
}

#[test]
fn d30_nothing_is_notified_twice_after_restarts_and_reconnects() -> Result<()> {
    let desk = desk()?;
    let mut platform = platform_with_closing(&desk)?;
    let (name, other) = ("Dina Hill", "Emil Shore");
    let app = alice(&desk, platform.address())?;
    settle(&app, &desk, &platform, &platform.customer(other))?;
    let customer = platform.customer(name);
    settle(&app, &desk, &platform, &customer)?;
    customer.writes("Hello again!")?;
    desk.notifications().wait_for(name)?;
    desk.notifications().dismiss_all()?;

    platform.stop()?;
    app.see("Offline")?;
    platform.start_again()?;
    app.see_no_more("Offline")?;
    app.kill()?;
    let app = desk.start(&Launch::for_workspace(&desk, platform.address()))?;
    app.tab("Received").appears()?;

    // Whatever the restart had to say stands before this in the order of events.
    let late = platform.customer("Fay Moor");
    settle(&app, &desk, &platform, &late)?;
    late.writes("I forgot something.")?;
    desk.notifications().wait_for("Fay Moor")?;
    let about = desk.notifications().shown()?.iter().filter(|shown| shown.title.contains(name)).count();
    assert_eq!(about, 1, "once per event, ever: {:?}", desk.notifications().shown()?);
    Ok(())
}

#[test]
fn d30_what_came_while_offline_is_summed_up_in_one() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let cable = desk.cable(&platform)?;
    let app = alice(&desk, &cable.address())?;
    let customers = ["Gil Reed", "Hana Vale"].map(|name| platform.customer(name));
    for customer in &customers {
        settle(&app, &desk, &platform, customer)?;
    }

    cable.unplug();
    app.see("Offline")?;
    for customer in &customers {
        customer.writes("Are you there?")?;
    }
    cable.plug_in()?;

    let shown = desk.notifications().wait_for("While you were away")?;
    assert!(shown.reads().contains("2 customers"), "it says how many: {shown:?}");
    assert_eq!(desk.notifications().shown()?.len(), 1, "one notification: {:?}", desk.notifications().shown()?);
    Ok(())
}
