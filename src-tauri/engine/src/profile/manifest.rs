//! `profile.json`: what has to be known before anything is unlocked. No secret stands in it.

use serde::{Deserialize, Serialize};

use super::ProfileError;
use super::folder::{Folder, FolderError};
use super::passphrase;
use crate::ports::Chance;

const FILE: &str = "profile.json";
/// Raised when an older version could do harm by reading the file.
const FORMAT: u32 = 1;

/// The file's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    format: u32,
    /// Random; sets this profile's secrets apart from another's in the same keyring.
    pub(super) id: String,
    /// How the key is protected, once there is one.
    #[serde(default)]
    pub(super) protection: Option<Protection>,
    /// The folder of the account that is signed in.
    #[serde(default)]
    pub(super) account: Option<String>,
}

/// How the key of the caches is protected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Protection {
    /// It lies in the system's keyring.
    Keyring,
    /// It is derived from a passphrase.
    Passphrase(passphrase::Lock),
}

impl Manifest {
    /// Reads the file, if there is one.
    pub(super) fn read(folder: &Folder) -> Result<Option<Self>, ProfileError> {
        /// The part that every version can read.
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Some(text) = folder.read(FILE)? else { return Ok(None) };
        match serde_json::from_str::<Format>(&text) {
            Ok(Format { format }) if format > FORMAT => return Err(ProfileError::Newer),
            Ok(_) | Err(_) => {}
        }
        match serde_json::from_str(&text) {
            Ok(manifest) => Ok(Some(manifest)),
            Err(error) => {
                // The file is replaced as a whole, so somebody else has been here. Which key fits the caches is not known any more;
                // they are left alone, and beginning anew beside them would hide them.
                tracing::error!(kind = ?error.classify(), "the profile's description cannot be read");
                Err(ProfileError::KeyLost)
            }
        }
    }

    /// Makes the description of a new profile.
    pub(super) fn create(folder: &Folder, chance: &dyn Chance) -> Result<Self, FolderError> {
        let mut id = [0; 16];
        chance.fill(&mut id);
        let id = uuid::Builder::from_random_bytes(id).into_uuid().simple().to_string();
        let manifest = Self { format: FORMAT, id, protection: None, account: None };
        manifest.write(folder)?;
        Ok(manifest)
    }

    pub(super) fn write(&self, folder: &Folder) -> Result<(), FolderError> {
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::from)?;
        folder.write(FILE, &text)
    }
}
