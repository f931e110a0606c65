//! How this crate speaks HTTP.

use std::sync::Once;

use reqwest::{Client, ClientBuilder};

/// A client's builder, with a crypto provider in place and few redirects.
pub(crate) fn client() -> ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Somebody else may have chosen one; then it is theirs.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder()
        .user_agent(concat!("mostik/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::limited(5))
}

/// What went wrong, without the address, which may hold a secret.
pub(crate) fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".into();
    }
    if error.is_connect() {
        return "no connection".into();
    }
    let mut reason = "the connection broke".to_owned();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        reason = inner.to_string();
        source = inner.source();
    }
    reason
}
