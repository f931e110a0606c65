//! Carries the studio's machine over a real call.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::flow::{Action, End, Input, Keyed, Say, Step, StudioFlow};
use super::takes::Takes;
use super::timers::Timers;
use super::{Entry, StudioPlan};
use crate::facts::steps;
use crate::gateway::Shared;
use crate::live_line::{LineEvent, LiveLine};
use crate::reception::Line;
use crate::{
    AudioFacts, Clip, CompletedCall, HostError, NoMessageEnd, Prompt, PromptLibrary, Words,
};

/// Nobody waits longer for a disk.
const PATIENCE: Duration = Duration::from_secs(10);

/// Leads one caller through the studio; `told` is the call as it began.
pub(crate) async fn run(
    shared: Arc<Shared>,
    mut told: CompletedCall,
    plan: StudioPlan,
    line: Line,
) {
    let Line { call, negotiation, session, heard, .. } = line;
    let mut visit = Visit {
        takes: Takes::new(&shared.config.recordings_dir, &told.id),
        shared: Arc::clone(&shared),
        plan,
        line: LiveLine::new(call, session, negotiation, heard),
        flow: StudioFlow::default(),
        timers: Timers::none(),
        take: None,
        recording: false,
    };
    let end = visit.last().await;
    tracing::info!(?end, "the studio is left");
    visit.close(end).await;
    told.ended_at = Timestamp::now();
    told.termination = NoMessageEnd::Studio.into();
    let LiveLine { call, session, .. } = visit.line;
    told.facts.audio = Some(AudioFacts::of(&session.quality().await));
    let ladder = call.ladder();
    call.hang_up().await;
    told.facts.ladder = steps(&ladder);
    // What was keyed is nobody's business: `told.keys` stays empty.
    shared.delivery.mention(told).await;
}

/// A call to the studio while it lasts.
struct Visit {
    shared: Arc<Shared>,
    plan: StudioPlan,
    line: LiveLine,
    flow: StudioFlow,
    timers: Timers,
    takes: Takes,
    /// The last take, as it would be heard.
    take: Option<Clip>,
    recording: bool,
}

impl Visit {
    async fn last(&mut self) -> End {
        let mut input = Input::Answered;
        loop {
            self.take_up(input).await;
            if let Some(end) = self.flow.end() {
                return end;
            }
            input = self.next_input().await;
        }
    }

    async fn next_input(&mut self) -> Input {
        loop {
            let arrived = tokio::select! {
                arrived = self.line.arrival() => arrived,
                timer = self.timers.next() => return Input::TimeOut(timer),
                () = self.shared.hurry.cancelled() => return Input::Shutdown,
            };
            if let Some(event) = self.line.deal_with(arrived).await
                && let Some(input) = meaning(event)
            {
                return input;
            }
        }
    }

