//! The whole machine of a call-back as a table, and the stories it must tell.

use std::fmt::Write as _;

use mostik_gateway::MessageEnd;
use mostik_gateway::call_back::flow::{
    Action, After, CallBackFlow, Input, State, Step, Timer, Why,
};
use mostik_gateway::call_back::{Outcome, Sentence, SurveyAnswer};

const INPUTS: [Input; 27] = [
    Input::Answered,
    Input::Said,
    Input::Key('0'),
    Input::Key('1'),
    Input::Key('2'),
    Input::Key('5'),
    Input::Key('#'),
    Input::SpeechStarted,
    Input::SilenceAfterSpeech,
    Input::Beep,
    Input::TimeOut(Timer::LongSpeech),
    Input::TimeOut(Timer::Echo),
    Input::TimeOut(Timer::NoBeep),
    Input::TimeOut(Timer::MailboxLimit),
    Input::TimeOut(Timer::NoKey),
    Input::TimeOut(Timer::NothingSaid),
    Input::TimeOut(Timer::MessageLimit),
    Input::TimeOut(Timer::CallLimit),
    Input::NobodyFree,
    Input::Connected,
    Input::RemoteHungUp,
    Input::TrunkFailed,
    Input::MediaLost,
    Input::RecorderFailed,
    Input::Shutdown,
    Input::Key('D'),
    Input::Key('*'),
];

fn states() -> Vec<State> {
    let whys = [Why::NotSolved, Why::Declined, Why::WantedPerson(true), Why::WantedPerson(false)];
    let mut states = vec![
        State::Ringing,
        State::Greeting,
        State::Doubting { told: false },
        State::Doubting { told: true },
        State::Mailbox,
        State::MailboxSilent,
        State::LeavingWord,
        State::News,
        State::Asking { again: false },
        State::AwaitingKey { again: false },
        State::Asking { again: true },
        State::AwaitingKey { again: true },
        State::Connecting(false),
        State::Connecting(true),
    ];
    for why in whys {
        states.extend([
            State::Inviting(why),
            State::Tone(why),
            State::Recording { why, spoke: false },
            State::Recording { why, spoke: true },
        ]);
    }
    states.extend([State::Closing(Outcome::Told), State::Ended(Outcome::Mailbox)]);
    states
}

#[test]
fn the_whole_table() {
    let mut table = String::new();
    for (after, person) in [
        (After::Survey, false),
        (After::Survey, true),
        (After::HerWords, false),
        (After::Goodbye, false),
    ] {
        writeln!(table, "=== {after:?}, person {person}").expect("a string");
        for state in states() {
            // Only these depend on what follows the news.
            if after != After::Survey && !matches!(state, State::News) {
                continue;
            }
            writeln!(table, "{state:?}").expect("a string");
            for input in INPUTS {
                let flow = CallBackFlow { state, person, ..CallBackFlow::new(after) };
                match flow.step(input) {
                    Step::Refused(unchanged) => assert_eq!(unchanged, flow),
                    Step::Moved(next, actions) => {
                        let actions: Vec<String> =
                            actions.iter().map(|action| format!("{action:?}")).collect();
                        let known = if next.person && !person { " (a person)" } else { "" };
                        let message =
                            next.message.map(|end| format!(" [{end:?}]")).unwrap_or_default();
                        let actions = actions.join(", ");
                        writeln!(
                            table,
                            "  {input:?} → {:?}{known}{message}: {actions}",
                            next.state
                        )
                        .expect("a string");
                    }
                }
            }
        }
    }
    insta::assert_snapshot!(table);
}

/// Feeds inputs, which may be refused; what was said, in order.
fn told(after: After, inputs: &[Input]) -> (CallBackFlow, Vec<Sentence>) {
    let mut said = Vec::new();
    let mut flow = CallBackFlow::new(after);
    for input in inputs {
        if let Step::Moved(next, actions) = flow.step(*input) {
            flow = next;
            said.extend(actions.into_iter().filter_map(|action| match action {
                Action::Say(sentence) => Some(sentence),
                _ => None,
            }));
        }
    }
    (flow, said)
}

const TO_THE_QUESTION: [Input; 4] = [Input::Answered, Input::Said, Input::Said, Input::Said];

