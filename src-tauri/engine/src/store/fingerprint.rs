//! Which key a file was written with, without the key.
//!
//! A wrong key and a damaged first page look the same to SQLCipher. The two call for opposite answers (leave the file alone; set
//! it aside), so a fingerprint of the key stands beside the file. It is a hash of 256 random or Argon2id-derived bits and tells
//! nothing that the file itself would not.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256};

/// What is known about the key of the file at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// It is this key.
    Same,
    /// It is another key.
    Other,
    /// Nothing stands beside the file.
    Unknown,
}

/// Compares `key` with the fingerprint beside the file.
pub(super) fn compare(path: &Path, key: &SecretSlice<u8>) -> io::Result<Match> {
    match std::fs::read_to_string(beside(path)) {
        Ok(kept) if kept.trim() == of(key) => Ok(Match::Same),
        Ok(_) => Ok(Match::Other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Match::Unknown),
        Err(error) => Err(error),
    }
}

/// Writes the fingerprint of `key` beside the file.
pub(super) fn keep(path: &Path, key: &SecretSlice<u8>) -> io::Result<()> {
    std::fs::write(beside(path), of(key))
}

/// The salt of the file's pages, fixed by the key.
pub(super) fn salt(key: &SecretSlice<u8>) -> [u8; 16] {
    let digest = Sha256::new().chain_update(b"signoff page salt").chain_update(key.expose_secret()).finalize();
    let mut salt = [0; 16];
    salt.copy_from_slice(&digest[..16]);
    salt
}

fn of(key: &SecretSlice<u8>) -> String {
    let digest = Sha256::new().chain_update(b"signoff key fingerprint").chain_update(key.expose_secret()).finalize();
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn beside(path: &Path) -> PathBuf {
    path.with_added_extension("key-id")
}
