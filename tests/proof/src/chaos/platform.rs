//! The platform as a process: `signoff-platform serve`, and HTTP to it past the proxy, for everybody who is not the app.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::process::{Killer, Victim};
use super::totals::Totals;
use crate::api::{Answer, Api, Call};

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The platform, whether it runs or not.
pub struct Platform {
    program: PathBuf,
    folder: PathBuf,
    totals: Totals,
    http: reqwest::Client,
    running: Mutex<Option<Running>>,
}

struct Running {
    victim: Victim,
    address: Option<SocketAddr>,
}

impl Platform {
    /// The platform with its data and its log in `folder`.
    ///
    /// # Errors
    /// If there is no HTTP client.
    pub fn new(program: &Path, folder: &Path, totals: Totals) -> Result<Self, String> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build();
        let http = http.map_err(|error| error.to_string())?;
        Ok(Self { program: program.to_owned(), folder: folder.to_owned(), totals, http, running: Mutex::default() })
    }

    /// Starts it on what the last one has left. `meanwhile` is given what kills it. Answers where it serves; `None` if it was killed before
    /// it did.
    ///
    /// # Errors
    /// If it cannot be started, or does not serve.
    pub async fn starts(&self, meanwhile: impl FnOnce(&Killer) + Send) -> Result<Option<SocketAddr>, String> {
        let mut command = Command::new(&self.program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--demo", "--data-dir"]).arg(self.folder.join("platform"));
        let (victim, _, stdout) = Victim::start(&mut command, &self.folder.join("platform.log"), &self.totals)
            .map_err(|error| {
                format!(
                    "{} did not start: {error}; `cargo build --workspace --bin signoff-platform` builds it",
                    self.program.display()
                )
            })?;
        meanwhile(victim.killer());
        *self.running() = Some(Running { victim, address: None });
        let stdout = stdout.ok_or("the platform has no output")?;
        let (says, said) = oneshot::channel();
        thread::spawn(move || {
            let mut line = String::new();
            // A platform that dies says nothing, or half of it.
            let _ = BufReader::new(stdout).read_line(&mut line);
            let _ = says.send(line);
        });
        let line = timeout(PATIENCE, said).await.map_err(|_| "the platform does not serve in time")?;
        let line = line.unwrap_or_default();
        let address = line.strip_prefix("listening on http://").filter(|rest| rest.ends_with('\n'));
        let Some(address) = address.and_then(|address| address.trim().parse().ok()) else {
            self.is_buried().await?;
            return Ok(None);
        };
        if let Some(running) = self.running().as_mut() {
            running.address = Some(address);
        }
        Ok(Some(address))
    }

    /// What kills it, if it runs.
    #[must_use]
    pub fn killer(&self) -> Option<Killer> {
        self.running().as_ref().map(|running| running.victim.killer().clone())
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.running().as_ref().is_some_and(|running| !running.victim.is_over())
    }

    /// Buries what is dead.
    ///
    /// # Errors
    /// If it was not killed, but ended by itself.
    pub async fn is_buried(&self) -> Result<(), String> {
        let Some(running) = self.running().take() else { return Ok(()) };
        running.victim.ends(false).await.map_err(|error| format!("the platform: {error}"))
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Api for Platform {
    async fn call(&self, call: Call) -> Option<Answer> {
        let address = self.running().as_ref()?.address?;
        let method = Method::from_bytes(call.method.as_bytes()).ok()?;
        let mut request = self.http.request(method, format!("http://{address}{}", call.path));
        if let Some(token) = &call.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some(Answer { status, body: answer.bytes().await.ok()?.to_vec() })
    }
}
