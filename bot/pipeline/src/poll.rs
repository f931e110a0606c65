use std::{collections::HashSet, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use mostik_domain::{Change, Decision, Job};
use mostik_store::StoreError;
use mostik_trackers::{Tracker, TrackerError};
use tokio_util::sync::CancellationToken;

use crate::Pipeline;

/// Asked again, because clocks differ and lists are not exact to the second.
const OVERLAP: SignedDuration = SignedDuration::from_mins(1);

/// Asks trackers that cannot reach us what changed, until `stop`. Each changed
/// issue becomes a job; where several nodes ask, the job's key lets one through.
pub async fn poll_trackers(pipeline: Pipeline, stop: CancellationToken) {
    let mut polls = tokio::task::JoinSet::new();
    let projects: HashSet<(String, String)> = pipeline
        .rules
        .ownership
        .teams()
        .map(|team| (team.tracker.clone(), team.project.clone()))
        .collect();
    for (name, project) in projects {
        let Some(tracker) = pipeline.trackers.get(name.as_str()).cloned() else {
            continue;
        };
        if let Some(every) = tracker.poll_every() {
            polls.spawn(poll(pipeline.clone(), tracker, project, every, stop.clone()));
        }
    }
    polls.join_all().await;
}

async fn poll(
    pipeline: Pipeline,
    tracker: Arc<dyn Tracker>,
    project: String,
    every: Duration,
    stop: CancellationToken,
) {
    let mut wait = Duration::ZERO;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = match ask(&pipeline, tracker.as_ref(), &project).await {
            Ok(()) => every,
            Err(error) => {
                tracing::warn!(tracker = tracker.name(), project, %error, "cannot be asked");
                metrics::counter!("mostik_poll_failures_total", "tracker" => tracker.name())
                    .increment(1);
                error.wait().max(every)
            }
        };
    }
}

#[derive(Debug, thiserror::Error)]
enum PollError {
    #[error(transparent)]
    Tracker(#[from] TrackerError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PollError {
    const fn wait(&self) -> Duration {
        match self {
            Self::Tracker(TrackerError::RetryAfter { after, .. }) => *after,
            // A person must change something; ask rarely until then.
            Self::Tracker(TrackerError::GiveUp { .. }) => Duration::from_mins(5),
            Self::Store(_) => Duration::from_secs(5),
        }
    }
}

async fn ask(pipeline: &Pipeline, tracker: &dyn Tracker, project: &str) -> Result<(), PollError> {
    let store = &pipeline.store;
    let cursor = store.cursor(tracker.name(), project).await?;
    let since: Timestamp = cursor.unwrap_or_else(|| pipeline.now()) - OVERLAP;
    let recent = tracker.changed_since(project, since).await?;
    let mut decision = Decision::nothing().and(Change::SetCursor {
        tracker: tracker.name().to_owned(),
        project: project.to_owned(),
        read_until: recent.read_until,
    });
    for key in recent.keys {
        if let Some(issue) = store.issue_by_key(tracker.name(), project, &key).await? {
            let dedup = format!("look:{}:{}", issue.id, recent.read_until);
            let job = Job::Look { issue: issue.id };
            decision = decision.then(pipeline.new_job(job, dedup, pipeline.now()));
        }
    }
    store.submit(decision, pipeline.now()).await?;
    Ok(())
}
