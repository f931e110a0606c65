//! What happens on an issue becomes evidence, a stage, and news for customers.

use std::collections::HashSet;

use jiff::SignedDuration;
use mostik_domain::{
    Decision, FeedbackId, Happening, IssueId, NoticeKind, TrackerEvent, Words,
    tracking::{self, Judged, Tracked},
};
use mostik_text::redact;

use crate::{Pipeline, StepError, pipeline::missing};

/// Clocks of a tracker and ours differ; events told twice are recognised.
const OVERLAP: SignedDuration = SignedDuration::from_mins(2);
/// What a signal keeps of a comment, in characters.
const QUOTE_LENGTH: usize = 500;

/// Takes in what a webhook or the board told.
pub(super) async fn take_in(
    pipeline: &Pipeline,
    id: IssueId,
    events: &[TrackerEvent],
) -> Result<Decision, StepError> {
    let tracked = load(pipeline, id).await?;
    let judged = judge(pipeline, events.to_vec()).await?;
    let fresh = || pipeline.fresh();
    Ok(tracking::take_in(tracked, judged, None, &fresh, pipeline.now()))
}

/// Asks the tracker what happened.
pub(super) async fn look(pipeline: &Pipeline, id: IssueId) -> Result<Decision, StepError> {
    let tracked = load(pipeline, id).await?;
    let issue = &tracked.issue;
    let tracker = pipeline.trackers.get(issue.tracker.as_str()).ok_or_else(|| {
        StepError::give_up(format!("the tracker {:?} is not configured", issue.tracker))
    })?;
    let asked_at = pipeline.now();
    let since = issue.read_until.map(|read| read - OVERLAP);
    let history = tracker.history(&issue.project, &issue.key, since).await?;
    let judged = judge(pipeline, history.events).await?;
    let fresh = || pipeline.fresh();
    Ok(tracking::take_in(tracked, judged, Some(asked_at), &fresh, pipeline.now()))
}

async fn load(pipeline: &Pipeline, id: IssueId) -> Result<Tracked, StepError> {
    let store = &pipeline.store;
    let issue = store.issue(id).await?.ok_or_else(|| missing(id))?;
    let details =
        store.problem_details(issue.problem).await?.ok_or_else(|| missing(issue.problem))?;
    let problem = details.card.problem;
    let feedback = store.feedback_of_problem(problem.id).await?;
    let told = told(pipeline, feedback.iter().map(|one| one.id)).await?;
    let own_labels = pipeline
        .rules
        .ownership
        .team(&problem.owner_team)
        .map(|team| team.labels.clone())
        .unwrap_or_default();
    Ok(Tracked { issue, problem, signals: details.signals, feedback, told, own_labels })
}

async fn told(
    pipeline: &Pipeline,
    feedback: impl Iterator<Item = FeedbackId>,
) -> Result<HashSet<(FeedbackId, NoticeKind)>, StepError> {
    let mut told = HashSet::new();
    for id in feedback {
        for kind in [NoticeKind::Accepted, NoticeKind::Fixed, NoticeKind::Declined] {
            if pipeline.store.notice_of(id, kind).await?.is_some() {
                told.insert((id, kind));
            }
        }
    }
    Ok(told)
}

async fn judge(pipeline: &Pipeline, events: Vec<TrackerEvent>) -> Result<Vec<Judged>, StepError> {
    let mut judged = Vec::with_capacity(events.len());
    for event in events {
        let (verdict, redacted) = match &event.what {
            Happening::Commented { text } => {
                let verdict = pipeline.stages.stage(text.reveal()).await?;
                let quote: String = redact(text.reveal()).text.chars().take(QUOTE_LENGTH).collect();
                (Some(verdict), Some(Words::from(quote)))
            }
            _ => (None, None),
        };
        judged.push(Judged { event, verdict, redacted });
    }
    Ok(judged)
}
