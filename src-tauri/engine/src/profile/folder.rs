//! The profile's folder: locked by one process, its small files replaced as a whole or not at all.

use std::fs::{DirBuilder, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process holds the lock.
    #[error("another Signoff has this profile open")]
    AlreadyRunning,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// It cannot be made, or written to.
    #[error("the folder cannot be written: {0}")]
    Unwritable(io::Error),
}

impl From<io::Error> for FolderError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::StorageFull { Self::Full } else { Self::Unwritable(error) }
    }
}

/// A locked folder.
pub(super) struct Folder {
    dir: PathBuf,
    /// Released by the system when the process ends, however it ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder if there is none, and locks it.
    pub(super) fn lock(dir: &Path) -> Result<Self, FolderError> {
        private().create(dir)?;
        let lock = File::options().create(true).truncate(false).write(true).open(dir.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::AlreadyRunning),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// A small file's content, or `None` if there is no such file.
    pub(super) fn read(&self, name: &str) -> Result<Option<String>, FolderError> {
        match std::fs::read_to_string(self.path(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            // Bytes that are no text are content that nobody can use.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Some(String::new())),
            Err(error) => Err(error.into()),
        }
    }

    /// Replaces a small file. After a power cut it is the old one or the new one.
    pub(super) fn write(&self, name: &str, content: &str) -> Result<(), FolderError> {
        let new = self.path(&format!("{name}.new"));
        let mut file = File::create(&new)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, self.path(name))?;
        self.sync_names()?;
        Ok(())
    }

    #[cfg(unix)]
    fn sync_names(&self) -> io::Result<()> {
        File::open(&self.dir)?.sync_all()
    }

    /// Windows makes a rename durable by itself and opens no folders.
    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "the same signature everywhere")]
    fn sync_names(&self) -> io::Result<()> {
        Ok(())
    }
}

/// For the person alone.
fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}