fn after_the_question(rest: &[Input]) -> (CallBackFlow, Vec<Sentence>) {
    told(After::Survey, &[&TO_THE_QUESTION, rest].concat())
}

#[test]
fn one_is_yes() {
    let (flow, said) = after_the_question(&[Input::Key('1'), Input::Said]);
    assert_eq!(flow.outcome(), Some(Outcome::Survey { answer: SurveyAnswer::Solved }));
    assert_eq!(said, [Sentence::WhoCalls, Sentence::News, Sentence::DidWeSolveIt, Sentence::Glad]);
}

#[test]
fn two_is_no_and_she_says_why() {
    let (flow, said) = after_the_question(&[
        Input::Key('2'),
        Input::Said,
        Input::Said,
        Input::SpeechStarted,
        Input::SilenceAfterSpeech,
        Input::Said,
    ]);
    assert_eq!(flow.outcome(), Some(Outcome::Survey { answer: SurveyAnswer::NotSolved }));
    assert_eq!(flow.message, Some(MessageEnd::Silence));
    assert_eq!(said[3..], [Sentence::WhatIsWrong, Sentence::Tone, Sentence::GoesOn]);
}

#[test]
fn two_counts_also_when_she_hangs_up_at_once_or_says_nothing() {
    let not_solved = Some(Outcome::Survey { answer: SurveyAnswer::NotSolved });
    let (flow, _) = after_the_question(&[Input::Key('2'), Input::RemoteHungUp]);
    assert_eq!((flow.outcome(), flow.message), (not_solved, None));
    let silence = [Input::Key('2'), Input::Said, Input::Said, Input::TimeOut(Timer::NothingSaid)];
    let (flow, said) = after_the_question(&[&silence[..], &[Input::Said]].concat());
    assert_eq!((flow.outcome(), flow.message), (not_solved, None));
    assert_eq!(said.last(), Some(&Sentence::GoesOn));
}

#[test]
fn without_a_key_she_is_asked_once_more() {
    let silence = Input::TimeOut(Timer::NoKey);
    let (flow, said) = after_the_question(&[silence, Input::Said, silence, Input::Said]);
    assert_eq!(flow.outcome(), Some(Outcome::Survey { answer: SurveyAnswer::None }));
    assert_eq!(
        said[2..],
        [Sentence::DidWeSolveIt, Sentence::DidWeSolveIt, Sentence::NoAnswerTaken]
    );
}

#[test]
fn keys_lead_through_the_call_faster() {
    let (flow, said) =
        told(After::Survey, &[Input::Answered, Input::Key('5'), Input::Key('5'), Input::Key('1')]);
    assert_eq!(flow.state, State::Closing(Outcome::Survey { answer: SurveyAnswer::Solved }));
    assert_eq!(said.len(), 4);
}

#[test]
fn zero_asks_for_a_person_wherever_she_talks_to_us() {
    for after in [After::Survey, After::HerWords, After::Goodbye] {
        for steps in 0..3 {
            let inputs = &TO_THE_QUESTION[..=steps];
            let (flow, _) = told(after, &[inputs, &[Input::Key('0')]].concat());
            if !matches!(flow.state, State::Ended(_) | State::Closing(_)) {
                assert!(matches!(flow.state, State::Connecting(_)), "{:?}", flow.state);
            }
        }
    }
    let (flow, said) = told(After::Survey, &[Input::Answered, Input::Key('0'), Input::NobodyFree]);
    assert_eq!(flow.outcome_so_far(), Outcome::WantsPerson { heard_news: false });
    assert_eq!(said.last(), Some(&Sentence::NobodyButTellUs));
}

#[test]
fn a_declined_matter_may_be_answered_with_silence() {
    let inputs =
        [&TO_THE_QUESTION[..], &[Input::Said, Input::TimeOut(Timer::NothingSaid)]].concat();
    let (flow, said) = told(After::HerWords, &inputs);
    assert_eq!(flow.state, State::Closing(Outcome::Told));
    assert_eq!(
        said,
        [
            Sentence::WhoCalls,
            Sentence::News,
            Sentence::TellUsMore,
            Sentence::Tone,
            Sentence::Goodbye
        ]
    );
}

