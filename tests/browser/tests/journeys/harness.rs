//! The harness itself: another site is another origin, and a browser that is cut off notices.

use anyhow::Result;
use serde_json::json;
use signoff_browser::{Device, Site, journey};

#[test]
fn pages_of_other_hosts_are_other_origins_and_the_network_can_be_cut() -> Result<()> {
    journey("harness", |stage| {
        let shop = Site::start([
            ("/", "<title>Shop</title><h1>Shop</h1><iframe src='/inside'></iframe>"),
            ("/inside", "<p>Inside</p>"),
        ])?;
        let browser = stage.browser(Device::desktop().speaking("fr-FR"))?;
        browser.open(&shop.url("shop.test", "/"))?;
        browser.wait_for_text("h1", "Shop")?;
        assert_eq!(browser.run("return location.origin", vec![])?, json!(shop.origin("shop.test")));
        assert_eq!(browser.run("return navigator.language", vec![])?, json!("fr-FR"));
        browser.enter_frame("iframe")?;
        browser.wait_for_text("p", "Inside")?;
        browser.leave_frames()?;

        let reached = "return fetch('/inside').then((answer) => answer.ok, () => 'cut off')";
        browser.set_offline(true)?;
        assert_eq!(browser.run(reached, vec![])?, json!("cut off"));
        browser.set_offline(false)?;
        assert_eq!(browser.run(reached, vec![])?, json!(true));

        let phone = stage.browser(Device::phone().dark())?;
        phone.open(&shop.url("other.test", "/"))?;
        assert_eq!(
            phone.run("return [screen.width, matchMedia('(prefers-color-scheme: dark)').matches]", vec![])?,
            json!([360, true])
        );
        Ok(())
    })
}
