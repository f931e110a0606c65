//! A person is a key away, and nobody is trapped on the way to one.

use mostik_gateway::call_flow::{
    CallFlow, CallState, Input, NobodyWhy, People, PersonGone, Place, Step, Timer, Told,
};
use mostik_gateway::{MessageEnd, NoMessageEnd, TalkEnd, Termination};

use super::{TO_THE_TONE, flow, heard, staffed, told, told_of};

const SECOND: Place = Place { ahead: 1, minutes: Some(4) };

fn talking() -> CallFlow {
    told(staffed(), &[Input::Answered, Input::Key('0'), Input::Person]).0
}

#[test]
fn the_menu_leads_to_a_message_or_to_a_person() {
    let to_the_menu = [
        Input::Answered,
        Input::PromptEnded,
        Input::PromptEnded,
        Input::TimeOut(Timer::Key),
        Input::PromptEnded,
    ];
    let (menu, said) = heard(staffed(), &to_the_menu);
    assert_eq!(said, ["play ru/welcome", "play en/language_hint", "play ru/menu", "play ru/zero"]);
    let (_, message) = heard(menu.clone(), &[Input::Key('1'), Input::PromptEnded]);
    assert_eq!(message, ["play ru/after_the_tone", "PrepareRecording", "play ru/tone"]);
    let (_, person) = heard(menu.clone(), &[Input::Key('2')]);
    assert_eq!(person, ["SeekPerson", "play ru/connecting"]);
    let (_, nothing) = heard(menu, &[Input::PromptEnded, Input::TimeOut(Timer::Key)]);
    assert_eq!(nothing, ["play ru/within_30"], "who presses nothing may leave a message");
}

#[test]
fn zero_leads_to_a_person_from_everywhere() {
    let before_the_end: Vec<Vec<Input>> = vec![
        vec![Input::Answered],
        vec![Input::Answered, Input::PromptEnded],
        vec![Input::Answered, Input::PromptEnded, Input::PromptEnded],
        vec![Input::Answered, Input::Key('1'), Input::Key('1'), Input::PromptEnded],
    ];
    let mut places: Vec<CallFlow> =
        before_the_end.iter().map(|inputs| told(staffed(), inputs).0).collect();
    let recording = told(
        staffed(),
        &[
            Input::Answered,
            Input::Key('1'),
            Input::Key('1'),
            Input::PromptEnded,
            Input::PromptEnded,
        ],
    );
    let spoken = told(recording.0.clone(), &[Input::SpeechStarted]).0;
    let understood = [Input::Key('#'), Input::Understood { topics: 5 }, Input::PromptEnded];
    places.extend([recording.0, spoken.clone(), told(spoken, &understood).0]);
    for place in places {
        let (state, message) = (place.state, place.told.message);
        let (seeking, done) = heard(place, &[Input::Key('0')]);
        assert!(done.contains(&"SeekPerson".to_owned()), "{state:?}: {done:?}");
        assert_eq!(seeking.state, CallState::Connecting, "{state:?}");
        if state == (CallState::Recording { spoke: true, asked_again: false }) {
            assert_eq!(seeking.told.message, Some(MessageEnd::AskedForPerson));
        } else {
            assert_eq!(seeking.told.message, message);
        }
    }
}

#[test]
fn she_hears_her_place_and_what_else_she_may_do() {
    let waiting = [Input::Answered, Input::Key('0'), Input::Place(SECOND), Input::PromptEnded];
    let (queued, _) = heard(staffed(), &waiting);
    let (_, said) = heard(queued.clone(), &[Input::PromptEnded; 5]);
    assert_eq!(
        said,
        [
            "play ru/music",
            "play ru/ahead_1",
            "play ru/wait_5",
            "play ru/offer_call_back",
            "play ru/music"
        ]
    );
    let (kept, said) = heard(queued.clone(), &[Input::Key('1'), Input::PromptEnded]);
    assert_eq!(said, ["KeepPlace", "StopSeeking", "play ru/place_kept", "HangUp"]);
    assert_eq!(kept.termination(), Some(TalkEnd::PlaceKept.into()));
    let (_, said) = heard(queued.clone(), &[Input::Key('2')]);
    assert_eq!(said, ["StopSeeking", "play ru/within_30"]);
    let (gone, said) = heard(queued, &[Input::RemoteHungUp]);
    assert_eq!(said, ["StopSeeking"]);
    assert_eq!(gone.termination(), Some(NoMessageEnd::HungUpWaiting.into()));
}

