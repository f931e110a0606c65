//! How a caller is met: what is known of her and of this moment, said before she says anything.

use mostik_domain::{
    AcceptanceStage, Feedback, FeedbackState, Language, MessageKind, Outage, Problem, RootCause,
    Words,
};
use mostik_gateway::{
    ArrivedCall, CallPlan, Clip, Piece, Sentence, SpokenLanguage, call_flow::People,
};
use mostik_store::StoreError;

use super::{
    Phone, PhoneLine,
    caller::{address_of, return_path},
    spoken_promise,
};

/// A problem that nobody has heard of for so long is not brought up again.
const REMEMBERED: jiff::SignedDuration = jiff::SignedDuration::from_hours(90 * 24);

impl Phone {
    pub(super) async fn meet(&self, line: &PhoneLine, arrived: &ArrivedCall) -> CallPlan {
        let hours = &self.intake.hours;
        let open = hours.is_open(arrived.at);
        let people = match (open, line.operators.is_empty()) {
            (false, _) => People::Closed,
            (true, true) => People::Never,
            (true, false) => People::Perhaps,
        };
        let promise = spoken_promise::choose(arrived.at, hours, self.intake.response_minutes);
        let last_problem = self.last_problem(arrived).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "what a caller told last time is not known");
            None
        });
        let outage = self.outage(&line.number, arrived).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "whether something is out of order is not known");
            None
        });
        CallPlan {
            script: line.script.clone(),
            people,
            keeps_places: self.may_be_called(arrived),
            last_problem,
            outage,
            longest_wait: line.longest_wait,
            ..CallPlan::message(spoken_in(line.language), promise, line.max_message)
        }
    }

    /// Whether we could call her when it is her turn.
    fn may_be_called(&self, arrived: &ArrivedCall) -> bool {
        let address = address_of(&arrived.caller);
        let path = return_path(address.as_ref(), arrived.came_by.as_ref());
        self.call_back.as_ref().is_some_and(|plan| plan.whom.may_call(&path).is_ok())
    }

    async fn outage(
        &self,
        line: &str,
        arrived: &ArrivedCall,
    ) -> Result<Option<Sentence>, StoreError> {
        let all = self.intake.store.outages().await?;
        let Some(outage) = Outage::on_line(&all, line, arrived.at) else { return Ok(None) };
        let mut said = Sentence::of_prompts(&["outage"]);
        for (language, pieces) in
            [(Language::Russian, &mut said.russian), (Language::English, &mut said.english)]
        {
            if let Some(words) = outage.texts.of(language)
                && let Some(clip) = self.spoken(words, language).await
            {
                *pieces = vec![Piece::Clip(clip)];
            }
        }
        Ok(Some(said))
    }

    /// Her own words are not repeated here: nobody vouches for the number she shows.
    async fn last_problem(&self, arrived: &ArrivedCall) -> Result<Option<Sentence>, StoreError> {
        let store = &self.intake.store;
        let Some(address) = address_of(&arrived.caller) else { return Ok(None) };
        let Some(last) = store.latest_feedback_of(&address).await? else { return Ok(None) };
        if arrived.at.duration_since(last.captured_at) > REMEMBERED {
            return Ok(None);
        }
        let problem = match last.problem() {
            Some(id) => store.problem(id).await?,
            None => None,
        };
        let state = state_of(&last, problem.as_ref());
        Ok(state.map(|state| Sentence::of_prompts(&[remembered(&last), state])))
    }

    /// Audio of words that no prompt says, where there is a voice.
    pub(super) async fn spoken(&self, words: &Words, language: Language) -> Option<Clip> {
        let voice = self.senses.voice.as_ref()?;
        voice.say(words.reveal(), language).await.map(Clip::from_samples)
    }
}

fn remembered(last: &Feedback) -> &'static str {
    match last.state.classification().map(|named| &named.root_cause) {
        Some(RootCause::Pricing) => "last_pricing",
        Some(RootCause::Design) => "last_design",
        Some(RootCause::Copy) => "last_copy",
        Some(RootCause::Delivery) => "last_delivery",
        Some(RootCause::Other | RootCause::Custom(_)) | None => "last_other",
    }
}

/// Where it stands, while it is open and something that was to be put right.
fn state_of(last: &Feedback, problem: Option<&Problem>) -> Option<&'static str> {
    let kind = last.state.classification().map(mostik_domain::Classification::kind);
    if matches!(kind, Some(MessageKind::Thanks | MessageKind::Cooperation | MessageKind::Review)) {
        return None;
    }
    Some(match &last.state {
        FeedbackState::Resolved { .. } | FeedbackState::Declined { .. } => return None,
        FeedbackState::Captured
        | FeedbackState::Transcribed
        | FeedbackState::Classified { .. }
        | FeedbackState::Answered(_)
        | FeedbackState::NeedsReview { .. } => "state_looking",
        FeedbackState::Routed(_) | FeedbackState::Filed(_) => match problem.map(|one| one.stage) {
            Some(AcceptanceStage::Acceptance) => "state_accepted",
            Some(AcceptanceStage::Evangelism) => "state_being_fixed",
            _ => "state_with_team",
        },
    })
}

pub(super) const fn spoken_in(language: Language) -> SpokenLanguage {
    match language {
        Language::Russian => SpokenLanguage::Russian,
        Language::English => SpokenLanguage::English,
    }
}

pub(super) const fn language_of(spoken: SpokenLanguage) -> Language {
    match spoken {
        SpokenLanguage::Russian => Language::Russian,
        SpokenLanguage::English => Language::English,
    }
}
