//! The CRM widget (R12): a conversation inside the page of another origin, against a real platform.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use signoff_browser::{Browser, Device, Platform, PlatformOptions, Session, Site, Stage, journey, until};

/// A CRM's page: a frame, and what it hears from it. It gives the tokens that its server (the test) has put there.
const RECORD: &str = r#"<!doctype html><meta charset="utf-8"><title>CRM</title><h1>Record</h1>
<iframe id="signoff" width="460" height="640" allow="clipboard-write"></iframe>
<script>
  window.news = []; window.tokens = {}; window.first = null; window.silent = false
  addEventListener('message', ({ data, origin, source }) => {
    if (data?.signoff !== 1) return
    news.push({ origin, ...data })
    const token = tokens[data.conversation_id ?? first]
    if (data.type === 'token-wanted' && token && !silent)
      source.postMessage({ signoff: 1, type: 'token', request: data.request, token, language: 'en' }, origin)
  })
</script>"#;
/// The browser finds such hosts on this machine, and takes them for other sites than the platform's.
const HOST: &str = "crm.localhost";

struct Crm {
    platform: Platform,
    site: Site,
    application: String,
    server: Session,
    browser: Browser,
}

impl Crm {
    fn start(stage: &Stage, closing: bool) -> Result<Self> {
        let platform = stage.platform(PlatformOptions::default())?;
        platform.allow_manual_close(closing)?;
        let site = Site::start([("/record", RECORD)])?;
        let details = json!({ "name": "CRM", "origins": [site.origin(HOST)] });
        let made = platform.sign_in("admin")?.post("/v1/admin/widget-applications", &details)?;
        let secret = made["secret"].as_str().context("a secret")?;
        let server = platform.holding(secret);
        let application = made["application"]["id"].as_str().context("an id")?.to_owned();
        let browser = stage.browser(Device::desktop())?;
        Ok(Self { platform, site, application, server, browser })
    }

    /// A token for Alice, as the CRM's server gets it.
    fn token(&self, conversation: &str, lifetime_s: u32) -> Result<String> {
        let asked = json!({ "conversation_id": conversation, "advisor": "alice@demo.test", "lifetime_s": lifetime_s });
        let token = self.server.post("/v1/widget/tokens", &asked)?;
        Ok(token["token"].as_str().context("a token")?.to_owned())
    }

    /// Alice opens a record with this conversation, and looks into the frame.
    fn opens(&self, conversation: &str, lifetime_s: u32) -> Result<()> {
        self.browser.open(&self.site.url(HOST, "/record"))?;
        self.gives(conversation, lifetime_s)?;
        let page = format!("{}/widget/{}", self.platform.address(), self.application);
        self.browser.run("document.getElementById('signoff').src = arguments[0]", vec![json!(page)])?;
        self.browser.enter_frame("#signoff")?;
        self.browser.wait_for("textarea")
    }

    /// The page around has a token for the conversation from now on.
    fn gives(&self, conversation: &str, lifetime_s: u32) -> Result<()> {
        let token = self.token(conversation, lifetime_s)?;
        let script = "first = arguments[0]; tokens[arguments[0]] = arguments[1]";
        self.browser.run(script, vec![json!(conversation), json!(token)]).map(drop)
    }

    /// The frame alone is loaded again: all of its page is gone but what it has kept.
    fn frame_is_reloaded(&self) -> Result<()> {
        self.browser.leave_frames()?;
        let script = "const frame = document.getElementById('signoff'); frame.src = frame.src";
        self.browser.run(script, vec![])?;
        self.browser.enter_frame("#signoff")
    }

    /// What the page around has heard, in its order.
    fn news(&self) -> Result<Vec<Value>> {
        self.browser.leave_frames()?;
        let news = self.browser.run("return news", vec![])?;
        self.browser.enter_frame("#signoff")?;
        Ok(news.as_array().cloned().unwrap_or_default())
    }

    fn heard(&self, kind: &str) -> Result<Value> {
        until(kind, || Ok(self.news()?.into_iter().find(|one| one["type"] == kind)))
    }

    fn sends(&self, text: &str) -> Result<()> {
        self.browser.type_into("textarea", text)?;
        self.presses("Send")
    }

