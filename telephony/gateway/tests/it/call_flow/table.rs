//! Every state with every input.

use std::fmt::Write as _;

use mostik_gateway::call_flow::{
    CallFlow, CallState, Input, NobodyWhy, Part, PersonGone, Place, QueuePart, Step, ThanksPart,
    Timer, Told,
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
    let understood = after_a_message
        && !matches!(state, CallState::Thanking(_) | CallState::Understanding);
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

/// Wherever a call is, prompts that end and timers that run out lead to its end: nobody is left
/// in a circle who does nothing at all.
#[test]
fn who_does_nothing_comes_to_an_end() {
    let passing = [
        Input::PromptEnded,
        Input::TimeOut(Timer::Key),
        Input::TimeOut(Timer::NothingSaid),
        Input::TimeOut(Timer::MessageLimit),
        Input::TimeOut(Timer::Understanding),
    ];
    for state in states() {
        let mut flow = in_state(state);
        for step in 0.. {
            if flow.termination().is_some() {
                break;
            }
            assert!(step < 60, "{state:?} goes in circles: {:?}", flow.state);
            let last = if step > 30 { Input::TimeOut(Timer::Waiting) } else { Input::PromptEnded };
            let talked = matches!(flow.state, CallState::Talking(_));
            let bound = if talked { Input::TimeOut(Timer::Talking) } else { last };
            let arriving = flow.state == CallState::Arriving;
            let first = if arriving { Input::Answered } else { bound };
            let inputs = [first].into_iter().chain(passing);
            let before = flow.state;
            for input in inputs {
                flow = match flow.step(input) {
                    Step::Moved(next, _) | Step::Refused(next) => next,
                };
                if flow.state != before {
                    break;
                }
            }
        }
    }
}
