//! The WebDriver: WebKit's own, which starts the app and speaks to the page in its window.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::process::{Process, Surroundings};
use crate::wait::until;

/// How long the page may be busy before it counts as hung: WebKit lays five megabytes out for several seconds.
const ANSWER: Duration = Duration::from_secs(90);

/// One session with one run of the app.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Process,
    client: Client,
    runtime: Arc<Runtime>,
}

impl Driver {
    /// Starts the app under a driver of its own and waits for its window.
    pub(crate) fn start(
        runtime: Arc<Runtime>,
        surroundings: &Surroundings,
        logs: &Path,
        app: &Path,
        arguments: &[String],
    ) -> Result<Self> {
        let port = free_port()?;
        let mut command = surroundings.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let process = Process::start("app", logs, &mut command)?;
        until("the WebDriver", || Ok(std::net::TcpStream::connect(("127.0.0.1", port)).ok()))?;
        let address = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities(app, arguments)?);
        let client = runtime
            .block_on(async { tokio::time::timeout(Duration::from_secs(60), builder.connect(&address)).await })
            .context("the app's window did not come up within a minute")
            .and_then(|session| session.context("the app did not let itself be operated"))
            .with_context(|| format!("what it said:\n{}", process.said()))?;
        Ok(Self { process, client, runtime })
    }

    /// Runs a script in the page.
    pub(crate) fn execute(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.run(self.client.execute(script, arguments))
    }

    /// Does something with an element that a script has returned.
    pub(crate) fn with<T, F>(&self, element: &Value, act: impl FnOnce(Element) -> F) -> Result<T>
    where
        F: Future<Output = Result<T, fantoccini::error::CmdError>>,
    {
        let reference = element.as_object().and_then(|fields| fields.values().next()).and_then(Value::as_str);
        let reference = reference.context("the script did not return an element")?.to_owned();
        self.run(act(Element::from_element_id(self.client.clone(), reference.into())))
    }

    fn run<T>(&self, act: impl Future<Output = Result<T, fantoccini::error::CmdError>>) -> Result<T> {
        let bounded = async { tokio::time::timeout(ANSWER, act).await };
        Ok(self.runtime.block_on(bounded).context("the page does not answer")??)
    }

    /// The driver's process, whose group the app belongs to.
    pub(crate) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// What driver and app have written to their outputs.
    pub(crate) fn said(&self) -> String {
        self.process.said()
    }

    /// The driver's process id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

fn capabilities(app: &Path, arguments: &[String]) -> Result<Capabilities> {
    let capabilities = json!({ "webkitgtk:browserOptions": { "binary": app, "args": arguments } });
    capabilities.as_object().cloned().context("capabilities are an object")
}

/// A port that was free a moment ago; the driver does not choose one itself.
fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
