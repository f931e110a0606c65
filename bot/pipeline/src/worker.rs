use std::time::{Duration, Instant};

use jiff::SignedDuration;
use mostik_domain::Step;
use mostik_store::{Lease, Release, StoreError};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::{Pipeline, StepError, steps};

/// A group of workers that do the same steps.
#[derive(Debug, Clone, Copy)]
pub struct Crew {
    /// Which steps.
    pub steps: &'static [Step],
    /// How many jobs at once.
    pub workers: usize,
    /// How long one job may take. Its lease is longer by [`LEASE_MARGIN`].
    pub time_limit: Duration,
}

/// Time to commit after a step has used all its time: the lease must not end
/// while an outside call that it started can still have an effect.
const LEASE_MARGIN: Duration = Duration::from_secs(15);

/// An idle worker looks by itself this often, should a wake-up have been missed.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

impl Crew {
    /// Recognition takes all cores for a while: one at a time, apart from the rest.
    pub const LISTENERS: Self =
        Self { steps: &[Step::Transcribe], workers: 1, time_limit: Duration::from_mins(5) };

    /// Everything else waits for others most of the time.
    pub const MESSENGERS: Self = Self {
        steps: &[Step::Classify, Step::Answer, Step::Route, Step::File, Step::Track, Step::Tell],
        workers: 4,
        time_limit: Duration::from_secs(45),
    };

    /// Who ring customers: beside the rest, because a call lasts minutes. `longest_try` is from the
    /// order to the end of the call.
    pub const fn callers(longest_try: Duration) -> Self {
        Self {
            steps: &[Step::Ring],
            workers: 4,
            time_limit: longest_try.saturating_add(Duration::from_mins(1)),
        }
    }

    fn lease_for(&self) -> SignedDuration {
        SignedDuration::try_from(self.time_limit + LEASE_MARGIN).unwrap_or(SignedDuration::MAX)
    }
}

/// Works until `stop`: a job in hand is finished or its lease given back.
pub async fn work(pipeline: Pipeline, crew: Crew, stop: CancellationToken) {
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..crew.workers {
        workers.spawn(worker(pipeline.clone(), crew, stop.clone()));
    }
    workers.join_all().await;
}

async fn worker(pipeline: Pipeline, crew: Crew, stop: CancellationToken) {
    // Subscribed before the first claim, so that no wake-up falls in between.
    let mut changes = pipeline.store.changes();
    while !stop.is_cancelled() {
        match run_one(&pipeline, &crew, &stop).await {
            Ok(true) => {}
            Ok(false) => {
                let sleep = sleep_until_due(&pipeline, &crew).await;
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(sleep) => {}
                    () = jobs_queued(&mut changes) => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "the store does not hand out jobs");
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(Duration::from_secs(1)) => {}
                }
            }
        }
    }
}

async fn jobs_queued(changes: &mut tokio::sync::broadcast::Receiver<mostik_store::Changed>) {
    loop {
        match changes.recv().await {
            Ok(changed) if !changed.jobs => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            // The store is going away; the sleep beside this ends the wait.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

async fn sleep_until_due(pipeline: &Pipeline, crew: &Crew) -> Duration {
    match pipeline.store.next_due(crew.steps).await {
        Ok(Some(due)) => Duration::try_from(due.duration_since(pipeline.now()))
            .unwrap_or_default()
            // A job whose lane is taken is due at once and cannot be claimed.
            .clamp(Duration::from_millis(20), LONGEST_SLEEP),
        Ok(None) | Err(_) => LONGEST_SLEEP,
    }
}

/// Claims one job and does it; `false` when none is due.
pub async fn run_one(
    pipeline: &Pipeline,
    crew: &Crew,
    stop: &CancellationToken,
) -> Result<bool, StoreError> {
    let lease = pipeline.store.claim(crew.steps, pipeline.now(), crew.lease_for()).await?;
    let Some(lease) = lease else {
        return Ok(false);
    };
    let step = lease.job.step();
    let span = tracing::info_span!("job", %step, id = %lease.id, attempt = lease.attempt);
    do_job(pipeline, crew, &lease, stop).instrument(span).await?;
    Ok(true)
}

async fn do_job(
    pipeline: &Pipeline,
    crew: &Crew,
    lease: &Lease,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let began = Instant::now();
    let step = lease.job.step().as_str();
    let decided = tokio::select! {
        decided = tokio::time::timeout(crew.time_limit, steps::decide(pipeline, lease)) => {
            decided.unwrap_or_else(|_| Err(StepError::RetryAfter {
                after: Duration::from_secs(1),
                why: format!("not done within {} s", crew.time_limit.as_secs()),
            }))
        }
        // Recognition may take minutes; it has no effect before its commit.
        () = stop.cancelled(), if crew.steps.contains(&Step::Transcribe) => {
            return pipeline.store.release(lease, Release::Unused, pipeline.now()).await;
        }
    };
    let outcome = match decided {
        Ok(decision) => match pipeline.store.commit(lease, decision, pipeline.now()).await {
            Ok(()) => Ok(()),
            Err(StoreError::LeaseLost { job }) => {
                tracing::warn!(%job, "took too long; another worker has it");
                return Ok(());
            }
            Err(error) => Err(StepError::from(error)),
        },
        Err(error) => Err(error),
    };
    metrics::histogram!("mostik_step_seconds", "step" => step)
        .record(began.elapsed().as_secs_f64());
    match outcome {
        Ok(()) => {
            tracing::debug!(milliseconds = began.elapsed().as_millis(), "done");
            Ok(())
        }
        Err(error) => put_back(pipeline, lease, error).await,
    }
}

async fn put_back(pipeline: &Pipeline, lease: &Lease, error: StepError) -> Result<(), StoreError> {
    let now = pipeline.now();
    let chance = pipeline.fresh().as_bytes()[15];
    let retry = pipeline.rules.retry;
    let wait = retry.wait_before_next(&error, lease.attempt, lease.overtaken, chance);
    let release = if let Some(wait) = wait {
        tracing::info!(why = %error, ?wait, "will be tried again");
        let at = now + SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_mins(10));
        let why = error.to_string();
        match error {
            StepError::Overtaken { .. } => Release::Overtaken { at, why },
            _ => Release::RetryAt { at, why },
        }
    } else {
        tracing::error!(why = %error, "waits for a person");
        metrics::counter!("mostik_jobs_dead_total", "step" => lease.job.step().as_str())
            .increment(1);
        Release::Dead { why: error.to_string() }
    };
    match pipeline.store.release(lease, release, now).await {
        Err(StoreError::LeaseLost { .. }) => Ok(()),
        other => other,
    }
}
