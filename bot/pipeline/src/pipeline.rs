use std::{collections::HashMap, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use mostik_channels::{CallBackPlan, RingsCustomers};
use mostik_domain::{
    Channel, Decision, Feedback, FeedbackId, Job, JobId, Language, NewJob, OfficeHours, Ownership,
    Problem, ProblemId, ReviewReason, Thresholds, link::LinkSigner,
};
use mostik_speech::SpeechToText;
use mostik_store::{Clock, Store, StoreError};
use mostik_taxonomy::{MessageJudge, RootCauseClassifier, StageClassifier};
use mostik_trackers::Tracker;
use uuid::Uuid;

use crate::{LikelyProblems, Listener, Retry, StepError};

/// Everything the steps work with. Chosen in `server/src/wiring.rs`.
#[derive(Clone)]
pub struct Pipeline {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Time and ids.
    pub clock: Arc<dyn Clock>,
    /// Names causes.
    pub root_causes: Arc<dyn RootCauseClassifier>,
    /// Tells what messages say beside their cause.
    pub judge: Arc<dyn MessageJudge>,
    /// Judges owner-side comments.
    pub stages: Arc<dyn StageClassifier>,
    /// Recognises speech; none when switched off.
    pub speech: Option<Arc<dyn SpeechToText>>,
    /// Has perhaps listened to a call already, before it ended.
    pub listener: Option<Arc<Listener>>,
    /// The folder of recordings.
    pub recordings: PathBuf,
    /// The channels by which customers are told.
    pub channels: HashMap<Channel, Arc<dyn mostik_channels::Channel>>,
    /// How customers of the phone are rung; none when people call them.
    pub call_back: Option<Arc<CallBackPlan>>,
    /// Who rings them: only in the process that has the phone line.
    pub rings: Option<Arc<dyn RingsCustomers>>,
    /// The trackers by their names.
    pub trackers: HashMap<&'static str, Arc<dyn Tracker>>,
    /// Finds the problems that a message may be about.
    pub likely: Arc<LikelyProblems>,
    /// What the company has configured.
    pub rules: Arc<Rules>,
}

/// What the company has configured for its cases.
#[derive(Debug)]
pub struct Rules {
    /// Who owns which cause.
    pub ownership: Ownership,
    /// From which confidence on Mostik acts by itself.
    pub thresholds: Thresholds,
    /// When people are there.
    pub hours: OfficeHours,
    /// Office minutes within which a delayed answer is promised anew.
    pub delayed_answer_minutes: u32,
    /// Days after closing when a customer is asked whether all is well; 0: never.
    pub follow_up_days: u16,
    /// Makes the links of customers' pages.
    pub links: LinkSigner,
    /// How failures are repeated.
    pub retry: Retry,
}

impl Pipeline {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn fresh(&self) -> Uuid {
        self.clock.fresh_id()
    }

    pub(crate) fn new_job(&self, job: Job, dedup_key: String, run_at: Timestamp) -> NewJob {
        NewJob { id: JobId::new(self.fresh()), job, dedup_key, run_at }
    }

    pub(crate) async fn load_feedback(&self, id: FeedbackId) -> Result<Feedback, StepError> {
        self.store.feedback(id).await?.ok_or_else(|| missing(id))
    }

    pub(crate) async fn load_problem(&self, id: ProblemId) -> Result<Problem, StepError> {
        self.store.problem(id).await?.ok_or_else(|| missing(id))
    }

    /// The feedback waits for a person; a feedback that waits already stays as it is.
    pub(crate) fn ask_a_person(&self, feedback: Feedback, reason: ReviewReason) -> Decision {
        let now = self.now();
        match feedback.state.clone().for_review(reason, now) {
            Ok(state) => Decision::nothing()
                .and(mostik_domain::Change::SaveFeedback(feedback.in_state(state, now))),
            Err(_) => Decision::nothing(),
        }
    }

    pub(crate) fn channel(&self, kind: Channel) -> Option<&Arc<dyn mostik_channels::Channel>> {
        self.channels.get(&kind).filter(|channel| channel.kind() == kind)
    }
}

pub(crate) fn missing(id: impl std::fmt::Display) -> StepError {
    StepError::from(StoreError::NotFound { what: id.to_string() })
}

/// The recogniser has its own type, because it knows nothing of the bot.
pub(crate) const fn heard_language(language: mostik_speech::Language) -> Language {
    match language {
        mostik_speech::Language::Russian => Language::Russian,
        mostik_speech::Language::English => Language::English,
    }
}

pub(crate) const fn spoken_language(language: Language) -> mostik_speech::Language {
    match language {
        Language::Russian => mostik_speech::Language::Russian,
        Language::English => mostik_speech::Language::English,
    }
}
