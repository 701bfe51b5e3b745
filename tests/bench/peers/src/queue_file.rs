//! queue-file: one file as a ring, flushed at every change. It knows one queue only, so conversations share it.

use std::path::Path;
use std::time::{Duration, Instant};

use queue_file::QueueFile;
use signoff_turns::{Contender, Error, REPLY};

/// Its file.
pub(crate) struct OneFile(QueueFile);

impl OneFile {
    /// Opens a file. That every change is flushed is its default.
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        Ok(Self(QueueFile::open(folder.join("queue"))?))
    }
}

impl Contender for OneFile {
    fn click(&mut self, conversation: usize) -> Result<Duration, Error> {
        let begun = Instant::now();
        self.0.add(format!("{conversation}\n{REPLY}").as_bytes())?;
        Ok(begun.elapsed())
    }

    fn drain(&mut self, _conversation: usize) -> Result<(), Error> {
        while self.0.peek()?.is_some() {
            self.0.remove()?;
        }
        Ok(())
    }
}
