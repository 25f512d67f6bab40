//! The server's certificate.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bole_engine::{CertificateError, CertificateFiles};
use rustls::ServerConfig;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

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
            config: Arc::new(files.read()?),
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
                match self.files.read() {
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

#[cfg(test)]
mod tests {
    use std::fs::{File, FileTimes};
    use std::process::Command;

    use super::*;

    /// A key, and a certificate of itself, in place of what was there before; changed so many seconds after the epoch.
    fn write(files: &CertificateFiles, seconds: u64) {
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
        openssl.args(["-subj", "/CN=bole.test", "-keyout"]).arg(&files.key).arg("-out").arg(&files.chain);
        assert!(openssl.output().unwrap().status.success());
        touch(&files.chain, seconds);
    }

    fn touch(path: &Path, seconds: u64) {
        let file = File::options().append(true).open(path).unwrap();
        let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        file.set_times(FileTimes::new().set_modified(changed)).unwrap();
    }

    /// What the next handshake is done with.
    fn used(certificate: &Certificate) -> Arc<ServerConfig> {
        drop(certificate.acceptor());
        certificate.current.lock().unwrap().config.clone()
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewed_certificate_is_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let files = CertificateFiles { chain: folder.path().join("a.pem"), key: folder.path().join("a.key") };
        write(&files, 1000);
        let certificate = Certificate::read(files.clone()).unwrap();
        let first = used(&certificate);
        write(&files, 2000);
        assert!(Arc::ptr_eq(&first, &used(&certificate)), "the file is not looked at for each connection");
        tokio::time::advance(RENEWAL_POLL).await;
        let second = used(&certificate);
        assert!(!Arc::ptr_eq(&first, &second));
        tokio::time::advance(RENEWAL_POLL).await;
        assert!(Arc::ptr_eq(&second, &used(&certificate)), "nothing has changed");

        // Half of a renewal keeps the old one, and is looked at again.
        std::fs::write(&files.chain, "-----BEGIN CERT").unwrap();
        touch(&files.chain, 3000);
        tokio::time::advance(RENEWAL_POLL).await;
        assert!(Arc::ptr_eq(&second, &used(&certificate)));
        write(&files, 3000);
        tokio::time::advance(RENEWAL_POLL).await;
        assert!(!Arc::ptr_eq(&second, &used(&certificate)));
    }

    #[test]
    fn what_is_no_certificate_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let files = CertificateFiles { chain: at("a.pem"), key: at("a.key") };
        assert!(matches!(Certificate::read(files.clone()), Err(CertificateError::File { .. })));
        write(&files, 1000);
        let other = CertificateFiles { chain: at("b.pem"), key: at("b.key") };
        write(&other, 1000);
        let mixed = CertificateFiles { chain: files.chain.clone(), key: other.key };
        assert!(matches!(Certificate::read(mixed), Err(CertificateError::Unusable(_))));
        std::fs::write(&files.chain, "no certificate").unwrap();
        assert!(matches!(Certificate::read(files), Err(CertificateError::Empty(_))));
    }
}
