//! Problem to issue: files one, or brings the filed one up to date.

use mostik_domain::{
    Change, Classification, Criticality, Decision, Feedback, FeedbackState, Issue, IssueDraft,
    IssueId, Job, Marker, MessageKind, NewJob, OwnerTeam, Problem, ProblemId, Promise,
    PromiseState, Words, issue,
};
use mostik_text::redact;
use mostik_trackers::FiledIssue;

use crate::{Pipeline, StepError};

pub(super) async fn decide(pipeline: &Pipeline, id: ProblemId) -> Result<Decision, StepError> {
    let problem = pipeline.load_problem(id).await?;
    let feedback = pipeline.store.feedback_of_problem(id).await?;
    if feedback.is_empty() {
        // Corrected away from this problem before it was filed.
        return Ok(Decision::nothing());
    }
    let team = pipeline.rules.ownership.team(&problem.owner_team).ok_or_else(|| {
        StepError::give_up(format!("the owner team {:?} is not configured", problem.owner_team))
    })?;
    let tracker = pipeline.trackers.get(team.tracker.as_str()).ok_or_else(|| {
        StepError::give_up(format!("the tracker {:?} is not configured", team.tracker))
    })?;
    let count = u64::try_from(feedback.len()).unwrap_or(u64::MAX);
    let issue = match pipeline.store.issue_of_problem(id).await? {
        Some(issue) if issue.told_count == count => issue,
        Some(issue) => {
            let draft = draft(pipeline, &problem, &feedback, team).await?;
            tracker.update(&issue.project, &issue.key, &draft).await?;
            Issue { told_count: count, ..issue }
        }
        None => {
            // An earlier attempt may have filed it and not have heard so: one of this job, or one
            // of a feedback that was gathered before and may have been corrected away since.
            let marker = Marker::of(problem.id);
            let found = tracker.find_by_marker(&team.project, &marker, problem.opened_at).await?;
            if let Some(found) = found {
                let issue = new_issue(pipeline, &problem, team, found, UNKNOWN_COUNT);
                return Ok(filed(pipeline, feedback, issue)?.then(recount(pipeline, id)));
            }
            let draft = draft(pipeline, &problem, &feedback, team).await?;
            let filed = tracker.file(&team.project, &draft).await?;
            new_issue(pipeline, &problem, team, filed, count)
        }
    };
    filed(pipeline, feedback, issue)
}

/// What an issue tells that was found, not filed: its text may be an older one.
const UNKNOWN_COUNT: u64 = 0;

/// Brings an issue that was found up to date.
fn recount(pipeline: &Pipeline, problem: ProblemId) -> NewJob {
    let key = format!("file:{problem}:found");
    pipeline.new_job(Job::File { problem }, key, pipeline.now())
}

fn new_issue(
    pipeline: &Pipeline,
    problem: &Problem,
    team: &OwnerTeam,
    filed: FiledIssue,
    told_count: u64,
) -> Issue {
    Issue {
        id: IssueId::new(pipeline.fresh()),
        problem: problem.id,
        tracker: team.tracker.clone(),
        project: team.project.clone(),
        key: filed.key,
        url: filed.url,
        state: filed.state,
        told_count,
        filed_at: pipeline.now(),
        read_until: None,
        revision: 0,
    }
}

fn filed(
    pipeline: &Pipeline,
    feedback: Vec<Feedback>,
    issue: Issue,
) -> Result<Decision, StepError> {
    let now = pipeline.now();
    let mut decision = Decision::nothing().and(Change::SaveIssue(issue));
    for feedback in feedback {
        if matches!(feedback.state, FeedbackState::Routed(_)) {
            let state = feedback.state.clone().filed(now)?;
            decision = decision.and(Change::SaveFeedback(feedback.in_state(state, now)));
        }
    }
    Ok(decision)
}

async fn draft(
    pipeline: &Pipeline,
    problem: &Problem,
    feedback: &[Feedback],
    team: &OwnerTeam,
) -> Result<IssueDraft, StepError> {
    let hours = &pipeline.rules.hours;
    let mut quotes: Vec<issue::Quote> = Vec::new();
    for one in feedback {
        let text = redact(one.text.as_ref().map_or("", Words::reveal)).text;
        if !text.trim().is_empty() && !quotes.iter().any(|quote| quote.text == text) {
            quotes.push(issue::Quote { text, channel: one.channel });
        }
    }
    let customers: std::collections::HashSet<_> = feedback.iter().map(|one| one.customer).collect();
    let promised_until = next_promise(pipeline, feedback).await?.map(|p| hours.local(p.due_at));
    let first = hours.local(feedback.iter().map(|one| one.captured_at).min().unwrap_or_default());
    let last = hours.local(feedback.iter().map(|one| one.captured_at).max().unwrap_or_default());
    let evidence: Vec<String> = feedback
        .first()
        .and_then(|one| one.state.classification())
        .map(|cause| cause.evidence.iter().map(|word| redact(word.reveal()).text).collect())
        .unwrap_or_default();
    let desk_page = pipeline.rules.links.desk_page(&format!("/desk/problems/{}", problem.id));
    let facts = issue::Facts {
        language: team.language,
        problem,
        kind: kind(feedback),
        urgent: most_urgent(feedback),
        quotes: &quotes,
        feedback_count: u64::try_from(feedback.len()).unwrap_or(u64::MAX),
        customers: u64::try_from(customers.len()).unwrap_or(u64::MAX),
        first_and_last: (&first, &last),
        promised_until: promised_until.as_ref(),
        evidence: &evidence,
        desk_page: &desk_page,
    };
    Ok(issue::draft(&facts, team))
}

/// A problem is of one kind: an offer gathers nothing, and nothing else is one.
fn kind(feedback: &[Feedback]) -> MessageKind {
    let first = feedback.first().and_then(|one| one.state.classification());
    first.map_or(MessageKind::Complaint, Classification::kind)
}

/// The worst that customers tell, and how many tell it.
fn most_urgent(feedback: &[Feedback]) -> Option<(Criticality, u64)> {
    let all = || {
        let named = feedback.iter().filter_map(|one| one.state.classification());
        named.filter_map(|named| Some(named.understanding.as_ref()?.criticality))
    };
    let worst = all().max()?;
    let count = all().filter(|criticality| *criticality == worst).count();
    Some((worst, u64::try_from(count).unwrap_or(u64::MAX)))
}

/// Promises of the newest feedbacks are the ones that can still be kept.
const PROMISES_READ: usize = 20;

async fn next_promise(
    pipeline: &Pipeline,
    feedback: &[Feedback],
) -> Result<Option<Promise>, StepError> {
    let mut next: Option<Promise> = None;
    for one in feedback.iter().rev().take(PROMISES_READ) {
        for promise in pipeline.store.promises(one.id).await? {
            let sooner = next.as_ref().is_none_or(|known| promise.due_at < known.due_at);
            if promise.state == PromiseState::Due && sooner {
                next = Some(promise);
            }
        }
    }
    Ok(next)
}
