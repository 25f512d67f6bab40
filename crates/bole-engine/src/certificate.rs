//! A server's certificate and its key.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::CertificateFiles;

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
    /// What is in the file is no certificate by X.509.
    #[error("the first certificate in `{}` cannot be understood", .0.display())]
    NotUnderstood(PathBuf),
}

/// When a certificate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// From this moment on.
    pub from: Timestamp,
    /// And until this one.
    pub until: Timestamp,
}

impl CertificateFiles {
    /// What a server shows with them.
    ///
    /// # Errors
    /// If they cannot be read, or do not belong together.
    pub fn read(&self) -> Result<ServerConfig, CertificateError> {
        let (chain, key) = (self.certificates()?, PrivateKeyDer::from_pem_file(&self.key));
        let key = key.map_err(fail(&self.key))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(CertificateError::Unusable)?.with_no_client_auth();
        builder.with_single_cert(chain, key).map_err(CertificateError::Unusable)
    }

    /// When all certificates of the chain count.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn validity(&self) -> Result<Validity, CertificateError> {
        let validities = self.certificates()?.iter().map(|certificate| validity(certificate)).collect();
        let all: Option<Vec<Validity>> = validities;
        let common = all.and_then(|all| {
            all.into_iter().reduce(|one, other| Validity {
                from: one.from.max(other.from),
                until: one.until.min(other.until),
            })
        });
        common.ok_or_else(|| CertificateError::NotUnderstood(self.chain.clone()))
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
        let chain = CertificateDer::pem_file_iter(&self.chain).map_err(fail(&self.chain))?;
        let chain = chain.collect::<Result<Vec<_>, _>>().map_err(fail(&self.chain))?;
        if chain.is_empty() {
            return Err(CertificateError::Empty(self.chain.clone()));
        }
        Ok(chain)
    }
}

fn fail(path: &Path) -> impl Fn(rustls::pki_types::pem::Error) -> CertificateError {
    move |source| CertificateError::File { path: path.to_owned(), source }
}

/// The validity in a certificate, RFC 5280, section 4.1.
fn validity(certificate: &[u8]) -> Option<Validity> {
    /// Only a version other than the first is written.
    const VERSION: u8 = 0xa0;
    let (_, certificate, _) = element(certificate)?;
    let (_, mut fields, _) = element(certificate)?;
    if let (VERSION, _, rest) = element(fields)? {
        fields = rest;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        fields = element(fields)?.2;
    }
    let (_, validity, _) = element(fields)?;
    let (kind, from, rest) = element(validity)?;
    let from = time(kind, from)?;
    let (kind, until, _) = element(rest)?;
    Some(Validity { from, until: time(kind, until)? })
}

/// The first element by DER: its tag, what is in it, and what comes after it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    /// A length from here on tells how many bytes the length has.
    const LONG: u8 = 0x80;
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = if *length < LONG {
        (usize::from(*length), rest)
    } else {
        let (length, rest) =
            rest.split_at_checked(usize::from(length - LONG)).filter(|(it, _)| it.len() <= 4)?;
        (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// A time by its kind: with two digits of the year, which count from 1950, or with four.
fn time(kind: u8, text: &[u8]) -> Option<Timestamp> {
    const UTC_TIME: u8 = 0x17;
    const GENERALIZED_TIME: u8 = 0x18;
    let text = std::str::from_utf8(text).ok()?;
    let text = match kind {
        UTC_TIME => {
            let year: u8 = text.get(..2)?.parse().ok()?;
            format!("{}{text}", if year < 50 { "20" } else { "19" })
        }
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let time = DateTime::strptime("%Y%m%d%H%M%SZ", text).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn made(days: &str) -> (tempfile::TempDir, CertificateFiles) {
        let folder = tempfile::tempdir().unwrap();
        let files = CertificateFiles { chain: folder.path().join("a.pem"), key: folder.path().join("a.key") };
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
        openssl.args(["-days", days, "-subj", "/CN=bole.test", "-keyout"]).arg(&files.key);
        assert!(openssl.arg("-out").arg(&files.chain).output().unwrap().status.success());
        (folder, files)
    }

    #[test]
    fn a_certificate_tells_until_when_it_counts() {
        // The second is beyond 2049, where years have four digits.
        for (days, n_days) in [("30", 30), ("20000", 20_000)] {
            let (_folder, files) = made(days);
            let Validity { from, until } = files.validity().unwrap();
            assert_eq!(until.duration_since(from).as_hours(), n_days * 24);
            assert!(files.read().is_ok());
        }
    }

    #[test]
    fn what_is_no_certificate_tells_nothing() {
        let (_folder, files) = made("30");
        let whole = files.certificates().unwrap();
        let [certificate] = &whole[..] else { panic!("one certificate") };
        for end in 0..certificate.len().min(200) {
            // However it is cut short.
            assert_eq!(validity(&certificate[..end]), None);
        }
        assert_eq!(time(0x17, b"991231235959Z").unwrap().to_string(), "1999-12-31T23:59:59Z");
        assert_eq!(time(0x17, b"not a time"), None);
        assert_eq!(time(0x05, b""), None);
    }
}
