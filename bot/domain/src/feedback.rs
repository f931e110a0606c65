use jiff::Timestamp;
use mostik_taxonomy::Language;
use serde::{Deserialize, Serialize};

use crate::{
    CallId, Channel, Claimed, Classification, ConversationId, CustomerId, FeedbackId, InboxId,
    MessageId, ProblemId, Reference, ReturnPath, Understanding, Words, as_text,
    understanding::USUAL_URGENCY,
};

/// **The unit that is classified and routed**: one problem voiced by one customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feedback {
    /// Identity; newest sort last.
    pub id: FeedbackId,
    /// The short code a customer may quote.
    pub reference: Reference,
    /// The way in.
    pub inbox: InboxId,
    /// The inbox's channel.
    pub channel: Channel,
    /// Whose.
    pub customer: CustomerId,
    /// The correspondence it is part of.
    pub conversation: ConversationId,
    /// The message or call it was captured from.
    pub source: Source,
    /// How the customer can be answered.
    pub return_path: ReturnPath,
    /// The customer's language.
    #[serde(with = "as_text")]
    pub language: Language,
    /// The customer's words; none while a call waits for its transcript.
    pub text: Option<Words>,
    /// The page on which it was written (checklist #41).
    pub page: Option<String>,
    /// What the customer wrote about herself into a form.
    #[serde(default)]
    pub claimed: Option<Claimed>,
    /// How far it has come.
    pub state: FeedbackState,
    /// When it was captured.
    pub captured_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts the saves: a save of an outdated copy is refused.
    pub revision: u32,
}

/// Where a feedback came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Written.
    Message(MessageId),
    /// Spoken.
    Call(CallId),
}

/// How far a feedback has come. Each state holds the proof of the one before,
/// so that a feedback that was never answered cannot be routed (checklist #36).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "name")]
pub enum FeedbackState {
    /// Stored; a call may still wait for its words.
    Captured,
    /// A call whose words are known.
    Transcribed,
    /// The cause is named.
    Classified {
        /// The cause.
        classification: Classification,
    },
    /// The customer has been answered.
    Answered(Answered),
    /// Under a problem of an owner team.
    Routed(Routed),
    /// In the owner team's tracker.
    Filed(Filed),
    /// The owner team says it is fixed.
    Resolved {
        /// What was filed.
        filed: Filed,
        /// When.
        at: Timestamp,
    },
    /// The owner team will not change it.
    Declined {
        /// What was filed.
        filed: Filed,
        /// When.
        at: Timestamp,
    },
    /// Waits for a person.
    NeedsReview {
        /// Why.
        reason: ReviewReason,
        /// Since when.
        since: Timestamp,
        /// The state in which it waits.
        before: Box<FeedbackState>,
    },
}

/// A classified feedback whose customer has been answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// The cause.
    pub classification: Classification,
    /// When the customer was answered, or told on her own page.
    pub answered_at: Timestamp,
}

/// An answered feedback that belongs to an owner team's problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Routed {
    /// Proof of the answer.
    pub answered: Answered,
    /// Who owns the cause.
    pub owner_team: String,
    /// The problem it gathered under.
    pub problem: ProblemId,
    /// When.
    pub routed_at: Timestamp,
}

/// A routed feedback whose problem is in the tracker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filed {
    /// Proof of the routing.
    pub routed: Routed,
    /// When.
    pub filed_at: Timestamp,
}

/// Why a feedback waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum ReviewReason {
    /// No words could be had from the recording.
    NoTranscript {
        /// For the operator, without personal data.
        why: String,
    },
    /// The cause is not sure enough to act on.
    LowConfidence,
    /// The customer asks something: an operator answers (checklist #148, #149).
    Question,
    /// No ownership rule fits.
    Unrouted {
        /// For the operator.
        why: String,
    },
    /// The customer says that it is not solved.
    NotSolved,
    /// A step failed for good.
    StepFailed {
        /// Which step and why.
        why: String,
    },
}

impl ReviewReason {
    /// The name in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NoTranscript { .. } => "no_transcript",
            Self::LowConfidence => "low_confidence",
            Self::Question => "question",
            Self::Unrouted { .. } => "unrouted",
            Self::NotSolved => "not_solved",
            Self::StepFailed { .. } => "step_failed",
        }
    }
}

