//! The whole machine of the studio as a table, and the stories it must tell.

use std::fmt::Write as _;

use mostik_gateway::studio::flow::{
    Action, End, Input, Keyed, Say, State, Step, StudioFlow, Timer,
};

const INPUTS: [Input; 23] = [
    Input::Answered,
    Input::SaidAll,
    Input::Key('1'),
    Input::Key('2'),
    Input::Key('7'),
    Input::Key('*'),
    Input::Key('#'),
    Input::Key('D'),
    Input::TimeOut(Timer::NoKey),
    Input::TimeOut(Timer::Take),
    Input::TimeOut(Timer::Call),
    Input::CodeRight,
    Input::CodeWrong,
    Input::CodeGone,
    Input::TakeReady,
    Input::TakeEmpty,
    Input::Done,
    Input::Failed,
    Input::RemoteHungUp,
    Input::TrunkFailed,
    Input::MediaLost,
    Input::Shutdown,
    Input::Key('٣'),
];

fn states() -> Vec<State> {
    let keyed = Keyed::of;
    vec![
        State::Arriving,
        State::Code(keyed("")),
        State::Code(keyed("123456")),
        State::Code(keyed("12345678")),
        State::TryingCode,
        State::Number(keyed("")),
        State::Number(keyed("101")),
        State::Number(keyed("99")),
        State::Chosen(101),
        State::Tone(101),
        State::Recording(101),
        State::Finishing(101),
        State::Judging(101),
        State::Keeping(101),
        State::Restoring(101),
        State::Parting(End::Refused),
        State::Ended(End::HungUp),
    ]
}

#[test]
fn the_whole_table() {
    let mut table = String::new();
    for (wrong, silences) in [(0, 0), (2, 2)] {
        writeln!(table, "=== {wrong} wrong, {silences} silences").expect("a string");
        for state in states() {
            writeln!(table, "{state:?}").expect("a string");
            for input in INPUTS {
                let flow = StudioFlow { state, entered: false, wrong, silences };
                // What does not depend on them is told once.
                let fresh = StudioFlow { wrong: 0, silences: 0, ..flow };
                match flow.step(input) {
                    Step::Refused(unchanged) => assert_eq!(unchanged, flow),
                    Step::Moved(next, actions) => {
                        if wrong > 0
                            && matches!(fresh.step(input), Step::Moved(one, same)
                                if one.state == next.state && same == actions)
                        {
                            continue;
                        }
                        let entered = if next.entered { " (entered)" } else { "" };
                        let actions: Vec<String> =
                            actions.iter().map(|action| format!("{action:?}")).collect();
                        let actions = actions.join(", ");
                        writeln!(table, "  {input:?} → {:?}{entered}: {actions}", next.state)
                            .expect("a string");
                    }
                }
            }
        }
    }
    insta::assert_snapshot!(table);
}

/// Keys one after the other.
fn keys(keys: &str) -> impl Iterator<Item = Input> {
    keys.chars().map(Input::Key)
}

/// Feeds inputs, of which none may be refused; what was done but for timers.
fn led(mut flow: StudioFlow, inputs: impl IntoIterator<Item = Input>) -> (StudioFlow, Vec<Action>) {
    let mut done = Vec::new();
    for input in inputs {
        let Step::Moved(next, actions) = flow.step(input) else {
            panic!("{input:?} is refused in {:?}", flow.state);
        };
        flow = next;
        done.extend(actions.into_iter().filter(|action| {
            !matches!(action, Action::StartTimer(_) | Action::StopTimer(_) | Action::BeQuiet)
        }));
    }
    (flow, done)
}

fn inside() -> StudioFlow {
    let (flow, done) = led(
        StudioFlow::default(),
        [Input::Answered].into_iter().chain(keys("123456#")).chain([Input::CodeRight]),
    );
    assert!(done.contains(&Action::TryCode(Keyed::of("123456"))));
    flow
}

fn said(actions: &[Action]) -> Vec<Say> {
    let said = actions.iter().filter_map(|action| match action {
        Action::Say(said) => Some(said.clone()),
        _ => None,
    });
    said.flatten().collect()
}