    fn presses(&self, name: &str) -> Result<()> {
        self.browser.click_text("button", name)
    }

    /// In the question, whose Close is another than that of anything else.
    fn answers(&self, name: &str) -> Result<()> {
        self.browser.wait_for_text("[role=alertdialog]", "Does the conversation go on?")?;
        self.browser.click_text("[role=alertdialog] button", name)?;
        self.browser.wait_for_none("[role=alertdialog]")
    }

    fn written(&self) -> Result<String> {
        let text = self.browser.run("return document.querySelector('textarea').value", vec![])?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The drafts that the frame's browser has on its disk: a moment after the last key, one is there.
    fn kept(&self) -> Result<Vec<String>> {
        let reads = "return new Promise((resolve, reject) => {
            const opening = indexedDB.open('signoff-widget')
            opening.onerror = () => reject(opening.error)
            opening.onsuccess = () => {
                const all = opening.result.transaction('places').objectStore('places').getAll()
                all.onsuccess = () => { opening.result.close(); resolve(all.result.map(({ draft }) => draft)) }
            }
        })";
        let drafts = self.browser.run(reads, vec![])?;
        Ok(serde_json::from_value(drafts)?)
    }

    /// Types and origins of the advisor's actions, newest first.
    fn actions(&self, conversation: &str) -> Result<Vec<(String, String)>> {
        let path = format!("/v1/actions?author=advisor&conversation={conversation}");
        let page = self.platform.sign_in("admin")?.get(&path)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let items = page["items"].as_array().context("items")?;
        Ok(items.iter().map(|action| (text(&action["type"]), text(&action["origin"]))).collect())
    }

    fn replies(&self, conversation: &str) -> Result<Vec<String>> {
        self.platform.sign_in("admin")?.replies(conversation)
    }

    fn until_closed(&self, conversation: &str) -> Result<()> {
        let admin = self.platform.sign_in("admin")?;
        until("the closing", || {
            Ok(Some(()).filter(|()| admin.conversation(conversation).is_ok_and(|c| c["status"] == "closed")))
        })
    }
}

fn widget(kind: &str) -> (String, String) {
    (kind.to_owned(), "crm_widget".to_owned())
}

#[test]
fn r12_r5_continue_cancel_and_close() -> Result<()> {
    journey("widget answers", |stage| {
        let crm = Crm::start(stage, true)?;
        let zoe = crm.platform.customer("Zoe Martin").writes("Hello")?;
        let other = crm.platform.customer("Max Berg").writes("Hello")?;
        crm.opens(&zoe.conversation_id, 600)?;
        crm.browser.wait_for_text("h1", "Zoe Martin")?;
        stage.picture(&crm.browser, "open")?;

        crm.sends("One moment")?;
        crm.browser.wait_for_text("[role=alertdialog]", "A satisfaction survey will be sent.")?;
        stage.picture(&crm.browser, "question")?;
        ensure!(crm.browser.run("return document.activeElement.innerText.trim()", vec![])? == json!("Cancel"), "D3");
        crm.answers("Cancel")?;
        ensure!(crm.written()? == "One moment", "R5: the draft is as it was");
        ensure!(crm.replies(&zoe.conversation_id)?.is_empty());

        crm.presses("Send")?;
        crm.answers("Continue")?;
        let replied = crm.heard("replied")?;
        ensure!(replied["receipt"]["closed"].is_null() && replied["origin"] == json!(crm.platform.address()));
        ensure!(crm.replies(&zoe.conversation_id)? == ["One moment"]);
        ensure!(crm.written()?.is_empty());

        crm.sends("Goodbye")?;
        crm.answers("Close")?;
        let closed = crm.heard("closed")?;
        ensure!(closed["receipt"]["closed"]["at"].is_string() && closed["receipt"]["survey"]["status"] == "sent");
        crm.browser.wait_for_text("section.closed", "Closed by")?;
        stage.picture(&crm.browser, "closed")?;
        ensure!(crm.replies(&zoe.conversation_id)? == ["One moment", "Goodbye"]);
        let expected = [widget("close-conversation"), widget("answer"), widget("answer")];
        ensure!(crm.actions(&zoe.conversation_id)? == expected, "R12");
        ensure!(crm.news()?.iter().filter(|one| one["type"] == "closed").count() == 1);
        ensure!(!format!("{:?}", crm.news()?).contains("Goodbye"), "nobody's text leaves the frame");

        let token = crm.token(&zoe.conversation_id, 600)?;
        let asks = "return fetch(`/v1/conversations/${arguments[0]}`, { headers: { authorization: `Bearer ${arguments[1]}` } }).then(({ status }) => status)";
        let status = crm.browser.run(asks, vec![json!(other.conversation_id), json!(token)])?;
        ensure!(status == json!(404), "another conversation is not there: {status}");
        let violations: Vec<String> =
            crm.browser.console()?.into_iter().filter(|line| line.contains("Content Security Policy")).collect();
        ensure!(violations.is_empty(), "{violations:?}");
        Ok(())
    })
}

