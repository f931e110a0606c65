//! The whole machine as a table, and the stories it must tell.

mod person;
mod table;
mod understanding;

use std::sync::Arc;

use mostik_gateway::call_flow::{
    Action, CallFlow, CallState, Input, People, Script, Step, Timer, Told,
};
use mostik_gateway::{MessageEnd, NoMessageEnd, SpokenLanguage, SpokenPromise, Termination};

const PROMISE: SpokenPromise = SpokenPromise::WithinMinutes(30);
const SILENCE: Input = Input::TimeOut(Timer::NothingSaid);
const NO_KEY: Input = Input::TimeOut(Timer::Key);

fn told_of(people: People) -> Told {
    let known = Told::new(SpokenLanguage::Russian, PROMISE, true);
    Told { people, may_keep_place: true, ..known }
}

/// A line without people to talk to.
fn flow() -> CallFlow {
    CallFlow::new(told_of(People::Never), Arc::default())
}

/// A line with people.
fn staffed() -> CallFlow {
    CallFlow::new(told_of(People::Perhaps), Arc::default())
}

fn short(action: Action) -> String {
    let name = |prompt: mostik_gateway::Prompt| {
        let dynamic = format!("{:?}", prompt.words);
        let stem = match dynamic.as_str() {
            "Understood" | "Topics" | "LastProblem" | "Outage" => dynamic.to_lowercase().into(),
            _ => prompt.words.file_stem(),
        };
        format!("{}/{stem}", prompt.language.code())
    };
    match action {
        Action::Play(prompt) => format!("play {}", name(prompt)),
        Action::TellPerson(prompt) => format!("tell the person {}", name(prompt)),
        other => format!("{other:?}"),
    }
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

/// What is heard and done beside the timers.
fn heard(flow: CallFlow, inputs: &[Input]) -> (CallFlow, Vec<String>) {
    let (flow, mut done) = told(flow, inputs);
    done.retain(|action| !action.contains("Timer"));
    (flow, done)
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
    let (ended, thanked) = heard(
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
        [
            "StopRecording",
            "Understand",
            "play ru/thanks",
            "play ru/within_30",
            "play ru/call_back",
            "HangUp"
        ]
    );
    assert_eq!(ended.termination(), Some(Termination::MessageLeft(MessageEnd::Silence)));
}

#[test]
fn two_greets_in_english_and_one_in_russian_again() {
    let (english, said) = heard(flow(), &[Input::Answered, Input::Key('2'), Input::PromptEnded]);
    assert_eq!(said[1..], ["play en/welcome", "play ru/language_hint"]);
    let (russian, said) = heard(english, &[Input::Key('1')]);
    assert_eq!(said, ["play ru/welcome"]);
    let (skipped, said) = heard(russian, &[Input::Key('1')]);
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
    let (ended, said) =
        heard(recording, &[SILENCE, Input::PromptEnded, SILENCE, Input::PromptEnded]);
    assert_eq!(
        said,
        ["play ru/nothing_heard", "StopRecording", "play ru/goodbye_unheard", "HangUp"]
    );
    assert_eq!(ended.termination(), Some(Termination::NoMessage(NoMessageEnd::NothingSaid)));
}

#[test]
fn nobody_is_promised_a_call_to_a_hidden_number() {
    let told_her = Told::new(SpokenLanguage::English, PROMISE, false);
    let anonymous = CallFlow::new(told_her, Arc::default());
    let (recording, _) = told(anonymous, &TO_THE_TONE);
    let (_, said) = told(
        recording,
        &[Input::SpeechStarted, Input::Key('#'), Input::PromptEnded, Input::PromptEnded],
    );
    assert_eq!(said.last().map(String::as_str), Some("play en/hidden_number"));
}

#[test]
fn what_is_known_is_said_first() {
    let known = Told { last_problem: true, outage: true, ..told_of(People::Closed) };
    let flow = CallFlow::new(known, Arc::default());
    let (_, said) = heard(flow, &[&[Input::Answered][..], &[Input::PromptEnded; 7]].concat());
    assert_eq!(
        said,
        [
            "play ru/lastproblem",
            "play ru/outage",
            "play ru/welcome",
            "play ru/closed",
            "play en/language_hint",
            "play ru/within_30",
            "play ru/after_the_tone",
            "PrepareRecording",
            "play ru/tone",
        ]
    );
}

#[test]
fn a_line_may_greet_in_its_own_order() {
    use mostik_gateway::call_flow::{Choice, Part};
    let greeting = vec![Part::Welcome, Part::Menu, Part::AfterTheTone];
    let menu = [('7', Choice::Message), ('8', Choice::Person), ('9', Choice::Again)].into();
    let script = Script::new(greeting, menu).expect("a flow that traps nobody");
    let flow = CallFlow::new(told_of(People::Perhaps), Arc::new(script));
    let (menu, _) = heard(flow, &[Input::Answered, Input::PromptEnded]);
    for (key, said) in [
        ('7', "play ru/after_the_tone"),
        ('8', "SeekPerson"),
        ('9', "play ru/menu"),
        ('2', "StopPlaying"),
        ('0', "SeekPerson"),
    ] {
        let (_, done) = heard(menu.clone(), &[Input::Key(key)]);
        assert_eq!(done.first().map(String::as_str), Some(said), "{key}");
    }
    let (tone, _) = heard(menu, &[Input::PromptEnded, NO_KEY, Input::PromptEnded]);
    assert_eq!(tone.state, CallState::Tone);
}
