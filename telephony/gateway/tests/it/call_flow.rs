//! The whole machine as a table, and the stories it must tell.

use std::fmt::Write as _;

use mostik_gateway::call_flow::{
    Action, CallFlow, CallState, GreetingPart, Input, Step, ThanksPart, Timer,
};
use mostik_gateway::{MessageEnd, NoMessageEnd, SpokenLanguage, SpokenPromise, Termination};

const PROMISE: SpokenPromise = SpokenPromise::WithinMinutes(30);

const INPUTS: [Input; 17] = [
    Input::Answered,
    Input::PromptEnded,
    Input::Key('1'),
    Input::Key('2'),
    Input::Key('5'),
    Input::Key('#'),
    Input::SpeechStarted,
    Input::SilenceAfterSpeech,
    Input::TimeOut(Timer::NothingSaid),
    Input::TimeOut(Timer::MessageLimit),
    Input::TimeOut(Timer::CallLimit),
    Input::RemoteHungUp,
    Input::TrunkFailed,
    Input::MediaLost,
    Input::RecorderFailed,
    Input::Shutdown,
    Input::Key('D'),
];

fn states() -> Vec<CallState> {
    let recording = |spoke, asked_again| CallState::Recording { spoke, asked_again };
    vec![
        CallState::Arriving,
        CallState::Greeting(GreetingPart::Welcome),
        CallState::Greeting(GreetingPart::LanguageHint),
        CallState::Greeting(GreetingPart::Promise),
        CallState::Greeting(GreetingPart::AfterTheTone),
        CallState::Tone,
        recording(false, false),
        recording(true, false),
        CallState::AskingAgain,
        recording(false, true),
        recording(true, true),
        CallState::Thanking(ThanksPart::What, MessageEnd::Silence),
        CallState::Thanking(ThanksPart::When, MessageEnd::Silence),
        CallState::Thanking(ThanksPart::How, MessageEnd::Silence),
        CallState::Parting(NoMessageEnd::NothingSaid.into()),
        CallState::Ended(Termination::MessageLeft(MessageEnd::Pound)),
    ]
}

fn flow() -> CallFlow {
    CallFlow::new(SpokenLanguage::Russian, PROMISE, true)
}

fn short(action: Action) -> String {
    match action {
        Action::Play(prompt) => {
            format!("play {}/{}", prompt.language.code(), prompt.words.file_stem())
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn the_whole_table() {
    let mut table = String::new();
    for state in states() {
        writeln!(table, "{state:?}").expect("a string");
        for input in INPUTS {
            match (CallFlow { state, ..flow() }).step(input) {
                Step::Refused(flow) => assert_eq!(flow.state, state),
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

/// Feeds inputs that must all be accepted.
fn told(flow: CallFlow, inputs: &[Input]) -> (CallFlow, Vec<String>) {
    inputs.iter().fold((flow, Vec::new()), |(flow, mut done), input| match flow.step(*input) {
        Step::Moved(next, actions) => {
            done.extend(actions.into_iter().map(short));
            (next, done)
        }
        Step::Refused(flow) => panic!("{input:?} refused in {:?}", flow.state),
    })
}

const TO_THE_TONE: [Input; 6] = [
    Input::Answered,
    Input::PromptEnded,
    Input::PromptEnded,
    Input::PromptEnded,
    Input::PromptEnded,
    Input::PromptEnded,
];

#[test]
fn an_ordinary_call() {
    let (recording, greeted) = told(flow(), &TO_THE_TONE);
    assert!(recording.told.promise_heard);
    assert_eq!(
        greeted,
        [
            "StartTimer(CallLimit)",
            "play ru/welcome",
            "play en/language_hint",
            "play ru/within_30",
            "play ru/after_the_tone",
            "PrepareRecording",
            "play ru/tone",
            "StartRecording",
            "StartTimer(MessageLimit)",
            "StartTimer(NothingSaid)",
        ]
    );
    let (ended, thanked) = told(
        recording,
        &[
            Input::SpeechStarted,
            Input::SilenceAfterSpeech,
            Input::PromptEnded,
            Input::PromptEnded,
            Input::PromptEnded,
        ],
    );
    assert_eq!(
        thanked,
        ["StopRecording", "play ru/thanks", "play ru/within_30", "play ru/call_back", "HangUp"]
    );
    assert_eq!(ended.termination(), Some(Termination::MessageLeft(MessageEnd::Silence)));
}

#[test]
fn two_greets_in_english_and_one_in_russian_again() {
    let (english, said) = told(flow(), &[Input::Answered, Input::Key('2'), Input::PromptEnded]);
    assert_eq!(said[2..], ["play en/welcome", "play ru/language_hint"]);
    let (russian, said) = told(english, &[Input::Key('1')]);
    assert_eq!(said, ["play ru/welcome"]);
    let (skipped, said) = told(russian, &[Input::Key('1')]);
    assert_eq!(said, ["PrepareRecording", "play ru/tone"]);
    assert!(!skipped.told.promise_heard);
}

#[test]
fn who_skips_the_greeting_hears_the_promise_in_the_thanks() {
    let (ended, _) = told(
        flow(),
        &[
            Input::Answered,
            Input::Key('5'),
            Input::PromptEnded,
            Input::SpeechStarted,
            Input::Key('#'),
            Input::PromptEnded,
            Input::PromptEnded,
            Input::RemoteHungUp,
        ],
    );
    assert!(ended.told.promise_heard);
    assert_eq!(ended.termination(), Some(Termination::MessageLeft(MessageEnd::Pound)));
}

#[test]
fn silence_is_asked_about_once_and_then_ends() {
    let (recording, _) = told(flow(), &TO_THE_TONE);
    let silence = Input::TimeOut(Timer::NothingSaid);
    let (ended, said) =
        told(recording, &[silence, Input::PromptEnded, silence, Input::PromptEnded]);
    assert_eq!(
        said,
        [
            "play ru/nothing_heard",
            "StartTimer(NothingSaid)",
            "StopRecording",
            "play ru/goodbye_unheard",
            "HangUp",
        ]
    );
    assert_eq!(ended.termination(), Some(Termination::NoMessage(NoMessageEnd::NothingSaid)));
}

#[test]
fn nobody_is_promised_a_call_to_a_hidden_number() {
    let anonymous = CallFlow::new(SpokenLanguage::English, PROMISE, false);
    let (recording, _) = told(anonymous, &TO_THE_TONE);
    let (_, said) = told(
        recording,
        &[Input::SpeechStarted, Input::Key('#'), Input::PromptEnded, Input::PromptEnded],
    );
    assert_eq!(said.last().map(String::as_str), Some("play en/hidden_number"));
}

#[test]
fn every_state_ends_when_the_caller_hangs_up_or_we_shut_down() {
    for state in states().into_iter().take(15) {
        for input in [Input::RemoteHungUp, Input::TrunkFailed, Input::Shutdown] {
            let (ended, _) = told(CallFlow { state, ..flow() }, &[input]);
            assert!(ended.termination().is_some(), "{state:?} {input:?}");
        }
    }
}
