use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, Error, RootCertStore};

use crate::QueueError;

/// Whom a connection over TLS trusts, and what it shows.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// The certificates of the authorities that are trusted, PEM; none: those that the system trusts.
    pub ca_file: Option<PathBuf>,
    /// The certificate that is shown to the broker; none: none.
    pub client: Option<ClientCertificate>,
}

/// A certificate and its key.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    /// The certificate and those between it and its authority, PEM.
    pub certificate_file: PathBuf,
    /// Its private key, PEM, not encrypted.
    pub key_file: PathBuf,
}

/// Reads the files anew: they may have been renewed.
pub(super) fn config(tls: Option<&Tls>) -> Result<ClientConfig, QueueError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = tls.and_then(|tls| tls.ca_file.as_deref()) {
        for certificate in certificates(path)? {
            roots.add(certificate).map_err(refused)?;
        }
    } else {
        let found = rustls_native_certs::load_native_certs();
        let (n_added, _) = roots.add_parsable_certificates(found.certs);
        if n_added == 0 {
            tracing::warn!(errors = ?found.errors, "the system trusts no authority of certificates");
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(refused)?;
    let builder = builder.with_root_certificates(roots);
    match tls.and_then(|tls| tls.client.as_ref()) {
        Some(ClientCertificate { certificate_file, key_file }) => {
            let key = PrivateKeyDer::from_pem_file(key_file).map_err(|error| unread(key_file, error))?;
            builder.with_client_auth_cert(certificates(certificate_file)?, key).map_err(refused)
        }
        None => Ok(builder.with_no_client_auth()),
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, QueueError> {
    let read = |error| unread(path, error);
    let found = CertificateDer::pem_file_iter(path).map_err(read)?.collect::<Result<Vec<_>, _>>();
    let found = found.map_err(read)?;
    if found.is_empty() {
        return Err(read(pem::Error::NoItemsFound));
    }
    Ok(found)
}

fn unread(path: &Path, error: pem::Error) -> QueueError {
    QueueError::TlsFile { path: path.to_owned(), source: Arc::new(error) }
}

pub(super) fn refused(error: Error) -> QueueError {
    QueueError::Tls(Arc::new(error))
}
