//! A profile: one folder of one person on one machine, opened by one process at a time.
//!
//! ```text
//! DIR/lock               held while a process has the profile open (DESIGN, outbox 11)
//! DIR/profile.json       which account, and how the key is protected; no secret in it
//! DIR/preferences.json   readable before anything is unlocked: the passphrase screen needs the language
//! DIR/accounts/ID/…      one encrypted cache per person and workspace, so that nobody ever sees another's
//! ```
//!
//! The key of the caches is 256 random bits in the system's keyring. Where there is no keyring it is derived from a passphrase; it is
//! never in a file. Which of the two holds is decided once, when the first key is made: a keyring that is missing later is a problem to
//! be told, not a reason to begin anew beside the old data.

mod folder;
mod manifest;
mod passphrase;
mod preferences;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use signoff_wire::interface::{Code, Preferences};

use crate::ports::{Chance, Secrets, SecretsError};
use folder::Folder;
use manifest::{Manifest, Protection};

pub use folder::FolderError;
pub use passphrase::SHORTEST_PASSPHRASE;

/// The key of the caches.
pub type CacheKey = SecretSlice<u8>;

const KEY_BYTES: usize = 32;

/// An open profile. The lock is held as long as it lives.
pub struct Profile {
    folder: Folder,
    manifest: Mutex<Manifest>,
    secrets: Arc<dyn Secrets>,
    chance: Arc<dyn Chance>,
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Its folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A newer version of Signoff wrote it.
    #[error("the profile was written by a newer version")]
    Newer,
    /// The keyring did not help.
    #[error(transparent)]
    Keyring(#[from] SecretsError),
    /// There are caches, but the keyring no longer has the key to them.
    #[error("the keyring does not have the key any more")]
    KeyLost,
    /// The passphrase is another one.
    #[error("the passphrase does not fit")]
    PassphraseWrong,
    /// The passphrase is shorter than [`SHORTEST_PASSPHRASE`].
    #[error("the passphrase is too short")]
    PassphraseTooShort,
}

impl ProfileError {
    /// What the person is told.
    pub fn code(&self) -> Code {
        match self {
            Self::Folder(FolderError::AlreadyRunning) => Code::AlreadyRunning,
            Self::Folder(FolderError::Full) => Code::DiskFull,
            Self::Folder(FolderError::Unwritable(_)) => Code::CacheUnwritable,
            Self::Newer => Code::CacheNewer,
            Self::Keyring(SecretsError::Missing) => Code::KeyringMissing,
            Self::Keyring(SecretsError::Locked) => Code::KeyringLocked,
            Self::Keyring(SecretsError::Refused) => Code::KeyringRefused,
            Self::KeyLost => Code::CacheKeyLost,
            Self::PassphraseWrong => Code::PassphraseWrong,
            Self::PassphraseTooShort => Code::PassphraseTooShort,
        }
    }
}

/// What stands between an open profile and its caches.
pub enum Unlocked {
    /// Nothing any more.
    With(CacheKey),
    /// A passphrase has to be typed, or chosen if it is `new`.
    NeedsPassphrase {
        /// None has been chosen yet.
        new: bool,
    },
}

impl Profile {
    /// Opens the profile in `dir`, making it if there is none. Blocks on the disk.
    ///
    /// # Errors
    /// [`ProfileError::Folder`] or [`ProfileError::Newer`]; nothing was changed then.
    pub fn open(dir: &Path, secrets: Arc<dyn Secrets>, chance: Arc<dyn Chance>) -> Result<Self, ProfileError> {
        let folder = Folder::lock(dir)?;
        let manifest = match Manifest::read(&folder)? {
            Some(manifest) => manifest,
            None => Manifest::create(&folder, &*chance)?,
        };
        Ok(Self { folder, manifest: Mutex::new(manifest), secrets, chance })
    }

    /// Gets the key of the caches from the keyring, or says that a passphrase is needed. Blocks, also on prompts of the keyring.
    ///
    /// # Errors
    /// [`ProfileError::Keyring`] or [`ProfileError::KeyLost`]: worth another try after somebody has done something about it.
    pub fn unlock(&self) -> Result<Unlocked, ProfileError> {
        match self.manifest().protection {
            Some(Protection::Passphrase(_)) => Ok(Unlocked::NeedsPassphrase { new: false }),
            Some(Protection::Keyring) => match self.secrets.get(&self.name_of("key"))? {
                Some(key) if key.expose_secret().len() == KEY_BYTES => Ok(Unlocked::With(key)),
                _ if self.has_caches() => Err(ProfileError::KeyLost),
                _ => self.first_key(),
            },
            None => self.first_key(),
        }
    }

