//! A file that is not whole yet: beside its place, and gone when nobody holds it any more.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use signoff_wire::interface::{Code, Failure};

/// Names tried, at most.
const NAMES: u32 = 100;

/// What has arrived of a file.
pub(super) struct Part {
    file: File,
    path: PathBuf,
    /// Bytes in it.
    pub(super) bytes: u64,
    /// What the platform calls the file that they are from.
    pub(super) tag: Option<String>,
    moved: bool,
}

impl Part {
    /// An empty one in the folder of `destination`: moving it there later is one step of the file system's.
    pub(super) fn beside(destination: &Path) -> io::Result<Self> {
        let mut taken = io::Error::from(ErrorKind::AlreadyExists);
        for number in 0..NAMES {
            let mut name = OsString::from(destination.file_name().ok_or(ErrorKind::InvalidInput)?);
            name.push(if number == 0 { ".part".to_owned() } else { format!(".{number}.part") });
            let path = destination.with_file_name(name);
            match File::options().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Self { file, path, bytes: 0, tag: None, moved: false }),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => taken = error,
                Err(error) => return Err(error),
            }
        }
        Err(taken)
    }

    /// Begins anew.
    pub(super) fn empty(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.bytes = 0;
        Ok(())
    }

    /// Appends. What could be written only in part is taken back, so that `bytes` is always right.
    pub(super) fn append(&mut self, piece: &[u8]) -> io::Result<()> {
        if let Err(error) = self.file.write_all(piece) {
            let _ = self.file.set_len(self.bytes);
            let _ = self.file.seek(SeekFrom::Start(self.bytes));
            return Err(error);
        }
        self.bytes += piece.len() as u64;
        Ok(())
    }

    /// It is whole: onto the disk, and into its place. On an error it is still a part.
    pub(super) fn finish(&mut self, destination: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, destination)?;
        self.moved = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.moved
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "a file that was not saved to its end cannot be removed");
        }
    }
}

/// What the person is told.
pub(super) fn failure(error: &io::Error) -> Failure {
    let full = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
    let code = if full { Code::DiskFull } else { Code::FileUnwritable };
    // The kind names no place and no file.
    Failure::new(code).with_detail(error.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_file_never_has_the_final_name_and_is_gone_with_whoever_wrote_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("actions.csv");
        fs::write(&place, "before").expect("writes");
        let mut part = Part::beside(&place).expect("begins");
        let other = Part::beside(&place).expect("another one at the same time");
        part.append(b"half").expect("writes");
        assert_eq!(fs::read(&place).expect("reads"), b"before");
        part.empty().expect("begins anew");
        part.append(b"whole").expect("writes");
        part.finish(&place).expect("moves");
        drop((part, other));
        assert_eq!(fs::read(&place).expect("reads"), b"whole");
        assert_eq!(fs::read_dir(folder.path()).expect("lists").count(), 1, "nothing is left beside it");
    }
}
