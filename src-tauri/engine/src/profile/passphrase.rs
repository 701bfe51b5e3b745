//! A key out of a passphrase, for machines without a keyring.
//!
//! Argon2id gives 64 bytes: the first half is the key, the hash of the second is kept to tell a wrong passphrase from a damaged cache.
//! The halves are independent, so what is kept says nothing about the key; it costs a guesser as much as the key itself.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{CacheKey, KEY_BYTES};
use crate::ports::Chance;

/// The fewest characters that a new passphrase may have.
pub const SHORTEST_PASSPHRASE: usize = 10;

/// What a new lock costs whoever tries: RFC 9106's second recommendation, about a third of a second on a desk's machine.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// What is kept of a passphrase. Its costs are kept as well: later versions may raise them for new locks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lock {
    salt: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    tag: String,
}

impl Lock {
    /// A lock for a new passphrase, and the key. `None` if Argon2 has no memory.
    pub(super) fn new(passphrase: &SecretString, chance: &dyn Chance) -> Option<(Self, CacheKey)> {
        let mut salt = [0; 16];
        chance.fill(&mut salt);
        let salt = STANDARD_NO_PAD.encode(salt);
        let mut lock = Self { salt, memory_kib: MEMORY_KIB, passes: PASSES, lanes: LANES, tag: String::new() };
        let (key, tag) = lock.derive(passphrase)?;
        lock.tag = tag;
        Some((lock, key))
    }

    /// The key, if the passphrase is the right one.
    pub(super) fn open(&self, passphrase: &SecretString) -> Option<CacheKey> {
        let (key, tag) = self.derive(passphrase)?;
        (tag == self.tag).then_some(key)
    }

    fn derive(&self, passphrase: &SecretString) -> Option<(CacheKey, String)> {
        let salt = STANDARD_NO_PAD.decode(&self.salt).ok()?;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(2 * KEY_BYTES)).ok()?;
        let mut out = Zeroizing::new([0; 2 * KEY_BYTES]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.expose_secret().as_bytes(), &salt, out.as_mut())
            .ok()?;
        let (key, proof) = out.split_at(KEY_BYTES);
        Some((CacheKey::from(key.to_vec()), STANDARD_NO_PAD.encode(Sha256::digest(proof))))
    }
}
