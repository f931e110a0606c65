//! What two sides say, each on its own track of one time.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mostik_media::{MediaSession, Recorded, Recorder, RecorderError, SAMPLE_RATE, join_channels};

use crate::journal::track_of_people;

/// Nobody talks for so long: see [`crate::timers`].
const LONGEST: Duration = Duration::from_hours(3);

/// The caller's track begins with her message, if she left one; the other one is silent so far.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    /// When the caller's track would have begun, had it never stopped.
    began: Option<Instant>,
}

impl Tracks {
    /// Both sides are recorded from now on.
    pub(super) async fn begin(
        &mut self,
        path: &Path,
        caller: Option<&MediaSession>,
        person: &MediaSession,
    ) -> Result<(), RecorderError> {
        let now = Instant::now();
        let position = self.began.map_or(0, |began| samples_in(now - began));
        if let Some(session) = caller {
            let recorder = open(path.to_owned(), position).await?;
            let before = Duration::from_secs_f64(seconds_of(recorder.samples()));
            self.began = now.checked_sub(before).or(Some(now));
            session.record(recorder).await;
        }
        let position = self.began.map_or(0, |began| samples_in(began.elapsed()));
        person.record(open(track_of_people(path), position).await?).await;
        Ok(())
    }

    /// Neither is.
    pub(super) async fn end(
        caller: Option<&MediaSession>,
        person: &MediaSession,
    ) -> Option<Result<Recorded, RecorderError>> {
        if let Some(Err(error)) = person.stop_recording().await {
            tracing::error!(%error, "what a person said was not recorded to its end");
        }
        match caller {
            Some(session) => session.stop_recording().await,
            None => None,
        }
    }

    /// Both as one recording, when there are two.
    pub(super) async fn join(path: PathBuf) -> Option<Result<Recorded, RecorderError>> {
        let other = track_of_people(&path);
        let joined = tokio::task::spawn_blocking(move || {
            other.exists().then(|| join_channels(&path, &other))
        });
        joined.await.unwrap_or(Some(Err(RecorderError::BrokenOff)))
    }
}

async fn open(path: PathBuf, position: usize) -> Result<Recorder, RecorderError> {
    let opened = tokio::task::spawn_blocking(move || {
        if path.exists() {
            Recorder::resume(&path, position, LONGEST)
        } else {
            Recorder::create_after(&path, position, LONGEST)
        }
    });
    opened.await.unwrap_or(Err(RecorderError::BrokenOff))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "hours of samples are few"
)]
fn samples_in(length: Duration) -> usize {
    (length.as_secs_f64() * f64::from(SAMPLE_RATE)) as usize
}

#[expect(clippy::cast_precision_loss, reason = "hours of samples are few")]
fn seconds_of(samples: usize) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}
