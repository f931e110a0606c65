//! She hears how we understood her, and says whether that is right.

use mostik_gateway::call_flow::{CallFlow, CallState, Confirmed, Input, Timer};
use mostik_gateway::{MessageEnd, Termination};

use super::{NO_KEY, TO_THE_TONE, flow, heard, told};

fn spoke() -> CallFlow {
    told(flow(), &[&TO_THE_TONE[..], &[Input::SpeechStarted, Input::Key('#')]].concat()).0
}

fn read_back() -> CallFlow {
    told(spoke(), &[Input::Understood { topics: 5 }, Input::PromptEnded, Input::PromptEnded]).0
}

#[test]
fn one_key_confirms() {
    let (asked, said) = heard(
        spoke(),
        &[
            Input::Understood { topics: 5 },
            Input::PromptEnded,
            Input::PromptEnded,
            Input::PromptEnded,
        ],
    );
    assert_eq!(said, ["play ru/understood", "play ru/right_or_not"]);
    let (ended, said) = heard(
        asked,
        &[Input::Key('1'), Input::PromptEnded, Input::PromptEnded, Input::PromptEnded],
    );
    assert_eq!(said, ["play ru/noted", "play ru/within_30", "play ru/call_back", "HangUp"]);
    assert_eq!(ended.told.confirmed, Some(Confirmed::AsUnderstood));
    assert_eq!(ended.termination(), Some(Termination::MessageLeft(MessageEnd::Pound)));
}

#[test]
fn two_keys_correct_and_a_key_that_names_nothing_is_not_taken() {
    let (naming, said) = heard(read_back(), &[Input::Key('2')]);
    assert_eq!(said, ["play ru/topics"]);
    for key in ['6', '*', '#', 'A'] {
        assert!(matches!(
            naming.clone().step(Input::Key(key)),
            mostik_gateway::call_flow::Step::Refused(_)
        ));
    }
    let (noted, _) = heard(naming, &[Input::PromptEnded, Input::Key('4')]);
    assert_eq!(noted.told.confirmed, Some(Confirmed::Topic(4)));
}

#[test]
fn she_may_tell_it_again_but_not_for_ever() {
    let again = [
        Input::Key('3'),
        Input::PromptEnded,
        Input::PromptEnded,
        Input::SpeechStarted,
        Input::SilenceAfterSpeech,
        Input::Understood { topics: 5 },
        Input::PromptEnded,
        Input::PromptEnded,
    ];
    let (second, said) = heard(read_back(), &again);
    assert_eq!(
        said[..4],
        ["play ru/say_again", "PrepareRecording", "play ru/tone", "StartRecording"]
    );
    let (third, _) = heard(second, &again);
    let (_, said) = heard(third.clone(), &[Input::Key('3')]);
    assert_eq!(said, ["play ru/topics"], "three times are enough");
    // Silence at the second telling does not take the first away.
    let (silent, _) = heard(
        read_back(),
        &[Input::Key('3'), Input::PromptEnded, Input::PromptEnded, Input::Key('#')],
    );
    let (ended, _) = heard(silent, &[Input::RemoteHungUp]);
    assert_eq!(ended.termination(), Some(Termination::MessageLeft(MessageEnd::Pound)));
}

#[test]
fn nobody_waits_for_understanding_longer_than_the_thanks_and_its_time() {
    let (thanked, said) = heard(spoke(), &[Input::PromptEnded]);
    assert_eq!(said, ["play ru/within_30"]);
    let late = thanked.step(Input::Understood { topics: 5 });
    assert!(matches!(late, mostik_gateway::call_flow::Step::Refused(_)), "it is too late");
    // Who cuts the thanks short waits for the rest of the time.
    let (waiting, said) = heard(spoke(), &[Input::Key('#')]);
    assert_eq!((waiting.state, said), (CallState::Understanding, vec!["StopPlaying".to_owned()]));
    for (input, next) in [
        (Input::Understood { topics: 5 }, "play ru/understood"),
        (Input::NotUnderstood, "play ru/within_30"),
        (Input::TimeOut(Timer::Understanding), "play ru/within_30"),
    ] {
        assert_eq!(heard(waiting.clone(), &[input]).1, [next]);
    }
}

#[test]
fn who_says_nothing_to_it_is_thanked_and_who_hangs_up_has_left_a_message() {
    let (asked, _) = heard(read_back(), &[Input::PromptEnded]);
    assert_eq!(heard(asked, &[NO_KEY]).1, ["play ru/within_30"]);
    let (ended, _) = heard(read_back(), &[Input::RemoteHungUp]);
    assert_eq!(ended.termination(), Some(Termination::MessageLeft(MessageEnd::Pound)));
    assert_eq!(ended.told.confirmed, None);
}
