//! The phone line: meets calls with the right language and an honest promise, and turns ended
//! calls into feedback.

mod answering;
mod called_back;
mod caller;
mod caller_back;
mod caps;
mod keeping;
mod may_call;
mod meeting;
mod number;
mod reading_back;
mod senses;
mod spoken_promise;
mod turns;
mod unanswered;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use mostik_domain::{
    AudioFacts, Call, CallFacts, CallId, Channel, Direction, InboundCall, InboxId, LadderStep,
    Language, Recording, Words,
};
use mostik_gateway::{
    ArrivedCall, CallApp, CallHost, CallOrder, CallProgress, CompletedCall, HostError, LeftMessage,
    Person, Refusal, Staff, StudioPlan, Termination, Turn, TurnEnd, Understood, call_flow::Script,
};

pub use self::senses::{Ears, Heard, Senses, Voice};
use self::{
    answering::DeskOrders,
    caller::{address_of, return_path},
    keeping::{kept_place, talk, waited},
    meeting::language_of,
    turns::Turns,
    unanswered::Unanswered,
};
pub use self::{
    caller_back::{CallBackPlan, CallMatter, CallerBack, RingsCustomers, Rung},
    may_call::{MayNot, Target, WhomToCall},
    number::NoNumber,
};
use crate::{CaptureError, Intake};

/// A number that is answered, as configured.
#[derive(Debug, Clone)]
pub struct PhoneLine {
    /// The user part of its address, as `support`.
    pub number: String,
    /// The language of the first greeting.
    pub language: Language,
    /// The longest message that is recorded.
    pub max_message: Duration,
    /// How its calls go.
    pub script: Arc<Script>,
    /// After so long nobody should wait for a person any more.
    pub longest_wait: Duration,
    /// Who answers, in the order in which they are rung; nobody: only messages.
    pub operators: Vec<Person>,
}

impl PhoneLine {
    /// A line with the usual greeting, for messages.
    pub fn new(number: String, language: Language, max_message: Duration) -> Self {
        Self {
            number,
            language,
            max_message,
            script: Arc::default(),
            longest_wait: Duration::from_mins(10),
            operators: Vec::new(),
        }
    }
}

/// Hosts the gateway's calls.
#[derive(Debug)]
pub struct Phone {
    intake: Intake,
    lines: Vec<PhoneLine>,
    echo: Option<String>,
    studio: Option<(String, StudioPlan)>,
    unanswered: Unanswered,
    senses: Senses,
    /// How customers are rung; none when people call them.
    call_back: Option<CallBackPlan>,
    orders: DeskOrders,
    turns: Turns,
}

impl Phone {
    /// Answers these lines; calls to any other number are refused with 404. Who calls `echo` hears
    /// herself, who calls the number of the studio may record prompts.
    pub fn new(
        intake: Intake,
        lines: Vec<PhoneLine>,
        echo: Option<String>,
        senses: Senses,
        call_back: Option<CallBackPlan>,
        studio: Option<(String, StudioPlan)>,
    ) -> Arc<Self> {
        let orders = DeskOrders::of(intake.store.as_ref());
        let turns = Turns::of(intake.store.as_ref());
        let unanswered = Unanswered::default();
        Arc::new(Self { intake, lines, echo, studio, unanswered, senses, call_back, orders, turns })
    }

    fn line(&self, number: &str) -> Option<&PhoneLine> {
        self.lines.iter().find(|line| line.number == number)
    }

    /// The inbox of a line.
    pub fn inbox(number: &str) -> InboxId {
        InboxId::new(Channel::Phone, number)
    }

    /// What the caller heard counts from the tone: made then, due then.
    fn promised(&self, call: &CompletedCall) -> Option<(Timestamp, Timestamp)> {
        let heard = call.promise?;
        let made_at = call.tone_at.or(call.answered_at).unwrap_or(call.arrived_at);
        let due_at =
            spoken_promise::due(heard, made_at, &self.intake.hours, self.intake.response_minutes);
        Some((made_at, due_at))
    }
}

#[async_trait]
impl CallHost for Phone {
    async fn plan(&self, arrived: &ArrivedCall) -> Result<CallApp, Refusal> {
        if self.echo.as_ref().is_some_and(|echo| *echo == arrived.line) {
            return Ok(CallApp::Echo);
        }
        if let Some((_, plan)) = self.studio.as_ref().filter(|(number, _)| *number == arrived.line)
        {
            return Ok(CallApp::Studio(plan.clone()));
        }
        let line = self.line(&arrived.line).ok_or(Refusal::UnknownLine)?;
        Ok(CallApp::Message(self.meet(line, arrived).await))
    }

    async fn understand(&self, message: &LeftMessage) -> Option<Understood> {
        self.read_back(message).await
    }

    async fn staff(&self, line: &str) -> Staff {
        self.who_is_there(line).await
    }

    async fn usual_wait(&self, line: &str, _ahead: usize) -> Option<Duration> {
        self.usual_wait_on(line).await
    }

    async fn next_order(&self) -> (String, CallOrder) {
        self.orders.next(self).await
    }

    async fn next_turn(&self) -> Turn {
        self.turns.next(self).await
    }

    async fn about_to_call(&self, about: &str) -> bool {
        self.notes_the_call(about).await
    }