#[test]
fn a_hidden_number_is_offered_no_call_back() {
    let hidden = Told { number_known: false, may_keep_place: false, ..told_of(People::Perhaps) };
    let flow = CallFlow { told: hidden, ..staffed() };
    let waiting = [Input::Answered, Input::Key('0'), Input::Place(SECOND), Input::PromptEnded];
    let (queued, _) = heard(flow, &waiting);
    assert!(matches!(queued.clone().step(Input::Key('1')), Step::Refused(_)));
    let (_, said) = heard(queued, &[Input::PromptEnded; 4]);
    assert_eq!(said.last().map(String::as_str), Some("play ru/offer_message"));
}

#[test]
fn when_nobody_comes_she_hears_why_and_leaves_a_message() {
    for (people, why) in [(People::Never, "nobody_away"), (People::Closed, "nobody_closed")] {
        let alone = CallFlow { told: told_of(people), ..flow() };
        let (_, said) = heard(
            alone,
            &[Input::Answered, Input::Key('0'), Input::PromptEnded, Input::PromptEnded],
        );
        let why = format!("play ru/{why}");
        assert_eq!(said[1..], [&why, "play ru/within_30", "play ru/after_the_tone"]);
    }
    let waiting = told(staffed(), &[Input::Answered, Input::Key('0')]).0;
    for (input, why) in [
        (Input::Nobody(NobodyWhy::Away), "play ru/nobody_away"),
        (Input::TimeOut(Timer::Waiting), "play ru/nobody_free"),
    ] {
        let (_, said) = heard(waiting.clone(), &[input]);
        assert_eq!(said.last().map(String::as_str), Some(why));
    }
    // A message that was left already is not asked for again.
    let closed = CallFlow { told: told_of(People::Closed), ..flow() };
    let spoken = [&TO_THE_TONE[..], &[Input::PromptEnded, Input::SpeechStarted]].concat();
    let (spoken, _) = told(closed, &spoken);
    let (asked, said) = heard(spoken, &[Input::Key('0'), Input::PromptEnded]);
    assert_eq!(said, ["StopRecording", "play ru/nobody_closed", "play ru/within_30"]);
    assert_eq!(asked.told.message, Some(MessageEnd::AskedForPerson));
    // Where nobody ever answers, a message goes on.
    let speaking = told(flow(), &[&TO_THE_TONE[..], &[Input::SpeechStarted]].concat()).0;
    assert!(matches!(speaking.step(Input::Key('0')), Step::Refused(_)));
}

#[test]
fn they_talk_until_one_of_them_hangs_up() {
    let (by_her, done) = heard(talking(), &[Input::RemoteHungUp]);
    assert_eq!(done, ["Unbridge"]);
    assert_eq!(by_her.termination(), Some(TalkEnd::CallerHungUp.into()));
    let (by_us, done) =
        heard(talking(), &[Input::PersonGone(PersonGone::HungUp), Input::PromptEnded]);
    assert_eq!(done, ["Unbridge", "play ru/goodbye", "HangUp"]);
    assert_eq!(by_us.termination(), Some(TalkEnd::PersonHungUp.into()));
}

#[test]
fn a_broken_connection_brings_her_back_to_the_queue() {
    let (again, done) = heard(talking(), &[Input::PersonGone(PersonGone::Lost)]);
    assert_eq!(done, ["Unbridge", "SeekPerson", "play ru/call_is_lost"]);
    let (ended, _) = heard(again, &[Input::RemoteHungUp]);
    assert_eq!(ended.termination(), Some(Termination::Talked(TalkEnd::PersonLost)));
}

#[test]
fn colleagues_take_over_twice_at_most() {
    let (mut flow, done) = heard(talking(), &[Input::HandOn, Input::Nobody(NobodyWhy::Away)]);
    assert_eq!(done, ["SeekColleague", "tell the person ru/no_colleague"]);
    for times in 1..=2 {
        let done;
        (flow, done) = heard(flow, &[Input::HandOn, Input::Person]);
        assert_eq!(
            (flow.told.hand_ons, done),
            (times, vec!["SeekColleague".into(), "Bridge".into()])
        );
    }
    let (flow, done) = heard(flow, &[Input::HandOn]);
    assert_eq!(done, ["tell the person ru/no_more_hand_ons"]);
    assert_eq!(flow.state, CallState::Talking(false));
}

#[test]
fn who_is_left_while_a_colleague_is_rung_waits_on() {
    let (left, done) = heard(talking(), &[Input::HandOn, Input::PersonGone(PersonGone::HungUp)]);
    assert_eq!(done, ["SeekColleague", "Unbridge", "SeekPerson", "play ru/handing_on"]);
    assert_eq!(left.state, CallState::Connecting);
}
