//! The switch in *Inbox options* and what follows it in the composer (R1, R2, D1, D2).

use anyhow::Result;
use signoff_desk::{Launch, PlatformOptions, Role};

use crate::{alice, desk, desk_of};

const SWITCH: &str = "Allow advisors to close conversations manually";

#[test]
fn r1_r2_an_admin_turns_the_feature_on_and_off_and_an_advisors_buttons_follow() -> Result<()> {
    let (desk, admins_desk) = (desk()?, desk_of("admin")?);
    let platform = desk.platform(PlatformOptions::default())?;
    let customer = platform.customer("Ines Waters");
    customer.writes("Where is my parcel?")?;

    // Off on a new workspace.
    let advisor = alice(&desk, platform.address())?;
    advisor.open_conversation(customer.name())?;
    advisor.button("Send").appears()?;
    advisor.button("Send and trigger survey").appears()?;
    assert!(!advisor.button("Send + Close").is_there()?, "off until an admin turns it on");

    let admin = admins_desk.start(&Launch::for_workspace(&admins_desk, platform.address()))?;
    admin.sign_in("admin")?;
    admin.go_to_settings("Inbox options")?;
    let switch = admin.control(Role::Switch, SWITCH);
    assert!(!switch.is_on()?, "off on a new workspace");
    switch.click()?;
    assert!(switch.is_on()?, "the switch moves");
    assert!(!advisor.button("Send + Close").is_there()?, "nothing changes before Save");
    admin.button("Save").click()?;
    admin.see("Saved.")?;

    // The advisor is signed in and does nothing.
    advisor.button("Send + Close").appears()?;
    advisor.button("Send and trigger survey").goes()?;
    let (send, close) = (advisor.button("Send").place()?, advisor.button("Send + Close").place()?);
    assert!(close.left >= send.right, "Send + Close stands to the right of Send: {send:?}, {close:?}");
    assert!((close.top - send.top).abs() < send.height(), "and in the same line: {send:?}, {close:?}");

    // At a glance: since when, by whom; and the way into the audit log (D2).
    let who = platform.sign_in("admin")?.get("/v1/me")?["user"]["name"].as_str().unwrap_or_default().to_owned();
    admin.see(&format!("by {who}"))?;
    admin.way_to("audit log").click()?;
    admin.see(SWITCH)?;

    admin.go_to_settings("Inbox options")?;
    admin.control(Role::Switch, SWITCH).click()?;
    admin.button("Save").click()?;
    advisor.button("Send + Close").goes()?;
    advisor.button("Send and trigger survey").appears()?;

    let log = platform.sign_in("admin")?.get("/v1/audit-log")?;
    let changes: Vec<_> = log["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["what"] == "settings.allow_manual_close")
        .map(|entry| (entry["who"]["name"].clone(), entry["from"].clone(), entry["to"].clone()))
        .collect();
    let expected = [(who.clone().into(), true.into(), false.into()), (who.into(), false.into(), true.into())];
    assert_eq!(changes, expected, "every change is in the audit log, newest first");
    Ok(())
}

#[test]
fn r1_to_an_advisor_the_page_does_not_exist() -> Result<()> {
    let desk = desk()?;
    let platform = desk.platform(PlatformOptions::default())?;
    let app = alice(&desk, platform.address())?;

    app.way_to("Settings").click()?;
    app.way_to("Preferences").appears()?;

    assert!(!app.way_to("Inbox options").is_there()?, "only admins see it");
    assert!(!app.way_to("Audit log").is_there()?, "only admins see it");
    Ok(())
}
