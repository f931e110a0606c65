//! What an operator sees of the caller at pick-up: everything that was before.

use std::collections::BTreeMap;

use mostik_domain::{Author, LiveCall, Problem, ProblemId, Promise, PromiseState};
use mostik_store::{FeedbackCard, FeedbackFilter, PageRequest};

use super::{
    feedback_list::{FeedbackRow, row},
    feedback_page::{PromiseRow, promises},
    shell::Visit,
};
use crate::error::ProblemDocument;

/// Earlier feedbacks that are shown.
const SHOWN: u32 = 10;
/// Characters of the last words.
const LAST_WORDS: usize = 400;

/// One thing that the caller came with before.
pub(super) struct Before {
    pub(super) row: FeedbackRow,
    /// What was written last, and by whom.
    pub(super) last: Option<Last>,
    pub(super) problem: Option<ProblemStage>,
    pub(super) promises: Vec<PromiseRow>,
}

/// The newest words of a correspondence.
pub(super) struct Last {
    pub(super) who: &'static str,
    pub(super) text: String,
}

/// How far the owner team has come.
pub(super) struct ProblemStage {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) stage: &'static str,
}

/// The caller's feedbacks, newest first; none of somebody unknown.
pub(super) async fn before(visit: &Visit, call: &LiveCall) -> Result<Vec<Before>, ProblemDocument> {
    let Some(customer) = call.customer else {
        return Ok(Vec::new());
    };
    let store = &visit.state.store;
    let filter = FeedbackFilter { customer: Some(customer), ..Default::default() };
    let page = PageRequest { limit: SHOWN, after: None };
    let cards = store.feedback_page(&filter, &page).await?.items;
    let mut problems: BTreeMap<ProblemId, Problem> = BTreeMap::new();
    let mut shown = Vec::new();
    for card in cards {
        let problem = match card.feedback.problem() {
            Some(id) if !problems.contains_key(&id) => {
                problems.extend(store.problem(id).await?.map(|problem| (id, problem)));
                problems.get(&id)
            }
            Some(id) => problems.get(&id),
            None => None,
        };
        let problem = problem.map(|problem| ProblemStage {
            href: format!("/desk/problems/{}", problem.id),
            title: problem.title.clone(),
            stage: visit.w().stage(problem.stage),
        });
        shown.push(Before {
            row: row(visit, &card),
            last: last_words(visit, &card).await?,
            promises: promises(visit, &told(&card)),
            problem,
        });
    }
    Ok(shown)
}

/// The promises that are kept or broken: one that is due stands in the row.
fn told(card: &FeedbackCard) -> Vec<Promise> {
    card.promises.iter().filter(|promise| promise.state != PromiseState::Due).cloned().collect()
}

/// What was said last, unless the row shows the same already.
async fn last_words(visit: &Visit, card: &FeedbackCard) -> Result<Option<Last>, ProblemDocument> {
    let messages = visit.state.store.messages(card.feedback.id).await?;
    let Some(last) = messages.iter().skip(1).rfind(|message| !message.text.is_blank()) else {
        return Ok(None);
    };
    let who = match last.author {
        Author::Customer => visit.w().phone.customer,
        Author::Mostik | Author::Operator { .. } => visit.w().own.us,
    };
    Ok(Some(Last { who, text: last.text.reveal().chars().take(LAST_WORDS).collect() }))
}