    /// Feeds the machine, and what doing its bidding brings about.
    async fn take_up(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Step::Moved(flow, actions) = self.flow.step(input) else { continue };
            self.flow = flow;
            for action in actions {
                inputs.extend(self.perform(action).await);
            }
        }
    }

    async fn perform(&mut self, action: Action) -> Option<Input> {
        match action {
            Action::Say(said) => return self.say(&said).await,
            Action::BeQuiet => self.line.stop_playing().await,
            Action::TryCode(code) => return Some(self.try_code(code).await),
            Action::Record => return self.record().await,
            Action::FinishTake => return Some(self.finish_take().await),
            Action::Keep(number) => return Some(self.keep(number).await),
            Action::Restore(number) => return Some(self.restore(number).await),
            Action::StartTimer(timer) => self.timers.start(timer),
            Action::StopTimer(timer) => self.timers.stop(timer),
            // The end of the machine is that of the call.
            Action::HangUp => {}
        }
        None
    }

    /// As one clip, so that it has one end.
    async fn say(&mut self, said: &[Say]) -> Option<Input> {
        let clips: Vec<Clip> = said.iter().filter_map(|say| self.clip(*say)).collect();
        let samples: Vec<i16> = clips.iter().flat_map(Clip::samples).copied().collect();
        if samples.is_empty() {
            return Some(Input::SaidAll);
        }
        self.line.play(Clip::from_samples(samples)).await;
        None
    }

    fn clip(&self, say: Say) -> Option<Clip> {
        let (language, words) = match say {
            Say::Prompt(name) => (self.plan.language, Words::Named(name)),
            Say::Tone => (self.plan.language, Words::Tone),
            Say::AsItSounds(number) => {
                let text = PromptLibrary::text_by_number(number)?;
                (text.language, Words::Named(text.name))
            }
            Say::Take => return self.take.clone(),
        };
        self.shared.prompts.clip(Prompt { language, words })
    }

    async fn try_code(&self, code: Keyed) -> Input {
        let entry = tokio::time::timeout(PATIENCE, self.plan.studio.enters(code.as_str())).await;
        match entry {
            Ok(Entry::Open) => Input::CodeRight,
            Ok(Entry::Wrong) => Input::CodeWrong,
            Ok(Entry::Shut) => Input::CodeGone,
            Err(_) => Input::Failed,
        }
    }

    async fn record(&mut self) -> Option<Input> {
        self.take = None;
        match self.takes.begin(&self.line.session).await {
            Ok(()) => {
                self.recording = true;
                None
            }
            Err(error) => {
                tracing::error!(%error, "a prompt cannot be recorded");
                Some(Input::Failed)
            }
        }
    }

    async fn finish_take(&mut self) -> Input {
        self.recording = false;
        match self.takes.end(&self.line.session).await {
            Ok(raw) => {
                self.take = self.plan.studio.finished(raw).await;
                if self.take.is_some() { Input::TakeReady } else { Input::TakeEmpty }
            }
            Err(error) => {
                tracing::error!(%error, "the recording of a prompt was lost");
                Input::Failed
            }
        }
    }

    async fn keep(&self, number: u16) -> Input {
        let (Some(prompt), Some(take)) = (PromptLibrary::text_by_number(number), self.take.clone())
        else {
            return Input::Failed;
        };
        tracing::info!(number, "a prompt is replaced by phone");
        self.changed(self.plan.studio.keep(prompt, take)).await
    }

    async fn restore(&self, number: u16) -> Input {
        let Some(prompt) = PromptLibrary::text_by_number(number) else { return Input::Failed };
        tracing::info!(number, "a prompt goes back to what ships");
        self.changed(self.plan.studio.restore(prompt)).await
    }

    /// What was changed is heard from now on.
    async fn changed(&self, change: impl Future<Output = Result<(), HostError>>) -> Input {
        match tokio::time::timeout(PATIENCE, change).await {
            Ok(Ok(())) => {
                self.shared.prompts.refresh().await;
                Input::Done
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "a prompt cannot be changed");
                Input::Failed
            }
            Err(_) => Input::Failed,
        }
    }

    async fn close(&mut self, end: End) {
        if self.recording && self.takes.end(&self.line.session).await.is_err() {
            tracing::warn!("a take stays on the disk until the next start");
        }
        let may_call_again = matches!(end, End::Broken | End::Shutdown);
        if self.flow.entered && !may_call_again {
            self.plan.studio.left().await;
        }
    }
}

const fn meaning(event: LineEvent) -> Option<Input> {
    Some(match event {
        LineEvent::Key(key) => Input::Key(key),
        LineEvent::ClipEnded => Input::SaidAll,
        LineEvent::AudioLost => Input::MediaLost,
        LineEvent::RecorderFailed => Input::Failed,
        LineEvent::HungUp => Input::RemoteHungUp,
        LineEvent::Broken => Input::TrunkFailed,
        LineEvent::Shutdown => Input::Shutdown,
        // She says herself when a take is at its end.
        LineEvent::SpeechStarted | LineEvent::SilenceAfterSpeech | LineEvent::Beep => return None,
    })
}
