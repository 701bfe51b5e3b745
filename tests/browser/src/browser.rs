//! Chromium behind chromedriver, used as a person would: looking, clicking, typing, and going offline in a tunnel.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use signoff_desk::{Process, until};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How long a command to the page may take before it counts as hung.
const ANSWER: Duration = Duration::from_secs(60);

/// What somebody looks at a page with.
#[derive(Debug, Clone)]
pub struct Device {
    width: u32,
    height: u32,
    phone: bool,
    language: String,
    dark: bool,
}

impl Device {
    /// A window on a desk.
    #[must_use]
    pub fn desktop() -> Self {
        Self { width: 1200, height: 800, phone: false, language: "en-GB".to_owned(), dark: false }
    }

    /// A small phone: 360 pixels, touch.
    #[must_use]
    pub fn phone() -> Self {
        Self { width: 360, height: 740, phone: true, ..Self::desktop() }
    }

    /// The same, in another language.
    #[must_use]
    pub fn speaking(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }

    /// The same, with the system's dark colours.
    #[must_use]
    pub fn dark(mut self) -> Self {
        self.dark = true;
        self
    }

    /// The same, in a window of another size.
    #[must_use]
    pub fn sized(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (width, height);
        self
    }

    fn capabilities(&self, profile: &Path) -> Value {
        let mut arguments = vec![
            "--headless=new".to_owned(),
            // Containers have no user namespaces to build a sandbox of; the pages are our own.
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-background-networking".to_owned(),
            "--no-first-run".to_owned(),
            // A trial that headless browsers take part in: it forbids storage in frames, which people's browsers keep apart instead.
            "--disable-features=TrackingProtection3pcd".to_owned(),
            "--hide-scrollbars".to_owned(),
            // Hosts that end in .test are other people's sites; nothing leaves the machine.
            "--host-resolver-rules=MAP *.test 127.0.0.1".to_owned(),
            format!("--window-size={},{}", self.width, self.height),
            format!("--lang={}", self.language),
            format!("--user-data-dir={}", profile.display()),
        ];
        if self.dark {
            arguments.push("--blink-settings=preferredColorScheme=0".to_owned());
        }
        let mut options = json!({
            "args": arguments,
            "prefs": { "intl.accept_languages": self.language, "intl.selected_languages": self.language },
        });
        if self.phone {
            let metrics = json!({ "width": self.width, "height": self.height, "pixelRatio": 2.0, "touch": true });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } })
    }
}

/// One browser of one person.
#[derive(Debug, Clone)]
pub struct Browser(pub(crate) Arc<Page>);

/// The process behind a [`Browser`].
#[derive(Debug)]
pub(crate) struct Page {
    client: Client,
    runtime: Arc<Runtime>,
    // Dropped before the profile that it writes to.
    _driver: Process,
    _profile: TempDir,
}

