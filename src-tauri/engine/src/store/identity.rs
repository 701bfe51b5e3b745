//! Whether the open file is still the one that has its name.
//!
//! Where a file can be deleted or replaced while it is open, SQLite goes on writing into what has no name any more, and everything is gone
//! with the process. So the two files that hold the commits are looked at before each: a few microseconds.

use std::path::Path;

use super::salvage::with_suffix;

/// The file and its log, as they were when they were opened; `None` is what could not be told.
#[derive(Debug)]
pub(super) struct Identity {
    file: Option<Number>,
    log: Option<Number>,
}

impl Identity {
    /// What has these names now.
    pub(super) fn of(path: &Path) -> Self {
        Self { file: number(path), log: number(&with_suffix(path, "-wal")) }
    }

    pub(super) fn is_still_at(&self, path: &Path) -> bool {
        let now = Self::of(path);
        let same = |then: Option<Number>, now: Option<Number>| then.is_none() || then == now;
        same(self.file, now.file) && same(self.log, now.log)
    }
}

/// Device and number on it.
#[cfg(unix)]
type Number = (u64, u64);

#[cfg(unix)]
fn number(path: &Path) -> Option<Number> {
    use std::os::unix::fs::MetadataExt;
    path.metadata().ok().map(|file| (file.dev(), file.ino()))
}

/// Windows deletes no file that is open.
#[cfg(not(unix))]
type Number = ();

#[cfg(not(unix))]
fn number(_path: &Path) -> Option<Number> {
    None
}
