//! The problems that a feedback may be about, for its page and for the API.

use mostik_store::FeedbackDetails;

use crate::{ports::Likely, state::WebState};

/// So many are offered.
const OFFERED: usize = 5;

/// The likest open problems besides its own; none while there are no words, or
/// while they cannot be told: the rest of the page must not fail with them.
pub(crate) async fn likely_problems(state: &WebState, details: &FeedbackDetails) -> Vec<Likely> {
    let feedback = &details.card.feedback;
    match state.likely.to(feedback, OFFERED).await {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(feedback = %feedback.id, %error, "likely problems are not known");
            Vec::new()
        }
    }
}