#[test]
fn r12_with_the_feature_off_send_sends_and_a_change_arrives_by_itself() -> Result<()> {
    journey("widget off", |stage| {
        let crm = Crm::start(stage, false)?;
        let zoe = crm.platform.customer("Zoe Martin");
        let came = zoe.writes("Hello")?;
        crm.opens(&came.conversation_id, 600)?;
        crm.sends("Here you are")?;
        crm.heard("replied")?;
        ensure!(crm.browser.count("[role=alertdialog]")? == 0);
        ensure!(crm.actions(&came.conversation_id)? == [widget("answer")]);

        zoe.writes("Thank you!")?;
        crm.browser.wait_for_text("article", "Thank you!")?;
        crm.platform.allow_manual_close(true)?;
        crm.browser.type_into("textarea", "Goodbye")?;
        // R2, D1: the switch has come to the page when Send asks.
        crm.browser.wait_for_text(".line", "sends")?;
        until("the question", || {
            if crm.browser.count("[role=alertdialog]")? == 0 && crm.written()? == "Goodbye" {
                crm.presses("Send")?;
            }
            Ok(Some(()).filter(|()| crm.browser.count("[role=alertdialog]").is_ok_and(|count| count == 1)))
        })?;
        crm.answers("Close")?;
        crm.until_closed(&came.conversation_id)
    })
}

#[test]
fn d6_the_customer_writes_while_the_question_is_open() -> Result<()> {
    journey("widget customer wrote", |stage| {
        let crm = Crm::start(stage, true)?;
        let zoe = crm.platform.customer("Zoe Martin");
        let came = zoe.writes("Hello")?;
        crm.opens(&came.conversation_id, 600)?;
        crm.sends("Goodbye")?;
        crm.browser.wait_for("[role=alertdialog]")?;
        zoe.writes("Wait, one more thing")?;
        crm.browser.wait_for_text("article", "Wait, one more thing")?;
        crm.answers("Close")?;
        crm.browser.wait_for_text("article", "Wait, one more thing")?;
        let attention = crm.heard("attention")?;
        ensure!(attention["code"] == "customer_wrote_since");
        ensure!(crm.actions(&came.conversation_id)?.is_empty(), "nothing was applied");
        stage.picture(&crm.browser, "attention")?;

        crm.presses("Close all the same")?;
        crm.answers("Close")?;
        crm.until_closed(&came.conversation_id)?;
        ensure!(crm.actions(&came.conversation_id)? == [widget("close-conversation"), widget("answer")], "once");
        Ok(())
    })
}