/// A transition that the state machine does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a feedback that is {from} cannot become {to}")]
pub struct Refused {
    /// The state it was in.
    pub from: &'static str,
    /// The state asked for.
    pub to: &'static str,
}

impl FeedbackState {
    /// The name in the API.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Transcribed => "transcribed",
            Self::Classified { .. } => "classified",
            Self::Answered(_) => "answered",
            Self::Routed(_) => "routed",
            Self::Filed(_) => "filed",
            Self::Resolved { .. } => "resolved",
            Self::Declined { .. } => "declined",
            Self::NeedsReview { .. } => "needs_review",
        }
    }

    /// The cause, once named.
    pub fn classification(&self) -> Option<&Classification> {
        match self {
            Self::Captured | Self::Transcribed => None,
            Self::Classified { classification } => Some(classification),
            Self::NeedsReview { before, .. } => before.classification(),
            _ => self.answered().map(|answered| &answered.classification),
        }
    }

    /// The proof that the customer was answered.
    pub fn answered(&self) -> Option<&Answered> {
        match self {
            Self::Captured | Self::Transcribed | Self::Classified { .. } => None,
            Self::Answered(answered) => Some(answered),
            Self::NeedsReview { before, .. } => before.answered(),
            _ => self.routed().map(|routed| &routed.answered),
        }
    }

    /// Team and problem, once routed.
    pub fn routed(&self) -> Option<&Routed> {
        match self {
            Self::Routed(routed) => Some(routed),
            Self::NeedsReview { before, .. } => before.routed(),
            _ => self.filed_as().map(|filed| &filed.routed),
        }
    }

    /// The filing, once filed.
    pub fn filed_as(&self) -> Option<&Filed> {
        match self {
            Self::Filed(filed) | Self::Resolved { filed, .. } | Self::Declined { filed, .. } => {
                Some(filed)
            }
            Self::NeedsReview { before, .. } => before.filed_as(),
            _ => None,
        }
    }

    /// The words of a call are known.
    pub fn transcribed(self) -> Result<Self, Refused> {
        match self.out_of_review() {
            Self::Captured => Ok(Self::Transcribed),
            other => Err(other.refuse("transcribed")),
        }
    }

    /// The cause is named; an operator's naming also ends a review, and takes
    /// a feedback that was routed wrongly back, so that it is routed anew.
    pub fn classified(self, classification: Classification) -> Result<Self, Refused> {
        let classification = classification.after(self.classification());
        match self.out_of_review() {
            Self::Captured | Self::Transcribed | Self::Classified { .. } => {
                Ok(Self::Classified { classification })
            }
            Self::Answered(answered)
            | Self::Routed(Routed { answered, .. })
            | Self::Filed(Filed { routed: Routed { answered, .. }, .. }) => {
                Ok(Self::Answered(Answered { classification, ..answered }))
            }
            other => Err(other.refuse("classified")),
        }
    }

    /// The customer has been answered.
    pub fn answered_at(self, answered_at: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Classified { classification } => {
                Ok(Self::Answered(Answered { classification, answered_at }))
            }
            other => Err(other.refuse("answered")),
        }
    }

    /// The feedback belongs to an owner team's problem.
    pub fn routed_to(
        self,
        owner_team: &str,
        problem: ProblemId,
        routed_at: Timestamp,
    ) -> Result<Self, Refused> {
        match self.out_of_review() {
            Self::Answered(answered) => Ok(Self::Routed(Routed {
                answered,
                owner_team: owner_team.to_owned(),
                problem,
                routed_at,
            })),
            other => Err(other.refuse("routed")),
        }
    }

    /// The problem is in the tracker.
    pub fn filed(self, filed_at: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Routed(routed) => Ok(Self::Filed(Filed { routed, filed_at })),
            other => Err(other.refuse("filed")),
        }
    }

    /// The owner team says it is fixed.
    pub fn resolved(self, at: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Filed(filed) | Self::Declined { filed, .. } => Ok(Self::Resolved { filed, at }),
            other => Err(other.refuse("resolved")),
        }
    }

    /// The owner team will not change it.
    pub fn declined(self, at: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::Filed(filed) | Self::Resolved { filed, .. } => Ok(Self::Declined { filed, at }),
            other => Err(other.refuse("declined")),
        }
    }

    /// The owner team opened the issue again.
    pub fn reopened(self) -> Result<Self, Refused> {
        match self {
            Self::Resolved { filed, .. } | Self::Declined { filed, .. } => Ok(Self::Filed(filed)),
            other => Err(other.refuse("reopened")),
        }
    }

    /// A person must look.
    pub fn for_review(self, reason: ReviewReason, since: Timestamp) -> Result<Self, Refused> {
        match self {
            Self::NeedsReview { .. } => Err(self.refuse("needs_review")),
            other => Ok(Self::NeedsReview { reason, since, before: Box::new(other) }),
        }
    }

    /// The state in which it waits for a person, or the state itself.
    #[must_use]
    pub fn out_of_review(self) -> Self {
        match self {
            Self::NeedsReview { before, .. } => *before,
            other => other,
        }
    }

    const fn refuse(&self, to: &'static str) -> Refused {
        Refused { from: self.as_str(), to }
    }
}

