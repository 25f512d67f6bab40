//! The server's certificate.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bole_engine::CertificateFiles;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

/// A certificate that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("`{}` cannot be read: name a PEM file in `server.certificate` and `server.certificate-key`", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// There is no certificate in the file.
    #[error("`{}` holds no certificate: it begins with `-----BEGIN CERTIFICATE-----`", .0.display())]
    Empty(PathBuf),
    /// Certificate and key cannot be used together.
    #[error("the certificate cannot be used with its key: look whether they belong together")]
    Unusable(#[source] rustls::Error),
}

/// A certificate with its key, read again when its file has changed.
#[derive(Debug)]
pub(crate) struct Certificate {
    files: CertificateFiles,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    /// When the file was changed of which it is.
    changed: Option<SystemTime>,
    looked_at: Instant,
}

/// How often the file is looked at.
const RENEWAL_POLL: Duration = Duration::from_mins(1);

impl Certificate {
    pub(crate) fn read(files: CertificateFiles) -> Result<Self, CertificateError> {
        let current = Current {
            changed: changed(&files.chain),
            config: Arc::new(config(&files)?),
            looked_at: Instant::now(),
        };
        Ok(Self { files, current: Mutex::new(current) })
    }

    /// What the next handshake is done with.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.looked_at.elapsed() >= RENEWAL_POLL {
            current.looked_at = Instant::now();
            let found = changed(&self.files.chain);
            if found.is_some() && found != current.changed {
                match config(&self.files) {
                    Ok(config) => {
                        current.config = Arc::new(config);
                        current.changed = found;
                        tracing::info!("the certificate was renewed");
                    }
                    // Perhaps its key is not there yet: the next look tells.
                    Err(error) => {
                        tracing::warn!(%error, "the new certificate cannot be used, the old one stays");
                    }
                }
            }
        }
        TlsAcceptor::from(current.config.clone())
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|metadata| metadata.modified()).ok()
}

fn config(files: &CertificateFiles) -> Result<ServerConfig, CertificateError> {
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |source| CertificateError::File { path, source }
    };
    let chain = CertificateDer::pem_file_iter(&files.chain).map_err(fail(&files.chain))?;
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(fail(&files.chain))?;
    if chain.is_empty() {
        return Err(CertificateError::Empty(files.chain.clone()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(fail(&files.key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(CertificateError::Unusable)?.with_no_client_auth();
    builder.with_single_cert(chain, key).map_err(CertificateError::Unusable)
}
