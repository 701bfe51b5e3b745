//! Signing in, and what an expired session does to the queue: nothing (D25).

use anyhow::Result;
use signoff_desk::{Launch, PlatformOptions, until};

use crate::{GOODBYE, alice, desk, platform_with_closing};

const A_MONTH_AND_A_DAY_S: i64 = 31 * 24 * 60 * 60;

#[test]
fn d25_an_expired_session_pauses_the_queue_and_signing_in_lets_it_go_on() -> Result<()> {
    let desk = desk()?;
    let mut platform = platform_with_closing(&desk)?;
    let name = "Ivo Glen";
    let id = platform.customer(name).writes("The voucher does not work.")?.conversation_id;
    let app = alice(&desk, platform.address())?;
    app.open_conversation(name)?;

    platform.stop()?;
    app.see("Offline")?;
    app.write(GOODBYE)?;
    app.send_and_close(&desk)?;
    app.see("1 action queued")?;
    platform.start_again_ahead(A_MONTH_AND_A_DAY_S)?;

    app.see("Your sign-in has expired.")?;
    app.see("1 action waits")?;
    assert_eq!(platform.sign_in("admin")?.conversation(&id)?["status"], "open", "nothing happens without a sign-in");
    app.button("Sign in again").click()?;
    app.text_box("Password").fill("not the password")?;
    app.button("Sign in").click()?;
    app.see("E-mail address and password do not belong together.")?;
    app.text_box("Password").fill(signoff_desk::PASSWORD)?;
    app.button("Sign in").click()?;

    let admin = platform.sign_in("admin")?;
    until("the platform to have closed the conversation", || {
        Ok((admin.conversation(&id)?["status"] == "closed").then_some(()))
    })?;
    assert_eq!(admin.replies(&id)?, [GOODBYE], "the reply, once");
    app.see_no_more("Your sign-in has expired.")
}

#[test]
fn a_wrong_password_is_a_clear_sentence_and_keeps_the_address() -> Result<()> {
    let desk = desk()?;
    let platform = desk.platform(PlatformOptions::default())?;
    let app = desk.start(&Launch::for_workspace(&desk, platform.address()))?;

    app.type_credentials("alice", "guessed")?;
    app.see("E-mail address and password do not belong together.")?;

    assert_eq!(app.text_box("Email").value()?, "alice@demo.test", "what was typed stays");
    app.sign_in("alice")
}
