//! The operating system's keyring, behind the engine's port: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
//!
//! The store is opened anew for each call, so that a keyring that is unlocked or installed later is found then. What matters for the
//! advisor is told apart here: nobody there (the engine asks for a passphrase), locked (unlock it and try again), refused.

use keyring::{Entry, Error};
use secrecy::{ExposeSecret as _, SecretSlice};
use signoff_engine::ports::{Secrets, SecretsError};

use crate::profile::IDENTIFIER;

/// The keyring of the person who is logged in to this machine.
#[derive(Debug, Default)]
pub(crate) struct Keyring;

impl Secrets for Keyring {
    fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>, SecretsError> {
        match entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(SecretSlice::from(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(told_apart(&error)),
        }
    }

    fn set(&self, name: &str, secret: &SecretSlice<u8>) -> Result<(), SecretsError> {
        entry(name)?.set_secret(secret.expose_secret()).map_err(|error| told_apart(&error))
    }

    fn remove(&self, name: &str) -> Result<(), SecretsError> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(told_apart(&error)),
        }
    }
}

fn entry(name: &str) -> Result<Entry, SecretsError> {
    Entry::new(IDENTIFIER, name).map_err(|error| told_apart(&error))
}

fn told_apart(error: &Error) -> SecretsError {
    let told = if let Error::NoStorageAccess(cause) = error {
        system::told_apart(cause.as_ref()).unwrap_or(SecretsError::Locked)
    } else if let Error::PlatformFailure(cause) = error {
        system::told_apart(cause.as_ref()).unwrap_or(SecretsError::Refused)
    } else {
        SecretsError::Refused
    };
    tracing::warn!(%told, %error, "the keyring did not help");
    told
}

#[cfg(target_os = "linux")]
mod system {
    //! Secret Service over D-Bus. The facade calls everything but a locked item a failure of the platform; the cause says more.

    use std::error::Error;

    use signoff_engine::ports::SecretsError;

    pub(super) fn told_apart(cause: &(dyn Error + Send + Sync + 'static)) -> Option<SecretsError> {
        use dbus_secret_service::Error as Cause;
        let cause = cause.downcast_ref::<Cause>()?;
        // No service, or one without a default collection, which only its own settings can make.
        if matches!(cause, Cause::Unavailable | Cause::NoResult) {
            return Some(SecretsError::Missing);
        }
        if matches!(cause, Cause::Locked | Cause::Prompt) {
            return Some(SecretsError::Locked);
        }
        let Cause::Dbus(error) = cause else {
            return Some(SecretsError::Refused);
        };
        let name = error.name()?;
        Some(if NOBODY_THERE.contains(&name) || name.starts_with("org.freedesktop.DBus.Error.Spawn.") {
            SecretsError::Missing
        } else if name == "org.freedesktop.Secret.Error.IsLocked" {
            SecretsError::Locked
        } else {
            SecretsError::Refused
        })
    }

    /// What the bus says when there is no bus, or no service on it.
    const NOBODY_THERE: [&str; 6] = [
        "org.freedesktop.DBus.Error.Disconnected",
        "org.freedesktop.DBus.Error.FileNotFound",
        "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.NoServer",
        "org.freedesktop.DBus.Error.NotSupported",
        "org.freedesktop.DBus.Error.ServiceUnknown",
    ];
}

#[cfg(not(target_os = "linux"))]
mod system {
    //! Keychain and Credential Manager are always there; the facade tells a locked one apart.

    use std::error::Error;

    use signoff_engine::ports::SecretsError;

    pub(super) fn told_apart(_cause: &(dyn Error + Send + Sync + 'static)) -> Option<SecretsError> {
        None
    }
}