impl Page {
    pub(crate) fn start(runtime: Arc<Runtime>, logs: &Path, number: usize, device: Device) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("chromium-").tempdir()?;
        let mut command = Command::new("chromedriver");
        // Port 0: the driver takes a free one and says which.
        command.args(["--port=0", "--log-level=WARNING"]).env("HOME", profile.path()).env("TZ", "UTC");
        let (driver, port) = Process::start_and_read(&format!("chromedriver-{number}"), logs, &mut command, |line| {
            let port = line.strip_prefix("ChromeDriver was started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        })
        .context("Debian's package is chromium-driver; `cargo xtask e2e` installs it")?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let capabilities = device.capabilities(&profile.path().join("profile"));
        builder.capabilities(capabilities.as_object().cloned().context("capabilities are an object")?);
        let address = format!("http://127.0.0.1:{port}");
        let client = runtime
            .block_on(async { tokio::time::timeout(ANSWER, builder.connect(&address)).await })
            .context("Chromium did not come up within a minute")
            .and_then(|session| session.context("Chromium did not let itself be operated"))
            .with_context(|| format!("what it said:\n{}", driver.said()))?;
        Ok(Self { client, runtime, _driver: driver, _profile: profile })
    }

    fn run<T>(&self, act: impl Future<Output = Result<T, fantoccini::error::CmdError>>) -> Result<T> {
        let bounded = async { tokio::time::timeout(ANSWER, act).await };
        Ok(self.runtime.block_on(bounded).context("the page does not answer")??)
    }

    pub(crate) fn screenshot(&self, file: &Path) -> Result<()> {
        let picture = self.run(self.client.screenshot())?;
        std::fs::write(file, picture).with_context(|| format!("cannot write {}", file.display()))
    }

    /// As much as can be had of a browser in trouble.
    pub(crate) fn leave_evidence(&self, folder: &Path, number: usize) {
        let _ = self.screenshot(&folder.join(format!("browser-{number}.png")));
        if let Ok(source) = self.run(self.client.source()) {
            let _ = std::fs::write(folder.join(format!("browser-{number}.html")), source);
        }
        if let Ok(console) = self.console() {
            let _ = std::fs::write(folder.join(format!("browser-{number}.console.txt")), console.join("\n"));
        }
    }

    fn console(&self) -> Result<Vec<String>> {
        let entries = self.run(self.client.issue_cmd(Extension::new("se/log", json!({ "type": "browser" }))))?;
        let text = |entry: &Value| {
            format!("{} {}", entry["level"].as_str().unwrap_or_default(), entry["message"].as_str().unwrap_or_default())
        };
        Ok(entries.as_array().map(|entries| entries.iter().map(text).collect()).unwrap_or_default())
    }
}

impl Browser {
    /// Goes to an address and waits until the page has loaded.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub fn open(&self, url: &str) -> Result<()> {
        self.0.run(self.0.client.goto(url))
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub fn reload(&self) -> Result<()> {
        self.0.run(self.0.client.refresh())
    }

    /// Runs the body of a function in the page, with `arguments[0]`… .
    ///
    /// # Errors
    /// If it throws.
    pub fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.0.run(self.0.client.execute(script, arguments))
    }

    /// Waits until the body of a function answers something that is neither false nor null nor empty, and returns it.
    ///
    /// # Errors
    /// If it never does; `what` says what was waited for.
    pub fn until(&self, what: &str, script: &str) -> Result<Value> {
        until(what, || {
            let seen = self.run(script, Vec::new())?;
            let nothing = matches!(&seen, Value::Null | Value::Bool(false)) || seen == json!("") || seen == json!([]);
            Ok(Some(seen).filter(|_| !nothing))
        })
    }

    /// Waits until something matches.
    ///
    /// # Errors
    /// If nothing ever does.
    pub fn wait_for(&self, css: &str) -> Result<()> {
        until(css, || Ok(self.count(css)?.checked_sub(1))).map(drop)
    }

    /// Waits until nothing matches any more.
    ///
    /// # Errors
    /// If something always does.
    pub fn wait_for_none(&self, css: &str) -> Result<()> {
        until(&format!("no {css}"), || Ok(Some(()).filter(|()| self.count(css).is_ok_and(|count| count == 0))))
    }

    /// Waits until an element that matches contains this text.
    ///
    /// # Errors
    /// If none ever does; the error says what is there instead.
    pub fn wait_for_text(&self, css: &str, text: &str) -> Result<()> {
        let found = until(&format!("{text:?} in {css}"), || {
            let texts = self.texts(css)?;
            Ok(Some(()).filter(|()| texts.iter().any(|there| there.contains(text))))
        });
        found.with_context(|| format!("there is: {:?}", self.texts(css).unwrap_or_default()))
    }

    /// How many elements match.
    ///
    /// # Errors
    /// If the page does not answer.
    pub fn count(&self, css: &str) -> Result<u64> {
        let count = self.run("return document.querySelectorAll(arguments[0]).length", vec![json!(css)])?;
        count.as_u64().context("a number")
    }

    /// The texts of the elements that match, as they are shown.
    ///
    /// # Errors
    /// If the page does not answer.
    pub fn texts(&self, css: &str) -> Result<Vec<String>> {
        let script =
            "return Array.from(document.querySelectorAll(arguments[0]), (element) => element.innerText.trim())";
        Ok(serde_json::from_value(self.run(script, vec![json!(css)])?)?)
    }

    /// Clicks on the first element that matches, with the pointer: what lies above it gets the click.
    ///
    /// # Errors
    /// If nothing matches, or it cannot be clicked on.
    pub fn click(&self, css: &str) -> Result<()> {
        self.wait_for(css)?;
        until(&format!("a click on {css}"), || {
            let clicked = async { self.0.client.find(Locator::Css(css)).await?.click().await };
            self.0.run(clicked).map(Some)
        })
    }

    /// Clicks on the element that matches and shows exactly this text.
    ///
    /// # Errors
    /// If there is none.
    pub fn click_text(&self, css: &str, text: &str) -> Result<()> {
        let number =
            until(&format!("{text:?} among {css}"), || Ok(self.texts(css)?.iter().position(|there| there == text)))?;
        self.0.run(async {
            let all = self.0.client.find_all(Locator::Css(css)).await?;
            match all.into_iter().nth(number) {
                Some(element) => element.click().await,
                None => Ok(()),
            }
        })
    }

    /// Types into the first element that matches.
    ///
    /// # Errors
    /// If nothing matches, or nothing can be typed there.
    pub fn type_into(&self, css: &str, text: &str) -> Result<()> {
        self.wait_for(css)?;
        self.0.run(async { self.0.client.find(Locator::Css(css)).await?.send_keys(text).await })
    }

    /// Presses keys wherever the focus is. Keys without a letter are those of `fantoccini::key`.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.0.run(async { self.0.client.active_element().await?.send_keys(keys).await })
    }

