//! Texts that try to break a database.

use mostik_domain::{
    Actor, Change, Decision, Feedback, FeedbackId, Happening, Inbound, IssueId, Job, TrackerEvent,
};
use mostik_store::{FeedbackFilter, JobFilter, PageRequest, ProblemFilter, Release};

use super::Backend;
use super::given::{
    at, captured, captured_from, claimed, feedback, filing, first, fresh, inbound, inbox, job,
    problem, proved, queued,
};

const HOSTILE: [&str; 8] = [
    "'; DROP TABLE feedback; --",
    "\" OR 1=1 /*",
    "нуль \0 внутри",
    "$1 ? :a @b \\ % _",
    "\u{202e}задом наперёд\u{202c} \u{feff}",
    "👩‍👩‍👧‍👦 e\u{301} ﷽",
    "\r\n\t\u{1b}[31m\u{7f}\u{ffff}",
    "{\"document\": null}",
];

pub(super) async fn hostile_texts_are_kept_as_they_are(store: &dyn Backend) {
    let enormous = "я".repeat(100_000);
    for text in HOSTILE.into_iter().chain([enormous.as_str()]) {
        let said = Inbound {
            external_id: text.to_owned(),
            address: Some(proved(text)),
            name: Some(text.into()),
            page: Some(text.to_owned()),
            ..inbound("", text)
        };
        let id = store.capture(captured_from(said.clone())).await.expect("a capture").feedback;
        let again = store.capture(captured_from(said)).await.expect("a capture");
        assert!(!again.new && again.feedback == id, "{:.20}", text.escape_debug());
        let details = store.feedback_details(id).await.expect("a read").expect("details");
        assert_eq!(details.card.feedback.text, Some(text.into()));
        assert_eq!(details.card.feedback.page.as_deref(), Some(text));
        assert_eq!(details.card.customer.name, Some(text.into()));
        assert_eq!(details.messages[0].external_id, text);
        let newest = store.newest_external_id(inbox().as_str(), text).await.expect("a read");
        assert_eq!(newest.as_deref(), Some(text));
        let filter = FeedbackFilter { q: Some(text.to_owned()), ..Default::default() };
        assert_eq!(store.feedback_count(&filter).await.expect("a count"), 1, "found by itself");
    }
    assert_eq!(store.feedback_count(&FeedbackFilter::default()).await.expect("a count"), 9);
}

pub(super) async fn enormous_keys_still_guard_against_repeats(store: &dyn Backend) {
    let key = "k".repeat(20_000);
    let other = format!("{key}!");
    let event = TrackerEvent {
        key: key.clone(),
        actor: Actor::Person,
        at: at(1),
        url: None,
        what: Happening::Commented { text: HOSTILE[2].into() },
    };
    let track = Job::Track { issue: IssueId::new(fresh()), events: vec![event] };
    let look = || Job::Look { issue: IssueId::new(fresh()) };
    queued(store, vec![job(&key, track.clone(), at(0)), job(&key, look(), at(0))]).await;
    queued(store, vec![job(&other, look(), at(0))]).await;
    let jobs = store.job_page(&JobFilter::default(), &first(10)).await.expect("jobs").items;
    assert_eq!(jobs.len(), 2);
    assert_eq!(jobs[1].job, track);
    let lease = claimed(store, at(1)).await.expect("a job");
    let why = format!("\0{}", "ошибка ".repeat(5_000));
    store.release(&lease, Release::Dead { why }, at(2)).await.expect("a release");
    let jobs = store.job_page(&JobFilter::default(), &first(10)).await.expect("jobs").items;
    let kept = jobs.iter().find_map(|record| record.last_error.as_ref()).expect("the reason");
    assert!(kept.len() <= 2_000, "{} bytes of a reason", kept.len());
}

pub(super) async fn hostile_filters_find_nothing_and_break_nothing(store: &dyn Backend) {
    captured(store, "m-1", "Здравствуйте").await;
    let enormous = "x".repeat(100_000);
    for text in HOSTILE.into_iter().chain([enormous.as_str()]) {
        let state = FeedbackFilter { state: Some(text.into()), ..Default::default() };
        assert_eq!(store.feedback_count(&state).await.expect("a count"), 0);
        let words = FeedbackFilter { q: Some(text.into()), ..Default::default() };
        assert_eq!(store.feedback_count(&words).await.expect("a count"), 0);
        let team = ProblemFilter { owner_team: Some(text.into()), ..Default::default() };
        assert!(store.problem_page(&team, &first(5)).await.expect("a page").items.is_empty());
        let after = PageRequest { limit: 5, after: Some(text.to_owned()) };
        let page = store.feedback_page(&FeedbackFilter::default(), &after).await.expect("a page");
        assert!(page.items.is_empty() && page.next.is_none(), "not a cursor of ours");
        let jobs = store.job_page(&JobFilter::default(), &after).await.expect("a page");
        assert!(jobs.items.is_empty());
        assert!(store.issue_by_key(text, text, text).await.expect("a read").is_none());
        assert!(store.cursor(text, text).await.expect("a read").is_none());
        assert!(store.board(Some(text)).await.expect("a read").is_empty());
        assert!(store.board_issue_by_marker(text).await.expect("a read").is_none());
        assert!(store.look_alikes(text, &[1]).await.expect("a read").0.is_empty());
        assert!(store.newest_external_id(text, text).await.expect("a read").is_none());
    }
    let keys: Vec<u64> = (0..5_000).collect();
    assert!(store.look_alikes("logistics", &keys).await.expect("a read").0.is_empty());
}

pub(super) async fn errors_never_quote_a_customer(store: &dyn Backend) {
    let secret = "тайна-покупателя";
    let id = captured(store, secret, secret).await.feedback;
    let known = feedback(store, id).await;
    let outdated = Feedback { revision: 7, ..known.clone() };
    let unknown = Feedback { id: FeedbackId::new(fresh()), ..known };
    let homeless = problem("logistics", secret, &[1]);
    for change in [
        Change::SaveFeedback(outdated),
        Change::SaveFeedback(unknown),
        Change::SaveProblem(homeless),
    ] {
        let decision = Decision::nothing().and(change).then(filing(secret, at(0)));
        let error = store.submit(decision, at(1)).await.expect_err("refused");
        let told = format!("{error} {error:?}");
        assert!(!told.contains(secret), "{told}");
    }
}
