//! The app as a process: `signoff-headless`, which is asked and answers in lines of JSON.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::death::Death;
use super::process::{Killer, Victim};
use super::totals::Totals;
use crate::desk::{Ask, Desk, Told};

/// How long the app may take for an answer. Generous: a sign-in waits for a network of faults.
const PATIENCE: Duration = Duration::from_secs(30);

/// The app, whether it runs or not.
pub struct App {
    program: PathBuf,
    folder: PathBuf,
    totals: Totals,
    running: Mutex<Option<Arc<Running>>>,
    /// It dies so long after the next click has been asked for.
    dies_in_click: Mutex<Option<Duration>>,
    wrong: Mutex<Vec<String>>,
}

struct Running {
    victim: Victim,
    stdin: Mutex<Option<ChildStdin>>,
    said: tokio::sync::Mutex<mpsc::UnboundedReceiver<String>>,
}

impl App {
    /// The app with its profile, keyring and log in `folder`.
    #[must_use]
    pub fn new(program: &Path, folder: &Path, totals: Totals) -> Self {
        Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            totals,
            running: Mutex::default(),
            dies_in_click: Mutex::default(),
            wrong: Mutex::default(),
        }
    }

    /// Starts it on what the last one has left.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub fn starts(&self) -> Result<(), String> {
        let mut command = Command::new(&self.program);
        command.arg(self.folder.join("profile")).arg(self.folder.join("keyring.json"));
        command.arg(self.folder.join("notifications.txt"));
        let (victim, stdin, stdout) = Victim::start(&mut command, &self.folder.join("app.log"), &self.totals)
            .map_err(|error| format!("{} did not start: {error}", self.program.display()))?;
        let (said, says) = mpsc::unbounded_channel();
        let stdout = stdout.ok_or("the app has no output")?;
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if said.send(line).is_err() {
                    return;
                }
            }
        });
        let running = Running { victim, stdin: Mutex::new(stdin), said: tokio::sync::Mutex::new(says) };
        *lock(&self.running) = Some(Arc::new(running));
        Ok(())
    }

    /// What kills it, if it runs.
    #[must_use]
    pub fn killer(&self) -> Option<Killer> {
        lock(&self.running).as_ref().map(|running| running.victim.killer().clone())
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_up(&self) -> bool {
        lock(&self.running).as_ref().is_some_and(|running| !running.victim.is_over())
    }

    /// It is killed so long after the next click has been asked for. `None`: it is not.
    pub fn dies_in_click(&self, after: Option<Duration>) {
        *lock(&self.dies_in_click) = after;
    }

    /// Buries what is dead.
    ///
    /// # Errors
    /// If it was not killed, but ended by itself.
    pub async fn is_buried(&self) -> Result<(), String> {
        let Some(running) = lock(&self.running).take() else { return Ok(()) };
        running.victim.ends(false).await.map_err(|error| format!("the app: {error}"))
    }

    /// The advisor quits it.
    ///
    /// # Errors
    /// If it does not end well.
    pub async fn quits(&self) -> Result<(), String> {
        let Some(running) = lock(&self.running).take() else { return Ok(()) };
        drop(lock(&running.stdin).take());
        running.victim.ends(true).await.map_err(|error| format!("the app: {error}"))
    }

    /// What went wrong with the process itself.
    #[must_use]
    pub fn wrong(&self) -> Vec<String> {
        lock(&self.wrong).clone()
    }
}

#[async_trait]
impl Desk for App {
    async fn ask(&self, ask: Ask) -> Option<Told> {
        let running = lock(&self.running).clone()?;
        let mut line = serde_json::to_vec(&ask).ok()?;
        line.push(b'\n');
        let mut said = running.said.lock().await;
        let doom = if is_click(&ask) { lock(&self.dies_in_click).take() } else { None };
        if let Some(after) = doom {
            running.victim.killer().kill_after(after, Death::AppInClick);
        }
        // A dead reader is heard of below.
        let _ = lock(&running.stdin).as_mut()?.write_all(&line);
        let Ok(answer) = timeout(PATIENCE, said.recv()).await else {
            lock(&self.wrong).push(format!("the app does not answer {}", name(&ask)));
            running.victim.killer().kill(Death::App);
            return None;
        };
        // Half a line is no answer.
        serde_json::from_str(&answer?).ok()
    }
}

fn is_click(ask: &Ask) -> bool {
    match ask {
        Ask::SendReply(_) | Ask::SendAndClose(_) | Ask::Archive(_) | Ask::Assign(_) | Ask::Release(_) => true,
        Ask::State
        | Ask::Inbox(_)
        | Ask::Conversation(_)
        | Ask::Timeline(_)
        | Ask::Queue
        | Ask::SaveDraft(_)
        | Ask::AttachFile { .. }
        | Ask::Choose(_)
        | Ask::SignIn(_)
        | Ask::Wake => false,
    }
}

/// What was asked, without what it says.
fn name(ask: &Ask) -> String {
    format!("{ask:?}").split(['(', ' ']).next().unwrap_or_default().to_owned()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
