//! Timers of one call, whatever they are called: which run, and until when.

use std::time::Duration;

use tokio::time::Instant;

/// Running timers; each runs at most once.
#[derive(Debug)]
pub(crate) struct Deadlines<T>(Vec<(T, Instant)>);

impl<T: Copy + PartialEq> Deadlines<T> {
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Starts a timer, anew when it runs.
    pub(crate) fn start(&mut self, timer: T, after: Duration) {
        self.stop(timer);
        self.0.push((timer, Instant::now() + after));
    }

    pub(crate) fn stop(&mut self, timer: T) {
        self.0.retain(|(running, _)| *running != timer);
    }

    /// Waits for the next timer to run out; for ever when none runs. Cancel-safe.
    pub(crate) async fn next(&mut self) -> T {
        let nearest = self.0.iter().min_by_key(|(_, deadline)| *deadline).copied();
        let Some((timer, deadline)) = nearest else { return std::future::pending().await };
        tokio::time::sleep_until(deadline).await;
        self.stop(timer);
        timer
    }
}
