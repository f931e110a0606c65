//! HTTP clients of the harness.

use std::sync::Once;
use std::time::Duration;

/// A client that gives up after `patience`, for plain HTTP on loopback.
///
/// # Panics
/// When no client can be built, which is a fault of the harness.
pub(crate) fn client(patience: Duration) -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // A test may have chosen one already; either is good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder().timeout(patience).no_proxy().build().expect("an HTTP client")
}
