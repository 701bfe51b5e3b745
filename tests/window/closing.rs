//! Send + Close with the platform in reach: confirmed, and cancelled (R3 to R8, D3, D4).

use anyhow::{Context, Result};
use serde_json::Value;
use signoff_desk::{Role, until};

use crate::{GOODBYE, alice, desk, platform_with_closing};

#[test]
fn r3_r6_r7_send_and_close_is_one_act_in_receipt_timeline_and_export() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let customer = platform.customer("Tom Rivers");
    let id = customer.writes("I was charged twice.")?.conversation_id;
    let app = alice(&desk, platform.address())?;
    app.open_conversation(customer.name())?;
    app.write(GOODBYE)?;

    app.button("Send + Close").click()?;
    let dialog = desk.dialog()?;
    let says = dialog.says()?;
    assert!(says.contains(customer.name()), "the dialog names the customer: {says}");
    assert!(says.contains("final"), "it says that closing is final: {says}");
    assert!(says.contains("starts a new one"), "and what the next message does: {says}");
    assert!(says.contains("survey will be sent"), "and whether a survey goes out: {says}");
    assert_eq!(dialog.default_button()?, "Cancel", "D3: the default is Cancel");
    dialog.click("Send + Close")?;

    let admin = platform.sign_in("admin")?;
    let closed = until("the platform to have closed the conversation", || {
        Ok(Some(admin.conversation(&id)?).filter(|conversation| conversation["status"] == "closed"))
    })?;
    assert_eq!(closed["closed_by"]["kind"], "advisor");
    assert_eq!(admin.replies(&id)?, [GOODBYE], "the reply, word for word, once");
    assert_eq!(order_of_effects(&admin.timeline(&id)?), ["reply", "survey", "closed"], "R3: in this order");

    // The window says the same, in the tab of closed conversations.
    app.tab("Closed").click()?;
    app.open_conversation(customer.name())?;
    app.see(GOODBYE)?;
    app.see("Closed by")?;
    app.see("Survey sent")?;
    assert!(
        !app.button("Send + Close").is_there()? || !app.button("Send + Close").is_enabled()?,
        "R8: closed is final"
    );

    let rows = admin.exported_actions(&id)?;
    let closings: Vec<_> = rows.iter().filter(|row| row["type"] == "close-conversation").collect();
    let [closing] = closings.as_slice() else { panic!("R6: one closing in actions.csv, not {closings:?}") };
    assert_eq!(closing["author_is_bot"], "false");
    assert_eq!(closing["survey_status"], "sent");
    let at = closed["closed_at"].as_str().context("closed_at")?;
    assert_eq!(format!("{}T{}Z", closing["date"], closing["time"]), at, "R6: stamped with the closing's own time");
    let answer =
        rows.iter().find(|row| row["id"] == closing["answer_action_id"]).context("the answer it belongs to")?;
    assert_eq!(answer["type"], "answer");
    Ok(())
}

#[test]
fn r5_cancel_leaves_draft_and_conversation_as_they_were() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let customer = platform.customer("Una Marsh");
    let id = customer.writes("Can I change my address?")?.conversation_id;
    let app = alice(&desk, platform.address())?;
    app.open_conversation(customer.name())?;
    let draft = "Of course.  Two  spaces,\nand a second line – with a dash…";
    app.text_box("Reply").paste(draft)?;
    let admin = platform.sign_in("admin")?;
    let before = admin.conversation(&id)?;

    // Every way of saying no: the default by Enter, Escape, the button.
    for no in ["Return", "Escape", "Cancel"] {
        app.button("Send + Close").click()?;
        let dialog = desk.dialog()?;
        if no == "Cancel" {
            dialog.click(no)?
        } else {
            dialog.press(no)?
        }
        assert_eq!(app.text_box("Reply").value()?, draft, "the draft after {no}, word for word");
    }

    app.see("Nothing was sent.")?;
    assert!(app.button("Send + Close").is_enabled()?, "it can be taken again at once");
    app.go_to_queue()?;
    app.see("All sent")?;
    let after = admin.conversation(&id)?;
    assert_eq!(after["version"], before["version"], "nothing has happened at the platform");
    assert_eq!(admin.replies(&id)?, [""; 0], "nothing was sent");
    Ok(())
}

#[test]
fn r4_d3_without_a_reply_there_is_no_closing_and_enter_never_closes() -> Result<()> {
    let desk = desk()?;
    let platform = platform_with_closing(&desk)?;
    let customer = platform.customer("Vera Holt");
    let id = customer.writes("Hello?")?.conversation_id;
    let app = alice(&desk, platform.address())?;
    app.open_conversation(customer.name())?;

    assert!(!app.button("Send + Close").is_enabled()?, "no reply, no close");
    app.text_box("Reply").paste(" \n\t\u{a0}\u{2003}")?;
    assert!(!app.button("Send + Close").is_enabled()?, "blanks are no reply");
    assert!(!app.button("Send").is_enabled()?, "neither for Send");

    app.write("One line")?;
    desk.screen().press("Return")?;
    desk.screen().press("Return")?;
    until("the line feeds in the draft", || Ok((app.text_box("Reply").value()? == "One line\n\n").then_some(())))?;
    assert!(!desk.has_dialog()?, "Enter asks nothing");
    assert_eq!(platform.sign_in("admin")?.conversation(&id)?["status"], "open");
    app.control(Role::TextBox, "Reply").appears()
}

/// What a timeline tells of a closing, in its order.
fn order_of_effects(timeline: &[Value]) -> Vec<&'static str> {
    timeline
        .iter()
        .filter_map(|entry| {
            let event = entry["event"]["type"].as_str().unwrap_or_default();
            if entry["kind"] == "reply" && entry["author"]["kind"] == "advisor" {
                Some("reply")
            } else if event == "survey-sent" {
                Some("survey")
            } else if event == "closed" {
                Some("closed")
            } else {
                None
            }
        })
        .collect()
}