#[test]
fn d5_d21_a_reload_between_click_and_receipt_neither_loses_nor_doubles() -> Result<()> {
    journey("widget reload", |stage| {
        let crm = Crm::start(stage, true)?;
        let came = crm.platform.customer("Zoe Martin").writes("Hello")?;
        crm.opens(&came.conversation_id, 600)?;

        // The request never arrives.
        let lost = "const real = window.fetch; window.fetch = (address, init) => init?.method === 'POST' ? Promise.reject(new TypeError('lost')) : real(address, init)";
        crm.browser.run(lost, vec![])?;
        crm.sends("One moment")?;
        crm.answers("Continue")?;
        crm.browser.wait_for("article.act")?;
        crm.browser.type_into("textarea", "Half a sen")?;
        ensure!(crm.replies(&came.conversation_id)?.is_empty());
        until("the draft to be kept", || {
            Ok(Some(()).filter(|()| crm.kept().is_ok_and(|drafts| drafts == ["Half a sen"])))
        })?;
        crm.frame_is_reloaded()?;
        crm.browser.wait_for("textarea")?;
        ensure!(crm.written()? == "Half a sen");
        until("the reply", || {
            Ok(Some(()).filter(|()| crm.replies(&came.conversation_id).is_ok_and(|all| all == ["One moment"])))
        })?;

        // The answer never arrives.
        let held = "const real = window.fetch; window.fetch = async (address, init) => { const answer = await real(address, init); return init?.method === 'POST' ? new Promise(() => undefined) : answer }";
        crm.browser.wait_for_none("article.act")?;
        crm.browser.run(held, vec![])?;
        crm.sends("tence. Goodbye")?;
        crm.answers("Close")?;
        crm.until_closed(&came.conversation_id)?;
        crm.frame_is_reloaded()?;
        crm.browser.wait_for("section.closed")?;
        crm.browser.wait_for_none("article.act")?;
        let expected = [widget("close-conversation"), widget("answer"), widget("answer")];
        ensure!(crm.actions(&came.conversation_id)? == expected, "exactly once");
        ensure!(crm.replies(&came.conversation_id)? == ["One moment", "Half a sentence. Goodbye"]);
        crm.heard("closed")?;
        Ok(())
    })
}

#[test]
fn d25_access_is_renewed_and_without_it_nothing_is_lost() -> Result<()> {
    journey("widget access", |stage| {
        let crm = Crm::start(stage, false)?;
        let came = crm.platform.customer("Zoe Martin").writes("Hello")?;
        crm.opens(&came.conversation_id, 10)?;
        let first = crm.token(&came.conversation_id, 600)?;
        crm.browser.leave_frames()?;
        crm.browser.run("tokens[first] = arguments[0]", vec![json!(first)])?;
        crm.browser.enter_frame("#signoff")?;
        until("a renewal ahead of time", || {
            Ok(crm.news()?.into_iter().find(|one| one["type"] == "token-wanted" && one["reason"] == "expiring"))
        })?;
        crm.sends("With the second token")?;
        crm.heard("replied")?;

        // The CRM says nothing any more, and the admin ends all pages.
        crm.browser.leave_frames()?;
        crm.browser.run("silent = true", vec![])?;
        crm.browser.enter_frame("#signoff")?;
        let path = format!("/v1/admin/widget-applications/{}/tokens", crm.application);
        crm.platform.sign_in("admin")?.delete(&path, "*")?;
        crm.sends("Without a token")?;
        crm.browser.wait_for_text(".bar", "Access to this conversation has ended. 1 action is queued")?;
        stage.picture(&crm.browser, "no-access")?;
        ensure!(crm.replies(&came.conversation_id)? == ["With the second token"]);

        crm.browser.leave_frames()?;
        crm.browser.run("silent = false", vec![])?;
        crm.gives(&came.conversation_id, 600)?;
        crm.browser.enter_frame("#signoff")?;
        // Whoever presses Try again gets there sooner; the page asks by itself as well.
        until("the reply", || {
            let all = crm.replies(&came.conversation_id)?;
            Ok(Some(()).filter(|()| all == ["With the second token", "Without a token"]))
        })
    })
}

#[test]
fn pages_of_other_origins_cannot_hold_the_frame() -> Result<()> {
    journey("widget foreign", |stage| {
        let crm = Crm::start(stage, true)?;
        let came = crm.platform.customer("Zoe Martin").writes("Hello")?;
        let page = format!("{}/widget/{}", crm.platform.address(), crm.application);
        crm.browser.open(&crm.site.url("evil.localhost", "/record"))?;
        crm.gives(&came.conversation_id, 600)?;
        crm.browser.run("document.getElementById('signoff').src = arguments[0]", vec![json!(page)])?;
        until("the refusal", || Ok(crm.browser.console()?.into_iter().find(|line| line.contains("frame-ancestors"))))?;
        ensure!(crm.browser.run("return news.length", vec![])? == json!(0), "and it never spoke");
        Ok(())
    })
}
