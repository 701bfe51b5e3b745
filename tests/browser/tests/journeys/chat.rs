//! The customer's chat, from the first word to the conversation after the closing.

use anyhow::Result;
use serde_json::{Value, json};
use signoff_browser::{Device, PlatformOptions, journey, until};

use super::{chat_page, close, id, newest_conversation, reply, wait_for_tick, write};

/// R9, R10, D11: buttons, an advisor, a survey, a closed line, and a new conversation after it.
#[test]
fn a_customer_is_greeted_answered_asked_and_begins_anew_after_the_closing() -> Result<()> {
    journey("chat", |stage| {
        let platform = stage.platform(PlatformOptions::default())?;
        platform.allow_manual_close(true)?;
        let alice = platform.sign_in("alice")?;
        let browser = stage.browser(Device::desktop())?;
        browser.open(&chat_page(&platform))?;
        write(&browser, "Where is my order?")?;
        browser.wait_for(".offer")?;
        wait_for_tick(&browser, "Where is my order?")?;
        stage.picture(&browser, "1-greeted")?;

        browser.click(".offer")?;
        browser.wait_for_none(".offer")?;
        let conversation = newest_conversation(&alice)?;
        until("the click is a message that routes", || {
            let team = alice.conversation(id(&conversation)?)?["team"]["id"].clone();
            Ok(Some(()).filter(|()| team == "team_orders"))
        })?;

        alice.post(&format!("/v1/conversations/{}/typing", id(&conversation)?), &json!({ "on": true }))?;
        browser.wait_for_text("#typing", "is typing")?;
        reply(&alice, &conversation, "It left our warehouse yesterday.")?;
        browser.wait_for_text(".entry.advisor", "It left our warehouse yesterday.")?;
        browser.wait_for_text("#advisor", "Alice")?;
        browser.wait_for(".tick.read")?;
        until("the reply counts as read", || {
            let entries = alice.timeline(id(&conversation)?)?;
            let newest = entries.iter().rev().find(|entry| entry["kind"] == "reply").cloned().unwrap_or_default();
            Ok(Some(()).filter(|()| newest["delivery"]["status"] == "read"))
        })?;

        close(&alice, &conversation, "Glad to help. Goodbye!")?;
        browser.wait_for(".survey .scale button")?;
        browser.wait_for_text(".divider.closed", "closed")?;
        browser.click(".scale button:nth-child(10)")?;
        browser.type_into(".survey textarea", "Quick and kind")?;
        stage.picture(&browser, "2-survey")?;
        browser.click(".survey .primary")?;
        browser.wait_for_text(".thanks", "Thank you for your answer. Your rating: 9")?;
        until("the rating is in the timeline (D11)", || {
            let entries = alice.timeline(id(&conversation)?)?;
            let rated = |entry: &Value| entry["event"]["rating"] == 9 && entry["event"]["comment"] == "Quick and kind";
            Ok(Some(()).filter(|()| entries.iter().any(rated)))
        })?;

        write(&browser, "One more thing")?;
        wait_for_tick(&browser, "One more thing")?;
        until("a new conversation after the closing (R9)", || {
            let newest = newest_conversation(&alice)?;
            Ok(Some(()).filter(|()| newest["previous_conversation_id"] == conversation["id"]))
        })?;
        stage.picture(&browser, "3-anew")?;

        browser.reload()?;
        browser.wait_for_text(".thread", "Where is my order?")?;
        browser.wait_for_text(".thanks", "Thank you for your answer. Your rating: 9")?;
        assert_eq!(browser.count(".entry.customer")?, 3, "nothing twice after a reload");
        let errors: Vec<String> = browser.console()?.into_iter().filter(|line| line.starts_with("SEVERE")).collect();
        assert_eq!(errors, Vec::<String>::new());
        Ok(())
    })
}

/// 360 pixels, French, dark: nothing sticks out, everything can be hit with a thumb.
#[test]
fn on_a_phone_everything_fits_and_speaks_french() -> Result<()> {
    journey("phone", |stage| {
        let platform = stage.platform(PlatformOptions::default())?;
        let alice = platform.sign_in("alice")?;
        let phone = stage.browser(Device::phone().speaking("fr-FR").dark())?;
        phone.open(&chat_page(&platform))?;
        write(
            &phone,
            "Bonjour, où est ma commande numéro 123456789012345678901234567890123456789012345678901234567890 ?",
        )?;
        phone.wait_for(".offer")?;
        let conversation = newest_conversation(&alice)?;
        reply(
            &alice,
            &conversation,
            "Elle arrive demain : https://example.com/suivi/abcdefghijklmnopqrstuvwxyz0123456789",
        )?;
        phone.wait_for_text(".entry.advisor", "demain")?;
        phone.wait_for_text(".unseen", "Vous")?;
        let fits = "return document.documentElement.scrollWidth <= innerWidth \
            && [...document.querySelectorAll('button:not([hidden]), textarea')].filter((one) => one.offsetParent) \
               .every((one) => { const box = one.getBoundingClientRect(); \
                 return box.left >= 0 && box.right <= innerWidth + 0.5 && box.height >= 36 })";
        assert_eq!(phone.run(fits, vec![])?, json!(true), "nothing sticks out, and everything can be hit");
        assert_eq!(phone.run("return document.documentElement.lang", vec![])?, json!("fr"));
        let ground = "return getComputedStyle(document.body).backgroundColor";
        assert_eq!(phone.run(ground, vec![])?, json!("rgb(20, 24, 26)"), "dark as the phone is");
        stage.picture(&phone, "phone")
    })
}

/// A file goes up with its progress, is shown as a picture, and what is no picture only ever saved.
#[test]
fn files_go_both_ways() -> Result<()> {
    journey("files", |stage| {
        let platform = stage.platform(PlatformOptions::default())?;
        let alice = platform.sign_in("alice")?;
        let browser = stage.browser(Device::desktop())?;
        let picture = stage.folder().join("broken lamp.png");
        // The smallest picture there is: one transparent pixel.
        std::fs::write(
            &picture,
            [
                0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0,
                0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T', 0x78, 0xda,
                0x63, 0x64, 0x60, 0xf8, 0x5f, 0x0f, 0, 2, 0x87, 1, 0x80, 0xeb, 0x47, 0xba, 0x92, 0, 0, 0, 0, b'I',
                b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
            ],
        )?;
        let page = stage.folder().join("trap.html");
        std::fs::write(&page, "<script>document.title = 'trapped'</script>")?;
        browser.open(&chat_page(&platform))?;
        browser.wait_for("#attach:not([hidden])")?;
        browser.type_into("#files", &page.display().to_string())?;
        browser.wait_for_text("#refused", "trap.html")?;
        assert_eq!(browser.count("#picked li")?, 0);
        browser.type_into("#files", &picture.display().to_string())?;
        browser.wait_for("#send:not(:disabled)")?;
        write(&browser, "It came like this")?;
        browser.wait_for(".entry.customer img")?;
        browser
            .until("the picture is there", "return document.querySelector('.entry.customer img').naturalWidth === 1")?;
        let conversation = newest_conversation(&alice)?;
        let entries = alice.timeline(id(&conversation)?)?;
        assert_eq!(entries[0]["attachments"][0]["name"], "broken lamp.png");
        assert_eq!(entries[0]["text"], "It came like this");
        stage.picture(&browser, "files")
    })
}