    /// Looks into the frame that matches; everything from here on is about its page.
    ///
    /// # Errors
    /// If there is no such frame.
    pub fn enter_frame(&self, css: &str) -> Result<()> {
        self.wait_for(css)?;
        self.0.run(async { self.0.client.find(Locator::Css(css)).await?.enter_frame().await })
    }

    /// Looks into the frame that a script returns: one in a shadow tree, which no selector reaches.
    ///
    /// # Errors
    /// If the script returns no frame.
    pub fn enter_frame_of(&self, script: &str) -> Result<()> {
        let frame = self.until("a frame", script)?;
        let reference = frame.as_object().and_then(|fields| fields.values().next()).and_then(Value::as_str);
        let Some(reference) = reference.map(str::to_owned) else { bail!("the script did not return an element") };
        let element = fantoccini::elements::Element::from_element_id(self.0.client.clone(), reference.into());
        self.0.run(element.enter_frame())
    }

    /// Looks at the page itself again.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub fn leave_frames(&self) -> Result<()> {
        self.0.run(self.0.client.issue_cmd(Extension::new("frame", json!({ "id": null })))).map(drop)
    }

    /// Cuts the browser off the network, or connects it again. Connections that are open break.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub fn set_offline(&self, offline: bool) -> Result<()> {
        let throughput = if offline { 0 } else { 50_000_000 };
        let conditions = json!({ "network_conditions": {
            "offline": offline, "latency": 0, "download_throughput": throughput, "upload_throughput": throughput,
        } });
        self.0.run(self.0.client.issue_cmd(Extension::new("chromium/network_conditions", conditions)))?;
        Ok(())
    }

    /// A command of the Chrome DevTools Protocol.
    ///
    /// # Errors
    /// If Chromium refuses it.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Result<Value> {
        let body = json!({ "cmd": command, "params": parameters });
        self.0.run(self.0.client.issue_cmd(Extension::new("goog/cdp/execute", body)))
    }

    /// What the page has said on its console since it was last asked, with its level. Violations of a content security policy are there.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub fn console(&self) -> Result<Vec<String>> {
        self.0.console()
    }
}

/// A command of chromedriver's own.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl Extension {
    fn new(path: &'static str, body: Value) -> Self {
        Self { path, body }
    }
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
