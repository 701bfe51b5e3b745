//! Networks that go away, platforms that stop, pages that are closed: nothing is lost, nothing comes twice.

use anyhow::Result;
use signoff_browser::{Device, PlatformOptions, journey, until};

use super::{chat_page, id, newest_conversation, reply, wait_for_tick, write};

#[test]
fn what_is_written_offline_is_sent_in_order_and_once_and_what_was_answered_meanwhile_is_there() -> Result<()> {
    journey("cut off", |stage| {
        let mut platform = stage.platform(PlatformOptions::default())?;
        let alice = platform.sign_in("alice")?;
        let browser = stage.browser(Device::desktop())?;
        browser.open(&chat_page(&platform))?;
        write(&browser, "Before the tunnel")?;
        wait_for_tick(&browser, "Before the tunnel")?;
        let conversation = newest_conversation(&alice)?;

        browser.set_offline(true)?;
        browser.wait_for_text("#connection", "offline")?;
        write(&browser, "First in the tunnel")?;
        write(&browser, "Second in the tunnel")?;
        assert_eq!(browser.count(".entry.pending")?, 2);
        stage.picture(&browser, "offline")?;
        reply(&alice, &conversation, "Answered meanwhile")?;
        browser.set_offline(false)?;
        browser.wait_for_text(".entry.advisor", "Answered meanwhile")?;
        wait_for_tick(&browser, "Second in the tunnel")?;
        browser.wait_for_none("#connection:not([hidden])")?;

        platform.kill()?;
        write(&browser, "Into the dark")?;
        browser.wait_for(".entry.pending")?;
        // The tab is closed while nothing is there; what was written is kept.
        browser.open("about:blank")?;
        platform.start_again()?;
        browser.open(&chat_page(&platform))?;
        wait_for_tick(&browser, "Into the dark")?;

        let written = ["Before the tunnel", "First in the tunnel", "Second in the tunnel", "Into the dark"];
        let alice = platform.sign_in("alice")?;
        until("all of it is with the platform, in order and once", || {
            let entries = alice.timeline(id(&conversation)?)?;
            let messages = entries.iter().filter(|entry| entry["kind"] == "message");
            let texts: Vec<_> = messages.filter_map(|entry| entry["text"].as_str()).collect();
            Ok(Some(()).filter(|()| texts == written))
        })?;
        let shown = browser.texts(".entry.customer .bubble")?;
        assert_eq!(shown, written, "and the page shows it so");
        assert_eq!(browser.texts(".entry.advisor .bubble")?, ["Answered meanwhile"]);
        Ok(())
    })
}

/// A stream that breaks between two entries goes on after the first.
#[test]
fn a_platform_that_restarts_again_and_again_leaves_no_hole() -> Result<()> {
    journey("restarts", |stage| {
        let mut platform = stage.platform(PlatformOptions::default())?;
        let browser = stage.browser(Device::desktop())?;
        browser.open(&chat_page(&platform))?;
        write(&browser, "Hello")?;
        wait_for_tick(&browser, "Hello")?;
        let mut expected = Vec::new();
        for round in 0..3 {
            let alice = platform.sign_in("alice")?;
            let conversation = newest_conversation(&alice)?;
            for number in 0..3 {
                let text = format!("Round {round}, number {number}");
                reply(&alice, &conversation, &text)?;
                expected.push(text);
            }
            platform.kill()?;
            platform.start_again()?;
        }
        browser.wait_for_text(".entry.advisor", "Round 2, number 2")?;
        assert_eq!(browser.texts(".entry.advisor .bubble")?, expected);
        Ok(())
    })
}
