//! What a call of ours brought, kept: the call, whether she was told, her yes or no, her words.
//!
//! The gateway tells it until it is kept, after a crash too, so everything here may be done twice.

use mostik_domain::{
    Change, Decision, Direction, InboundCall, MessageId, Notice, NoticeId, NoticeKind, NoticeState,
    Promise, ReturnPath, ReviewReason,
    survey::{self, SurveyReply},
};
use mostik_gateway::call_back::{CallBackReport, Outcome, SurveyAnswer};
use mostik_gateway::{CompletedCall, HostError, Termination};
use mostik_store::FeedbackDetails;

use super::{Phone, count, kept};

impl Phone {
    /// Keeps a call of ours.
    pub(super) async fn called_back(
        &self,
        call: CompletedCall,
        report: CallBackReport,
    ) -> Result<(), HostError> {
        let id: NoticeId = report.about.parse().map_err(HostError::new)?;
        let store = &self.intake.store;
        let notice = store.notice(id).await.map_err(HostError::new)?;
        let feedback = notice.as_ref().map(|notice| notice.feedback);
        let details = match feedback {
            Some(id) => store.feedback_details(id).await.map_err(HostError::new)?,
            None => None,
        };
        let (Some(notice), Some(details)) = (notice, details) else {
            // The customer was forgotten meanwhile, and with her what she was called about.
            tracing::warn!(call = call.id, "a call-back about what is forgotten is not kept");
            return Ok(());
        };
        let termination = call.termination;
        let at = call.ended_at;
        let stored = mostik_domain::Call {
            direction: Direction::Outgoing {
                attempt: report.attempt,
                about: Some(id),
                call_back: None,
            },
            ..kept(call)?
        };
        let spoke = matches!(termination, Termination::MessageLeft(_)) || !stored.talks.is_empty();
        let decision = if spoke {
            // Her words are a message like any other: transcribed, understood, routed.
            self.intake.call(self.her_words(stored, &details)).await.map_err(HostError::new)?;
            Decision::nothing()
        } else {
            Decision::nothing().and(Change::SaveCall(stored))
        };
        let decision = told(decision, notice, &details.card.promises, report.outcome, at);
        let decision = self.answered(decision, details, report.outcome, spoke, at);
        store.submit(decision, self.intake.clock.now()).await.map_err(HostError::new)?;
        count(termination);
        Ok(())
    }

    /// A message of hers; she was told in the call that it is taken up.
    fn her_words(&self, call: mostik_domain::Call, details: &FeedbackDetails) -> InboundCall {
        let feedback = &details.card.feedback;
        let address = match &feedback.return_path {
            ReturnPath::Reply { address, .. } => Some(address.clone()),
            ReturnPath::None(_) => None,
        };
        let made_at = call.tone_at.unwrap_or(call.arrived_at);
        let due_at = self.intake.hours.after(made_at, self.intake.response_minutes);
        InboundCall {
            inbox: feedback.inbox.clone(),
            promised: Some((made_at, due_at)),
            address,
            return_path: feedback.return_path.clone(),
            name: None,
            call,
        }
    }

    /// Her key, as her own page would take it.
    fn answered(
        &self,
        decision: Decision,
        details: FeedbackDetails,
        outcome: Outcome,
        spoke: bool,
        at: jiff::Timestamp,
    ) -> Decision {
        let feedback = details.card.feedback;
        let reply = |solved| SurveyReply {
            id: MessageId::new(self.intake.clock.fresh_id()),
            words: survey::words_for_key(feedback.language, solved),
            at,
        };
        let more = match outcome {
            Outcome::Survey { answer: SurveyAnswer::Solved } => {
                survey::solved(&feedback, &details.messages, reply(true)).ok()
            }
            Outcome::Survey { answer: SurveyAnswer::NotSolved } => {
                let reply = reply(false);
                survey::not_solved(feedback, &details.messages, reply).ok()
            }
            // She said nothing that could be read: somebody has to call.
            Outcome::WantsPerson { .. } if !spoke => {
                let state = feedback.state.clone().for_review(ReviewReason::Question, at).ok();
                state.map(|state| {
                    Decision::nothing().and(Change::SaveFeedback(feedback.in_state(state, at)))
                })
            }
            _ => None,
        };
        match more {
            Some(more) => more.changes.into_iter().fold(decision, Decision::and),
            None => decision,
        }
    }
}

/// She heard the news, and with them what was promised.
fn told(
    decision: Decision,
    notice: Notice,
    promises: &[Promise],
    outcome: Outcome,
    at: jiff::Timestamp,
) -> Decision {
    if !outcome.heard_news() {
        return decision;
    }
    let substantial = notice.kind != NoticeKind::Delayed;
    let Ok(told) = notice.in_state(NoticeState::Sent { at }) else { return decision };
    let decision = decision.and(Change::SaveNotice(told));
    if !substantial {
        return decision;
    }
    let kept = promises.iter().filter_map(|promise| promise.clone().kept(at).ok());
    kept.fold(decision, |decision, kept| decision.and(Change::SavePromise(kept)))
}
