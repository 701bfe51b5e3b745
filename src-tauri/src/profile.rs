//! The profile: the folder that holds everything of one account on this machine.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The identifier that the operating systems know Signoff by. The same as in `tauri.conf.json`; a test compares them.
pub(crate) const IDENTIFIER: &str = "app.signoff.desktop";

/// The folder of a profile, as an absolute path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    folder: PathBuf,
    standard: bool,
}

impl Profile {
    /// The given folder, or the standard one.
    ///
    /// # Errors
    /// [`NoDataFolder`], if none was given and the system names no folder for application data.
    pub(crate) fn choose(folder: Option<PathBuf>) -> Result<Self, NoDataFolder> {
        match folder {
            Some(folder) => Ok(Self { folder, standard: false }),
            None => Ok(Self { folder: dirs::data_dir().ok_or(NoDataFolder)?.join(IDENTIFIER), standard: true }),
        }
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether this is the profile that a start without options uses.
    pub(crate) fn is_standard(&self) -> bool {
        self.standard
    }

    /// A short name that is the same for every start with this folder and different for every other, made of letters and digits.
    ///
    /// Symbolic links on the way are followed as far as the folder exists, so that two ways to one folder are one profile.
    pub(crate) fn key(&self) -> String {
        let folder = self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone());
        let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The system names no folder for application data, which means that it knows no home for this person.
#[derive(Debug, thiserror::Error)]
#[error("this account has no folder for application data; give one with --data-dir DIR")]
pub(crate) struct NoDataFolder;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    #[test]
    fn the_identifier_is_the_configurations() {
        let configuration: serde_json::Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        assert_eq!(configuration["identifier"], IDENTIFIER);
    }

    #[cfg(unix)]
    #[test]
    fn two_ways_to_one_folder_are_one_profile() {
        let home = tempfile::tempdir().unwrap();
        let (folder, link) = (home.path().join("profile"), home.path().join("link"));
        std::fs::create_dir(&folder).unwrap();
        std::os::unix::fs::symlink(&folder, &link).unwrap();

        let key = |folder: PathBuf| Profile::choose(Some(folder)).unwrap().key();

        assert_eq!(key(folder.clone()), key(link), "a second start through a link finds the first");
        assert_ne!(key(folder), key(home.path().join("other")), "other profiles run side by side");
    }
}