#[test]
fn long_speech_that_goes_on_is_a_mailbox() {
    let mailbox = [
        Input::Answered,
        Input::SpeechStarted,
        Input::TimeOut(Timer::LongSpeech),
        Input::TimeOut(Timer::Echo),
        Input::SilenceAfterSpeech,
        Input::SpeechStarted,
        Input::SilenceAfterSpeech,
        Input::Beep,
        Input::Said,
    ];
    let (flow, said) = told(After::Survey, &mailbox);
    assert_eq!(flow.outcome(), Some(Outcome::Mailbox));
    assert_eq!(said, [Sentence::WhoCalls, Sentence::ForTheMailbox]);
}

#[test]
fn a_mailbox_without_a_beep_gets_its_word_after_a_silence_or_at_last() {
    let talking = [
        Input::Answered,
        Input::SpeechStarted,
        Input::TimeOut(Timer::LongSpeech),
        Input::TimeOut(Timer::Echo),
    ];
    let endings = [
        &[Input::SilenceAfterSpeech, Input::TimeOut(Timer::NoBeep)][..],
        &[Input::TimeOut(Timer::MailboxLimit)],
    ];
    for ending in endings {
        let (flow, _) = told(After::Survey, &[&talking[..], ending].concat());
        assert_eq!(flow.state, State::LeavingWord);
    }
}

#[test]
fn who_says_hello_and_waits_is_a_person() {
    let hello = [
        Input::Answered,
        Input::SpeechStarted,
        Input::SilenceAfterSpeech,
        Input::SpeechStarted,
        Input::SilenceAfterSpeech,
        Input::Said,
    ];
    let (flow, _) = told(After::Survey, &hello);
    assert_eq!(flow.state, State::News);
}

#[test]
fn our_own_echo_is_no_mailbox() {
    let echo = [
        Input::Answered,
        Input::SpeechStarted,
        Input::TimeOut(Timer::LongSpeech),
        Input::SilenceAfterSpeech,
        Input::SpeechStarted,
        Input::TimeOut(Timer::LongSpeech),
        Input::Said,
    ];
    let (flow, said) = told(After::Survey, &echo);
    assert_eq!(flow.state, State::News);
    assert_eq!(said, [Sentence::WhoCalls, Sentence::WhoCalls, Sentence::News]);
}

#[test]
fn an_echo_of_the_question_does_not_begin_all_anew() {
    let echo = [
        Input::SpeechStarted,
        Input::TimeOut(Timer::LongSpeech),
        Input::SilenceAfterSpeech,
        Input::Key('2'),
    ];
    let (flow, said) = after_the_question(&echo);
    assert_eq!(flow.state, State::Inviting(Why::NotSolved));
    assert_eq!(said[3..], [Sentence::DidWeSolveIt, Sentence::WhatIsWrong]);
}

#[test]
fn she_is_heard_wherever_she_hangs_up() {
    let hung_up = |steps: usize| {
        let (flow, _) = told(After::Survey, &TO_THE_QUESTION[..steps]);
        match flow.step(Input::RemoteHungUp) {
            Step::Moved(flow, _) => flow.outcome(),
            Step::Refused(_) => None,
        }
    };
    assert_eq!(hung_up(0), None, "a call that rings is ended by its failure");
    for (steps, heard_news) in [(1, false), (2, false), (3, true), (4, true)] {
        assert_eq!(hung_up(steps), Some(Outcome::HungUp { heard_news }), "{steps}");
    }
}

#[test]
fn no_order_of_inputs_makes_a_call_of_ours_endless() {
    // Whatever happened, the longest call ends it, and keeps what was said.
    for state in states() {
        let flow = CallBackFlow { state, ..CallBackFlow::new(After::Survey) };
        if matches!(state, State::Ringing | State::Ended(_)) {
            continue;
        }
        let Step::Moved(next, actions) = flow.step(Input::TimeOut(Timer::CallLimit)) else {
            panic!("{state:?} goes on");
        };
        assert!(next.outcome().is_some() && actions.contains(&Action::HangUp), "{state:?}");
        let recording = matches!(state, State::Recording { .. });
        assert_eq!(actions.contains(&Action::StopRecording), recording, "{state:?}");
    }
}
