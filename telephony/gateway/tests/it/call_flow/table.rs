//! Every state with every input.

use std::fmt::Write as _;

use mostik_gateway::call_flow::{
    Action, CallFlow, CallState, Input, NobodyWhy, Part, People, PersonGone, Place, QueuePart,
    Step, ThanksPart, Timer, Told,
};
use mostik_gateway::{MessageEnd, NoMessageEnd, Termination};

use super::{short, staffed, told};

const INPUTS: [Input; 33] = [
    Input::Answered,
    Input::PromptEnded,
    Input::Key('0'),
    Input::Key('1'),
    Input::Key('2'),
    Input::Key('3'),
    Input::Key('5'),
    Input::Key('#'),
    Input::SpeechStarted,
    Input::SilenceAfterSpeech,
    Input::TimeOut(Timer::NothingSaid),
    Input::TimeOut(Timer::MessageLimit),
    Input::TimeOut(Timer::CallLimit),
    Input::TimeOut(Timer::Key),
    Input::TimeOut(Timer::Understanding),
    Input::TimeOut(Timer::Waiting),
    Input::TimeOut(Timer::Talking),
    Input::RemoteHungUp,
    Input::TrunkFailed,
    Input::MediaLost,
    Input::RecorderFailed,
    Input::Shutdown,
    Input::Key('D'),
    Input::Understood { topics: 5 },
    Input::NotUnderstood,
    Input::Place(Place { ahead: 2, minutes: None }),
    Input::Nobody(NobodyWhy::Busy),
    Input::Person,
    Input::PersonGone(PersonGone::HungUp),
    Input::PersonGone(PersonGone::Lost),
    Input::HandOn,
    Input::SentOn,
    Input::Nobody(NobodyWhy::Closed),
];

fn states() -> Vec<CallState> {
    let recording = |spoke, asked_again| CallState::Recording { spoke, asked_again };
    let greeting = Part::ALL.into_iter().map(CallState::Greeting);
    let waiting = [Part::Language, Part::Zero].map(CallState::AwaitingKey);
    let rest = vec![
        CallState::Tone,
        recording(false, false),
        recording(true, false),
        CallState::AskingAgain,
        recording(false, true),
        recording(true, true),
        CallState::Thanking(ThanksPart::What),
        CallState::Thanking(ThanksPart::When),
        CallState::Thanking(ThanksPart::How),
        CallState::Understanding,
        CallState::ReadingBack(false),
        CallState::ReadingBack(true),
        CallState::AwaitingAnswer,
        CallState::NamingTopic(false),
        CallState::NamingTopic(true),
        CallState::Noting,
        CallState::TellingAgain,
        CallState::Connecting,
        CallState::Queued(QueuePart::Music(1)),
        CallState::Queued(QueuePart::Music(2)),
        CallState::Queued(QueuePart::Ahead),
        CallState::Queued(QueuePart::Minutes),
        CallState::Queued(QueuePart::Offer),
        CallState::ToldNobody,
        CallState::Talking(false),
        CallState::Talking(true),
        CallState::Parting(NoMessageEnd::NothingSaid.into()),
        CallState::Ended(Termination::MessageLeft(MessageEnd::Pound)),
    ];
    [CallState::Arriving].into_iter().chain(greeting).chain(waiting).chain(rest).collect()
}

/// A call in which all of this has come to pass that its state supposes.
fn in_state(state: CallState) -> CallFlow {
    let after_a_message = matches!(
        state,
        CallState::Thanking(_)
            | CallState::Understanding
            | CallState::ReadingBack(_)
            | CallState::AwaitingAnswer
            | CallState::NamingTopic(_)
            | CallState::Noting
            | CallState::TellingAgain
    );
    let understood =
        after_a_message && !matches!(state, CallState::Thanking(_) | CallState::Understanding);
    let told = Told {
        message: after_a_message.then_some(MessageEnd::Silence),
        takes: u8::from(after_a_message),
        topics: understood.then_some(5),
        talked: matches!(state, CallState::Talking(_)),
        ..staffed().told
    };
    CallFlow { state, told, ..staffed() }
}

