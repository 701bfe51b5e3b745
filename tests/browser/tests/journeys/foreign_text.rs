//! Texts and names that want to be code: they stay text.

use anyhow::Result;
use serde_json::json;
use signoff_browser::{Device, PlatformOptions, journey};

use super::{chat_page, newest_conversation, reply, wait_for_tick, write};

const ATTACKS: [&str; 5] = [
    "<img src=x onerror=\"document.title='trapped'\">",
    "<script>document.title='trapped'</script>",
    "\"><svg onload=document.title='trapped'>",
    "javascript:document.title='trapped'",
    "https://example.com/\"onmouseover=document.title='trapped'",
];

#[test]
fn scripts_in_texts_names_and_titles_are_letters() -> Result<()> {
    journey("foreign text", |stage| {
        let platform = stage.platform(PlatformOptions::default())?;
        let alice = platform.sign_in("alice")?;
        let admin = platform.sign_in("admin")?;
        let mut rules = admin.get("/v1/admin/channels/ch_webchat")?["rules"].clone();
        rules["chat"]["title"] = json!("<b onclick=document.title='trapped'>Shop");
        rules["chat"]["greeting"] = json!({ "en": ATTACKS[0], "fr": ATTACKS[0] });
        platform.replace(&admin, "/v1/admin/channels/ch_webchat", &rules)?;
        let browser = stage.browser(Device::desktop())?;
        let name = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E";
        browser.open(&format!("{}?name=Visitor%20{name}", chat_page(&platform)))?;
        browser.wait_for_text("#greeting", ATTACKS[0])?;
        for attack in ATTACKS {
            write(&browser, attack)?;
            wait_for_tick(&browser, attack)?;
        }
        let conversation = newest_conversation(&alice)?;
        for attack in ATTACKS {
            reply(&alice, &conversation, attack)?;
            browser.wait_for_text(".entry.advisor", attack)?;
        }
        assert_eq!(browser.count("#chat img, #chat script, #chat b, .thread svg[onload]")?, 0);
        let links = "return [...document.querySelectorAll('#chat a')].every((link) => link.protocol === 'https:' && !link.onmouseover)";
        assert_eq!(browser.run(links, vec![])?, json!(true));
        assert_eq!(browser.run("return document.title", vec![])?, json!("<b onclick=document.title='trapped'>Shop"));
        stage.picture(&browser, "inert")
    })
}
