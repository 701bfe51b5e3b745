//! One program owns a profile; a second start is a way back to the first (DESIGN, outbox 11).

use std::time::Duration;

use anyhow::Result;
use signoff_desk::{Launch, PlatformOptions, until};

use crate::{alice, desk, desk_of};

#[test]
fn a_second_start_brings_the_first_window_back_and_ends() -> Result<()> {
    let desk = desk()?;
    let platform = desk.platform(PlatformOptions::default())?;
    let app = alice(&desk, platform.address())?;
    app.close_window(&desk)?;

    let mut second = desk.start_undriven(&Launch::for_workspace(&desk, platform.address()))?;
    let status = second.wait(Duration::from_secs(10))?;

    assert!(status.success(), "nothing went wrong: {status}");
    app.comes_to_front(&desk)?;
    app.tab("Received").appears()
}

#[test]
fn a_profile_in_use_elsewhere_is_said_to_be_in_use() -> Result<()> {
    let (desk, elsewhere) = (desk()?, desk_of("elsewhere")?);
    let platform = desk.platform(PlatformOptions::default())?;
    let first = alice(&desk, platform.address())?;

    // Another session of the same person, say through ssh: the session bus does not know of the first.
    let second = elsewhere.start(&Launch::with_profile(&desk.profile()))?;

    second.see("Another Signoff window has this profile open.")?;
    first.kill()?;
    second.button("Try again").click()?;
    second.see_no_more("Another Signoff window has this profile open.")
}

#[test]
fn r12_a_link_from_a_crm_opens_the_conversation_in_a_compact_window() -> Result<()> {
    let desk = desk()?;
    let platform = desk.platform(PlatformOptions::default())?;
    let customer = platform.customer("Ines Waters");
    let arrived = customer.writes("Where is my parcel?")?;
    let app = alice(&desk, platform.address())?;
    app.open_conversation(customer.name())?;

    // The system starts the program with the link; the one that runs takes it.
    let link = format!("signoff://conversation/{}?widget=1", arrived.conversation_id);
    let mut second = desk.start_undriven(&Launch::for_workspace(&desk, platform.address()).and(&[&link]))?;

    assert!(second.wait(Duration::from_secs(10))?.success());
    until("a second window", || {
        Ok((desk.screen().titles()?.iter().filter(|title| *title == "Signoff").count() == 2).then_some(()))
    })?;
    Ok(())
}
