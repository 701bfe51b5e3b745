//! Saving files from the platform to this machine: exports, attachments.
//!
//! A file is written beside its place and moved there when it is whole and on the disk ([`part`]), so nobody ever opens half a file
//! under the final name. A connection that breaks ends nothing: the download waits for the next one and goes on where it was, as long
//! as the platform still has the same file. What has no tag, or has become another file, begins anew. A full disk ends it, and what has
//! arrived is kept until the person has made room or gives up.
//!
//! Downloads live as long as the program, and as long as the person is signed in.

mod part;
mod transfer;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use signoff_wire::interface::{Announcement, Code, Download, DownloadState, Failure};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::frame::Frame;
use crate::remote::download::Source;
use crate::store::Threads;
use crate::workplace::Workplace;
use part::Part;

/// All downloads of this run.
pub(crate) struct Downloads {
    frame: Arc<Frame>,
    runtime: Handle,
    threads: Threads,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    begun: u64,
    list: BTreeMap<u64, Saving>,
}

/// A download, and what is needed to go on with it.
struct Saving {
    shown: Download,
    source: Source,
    destination: PathBuf,
    /// What has arrived, while nobody writes it.
    part: Option<Part>,
    work: Option<JoinHandle<()>>,
}

impl Downloads {
    pub(crate) fn new(frame: Arc<Frame>, runtime: Handle, threads: Threads) -> Arc<Self> {
        Arc::new(Self { frame, runtime, threads, inside: Mutex::default() })
    }

    /// All of them, in the order in which they began.
    pub(crate) fn list(&self) -> Vec<Download> {
        self.inside().list.values().map(|saving| saving.shown.clone()).collect()
    }

    /// Begins to save a file.
    pub(crate) fn begin(
        self: &Arc<Self>,
        workplace: Arc<Workplace>,
        source: Source,
        destination: PathBuf,
    ) -> Result<Download, Failure> {
        let part = Part::beside(&destination).map_err(|error| part::failure(&error))?;
        let name = destination.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let shown = {
            let mut inside = self.inside();
            inside.begun += 1;
            let nr = inside.begun;
            let shown = Download {
                id: nr.to_string(),
                name,
                state: DownloadState::Running,
                received: 0,
                total: None,
                failure: None,
            };
            let saving = Saving { shown: shown.clone(), source, destination, part: Some(part), work: None };
            inside.list.insert(nr, saving);
            shown
        };
        self.go_on(workplace, &shown.id);
        Ok(shown)
    }

    /// Tries again what has failed.
    pub(crate) fn resume(self: &Arc<Self>, workplace: Arc<Workplace>, id: &str) -> Result<(), Failure> {
        let failed = self.change(id, |saving| {
            let failed = saving.shown.state == DownloadState::Failed;
            if failed {
                saving.shown.state = DownloadState::Running;
                saving.shown.failure = None;
            }
            failed
        });
        if failed.ok_or_else(unknown)? {
            self.go_on(workplace, id);
        }
        Ok(())
    }

    /// Stops one, and leaves nothing of it. What is done stays done.
    pub(crate) fn cancel(&self, id: &str) -> Result<(), Failure> {
        let cancelled = self.change(id, |saving| {
            if saving.shown.state != DownloadState::Done {
                saving.shown.state = DownloadState::Cancelled;
                saving.shown.failure = None;
                saving.stop();
            }
        });
        cancelled.ok_or_else(unknown)
    }

    /// Takes one off the list; what has not come to its end is cancelled.
    pub(crate) fn forget(&self, id: &str) -> Result<(), Failure> {
        let nr = id.parse().map_err(|_| unknown())?;
        let mut saving = self.inside().list.remove(&nr).ok_or_else(unknown)?;
        saving.stop();
        Ok(())
    }

    /// Where a saved file is.
    pub(crate) fn place(&self, id: &str) -> Result<PathBuf, Failure> {
        let nr = id.parse().map_err(|_| unknown())?;
        let inside = self.inside();
        let saving = inside.list.get(&nr).filter(|saving| saving.shown.state == DownloadState::Done);
        saving.map(|saving| saving.destination.clone()).ok_or_else(unknown)
    }

    /// Nobody is signed in any more, or the program ends: nothing half stays behind.
    pub(crate) fn end(&self) {
        for saving in self.inside().list.values_mut() {
            if saving.shown.state != DownloadState::Done {
                saving.shown.state = DownloadState::Cancelled;
                saving.stop();
                self.frame.announce(Announcement::DownloadChanged { download: saving.shown.clone() });
            }
        }
    }

    fn go_on(self: &Arc<Self>, workplace: Arc<Workplace>, id: &str) {
        let (downloads, own) = (Arc::clone(self), id.to_owned());
        let Some(Some((source, destination, part))) = self.change(id, |saving| {
            saving.part.take().map(|part| (saving.source.clone(), saving.destination.clone(), part))
        }) else {
            return;
        };
        let work = self.runtime.spawn(async move {
            transfer::run(&downloads, &workplace, &own, source, destination, part).await;
        });
        self.change(id, |saving| saving.work = Some(work));
    }

    /// Changes one and says so, if anything that is shown is another then. `None`: it was forgotten.
    fn change<T>(&self, id: &str, edit: impl FnOnce(&mut Saving) -> T) -> Option<T> {
        let nr: u64 = id.parse().ok()?;
        let mut inside = self.inside();
        let saving = inside.list.get_mut(&nr)?;
        let before = saving.shown.clone();
        let answer = edit(saving);
        if saving.shown != before {
            self.frame.announce(Announcement::DownloadChanged { download: saving.shown.clone() });
        }
        Some(answer)
    }

    fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Saving {
    /// Ends the work, with which the part that is being written goes, and removes the one that is not.
    fn stop(&mut self) {
        if let Some(work) = self.work.take() {
            work.abort();
        }
        self.part = None;
    }
}

fn unknown() -> Failure {
    Failure::new(Code::FileUnknown)
}
