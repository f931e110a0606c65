//! What to do when something happened on an issue: new evidence, another
//! stage, a problem that is fixed, declined or open again, customers to tell.

use std::collections::HashSet;

use jiff::Timestamp;
use mostik_taxonomy::{AcceptanceStage, StageVerdict};

use crate::{
    AcceptanceSignal, Actor, Change, CloseReason, Decision, Feedback, FeedbackState, Happening,
    Issue, IssueState, Job, JobId, NewJob, Notice, NoticeId, NoticeKind, NoticeState, OwnerComment,
    Problem, SignalId, TrackerEvent, Words, acceptance, capture::FreshId,
};

/// All that the decision is made from.
#[derive(Debug, Clone)]
pub struct Tracked {
    /// The issue.
    pub issue: Issue,
    /// Its problem.
    pub problem: Problem,
    /// The evidence so far.
    pub signals: Vec<AcceptanceSignal>,
    /// The feedbacks that wait for news.
    pub feedback: Vec<Feedback>,
    /// The kinds of notices that feedbacks have already.
    pub told: HashSet<(crate::FeedbackId, NoticeKind)>,
    /// Labels we put on when filing.
    pub own_labels: Vec<String>,
}

/// An event, and what the stage classifier says of its comment.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What happened.
    pub event: TrackerEvent,
    /// For a comment: the verdict.
    pub verdict: Option<StageVerdict>,
    /// For a comment: the text without personal data.
    pub redacted: Option<Words>,
}

/// What became of the issue, besides evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Fixed,
    Declined,
    Reopened,
    Accepted,
}

/// Takes in what happened. Events that were taken in before change nothing.
pub fn take_in(
    tracked: Tracked,
    mut events: Vec<Judged>,
    read_until: Option<Timestamp>,
    fresh: FreshId<'_>,
    now: Timestamp,
) -> Decision {
    events.sort_by_key(|judged| judged.event.at);
    let Tracked { mut issue, mut problem, mut signals, feedback, told, own_labels } = tracked;
    let mut decision = Decision::nothing();
    let mut outcome = None;
    for judged in events {
        keep_comment(&mut problem, &judged);
        let Some(signal) = signal(&issue, &judged, &own_labels, fresh) else {
            continue;
        };
        if signals.iter().any(|known| acceptance::tells_again(&signal, known)) {
            continue;
        }
        outcome = turn(&judged.event, &mut issue, &mut problem).or(outcome);
        if outcome.is_none() && signal.stage == AcceptanceStage::Acceptance {
            outcome = Some(Outcome::Accepted);
        }
        decision = decision.and(Change::AddSignal(signal.clone()));
        signals.push(signal);
    }
    if let Some((stage, since)) = acceptance::fold(&signals) {
        (problem.stage, problem.stage_since) = (stage, since);
    }
    issue.read_until = read_until.or(issue.read_until);
    decision = decision.and(Change::SaveProblem(problem)).and(Change::SaveIssue(issue));
    match outcome {
        Some(outcome) => tell_all(decision, feedback, &told, outcome, fresh, now),
        None => decision,
    }
}

/// The owner side's last words are the reason, should the problem be declined;
/// angry ones are not passed on to customers.
fn keep_comment(problem: &mut Problem, judged: &Judged) {
    let angry = judged.verdict.as_ref().is_some_and(|v| v.stage == AcceptanceStage::Anger);
    let newer = problem.last_comment.as_ref().is_none_or(|last| last.at < judged.event.at);
    if judged.event.actor != Actor::Person || angry || !newer {
        return;
    }
    if let Some(text) = judged.redacted.clone() {
        problem.last_comment = Some(OwnerComment { at: judged.event.at, text });
    }
}

fn signal(
    issue: &Issue,
    judged: &Judged,
    own_labels: &[String],
    fresh: FreshId<'_>,
) -> Option<AcceptanceSignal> {
    let evidence = acceptance::evidence(&judged.event, judged.verdict.as_ref(), own_labels)?;
    Some(AcceptanceSignal {
        id: SignalId::new(fresh()),
        issue: issue.id,
        key: judged.event.key.clone(),
        stage: evidence.stage,
        kind: evidence.kind,
        quote: judged.redacted.clone().unwrap_or(evidence.quote),
        at: judged.event.at,
        url: judged.event.url.clone(),
    })
}

/// Closing and reopening turn the issue and the problem; a turn that the
/// problem refuses has happened before.
fn turn(event: &TrackerEvent, issue: &mut Issue, problem: &mut Problem) -> Option<Outcome> {
    let state = problem.state.clone();
    let (issue_state, turned, outcome) = match &event.what {
        Happening::Closed { reason: CloseReason::Completed } => {
            (IssueState::Completed, state.fixed(event.at), Outcome::Fixed)
        }
        Happening::Closed { reason: CloseReason::NotPlanned } => {
            let why = problem.last_comment.as_ref().map(|last| last.text.reveal().to_owned());
            (IssueState::NotPlanned, state.declined(event.at, why), Outcome::Declined)
        }
        Happening::Reopened => (IssueState::Open, state.reopened(), Outcome::Reopened),
        _ => return None,
    };
    issue.state = issue_state;
    problem.state = turned.ok()?;
    Some(outcome)
}

fn tell_all(
    mut decision: Decision,
    feedback: Vec<Feedback>,
    told: &HashSet<(crate::FeedbackId, NoticeKind)>,
    outcome: Outcome,
    fresh: FreshId<'_>,
    now: Timestamp,
) -> Decision {
    for feedback in feedback {
        let id = feedback.id;
        let (state, kind) = match outcome {
            Outcome::Fixed => (feedback.state.clone().resolved(now).ok(), Some(NoticeKind::Fixed)),
            Outcome::Declined => {
                (feedback.state.clone().declined(now).ok(), Some(NoticeKind::Declined))
            }
            Outcome::Reopened => (feedback.state.clone().reopened().ok(), None),
            Outcome::Accepted => (None, Some(NoticeKind::Accepted)),
        };
        let waits = state.is_some() || matches!(feedback.state, FeedbackState::Filed(_));
        if let Some(state) = state {
            decision = decision.and(Change::SaveFeedback(feedback.in_state(state, now)));
        }
        if let Some(kind) = kind.filter(|kind| waits && !told.contains(&(id, *kind))) {
            let notice = Notice {
                id: NoticeId::new(fresh()),
                feedback: id,
                kind,
                text: Words::default(),
                state: NoticeState::Pending,
                created_at: now,
            };
            decision = decision.then(tell(&notice, fresh, now)).and(Change::SaveNotice(notice));
        }
    }
    decision
}

/// The job that tells a notice.
pub fn tell(notice: &Notice, fresh: FreshId<'_>, now: Timestamp) -> NewJob {
    NewJob {
        id: JobId::new(fresh()),
        job: Job::Tell { notice: notice.id },
        dedup_key: format!("tell:{}", notice.id),
        run_at: now,
    }
}
