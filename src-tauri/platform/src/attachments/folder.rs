//! Where the files lie: `files/ab/abcd…` below the data directory, and `files/.incoming` while they come in, which no backup looks at.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{backups::attachments::FOLDER, health, refusal::Refusal};

const INCOMING: &str = ".incoming";

/// The folder of all files.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    keep_free: u64,
}

impl Folder {
    /// The folder below a data directory.
    pub(crate) fn below(data_dir: &Path) -> Self {
        Self { path: data_dir.join(FOLDER), keep_free: 0 }
    }

    /// Takes nothing in while less than so much space is free: the last of it is for what people write.
    pub(crate) fn keeping_free(self, bytes: u64) -> Self {
        Self { keep_free: bytes, ..self }
    }

    /// Refuses what comes in while there is little space.
    pub(super) fn require_room(&self) -> Result<(), Refusal> {
        let beside = self.path.parent().unwrap_or(&self.path);
        match health::free_bytes(beside) {
            Some(free) if free < self.keep_free => Err(Refusal::StorageFull),
            _ => Ok(()),
        }
    }

    /// Where the content of this name lies.
    pub(crate) fn content(&self, name: &str) -> PathBuf {
        self.path.join(name.get(..2).unwrap_or("__")).join(name)
    }

    /// A new file for what comes in. Names are never used twice by one process, and what others left is gone.
    pub(super) fn incoming(&self) -> io::Result<(PathBuf, File)> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let folder = self.path.join(INCOMING);
        fs::create_dir_all(&folder)?;
        let path = folder.join(NEXT.fetch_add(1, Ordering::Relaxed).to_string());
        let file = File::options().write(true).create(true).truncate(true).open(&path)?;
        Ok((path, file))
    }

    /// Puts what came in where its content says. The same content is there only once.
    pub(super) fn place(&self, incoming: &Path, content: &str) -> io::Result<()> {
        let path = self.content(content);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
            fs::rename(incoming, &path)?;
            // The name has to survive a power cut as the content does.
            #[cfg(unix)]
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    /// Removes a content that no row names.
    pub(super) fn remove(&self, content: &str) {
        if let Err(error) = fs::remove_file(self.content(content))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "cannot remove a file that nobody uses");
        }
    }

    /// Removes what an earlier process was interrupted at. Before anything comes in.
    pub(crate) fn forget_interrupted(&self) {
        let Ok(entries) = fs::read_dir(self.path.join(INCOMING)) else { return };
        for entry in entries.flatten() {
            let _ = fs::remove_file(entry.path());
        }
    }

    /// The names of all contents.
    pub(super) fn contents(&self) -> Vec<String> {
        let Ok(shelves) = fs::read_dir(&self.path) else { return Vec::new() };
        let shelves = shelves.flatten().filter(|shelf| shelf.file_name().len() == 2);
        shelves
            .filter_map(|shelf| fs::read_dir(shelf.path()).ok())
            .flat_map(|files| files.flatten().map(|file| file.file_name().to_string_lossy().into_owned()))
            .collect()
    }
}