    /// Derives the key from a passphrase: checks it, or takes it as the new one if none has been chosen. Blocks for a good moment.
    ///
    /// # Errors
    /// [`ProfileError::PassphraseWrong`], [`ProfileError::PassphraseTooShort`] for a new one, or the folder's.
    pub fn unlock_with(&self, typed: &SecretString) -> Result<CacheKey, ProfileError> {
        if let Some(Protection::Passphrase(lock)) = &self.manifest().protection {
            return lock.open(typed).ok_or(ProfileError::PassphraseWrong);
        }
        if typed.expose_secret().chars().count() < SHORTEST_PASSPHRASE {
            return Err(ProfileError::PassphraseTooShort);
        }
        let (lock, key) = passphrase::Lock::new(typed, &*self.chance).ok_or(ProfileError::PassphraseWrong)?;
        self.change(|manifest| manifest.protection = Some(Protection::Passphrase(lock)))?;
        Ok(key)
    }

    /// The account that is signed in, by the name of its folder.
    pub fn account(&self) -> Option<String> {
        self.manifest().account
    }

    /// Remembers who is signed in from now on.
    ///
    /// # Errors
    /// The folder's; the old account stays then.
    pub fn set_account(&self, account: Option<&str>) -> Result<(), FolderError> {
        self.change(|manifest| manifest.account = account.map(str::to_owned))
    }

    /// Where the cache of an account is.
    pub fn cache_of(&self, account: &str) -> PathBuf {
        self.folder.path(&format!("accounts/{account}/signoff.db"))
    }

    /// Deletes the cache of an account, and everything that was set aside beside it.
    ///
    /// # Errors
    /// The system's.
    pub fn delete_cache_of(&self, account: &str) -> io::Result<()> {
        match std::fs::remove_dir_all(self.folder.path(&format!("accounts/{account}"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Whether sessions' tokens live in the keyring; with a passphrase they live inside the encrypted cache.
    pub fn has_keyring(&self) -> bool {
        self.manifest().protection == Some(Protection::Keyring)
    }

    /// The session's token of an account out of the keyring. Blocks.
    ///
    /// # Errors
    /// The keyring's.
    pub fn token_of(&self, account: &str) -> Result<Option<SecretString>, SecretsError> {
        let kept = self.secrets.get(&self.name_of(&format!("session/{account}")))?;
        Ok(kept.and_then(|bytes| std::str::from_utf8(bytes.expose_secret()).ok().map(SecretString::from)))
    }

    /// Keeps or forgets the session's token of an account in the keyring. Blocks.
    ///
    /// # Errors
    /// The keyring's.
    pub fn set_token_of(&self, account: &str, token: Option<&SecretString>) -> Result<(), SecretsError> {
        let name = self.name_of(&format!("session/{account}"));
        match token {
            Some(token) => self.secrets.set(&name, &SecretSlice::from(token.expose_secret().as_bytes().to_vec())),
            None => self.secrets.remove(&name),
        }
    }

    /// The preferences; whatever cannot be read takes its default.
    pub fn preferences(&self) -> Preferences {
        preferences::read(&self.folder)
    }

    /// Keeps the preferences.
    ///
    /// # Errors
    /// The folder's; the old ones stay then.
    pub fn set_preferences(&self, preferences: &Preferences) -> Result<(), FolderError> {
        preferences::write(&self.folder, preferences)
    }

    /// Makes the first key and puts it into the keyring; where there is none, a passphrase has to do.
    fn first_key(&self) -> Result<Unlocked, ProfileError> {
        match self.key_into_keyring() {
            Ok(key) => {
                self.change(|manifest| manifest.protection = Some(Protection::Keyring))?;
                Ok(Unlocked::With(key))
            }
            Err(SecretsError::Missing) if self.has_caches() => Err(SecretsError::Missing.into()),
            Err(SecretsError::Missing) => Ok(Unlocked::NeedsPassphrase { new: true }),
            Err(error) => Err(error.into()),
        }
    }

    /// A key that the keyring gives back: some accept everything and keep nothing.
    fn key_into_keyring(&self) -> Result<CacheKey, SecretsError> {
        let name = self.name_of("key");
        // A start that was interrupted between the keyring and the manifest has left one.
        if let Some(key) = self.secrets.get(&name)?.filter(|key| key.expose_secret().len() == KEY_BYTES) {
            return Ok(key);
        }
        let mut bytes = vec![0; KEY_BYTES];
        self.chance.fill(&mut bytes);
        let key = CacheKey::from(bytes);
        self.secrets.set(&name, &key)?;
        match self.secrets.get(&name)? {
            Some(kept) if kept.expose_secret() == key.expose_secret() => Ok(key),
            _ => Err(SecretsError::Refused),
        }
    }

    fn has_caches(&self) -> bool {
        std::fs::read_dir(self.folder.path("accounts")).is_ok_and(|mut entries| entries.next().is_some())
    }

    /// A name in the keyring. Profiles share a keyring, so it carries the profile's own.
    fn name_of(&self, secret: &str) -> String {
        format!("{}/{secret}", self.manifest().id)
    }

    fn manifest(&self) -> Manifest {
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, edit: impl FnOnce(&mut Manifest)) -> Result<(), FolderError> {
        let mut manifest = self.manifest.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = manifest.clone();
        edit(&mut changed);
        changed.write(&self.folder)?;
        *manifest = changed;
        Ok(())
    }
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").finish_non_exhaustive()
    }
}