#[test]
fn a_prompt_is_recorded_judged_and_kept() {
    let (flow, done) = led(inside(), keys("101#"));
    assert_eq!(
        said(&done),
        [Say::Prompt("studio_now"), Say::AsItSounds(101), Say::Prompt("studio_what_now")]
    );
    let recorded = [Input::SaidAll, Input::Key('#'), Input::TakeReady];
    let (flow, done) = led(flow, keys("1").chain(recorded));
    assert_eq!(
        done,
        [
            Action::Say(vec![Say::Prompt("studio_speak"), Say::Tone]),
            Action::Record,
            Action::FinishTake,
            Action::Say(vec![Say::Prompt("studio_keep"), Say::Take]),
        ]
    );
    let (flow, done) = led(flow, keys("1").chain([Input::Done]));
    assert_eq!(done[0], Action::Keep(101));
    assert_eq!(said(&done), ["studio_kept", "studio_choose"].map(Say::Prompt));
    let (flow, done) = led(flow, keys("5019*501#2").chain([Input::Done]));
    assert_eq!(done[1], Action::Restore(501));
    assert_eq!(said(&done)[3..], ["studio_restored", "studio_choose"].map(Say::Prompt));
    let (flow, _) = led(flow, [Input::RemoteHungUp]);
    assert_eq!((flow.end(), flow.entered), (Some(End::HungUp), true));
}

#[test]
fn a_take_is_made_again_or_given_up_and_an_empty_one_asked_for_again() {
    let take = [Input::SaidAll, Input::TimeOut(Timer::Take)];
    let (flow, _) = led(inside(), keys("613#1").chain(take).chain([Input::TakeEmpty]));
    assert_eq!(flow.state, State::Tone(613));
    let (flow, _) = led(flow, take.into_iter().chain([Input::TakeReady]).chain(keys("2")));
    assert_eq!(flow.state, State::Tone(613));
    let (flow, done) = led(flow, take.into_iter().chain([Input::TakeReady]).chain(keys("*")));
    assert_eq!(flow.state, State::Number(Keyed::default()));
    assert!(!done.iter().any(|action| matches!(action, Action::Keep(_) | Action::Restore(_))));
}

#[test]
fn three_wrong_codes_end_the_call_and_so_does_one_that_is_gone() {
    let wrong = || keys("000000#").chain([Input::CodeWrong]);
    let answered = led(StudioFlow::default(), [Input::Answered]).0;
    let (twice, done) = led(answered, wrong().chain(wrong()));
    assert_eq!(
        said(&done),
        ["studio_wrong_pin", "studio_pin"]
            .repeat(2)
            .into_iter()
            .map(Say::Prompt)
            .collect::<Vec<_>>()
    );
    for last in [Input::CodeWrong, Input::CodeGone] {
        let (flow, _) = led(twice, keys("1#").chain([last, Input::SaidAll]));
        assert_eq!((flow.end(), flow.entered), (Some(End::Refused), false));
    }
    let (gone, _) = led(answered, keys("1#").chain([Input::CodeGone, Input::SaidAll]));
    assert_eq!(gone.end(), Some(End::Refused));
}

#[test]
fn numbers_that_are_none_and_codes_that_are_too_long_are_not_cut_to_fit() {
    for number in ["100", "1", "1010", "0101", "999"] {
        let (flow, done) = led(inside(), keys(number).chain(keys("#")));
        assert_eq!(flow.state, State::Number(Keyed::default()), "{number}");
        assert_eq!(said(&done), ["studio_unknown", "studio_choose"].map(Say::Prompt));
    }
    let answered = led(StudioFlow::default(), [Input::Answered]).0;
    let (mut flow, _) = led(answered, keys("1234567"));
    for _ in 0..1_000 {
        assert_eq!(flow.step(Input::Key('8')), Step::Refused(flow));
    }
    let (next, done) = led(flow, keys("#"));
    flow = next;
    assert_eq!(done, [Action::TryCode(Keyed::of("1234567"))]);
    assert_eq!(flow.state, State::TryingCode);
    assert_eq!(format!("{:?}", Keyed::of("123456")), "6 keyed");
}

#[test]
fn who_presses_nothing_is_asked_twice_more_and_let_go() {
    let silence = [Input::SaidAll, Input::TimeOut(Timer::NoKey)];
    let (flow, done) = led(inside(), silence.into_iter().chain(silence));
    assert_eq!(said(&done), [Say::Prompt("studio_choose"); 2]);
    assert_eq!(led(flow, silence).0.end(), Some(End::Silent));
    let (flow, _) = led(flow, keys("1").chain(silence).chain(silence));
    assert_eq!(flow.end(), None);
}

#[test]
fn whatever_fails_she_is_told_and_let_go() {
    let take = [Input::SaidAll, Input::Key('#')];
    for state in [
        led(inside(), keys("101#1").chain([Input::SaidAll])).0,
        led(inside(), keys("101#1").chain(take)).0,
        led(inside(), keys("101#2")).0,
    ] {
        let (flow, done) = led(state, [Input::Failed, Input::SaidAll]);
        assert_eq!(said(&done), [Say::Prompt("sorry")]);
        assert_eq!(flow.end(), Some(End::Failed));
        for (input, end) in
            [(Input::TrunkFailed, End::Broken), (Input::TimeOut(Timer::Call), End::Limit)]
        {
            assert_eq!(led(state, [input]).0.end(), Some(end));
        }
    }
}