    async fn turn_over(&self, about: &str, end: TurnEnd) {
        self.turn_ended(about, end).await;
    }

    async fn progressed(&self, progress: &CallProgress) {
        self.show(progress).await;
    }

    async fn completed(&self, call: CompletedCall) -> Result<(), HostError> {
        if let Some(report) = call.call_back.clone() {
            return self.called_back(call, report).await;
        }
        let turn = match call.turn.clone() {
            Some(about) => self.turn_reached(&about, &call).await.map_err(HostError::new)?,
            None => None,
        };
        let termination = call.termination;
        let kept_place = kept_place(&call)?;
        if call.tone_at.is_none() {
            self.without_a_message(call).await?;
            self.keep_place(kept_place).await?;
            count(termination);
            return Ok(());
        }
        let promised = self.promised(&call);
        let inbound = match turn {
            // It is she who had called, whatever her phone calls itself.
            Some(place) => InboundCall {
                return_path: turns::return_path(&place),
                address: Some(place.address),
                name: place.name,
                ..inbound(call, promised)?
            },
            None => inbound(call, promised)?,
        };
        let captured = self.intake.call(inbound).await.map_err(|error| match error {
            CaptureError::Store(error) => HostError::new(error),
            refused => HostError::new(refused),
        })?;
        self.keep_place(kept_place).await?;
        if captured.new {
            count(termination);
        }
        Ok(())
    }
}

impl Phone {
    /// Such a call becomes no feedback, but can be looked up.
    async fn without_a_message(&self, call: CompletedCall) -> Result<(), HostError> {
        let answered = call.answered_at.is_some();
        if answered || self.unanswered.has_room(call.arrived_at) {
            self.intake.call_without_a_message(kept(call)?).await.map_err(HostError::new)?;
        }
        Ok(())
    }
}

fn count(termination: Termination) {
    metrics::counter!(
        "mostik_calls_total",
        "result" => termination.result(),
        "reason" => termination.reason()
    )
    .increment(1);
}

fn inbound(
    call: CompletedCall,
    promised: Option<(Timestamp, Timestamp)>,
) -> Result<InboundCall, HostError> {
    let address = address_of(&call.caller);
    Ok(InboundCall {
        inbox: Phone::inbox(&call.line),
        return_path: return_path(address.as_ref(), call.facts.came_by.as_ref()),
        name: call.caller.display_name.clone().filter(|_| address.is_some()).map(Words::new),
        address,
        promised,
        call: kept(call)?,
    })
}

/// The call as it is stored.
fn kept(call: CompletedCall) -> Result<Call, HostError> {
    // The gateway may write the UUID with hyphens, ours are written without.
    let id: CallId = call.id.replace('-', "").parse().map_err(HostError::new)?;
    Ok(Call {
        id,
        line: call.line,
        caller: Words::new(call.caller.uri),
        language: language_of(call.language),
        arrived_at: call.arrived_at,
        answered_at: call.answered_at,
        tone_at: call.tone_at,
        ended_at: call.ended_at,
        termination: format!("{}/{}", call.termination.result(), call.termination.reason()),
        recording: call.recording.map(|recording| Recording {
            file: recording.file_name,
            milliseconds: milliseconds(recording.seconds),
            bytes: recording.bytes,
            channels: recording.channels,
        }),
        codec: Some(call.codec).filter(|codec| !codec.is_empty()),
        facts: facts(call.facts, call.keys.as_str().len()),
        direction: direction(call.turn.as_deref()),
        waited: call.waited.map(waited),
        talks: call.talks.into_iter().map(|one| talk(one, call.ended_at)).collect(),
        // A cause that is configured no more is still what she said.
        confirmed: call.topic.and_then(|topic| topic.parse().ok()),
        note: None,
    })
}

/// The tries of a kept place are counted there.
fn direction(turn: Option<&str>) -> Direction {
    match turn.and_then(|about| about.parse().ok()) {
        Some(place) => Direction::Outgoing { attempt: 1, about: None, call_back: Some(place) },
        None => Direction::Incoming,
    }
}

fn facts(noticed: mostik_gateway::CallFacts, keys: usize) -> CallFacts {
    CallFacts {
        transport: Some(noticed.transport).filter(|transport| !transport.is_empty()),
        trunk: noticed.trunk,
        setup_milliseconds: noticed.setup_milliseconds,
        keys: u32::try_from(keys).unwrap_or(u32::MAX),
        audio: noticed.audio.map(|audio| AudioFacts {
            encrypted: audio.encrypted,
            packets_in: audio.packets_in,
            packets_out: audio.packets_out,
            lost_in: audio.lost_in,
            lost_out: audio.lost_out,
            jitter_milliseconds: audio.jitter_milliseconds,
            round_trip_milliseconds: audio.round_trip_milliseconds,
            level_in: audio.level_in,
            level_out: audio.level_out,
        }),
        ladder: noticed.ladder.into_iter().map(step).collect(),
    }
}

fn step(step: mostik_gateway::LadderStep) -> LadderStep {
    let mostik_gateway::LadderStep { after_milliseconds, incoming, text } = step;
    LadderStep { after_milliseconds, incoming, text }
}

fn milliseconds(seconds: f64) -> u64 {
    let length = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
