//! The certificate we prove ourselves with, read again when its files change.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// The largest file we read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// Where the certificate of our TLS listeners is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those between it and its authority, as PEM.
    pub certificate: PathBuf,
    /// Its private key, as PEM.
    pub key: PathBuf,
}

/// Why a certificate cannot be used. The one in use before, if any, stays in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The file cannot be read.
    #[error("cannot read {path}: {reason}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file holds no certificate or key in PEM.
    #[error("{path} holds no {what} in PEM")]
    NotPem {
        /// Which file.
        path: PathBuf,
        /// What should be in it.
        what: &'static str,
    },
    /// Certificate and key do not belong together, or are of a kind that is not supported.
    #[error("the certificate and its key cannot be used: {0}")]
    Unusable(String),
    /// There is no TLS listener.
    #[error("no TLS listener is configured")]
    NotListening,
}

/// What both files looked like when they were read: time of change and length.
type Stamp = [Option<(SystemTime, u64)>; 2];

/// The certificate in use.
#[derive(Debug)]
pub(crate) struct Certificates {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
    stamp: Mutex<Stamp>,
}

impl Certificates {
    pub(crate) fn load(files: TlsFiles) -> Result<Arc<Self>, CertificateError> {
        let stamp = Mutex::new(stamp(&files));
        let current = RwLock::new(Arc::new(read(&files)?));
        Ok(Arc::new(Self { files, current, stamp }))
    }

    /// Reads the files again; connections made from now on get what is in them.
    pub(crate) fn reload(&self) -> Result<(), CertificateError> {
        let stamp = stamp(&self.files);
        let fresh = Arc::new(read(&self.files)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        *self.stamp.lock().unwrap_or_else(PoisonError::into_inner) = stamp;
        tracing::info!("TLS certificate read again");
        Ok(())
    }

    /// Reads the files again if they changed; `None` when they did not.
    fn reload_if_changed(&self) -> Option<Result<(), CertificateError>> {
        let known = *self.stamp.lock().unwrap_or_else(PoisonError::into_inner);
        (stamp(&self.files) != known).then(|| self.reload())
    }

    /// Looks at the files from time to time, for as long as it is run.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut told = None;
        loop {
            tokio::time::sleep(LOOK).await;
            let certificates = self.clone();
            let looked = tokio::task::spawn_blocking(move || certificates.reload_if_changed());
            let failure = looked.await.ok().flatten().and_then(Result::err);
            // The two files change one after the other: what stays wrong is told once.
            if let Some(error) = failure.as_ref().filter(|_| failure != told) {
                tracing::warn!(%error, "TLS certificate not read again");
            }
            told = failure;
        }
    }

    /// TLS 1.2 and 1.3 with this certificate, whatever it is at the time.
    pub(crate) fn server_config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, CertificateError> {
        let unusable = |error: rustls::Error| CertificateError::Unusable(error.to_string());
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder.with_safe_default_protocol_versions().map_err(unusable)?;
        Ok(Arc::new(builder.with_no_client_auth().with_cert_resolver(self.clone())))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn stamp(files: &TlsFiles) -> Stamp {
    [&files.certificate, &files.key].map(|path| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    })
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, CertificateError> {
    let chain = read_certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_slice(&read_file(&files.key)?);
    let path = || files.key.clone();
    let key = key.map_err(|_| CertificateError::NotPem { path: path(), what: "private key" })?;
    CertifiedKey::from_der(chain, key, &ring::default_provider())
        .map_err(|error| CertificateError::Unusable(error.to_string()))
}

/// All certificates in a file; at least one.
pub(crate) fn read_certificates(
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let text = read_file(path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    chain.ok_or_else(|| CertificateError::NotPem { path: path.into(), what: "certificate" })
}

fn read_file(path: &Path) -> Result<Vec<u8>, CertificateError> {
    let reason = |reason: String| CertificateError::File { path: path.into(), reason };
    let file = std::fs::File::open(path).map_err(|error| reason(error.to_string()))?;
    let mut bytes = Vec::new();
    let length = file.take(MAX_FILE + 1).read_to_end(&mut bytes);
    match length.map_err(|error| reason(error.to_string()))? as u64 {
        0..=MAX_FILE => Ok(bytes),
        _ => Err(reason("it is larger than 1 MiB".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str) -> TlsFiles {
        let pair = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let files = TlsFiles { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
        std::fs::write(&files.certificate, pair.cert.pem()).unwrap();
        std::fs::write(&files.key, pair.signing_key.serialize_pem()).unwrap();
        files
    }

    #[test]
    fn changed_files_are_read_again_and_wrong_ones_change_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = write(folder.path(), "one.example");
        let certificates = Certificates::load(files.clone()).unwrap();
        let in_use = || certificates.current.read().unwrap().cert[0].clone();
        let first = in_use();
        assert_eq!(certificates.reload_if_changed(), None);
        write(folder.path(), "another.name.example");
        assert_eq!(certificates.reload_if_changed(), Some(Ok(())));
        let second = in_use();
        assert_ne!(first, second);
        std::fs::write(&files.key, "not a key at all").unwrap();
        assert!(matches!(certificates.reload(), Err(CertificateError::NotPem { .. })));
        let other = rcgen::generate_simple_self_signed(["x.example".to_owned()]).unwrap();
        std::fs::write(&files.key, other.signing_key.serialize_pem()).unwrap();
        assert!(matches!(certificates.reload(), Err(CertificateError::Unusable(_))));
        std::fs::write(&files.certificate, vec![b'x'; 1 + (1 << 20)]).unwrap();
        assert!(matches!(certificates.reload(), Err(CertificateError::File { .. })));
        std::fs::remove_file(&files.certificate).unwrap();
        assert!(matches!(certificates.reload(), Err(CertificateError::File { .. })));
        assert_eq!(in_use(), second);
    }
}
