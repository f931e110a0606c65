use std::net::SocketAddr;

use mostik_domain::{NoReturnPath, NoticeState, OfficeHours, ReturnPath};
use mostik_gateway::{
    Caller, Clip, Entry, MessageEnd, NoMessageEnd, NotAnswered, PromptText, Recording,
    SpokenLanguage, SpokenPromise, Studio,
};
use mostik_store::{Clock, SystemClock};

use super::*;
use crate::shelf::{Shelf, locked};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn phone() -> (Arc<Shelf>, Arc<Phone>) {
    phone_with(None)
}

fn phone_with(studio: Option<(String, StudioPlan)>) -> (Arc<Shelf>, Arc<Phone>) {
    let shelf = Arc::new(Shelf::default());
    let intake = Intake {
        store: shelf.clone(),
        clock: Arc::new(SystemClock),
        hours: OfficeHours::new("Europe/Moscow", &["Mon-Fri 09:00-18:00".into()], &[])
            .expect("valid hours"),
        response_minutes: 30,
        detect_language: Arc::new(|_, language| language),
    };
    let line = PhoneLine::new("support".into(), Language::English, Duration::from_secs(90));
    let echo = Some("echo".into());
    (shelf, Phone::new(intake, vec![line], echo, Senses::default(), None, studio))
}

fn arrived(line: &str) -> ArrivedCall {
    ArrivedCall {
        id: "call_x".into(),
        caller: caller("anna"),
        line: line.into(),
        source: SocketAddr::from(([127, 0, 0, 1], 5060)),
        came_by: None,
        at: at("2026-11-03T07:00:00Z"),
    }
}

fn caller(user: &str) -> Caller {
    Caller {
        uri: format!("sip:{user}@example.net"),
        user: user.into(),
        host: "example.net".into(),
        display_name: Some("Анна".into()),
    }
}

fn ended(termination: Termination) -> CompletedCall {
    let id = format!("call_{}", SystemClock.fresh_id());
    let facts = mostik_gateway::CallFacts::default();
    let (line, anna) = ("support".into(), caller("anna"));
    CompletedCall {
        arrived_at: at("2026-11-03T07:00:00Z"),
        answered_at: Some(at("2026-11-03T07:00:01Z")),
        tone_at: Some(at("2026-11-03T07:00:20Z")),
        ended_at: at("2026-11-03T07:00:40Z"),
        termination,
        promise: Some(SpokenPromise::WithinMinutes(30)),
        recording: Some(Recording {
            file_name: "a.wav".into(),
            seconds: 12.5,
            bytes: 200_044,
            channels: 1,
        }),
        codec: "PCMA".into(),
        ..CompletedCall::beginning(id, line, anna, SpokenLanguage::Russian, facts)
    }
}

#[tokio::test]
async fn a_known_line_is_met_in_its_language_and_others_are_refused() {
    let (_, phone) = phone();
    let app = phone.plan(&arrived("support")).await.expect("a known line");
    let CallApp::Message(plan) = app else { panic!("a line for messages: {app:?}") };
    assert_eq!(plan.language, SpokenLanguage::English);
    assert_eq!(plan.promise, SpokenPromise::WithinMinutes(30));
    assert_eq!(plan.max_message, Duration::from_secs(90));
    assert_eq!(phone.plan(&arrived("echo")).await, Ok(CallApp::Echo));
    assert_eq!(phone.plan(&arrived("sales")).await, Err(Refusal::UnknownLine));
}

/// Nobody has a code.
struct Locked;

#[async_trait]
impl Studio for Locked {
    async fn is_open(&self) -> bool {
        false
    }

    async fn enters(&self, _code: &str) -> Entry {
        Entry::Shut
    }

    async fn finished(&self, _take: Clip) -> Option<Clip> {
        None
    }

    async fn keep(&self, _prompt: &'static PromptText, _take: Clip) -> Result<(), HostError> {
        Err(HostError::new("nobody has a code"))
    }

    async fn restore(&self, _prompt: &'static PromptText) -> Result<(), HostError> {
        Err(HostError::new("nobody has a code"))
    }

    async fn left(&self) {}
}

