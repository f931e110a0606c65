//! Whom we believe when we open an encrypted stream.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::door::{CertificateError, read_certificates};

/// The authorities that certificates are checked against.
#[derive(Default)]
pub(crate) struct Authorities {
    /// Of single trunks, by their file.
    own: HashMap<PathBuf, Arc<ClientConfig>>,
    /// The system's, read when first needed.
    public: OnceCell<Arc<ClientConfig>>,
}

impl Authorities {
    /// Reads the file of a trunk that brings its own.
    pub(crate) fn add(&mut self, file: &Path) -> Result<(), CertificateError> {
        let mut roots = RootCertStore::empty();
        for certificate in read_certificates(file)? {
            let added = roots.add(certificate);
            added.map_err(|error| CertificateError::Unusable(error.to_string()))?;
        }
        self.own.insert(file.to_owned(), believing(roots)?);
        Ok(())
    }

    /// Encrypts a stream to a server whose certificate says `name`.
    pub(super) async fn encrypt(
        &self,
        stream: TcpStream,
        name: &str,
        ca_file: Option<&Path>,
    ) -> Option<TlsStream<TcpStream>> {
        let bare = name.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare).ok()?;
        let believed = match ca_file {
            Some(file) => self.own.get(file)?.clone(),
            None => self.public.get_or_try_init(read_public).await.ok()?.clone(),
        };
        let encrypted = TlsConnector::from(believed).connect(name, stream).await;
        encrypted.inspect_err(|error| tracing::warn!(%error, "TLS connection refused")).ok()
    }
}

async fn read_public() -> Result<Arc<ClientConfig>, CertificateError> {
    let read = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
    let read = read.map_err(|error| CertificateError::Unusable(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    // Systems carry some certificates that cannot be read; the others are as good.
    let (added, _) = roots.add_parsable_certificates(read.certs);
    if added == 0 {
        tracing::warn!("the system has no certificate authorities: TLS trunks need a CA file");
    }
    believing(roots)
}

fn believing(roots: RootCertStore) -> Result<Arc<ClientConfig>, CertificateError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(|error| CertificateError::Unusable(error.to_string()))?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}
