//! How a customer's own page speaks of what is no problem: praise, a question,
//! an offer.

use axum::{extract::Path, response::Response};
use mostik_domain::{Author, FeedbackState, MessageKind, RootCause};
use mostik_store::FeedbackDetails;
use serde::Deserialize;

use super::{
    feedback_list::{Choice, choices},
    own_page::feedback_of,
    shell::{Visit, see},
};
use crate::{
    acts::{self, Moment, on_feedback},
    api::named,
    error::ProblemDocument,
    guard::{ClientAddress, FormBody},
    wording::Wording,
};

/// What a feedback is taken for; a complaint until something else was read.
pub(super) fn kind_of(details: &FeedbackDetails) -> MessageKind {
    let named = details.card.feedback.state.classification();
    named.map_or(MessageKind::Complaint, mostik_domain::Classification::kind)
}

/// The labels of the way, in its order; none where there is no way to go.
pub(super) fn steps(
    w: &Wording,
    kind: MessageKind,
    state: &FeedbackState,
) -> Option<[&'static str; 4]> {
    let own = &w.own;
    let last = match state.clone().out_of_review() {
        FeedbackState::Resolved { .. } => own.step_4_fixed,
        FeedbackState::Declined { .. } => own.step_4_declined,
        _ => own.step_4_open,
    };
    match kind {
        MessageKind::Thanks | MessageKind::Review
            if matches!(state, FeedbackState::Answered(_)) =>
        {
            None
        }
        MessageKind::Question => Some([own.step_1, own.step_2_question, own.step_3, last]),
        MessageKind::Cooperation => {
            let last = match state.clone().out_of_review() {
                FeedbackState::Resolved { .. } => own.step_4_considered,
                _ => last,
            };
            Some([own.step_1, own.step_2_offer, own.step_3, last])
        }
        MessageKind::Complaint | MessageKind::Other | MessageKind::Thanks | MessageKind::Review => {
            Some([own.step_1, own.step_2, own.step_3, last])
        }
    }
}

/// How it stands, where that is told in other words than a problem's.
pub(super) fn status(w: &Wording, details: &FeedbackDetails) -> Option<&'static str> {
    let own = &w.own;
    let state = &details.card.feedback.state;
    match (kind_of(details), state) {
        (_, FeedbackState::NeedsReview { .. })
        | (MessageKind::Cooperation, FeedbackState::Declined { .. }) => None,
        (MessageKind::Thanks, FeedbackState::Answered(_)) => Some(own.thanked),
        (MessageKind::Review, FeedbackState::Answered(_)) => Some(own.reviewed),
        (MessageKind::Question, FeedbackState::Answered(_)) if was_answered(details) => {
            Some(own.question_answered)
        }
        (MessageKind::Question, FeedbackState::Classified { .. } | FeedbackState::Answered(_)) => {
            Some(own.question_received)
        }
        (MessageKind::Cooperation, FeedbackState::Routed(_) | FeedbackState::Filed(_)) => {
            Some(own.offer_passed)
        }
        (MessageKind::Cooperation, FeedbackState::Resolved { .. }) => Some(own.offer_considered),
        (MessageKind::Cooperation, _) => Some(own.offer_received),
        _ => None,
    }
}

fn was_answered(details: &FeedbackDetails) -> bool {
    details.messages.iter().any(|said| matches!(said.author, Author::Operator { .. }))
}

/// The question whether we understood.
pub(super) struct Confirm {
    /// What we took it for; none where no cause was seen, which nobody can confirm.
    pub(super) taken_for: Option<Choice>,
    pub(super) others: Vec<Choice>,
}

/// Asks once, and only about what a model has named.
pub(super) fn confirm(visit: &Visit, details: &FeedbackDetails) -> Option<Confirm> {
    let w = visit.w();
    let asked = acts::asks_about_cause(details)?;
    let seen = *asked != RootCause::Other;
    let label = |name: &str| name.parse().map_or_else(|_| name.to_owned(), |cause| w.about(&cause));
    let (same, others): (Vec<_>, Vec<_>) =
        visit.state.root_causes().into_iter().partition(|cause| seen && cause == asked);
    let named =
        |causes: Vec<RootCause>| choices(causes.iter().map(ToString::to_string), None, label);
    Some(Confirm { taken_for: named(same).pop(), others: named(others) })
}

/// What her message is about, by a button.
#[derive(Deserialize)]
pub(super) struct CauseForm {
    cause: String,
}

/// The customer says what her message is about.
pub(super) async fn confirm_cause(
    visit: Visit,
    client: ClientAddress,
    Path(token): Path<String>,
    FormBody(form): FormBody<CauseForm>,
) -> Result<Response, ProblemDocument> {
    let id = feedback_of(&visit, &token)?;
    visit.state.public_rate.check(client)?;
    let cause = named(&form.cause, &visit.state.root_causes())?;
    let moment = Moment::now(&visit.state, "");
    on_feedback(&visit.state, id, |details| acts::confirm_cause(&details, &cause, &moment)).await?;
    Ok(see(&format!("/c/{token}")))
}
