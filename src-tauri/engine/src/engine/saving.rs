//! Saving files from the platform where the person wants them (see [`crate::downloads`]).

use std::path::PathBuf;

use signoff_wire::interface::{Code, Download, Failure};

use super::Engine;
use crate::remote::download::Source;

impl Engine {
    /// Whether files may be saved from this path: asked before anybody is asked for a place.
    ///
    /// # Errors
    /// [`Code::NotAllowed`].
    pub fn require_savable(&self, path: &str) -> Result<(), Failure> {
        source(path).map(|_| ())
    }

    /// Begins to save the file at `path`, a path of the contract's, as `destination`. Answers at once.
    ///
    /// # Errors
    /// [`Code::NotAllowed`] for another path, [`Code::FileUnwritable`] or [`Code::DiskFull`] if nothing can be written there.
    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub async fn save_file(&self, path: &str, destination: PathBuf) -> Result<Download, Failure> {
        self.downloads.begin(self.workplace()?, source(path)?, destination)
    }

    /// What is being saved, or was in this run.
    pub fn downloads(&self) -> Vec<Download> {
        self.downloads.list()
    }

    /// Stops one; nothing of it is left.
    ///
    /// # Errors
    /// [`Code::FileUnknown`].
    pub fn cancel_download(&self, id: &str) -> Result<(), Failure> {
        self.downloads.cancel(id)
    }

    /// Tries again what failed, from where it was.
    ///
    /// # Errors
    /// [`Code::FileUnknown`].
    pub fn resume_download(&self, id: &str) -> Result<(), Failure> {
        self.downloads.resume(self.workplace()?, id)
    }

    /// Takes one off the list.
    ///
    /// # Errors
    /// [`Code::FileUnknown`].
    pub fn forget_download(&self, id: &str) -> Result<(), Failure> {
        self.downloads.forget(id)
    }

    /// Where a saved file is, for the system's file manager.
    ///
    /// # Errors
    /// [`Code::FileUnknown`], if it is not there (yet).
    pub fn download_place(&self, id: &str) -> Result<PathBuf, Failure> {
        self.downloads.place(id)
    }
}

fn source(path: &str) -> Result<Source, Failure> {
    let refused = || Failure::new(Code::NotAllowed).with_detail("no files are saved from this path");
    Source::of(path).ok_or_else(refused)
}
