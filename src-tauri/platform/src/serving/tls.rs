//! TLS by rustls: certificate and key from files, read again while the platform serves.
//!
//! Certificates are renewed every few weeks by programs that know nothing of us. The files are looked at every now and then
//! and on SIGHUP; what cannot be used is logged and what there was stays in use. Looked at, not watched: certificates are
//! often behind symbolic links that are swapped, and on network file systems that announce nothing.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;
use tokio_rustls::rustls::{
    self, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::TlsFiles;

/// Why certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// No PEM, or not what it should be.
    #[error("{} holds no {what} in PEM", .path.display())]
    NotPem {
        /// The file.
        path: PathBuf,
        /// A certificate or a private key.
        what: &'static str,
    },
    /// They do not belong together, or are of a kind that is not supported.
    #[error("certificate {} and key {} cannot be used: {source}", .certificate.display(), .key.display())]
    Unusable {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What rustls said.
        source: rustls::Error,
    },
}

/// What handshakes use.
pub(super) struct Tls {
    files: TlsFiles,
    current: Mutex<Current>,
}

struct Current {
    config: Arc<ServerConfig>,
    /// What the files held.
    seen: Contents,
}

type Contents = (Vec<u8>, Vec<u8>);

impl Tls {
    /// Reads the files for the first time.
    pub(super) fn read(files: TlsFiles) -> Result<Self, TlsError> {
        let seen = contents(&files)?;
        let current = Mutex::new(Current { config: config(&files, &seen)?, seen });
        Ok(Self { files, current })
    }

    /// What the next handshake uses.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.current().config)
    }

    /// Reads the files again, if they hold something else.
    pub(super) fn reload(&self) {
        let read = contents(&self.files).and_then(|seen| {
            if self.current().seen == seen {
                return Ok(false);
            }
            let config = config(&self.files, &seen)?;
            *self.current() = Current { config, seen };
            Ok(true)
        });
        match read {
            Ok(true) => tracing::info!("the certificate was read again"),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the certificate in use stays in use"),
        }
    }

    /// Reads the files again whenever they have changed, until the platform stops.
    pub(super) async fn follow_files(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                biased;
                () = tokio::time::sleep(self.files.looked_at_every) => {}
                _ = stopping.wait_for(|stop| *stop) => return,
            }
            let tls = Arc::clone(&self);
            let _ = tokio::task::spawn_blocking(move || tls.reload()).await;
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TlsFiles {
    /// Whether certificate and key could be used right now.
    ///
    /// # Errors
    /// See [`TlsError`].
    pub fn check(&self) -> Result<(), TlsError> {
        config(self, &contents(self)?).map(drop)
    }
}

fn contents(files: &TlsFiles) -> Result<Contents, TlsError> {
    let read = |path: &Path| fs::read(path).map_err(|source| TlsError::Unreadable { path: path.to_owned(), source });
    Ok((read(&files.certificate)?, read(&files.key)?))
}

/// TLS 1.2 and 1.3, HTTP/2 before HTTP/1.1.
fn config(files: &TlsFiles, (certificate, key): &Contents) -> Result<Arc<ServerConfig>, TlsError> {
    let no_pem = |path: &Path, what| TlsError::NotPem { path: path.to_owned(), what };
    let chain = CertificateDer::pem_slice_iter(certificate)
        .collect::<Result<Vec<_>, _>>()
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| no_pem(&files.certificate, "certificate"))?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| no_pem(&files.key, "private key"))?;
    let unusable =
        |source| TlsError::Unusable { certificate: files.certificate.clone(), key: files.key.clone(), source };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(unusable)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
