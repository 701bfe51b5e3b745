//! Where a session's token is kept: in the keyring, or, where there is none, inside the encrypted cache.

use std::sync::Arc;

use secrecy::ExposeSecret;

use crate::ports::SecretsError;
use crate::profile::Profile;
use crate::remote::Token;
use crate::store::{Store, StoreError, Threads, meta};

const IN_CACHE: &str = "account.token";

/// The place of one account's token.
#[derive(Clone)]
pub(crate) struct TokenPlace {
    profile: Arc<Profile>,
    account: String,
    store: Store,
    threads: Threads,
}

/// The token could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    #[error(transparent)]
    Keyring(#[from] SecretsError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TokenPlace {
    pub(crate) fn new(profile: Arc<Profile>, account: String, store: Store, threads: Threads) -> Self {
        Self { profile, account, store, threads }
    }

    /// The token, if one is kept.
    pub(crate) async fn get(&self) -> Result<Option<Token>, TokenError> {
        if self.profile.has_keyring() {
            let this = self.clone();
            return Ok(blocking(self.threads, move || this.profile.token_of(&this.account)).await?);
        }
        let kept = self.store.read(|connection| Ok::<_, StoreError>(meta::get(connection, IN_CACHE)?)).await?;
        Ok(kept.map(Token::from))
    }

    /// Keeps the token, or forgets it.
    pub(crate) async fn set(&self, token: Option<Token>) -> Result<(), TokenError> {
        if self.profile.has_keyring() {
            let this = self.clone();
            return Ok(blocking(self.threads, move || this.profile.set_token_of(&this.account, token.as_ref())).await?);
        }
        let write = self.store.write(move |transaction| {
            match token {
                Some(token) => meta::set(transaction, IN_CACHE, token.expose_secret())?,
                None => meta::remove(transaction, IN_CACHE)?,
            }
            Ok::<_, StoreError>(())
        });
        Ok(write.await?)
    }
}

/// Keyrings may ask the person: that takes as long as it takes.
async fn blocking<T: Send + 'static>(
    threads: Threads,
    ask: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
) -> Result<T, SecretsError> {
    threads.blocking(ask).await.unwrap_or(Err(SecretsError::Refused))
}
