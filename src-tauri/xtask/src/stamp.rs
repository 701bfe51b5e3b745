//! Whether something has to be done again: by the content of what it is made from, never by times of files, which a fresh clone and a
//! change of branch set anew.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace;

/// A digest of the files under `folder`, names and contents, leaving out the entries named in `except` (paths relative to `folder`).
pub(crate) fn of_folder(folder: &Path, except: &[&str]) -> Result<String> {
    let mut files = BTreeSet::new();
    collect(folder, folder, except, &mut files)?;
    let mut digest = DefaultHasher::new();
    for file in files {
        file.strip_prefix(folder).unwrap_or(&file).hash(&mut digest);
        std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut digest);
    }
    Ok(format!("{:016x}", digest.finish()))
}

fn collect(base: &Path, folder: &Path, except: &[&str], files: &mut BTreeSet<PathBuf>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if except.iter().any(|left_out| base.join(left_out) == path) {
            continue;
        }
        if path.is_dir() {
            collect(base, &path, except, files)?;
        } else {
            files.insert(path);
        }
    }
    Ok(())
}

/// A digest of one file's content.
pub(crate) fn of_file(file: &Path) -> Result<String> {
    let mut digest = DefaultHasher::new();
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut digest);
    Ok(format!("{:016x}", digest.finish()))
}

/// Whether the work called `name` was last finished with this digest.
pub(crate) fn is_current(name: &str, digest: &str) -> bool {
    std::fs::read_to_string(path(name)).is_ok_and(|last| last == digest)
}

/// Notes that the work called `name` is finished with this digest.
pub(crate) fn set(name: &str, digest: &str) -> Result<()> {
    let path = path(name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, digest)?;
    Ok(())
}

fn path(name: &str) -> PathBuf {
    workspace::target().join("xtask").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_follows_names_and_contents_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("dist")).expect("a temporary folder can be made");
        std::fs::write(folder.join("a"), "1").expect("a file can be written");
        let first = of_folder(&folder, &["dist"]).expect("a folder can be read");

        std::fs::write(folder.join("dist/output"), "x").expect("a file can be written");
        std::fs::write(folder.join("a"), "1").expect("a file can be written");
        assert_eq!(of_folder(&folder, &["dist"]).expect("readable"), first, "output and times do not count");

        std::fs::write(folder.join("a"), "2").expect("a file can be written");
        assert_ne!(of_folder(&folder, &["dist"]).expect("readable"), first, "a change of content counts");
        std::fs::remove_dir_all(folder).expect("a temporary folder can be removed");
    }
}