impl Feedback {
    /// The same feedback in another state; saves count from the store's copy.
    #[must_use]
    pub fn in_state(self, state: FeedbackState, at: Timestamp) -> Self {
        Self { state, updated_at: at, ..self }
    }

    /// The owner team, once routed.
    pub fn owner_team(&self) -> Option<&str> {
        self.state.routed().map(|routed| routed.owner_team.as_str())
    }

    /// The problem, once routed.
    pub fn problem(&self) -> Option<ProblemId> {
        self.state.routed().map(|routed| routed.problem)
    }

    /// Its place in the desk's queue, 0 to 11, the most urgent highest; that of
    /// an ordinary complaint while nobody has read it.
    pub fn urgency(&self) -> u8 {
        let named = self.state.classification();
        let understood = named.and_then(|named| named.understanding.as_ref());
        understood.map_or(USUAL_URGENCY, Understanding::urgency)
    }
}

#[cfg(test)]
mod tests {
    use mostik_taxonomy::RootCause;
    use uuid::Uuid;

    use super::*;

    type Event = fn(FeedbackState) -> Result<FeedbackState, Refused>;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn cause() -> Classification {
        Classification::by_operator(RootCause::Delivery, "Анна", NOW)
    }

    fn problem() -> ProblemId {
        ProblemId::new(Uuid::from_u128(1))
    }

    const EVENTS: [(&str, Event); 9] = [
        ("transcribed", FeedbackState::transcribed),
        ("classified", |state| state.classified(cause())),
        ("answered", |state| state.answered_at(NOW)),
        ("routed", |state| state.routed_to("logistics", problem(), NOW)),
        ("filed", |state| state.filed(NOW)),
        ("resolved", |state| state.resolved(NOW)),
        ("declined", |state| state.declined(NOW)),
        ("reopened", FeedbackState::reopened),
        ("review", |state| state.for_review(ReviewReason::LowConfidence, NOW)),
    ];

    /// Every state that can be reached, by the shortest way to it.
    fn states() -> Vec<FeedbackState> {
        let mut reached = vec![FeedbackState::Captured];
        let mut next = 0;
        while let Some(state) = reached.get(next).cloned() {
            for (_, event) in EVENTS {
                if let Ok(to) = event(state.clone())
                    && !reached.iter().any(|known| name(known) == name(&to))
                {
                    reached.push(to);
                }
            }
            next += 1;
        }
        reached
    }

    fn name(state: &FeedbackState) -> String {
        match state {
            FeedbackState::NeedsReview { before, .. } => format!("review({})", before.as_str()),
            other => other.as_str().to_owned(),
        }
    }

    #[test]
    fn the_whole_table_of_transitions() {
        let rows = states().into_iter().flat_map(|state| {
            EVENTS.map(|(event, apply)| {
                let to = apply(state.clone()).map_or("refused".to_owned(), |to| name(&to));
                format!("{:22} {event:12} → {to}", name(&state))
            })
        });
        insta::assert_snapshot!("transitions", rows.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn what_was_never_answered_cannot_be_routed() {
        let classified = FeedbackState::Captured.classified(cause()).expect("has words");
        let refused = classified.routed_to("logistics", problem(), NOW);
        assert_eq!(refused, Err(Refused { from: "classified", to: "routed" }));
    }

    #[test]
    fn states_survive_storage() {
        for state in states() {
            let stored = serde_json::to_string(&state).expect("serialises");
            let read: FeedbackState = serde_json::from_str(&stored).expect("reads back");
            assert_eq!(read, state);
        }
    }
}
