//! The chat on somebody else's site: one script tag, where the channel allows it and nowhere else.

use anyhow::Result;
use serde_json::json;
use signoff_browser::{Browser, Device, Platform, PlatformOptions, Site, journey};

use super::{id, newest_conversation, reply, wait_for_tick, write};

const FRAME: &str = "return document.querySelector('[data-signoff-chat]')?.shadowRoot.querySelector('iframe')";
const BUTTON: &str = "document.querySelector('[data-signoff-chat]')?.shadowRoot.querySelector('button')";

/// A shop with the tag on its page.
fn shop(platform: &Platform) -> Result<Site> {
    let page = format!(
        "<!doctype html><title>Shop</title><h1>Shop</h1><p>Lamps.</p>\
         <script src=\"{}/chat/ch_webchat/embed.js\" async></script>",
        platform.address()
    );
    Site::start([("/", page)])
}

fn allow(platform: &Platform, origin: &str) -> Result<()> {
    let admin = platform.sign_in("admin")?;
    let channel = admin.get("/v1/admin/channels/ch_webchat")?;
    let mut rules = channel["rules"].clone();
    rules["chat"]["allowed_origins"] = json!([origin]);
    platform.replace(&admin, "/v1/admin/channels/ch_webchat", &rules)
}

fn press_launcher(browser: &Browser) -> Result<()> {
    browser.until("the button of the chat", &format!("return Boolean({BUTTON})"))?;
    browser.run(&format!("{BUTTON}.click()"), vec![]).map(drop)
}

#[test]
fn on_a_site_that_may_the_chat_opens_in_a_frame_and_counts_what_is_unread() -> Result<()> {
    journey("embedded", |stage| {
        let platform = stage.platform(PlatformOptions::default())?;
        let alice = platform.sign_in("alice")?;
        let shop = shop(&platform)?;
        allow(&platform, &shop.origin("shop.test"))?;
        let browser = stage.browser(Device::desktop())?;
        browser.open(&shop.url("shop.test", "/"))?;
        press_launcher(&browser)?;
        browser.enter_frame_of(FRAME)?;
        write(&browser, "Do you have green ones?")?;
        wait_for_tick(&browser, "Do you have green ones?")?;
        // The greeting has been read; later it would count as unread.
        browser.wait_for(".entry.scenario")?;
        stage.picture(&browser, "open")?;
        browser.click("#close")?;
        browser.leave_frames()?;
        let conversation = newest_conversation(&alice)?;
        reply(&alice, &conversation, "We do.")?;
        let badge = format!("return {BUTTON}.querySelector('.badge:not([hidden])')?.textContent === '1'");
        browser.until("a badge", &badge)?;
        let label = browser.run(&format!("return {BUTTON}.getAttribute('aria-label')"), vec![])?;
        assert_eq!(label, json!("Open the chat, 1 unread"));
        stage.picture(&browser, "badge")?;

        browser.reload()?;
        browser.until("the badge after a reload", &badge)?;
        press_launcher(&browser)?;
        browser.until("no badge once it is read", &format!("return {BUTTON}.querySelector('.badge').hidden"))?;
        browser.enter_frame_of(FRAME)?;
        browser.wait_for_text(".entry.advisor", "We do.")?;
        browser.leave_frames()?;
        let entries = alice.timeline(id(&conversation)?)?;
        assert_eq!(entries.iter().filter(|entry| entry["kind"] == "message").count(), 1);
        Ok(())
    })
}

/// Whoever looks and leaves at once has looked, also where the platform did not hear of it.
#[test]
fn what_was_read_is_read_after_a_reload_though_the_platform_was_never_told() -> Result<()> {
    journey("embedded and left", |stage| {
        let platform = stage.platform(PlatformOptions::default())?;
        let alice = platform.sign_in("alice")?;
        let shop = shop(&platform)?;
        allow(&platform, &shop.origin("shop.test"))?;
        let browser = stage.browser(Device::desktop())?;
        browser.open(&shop.url("shop.test", "/"))?;
        press_launcher(&browser)?;
        browser.enter_frame_of(FRAME)?;
        browser.wait_for("#text")?;
        browser.run(
            "const ask = window.fetch; window.fetch = (address, options) => \
               String(address).endsWith('/seen') ? Promise.reject(new TypeError('cut')) : ask(address, options)",
            vec![],
        )?;
        write(&browser, "Do you have green ones?")?;
        browser.wait_for(".entry.scenario")?;
        browser.click("#close")?;
        browser.leave_frames()?;
        browser.reload()?;

        reply(&alice, &newest_conversation(&alice)?, "We do.")?;

        let badge = format!("return {BUTTON}.querySelector('.badge:not([hidden])')?.textContent === '1'");
        browser.until("a badge", &badge).map(drop)
    })
}

#[test]
fn on_a_site_that_may_not_the_browser_refuses_to_show_it() -> Result<()> {
    journey("embedding refused", |stage| {
        let platform = stage.platform(PlatformOptions::default())?;
        let shop = shop(&platform)?;
        allow(&platform, "https://another.example")?;
        let browser = stage.browser(Device::desktop())?;
        browser.open(&shop.url("shop.test", "/"))?;
        press_launcher(&browser)?;
        let refused = "frame-ancestors";
        let mut said = Vec::new();
        signoff_browser::until("the browser's refusal", || {
            said.extend(browser.console()?);
            Ok(Some(()).filter(|()| said.iter().any(|line| line.contains(refused))))
        })?;
        browser.enter_frame_of(FRAME)?;
        assert_eq!(browser.count("#text")?, 0, "nothing of the chat is there");
        Ok(())
    })
}

/// A phone: the frame is the whole screen, and the site is there again afterwards.
#[test]
fn on_a_phone_the_frame_is_the_screen() -> Result<()> {
    journey("embedded on a phone", |stage| {
        let platform = stage.platform(PlatformOptions::default())?;
        let shop = shop(&platform)?;
        allow(&platform, &shop.origin("shop.test"))?;
        let phone = stage.browser(Device::phone())?;
        phone.open(&shop.url("shop.test", "/"))?;
        phone.run(
            "document.head.insertAdjacentHTML('beforeend', '<meta name=viewport content=\"width=device-width\">')",
            vec![],
        )?;
        press_launcher(&phone)?;
        let whole = "const box = document.querySelector('[data-signoff-chat]').shadowRoot.querySelector('iframe') \
            .getBoundingClientRect(); return box.left === 0 && box.top === 0 && box.width === innerWidth";
        phone.until("the whole screen", whole)?;
        phone.enter_frame_of(FRAME)?;
        phone.wait_for("#text")?;
        stage.picture(&phone, "whole-screen")?;
        phone.click("#close")?;
        phone.leave_frames()?;
        phone.until("the site again", &format!("{FRAME}.hidden"))?;
        Ok(())
    })
}
