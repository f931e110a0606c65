//! Certificates for the tests, and the ends of encrypted streams.

use std::path::PathBuf;
use std::sync::Arc;

use mostik_sip::TlsFiles;
use rcgen::{CertifiedKey, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tempfile::TempDir;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// A certificate that vouches for itself, in files that go with it.
pub(crate) struct Paper {
    folder: TempDir,
    pair: CertifiedKey<KeyPair>,
}

impl Paper {
    pub(crate) fn for_name(name: &str) -> Self {
        let paper = Self { folder: TempDir::new().unwrap(), pair: signed(name) };
        paper.write();
        paper
    }

    pub(crate) fn certificate_file(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    pub(crate) fn files(&self) -> TlsFiles {
        let key = self.folder.path().join("key.pem");
        TlsFiles { certificate: self.certificate_file(), key }
    }

    /// Puts another certificate into the same files.
    pub(crate) fn renew(&mut self, name: &str) {
        self.pair = signed(name);
        self.write();
    }

    fn write(&self) {
        let files = self.files();
        std::fs::write(files.certificate, self.pair.cert.pem()).unwrap();
        std::fs::write(files.key, self.pair.signing_key.serialize_pem()).unwrap();
    }

    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        self.pair.cert.der().clone()
    }

    /// The end of a server that shows this certificate.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::from_pem_slice(self.pair.signing_key.serialize_pem().as_bytes());
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = builder.with_single_cert(vec![self.certificate()], key.unwrap()).unwrap();
        Arc::new(config).into()
    }

    /// The end of a client that believes only this certificate.
    pub(crate) fn connector(&self) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        Arc::new(builder.with_root_certificates(roots).with_no_client_auth()).into()
    }
}

fn signed(name: &str) -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed([name.to_owned()]).unwrap()
}