#[test]
fn the_whole_table() {
    let mut table = String::new();
    for state in states() {
        writeln!(table, "{state:?}").expect("a string");
        for input in INPUTS {
            match in_state(state).step(input) {
                Step::Refused(flow) => assert_eq!(flow, in_state(state)),
                Step::Moved(next, actions) => {
                    let actions: Vec<String> = actions.into_iter().map(short).collect();
                    writeln!(table, "  {input:?} → {:?}: {}", next.state, actions.join(", "))
                        .expect("a string");
                }
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn every_state_ends_when_the_caller_hangs_up_or_we_shut_down() {
    for state in states().into_iter().filter(|state| !matches!(state, CallState::Ended(_))) {
        for input in [Input::RemoteHungUp, Input::TrunkFailed, Input::Shutdown] {
            let (ended, _) = told(in_state(state), &[input]);
            assert!(ended.termination().is_some(), "{state:?} {input:?}");
        }
    }
}

/// What the caller hears and what will still happen by itself, as the actions say.
#[derive(Default)]
struct Surroundings {
    playing: bool,
    timers: Vec<Timer>,
}

impl Surroundings {
    fn perform(&mut self, actions: &[Action]) {
        for action in actions {
            match action {
                Action::Play(_) => self.playing = true,
                Action::StopPlaying => self.playing = false,
                // The bound on the whole call is for what nobody has thought of.
                Action::StartTimer(Timer::CallLimit) => {}
                Action::StartTimer(timer) => {
                    self.timers.retain(|running| running != timer);
                    self.timers.push(*timer);
                }
                Action::StopTimer(timer) => self.timers.retain(|running| running != timer),
                _ => {}
            }
        }
    }

    /// What she did not do herself.
    fn next(&mut self) -> Option<Input> {
        if std::mem::take(&mut self.playing) {
            return Some(Input::PromptEnded);
        }
        (!self.timers.is_empty()).then(|| Input::TimeOut(self.timers.remove(0)))
    }
}

/// Whatever a caller does, and whenever she stops doing anything: the call comes to its end by
/// itself, without the bound on its whole length.
#[test]
fn nobody_is_trapped_in_silence_or_in_a_circle() {
    let mut chance = 7_u64;
    let mut random = |below: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
        usize::try_from(chance >> 33).expect("31 bits") % below
    };
    let by_itself = |input: &Input| {
        matches!(
            input,
            Input::PromptEnded
                | Input::TimeOut(_)
                | Input::RemoteHungUp
                | Input::TrunkFailed
                | Input::Shutdown
        )
    };
    let events: Vec<Input> = INPUTS.into_iter().filter(|input| !by_itself(input)).collect();
    for _ in 0..20_000 {
        let people = [People::Never, People::Closed, People::Perhaps][random(3)];
        let mut flow = CallFlow::new(
            Told { people, may_keep_place: random(2) == 0, ..staffed().told },
            staffed().script,
        );
        let mut around = Surroundings::default();
        let mut tried = vec![Input::Answered];
        let does_something = random(40);
        while flow.termination().is_none() {
            let input = match tried.len() {
                1 => Input::Answered,
                steps if steps < does_something && random(2) == 0 => events[random(events.len())],
                _ => around.next().unwrap_or_else(|| panic!("{:?} after {tried:?}", flow.state)),
            };
            let circles = tried.len() > 150;
            assert!(!circles, "{:?} after {tried:?}", flow.state);
            // Waiting for a person has its own bound, and music is no end of it.
            let bounded = matches!(flow.state, CallState::Queued(_) | CallState::Talking(_));
            let input = if bounded && tried.len() > does_something + 20 {
                Input::TimeOut(around.timers[0])
            } else {
                input
            };
            tried.push(input);
            if let Step::Moved(next, actions) = flow.clone().step(input) {
                around.perform(&actions);
                flow = next;
            }
        }
    }
}
