//! What people decide: each act loads, makes a pure decision, and submits it as
//! one transaction with the next job. Used alike by the pages and the API.

mod board;
mod cause;
mod confirm;
mod customer;
mod kind;
mod merge;
mod phone;
mod reply;
mod review;
mod stage;
mod transcript;

use jiff::Timestamp;
use mostik_domain::{Decision, FeedbackId, Job, JobId, NewJob};
use mostik_store::{Clock, FeedbackDetails, StoreError};

use crate::{error::ProblemDocument, refusal::Refusal, state::WebState};

pub(crate) use board::{BoardAct, act_on_board};
pub(crate) use cause::correct_cause;
pub(crate) use confirm::{asks_about_cause, confirm_cause};
pub(crate) use customer::{not_solved, solved, write_more};
pub(crate) use kind::correct_kind;
pub(crate) use merge::merge_into;
pub(crate) use phone::{
    WantedOutage, cancel_call_back, clear_outage, note, order, say_presence, set_outage,
};
pub(crate) use reply::{answer, keeping};
pub(crate) use review::{finish_review, return_to_team};
pub(crate) use stage::set_stage;
pub(crate) use transcript::type_words;

/// Who decides, when, and with which ids.
pub(crate) struct Moment<'a> {
    /// The person's name.
    pub(crate) by: &'a str,
    /// Now.
    pub(crate) at: Timestamp,
    /// Gives fresh ids.
    pub(crate) clock: &'a dyn Clock,
}

impl<'a> Moment<'a> {
    pub(crate) fn now(state: &'a WebState, by: &'a str) -> Self {
        Self { by, at: state.clock.now(), clock: state.clock.as_ref() }
    }

    /// A job that runs at once.
    fn job(&self, job: Job, dedup_key: String) -> NewJob {
        NewJob { id: JobId::new(self.clock.fresh_id()), job, dedup_key, run_at: self.at }
    }
}

/// Decides about one feedback; when somebody else was faster, reads and decides
/// once more.
pub(crate) async fn on_feedback<F>(
    state: &WebState,
    id: FeedbackId,
    decide: F,
) -> Result<(), ProblemDocument>
where
    F: Fn(FeedbackDetails) -> Result<Decision, ProblemDocument>,
{
    let mut tried = false;
    loop {
        let details =
            state.store.feedback_details(id).await?.ok_or_else(ProblemDocument::not_found)?;
        match state.store.submit(decide(details)?, state.clock.now()).await {
            Err(StoreError::Conflict { .. }) if !tried => tried = true,
            done => return Ok(done?),
        }
    }
}

/// What a person typed: trimmed, not empty, at most `limit` characters.
pub(crate) fn typed(field: &str, text: &str, limit: usize) -> Result<String, ProblemDocument> {
    let text = text.trim().replace("\r\n", "\n");
    let characters = text.chars().count();
    if characters == 0 {
        return Err(
            ProblemDocument::invalid(field, format!("{field} is empty")).because(Refusal::Empty)
        );
    }
    if characters > limit {
        return Err(ProblemDocument::invalid(
            field,
            format!("{field} has {characters} characters; the limit is {limit}"),
        )
        .because(Refusal::TooLong));
    }
    Ok(text)
}
