//! Waiting for a condition instead of for a time.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::Instant;

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// Asks `condition` again and again until it yields a value, and fails the test when it has not
/// within `patience`. `condition` says why not yet; the last reason is part of the failure.
///
/// # Panics
/// When the time is over.
pub async fn eventually<T, E: Display>(
    what: &str,
    patience: Duration,
    mut condition: impl AsyncFnMut() -> Result<T, E>,
) -> T {
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let reason = match condition().await {
            Ok(value) => return value,
            Err(reason) => reason,
        };
        assert!(
            started.elapsed() < patience,
            "waited {patience:?} for {what}; the last look said: {reason}"
        );
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The same for a plain yes or no.
///
/// # Panics
/// When the time is over.
pub async fn eventually_true(
    what: &str,
    patience: Duration,
    mut condition: impl AsyncFnMut() -> bool,
) {
    eventually(what, patience, async || if condition().await { Ok(()) } else { Err("not yet") })
        .await;
}
