use mostik_domain::{FeedbackState, ProblemId, ReviewReason};
use mostik_store::FeedbackDetails;

use super::shell::Visit;
use crate::likely::likely_problems;

/// Keys of the likely problems while the digits name a cause. None of them
/// means anything else on the page.
const LETTERS: [char; 5] = ['z', 'c', 'v', 'b', 'n'];
const DIGITS: [char; 5] = ['1', '2', '3', '4', '5'];

/// A problem that the feedback may be about, and the key that joins it.
pub(super) struct LikelyRow {
    pub(super) id: ProblemId,
    pub(super) title: String,
    pub(super) cause: String,
    pub(super) team: String,
    pub(super) reports: String,
    pub(super) stage: &'static str,
    pub(super) state: &'static str,
    pub(super) key: char,
}

/// The likely problems, the likest first.
pub(super) async fn likely_rows(visit: &Visit, details: &FeedbackDetails) -> Vec<LikelyRow> {
    let w = visit.w();
    let keys = if asks_for_the_cause(details) { LETTERS } else { DIGITS };
    let found = likely_problems(&visit.state, details).await;
    let row = |(likely, key): (crate::ports::Likely, char)| LikelyRow {
        id: likely.card.problem.id,
        cause: w.cause(&likely.card.problem.root_cause),
        team: likely.card.problem.owner_team.clone(),
        reports: w.reports(likely.card.feedback_count),
        stage: w.stage(likely.card.problem.stage),
        state: w.problem_state(&likely.card.problem.state),
        title: likely.card.problem.title,
        key,
    };
    found.into_iter().zip(keys).map(row).collect()
}

/// The digits belong to the question that is open: first the cause, then
/// whether others have said the same.
fn asks_for_the_cause(details: &FeedbackDetails) -> bool {
    match &details.card.feedback.state {
        FeedbackState::NeedsReview { reason, before, .. } => {
            before.classification().is_none()
                || matches!(reason, ReviewReason::LowConfidence | ReviewReason::Unrouted { .. })
        }
        state => state.classification().is_none(),
    }
}

/// Keys of the causes, in their order.
pub(super) fn cause_keys(details: &FeedbackDetails, likely: &[LikelyRow]) -> Vec<char> {
    if likely.is_empty() || asks_for_the_cause(details) {
        ('1'..='9').collect()
    } else {
        LETTERS.to_vec()
    }
}