#[tokio::test]
async fn the_number_of_the_studio_leads_there_and_its_visits_are_no_feedback() {
    let plan = StudioPlan { language: SpokenLanguage::Russian, studio: Arc::new(Locked) };
    let (shelf, phone) = phone_with(Some(("prompts".into(), plan.clone())));
    assert_eq!(phone.plan(&arrived("prompts")).await, Ok(CallApp::Studio(plan)));
    let visit = CompletedCall {
        line: "prompts".into(),
        tone_at: None,
        recording: None,
        promise: None,
        ..ended(NoMessageEnd::Studio.into())
    };
    phone.completed(visit).await.expect("kept");
    assert!(shelf.captures().is_empty());
}

#[tokio::test]
async fn a_call_is_captured_once_however_often_it_is_told() {
    let (shelf, phone) = phone();
    let call = ended(Termination::MessageLeft(MessageEnd::Pound));
    *locked(&shelf.failures) = 1;
    phone.completed(call.clone()).await.expect_err("the store is down, so it is to be told again");
    for _ in 0..3 {
        phone.completed(call.clone()).await.expect("kept");
    }
    let captures = shelf.captures();
    let [capture] = captures.as_slice() else { panic!("{} captures", captures.len()) };

    let stored = capture.call.as_ref().expect("the call");
    assert_eq!(stored.termination, "message_left/pound");
    assert_eq!(stored.language, Language::Russian, "the language she chose, not the line's");
    let recording = stored.recording.as_ref().expect("the recording");
    assert_eq!((recording.file.as_str(), recording.milliseconds), ("a.wav", 12_500));
    assert_eq!(capture.message.external_id, stored.id.to_string());
    assert_eq!(capture.promise.due_at, at("2026-11-03T07:30:20Z"), "counted from the tone");
    assert_eq!(capture.notice.state, NoticeState::Sent { at: at("2026-11-03T07:00:20Z") });
    let ReturnPath::Reply { address, room: None } = &capture.feedback.return_path else {
        panic!("she can be called back");
    };
    assert_eq!(address.value.reveal(), "sip:anna@example.net");
    assert_eq!(capture.customer.name, Some("Анна".into()));
}

#[tokio::test]
async fn a_call_that_ended_before_the_tone_is_no_feedback_but_can_be_looked_up() {
    let (shelf, phone) = phone();
    let call = CompletedCall {
        tone_at: None,
        recording: None,
        ..ended(Termination::NoMessage(NoMessageEnd::HungUpBeforeTone))
    };
    phone.completed(call).await.expect("done with");
    assert!(shelf.captures().is_empty());
    assert_eq!(shelf.calls().remove(0).termination, "no_message/hung_up_before_tone");
}

#[tokio::test]
async fn refused_calls_are_kept_up_to_a_bound() {
    let (shelf, phone) = phone();
    for _ in 0..1000 {
        let call = CompletedCall {
            answered_at: None,
            tone_at: None,
            recording: None,
            ..ended(Termination::NotAnswered(NotAnswered::UnknownLine))
        };
        phone.completed(call).await.expect("done with");
    }
    let kept = shelf.calls();
    assert_eq!(kept.len(), 10);
    assert_eq!(
        (kept[0].termination.as_str(), kept[0].answered_at),
        ("not_answered/unknown_line", None)
    );
}

#[tokio::test]
async fn a_caller_who_withheld_her_number_stays_unknown_and_unpromised() {
    let (shelf, phone) = phone();
    let call = CompletedCall {
        caller: caller("anonymous"),
        promise: None,
        ..ended(Termination::MessageLeft(MessageEnd::CallerHungUp))
    };
    phone.completed(call).await.expect("kept");
    let capture = shelf.captures().remove(0);
    assert_eq!(capture.address, None);
    assert_eq!(capture.customer.name, None);
    assert_eq!(capture.notice.state, NoticeState::Pending, "she heard no promise");
    assert_eq!(capture.feedback.return_path, ReturnPath::None(NoReturnPath::AnonymousCaller));
}

#[tokio::test]
async fn a_call_with_a_name_that_is_none_of_ours_is_refused_not_lost() {
    let (shelf, phone) = phone();
    let call = CompletedCall {
        id: "../../etc".into(),
        ..ended(Termination::MessageLeft(MessageEnd::Limit))
    };
    phone.completed(call).await.expect_err("the gateway keeps it and says so");
    assert!(shelf.captures().is_empty());
}
