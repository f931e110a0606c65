//! Lists, filters, and everything about one thing.

use mostik_domain::{
    BoardIssueId, Call, CallAttempts, CallId, Change, Channel, Classification, CustomerId,
    Feedback, FeedbackId, Inbound, IssueId, Notice, NoticeId, NoticeKind, NoticeState, ProblemId,
    PromiseId, RootCause,
};
use mostik_store::{CallCard, FeedbackFilter, PageRequest};

use super::Backend;
use super::given::{
    at, call_capture, captured, captured_from, classification, feedback, first, fresh, inbound,
    inbox, issue, opened, problem, proved, routed, submitted,
};

async fn found(store: &dyn Backend, filter: &FeedbackFilter) -> Vec<FeedbackId> {
    let page = store.feedback_page(filter, &first(200)).await.expect("a page");
    let count = store.feedback_count(filter).await.expect("a count");
    assert_eq!(u64::try_from(page.items.len()).ok(), Some(count), "{filter:?}");
    page.items.iter().map(|card| card.feedback.id).collect()
}

pub(super) async fn a_list_goes_newest_first_page_by_page(store: &dyn Backend) {
    let mut expected = Vec::new();
    for i in 0..25 {
        expected.push(captured(store, &format!("m-{i}"), "Здравствуйте").await.feedback);
    }
    expected.reverse();
    let mut request = first(10);
    let mut ids = Vec::new();
    for size in [10, 10, 5] {
        let page = store.feedback_page(&FeedbackFilter::default(), &request).await.expect("a page");
        assert_eq!(page.items.len(), size);
        assert!(page.items.iter().all(|card| card.promises.len() == 1 && card.notices.len() == 1));
        ids.extend(page.items.iter().map(|card| card.feedback.id));
        request.after = page.next;
    }
    assert_eq!(request.after, None, "the end is the end");
    assert_eq!(ids, expected);
    let none = store.feedback_page(&FeedbackFilter::default(), &first(0)).await.expect("a page");
    assert_eq!(none.items.len(), 1, "a page has at least one");
    let many = store.feedback_page(&FeedbackFilter::default(), &first(u32::MAX)).await;
    assert_eq!(many.expect("a page").items.len(), 25);
}

pub(super) async fn every_filter_narrows(store: &dyn Backend) {
    let late = problem("logistics", "Опаздывает", &[1]);
    opened(store, &late).await;
    let one = captured(store, "m-1", "Опоздал").await.feedback;
    let one = routed(store, one, &late).await;
    let said = Inbound { at: at(100), channel: Channel::Discord, ..inbound("m-2", "Мелко") };
    let two = store.capture(captured_from(said)).await.expect("a capture").feedback;
    let of = |narrow: fn(&mut FeedbackFilter)| {
        let mut filter = FeedbackFilter::default();
        narrow(&mut filter);
        async move { found(store, &filter).await }
    };
    assert_eq!(of(|_| ()).await, [two, one.id]);
    assert_eq!(of(|it| it.state = Some("routed".into())).await, [one.id]);
    assert_eq!(of(|it| it.state = Some("captured".into())).await, [two]);
    assert_eq!(of(|it| it.root_cause = Some(RootCause::Delivery)).await, [one.id]);
    assert!(of(|it| it.root_cause = Some(RootCause::Pricing)).await.is_empty());
    assert_eq!(of(|it| it.owner_team = Some("logistics".into())).await, [one.id]);
    assert_eq!(of(|it| it.channel = Some(Channel::Discord)).await, [two]);
    assert_eq!(of(|it| it.from = Some(at(100))).await, [two]);
    assert_eq!(of(|it| it.to = Some(at(100))).await, [one.id], "`to` itself is outside");
    let both = |it: &mut FeedbackFilter| {
        it.channel = Some(Channel::Web);
        it.state = Some("captured".into());
    };
    assert!(of(both).await.is_empty(), "filters narrow together");
    let customer = FeedbackFilter { customer: Some(one.customer), ..Default::default() };
    assert_eq!(found(store, &customer).await, [one.id]);
}

pub(super) async fn what_persons_decided_can_be_learnt(store: &dyn Backend) {
    let mut ids = Vec::new();
    // The words of a customer are not taken for what the desk decided.
    for text in ["Опоздал", "\"decided_by\":{\"kind\":\"operator\"", "Дорого", "Мелко"]
    {
        ids.push(captured(store, &format!("m-{text}"), text).await.feedback);
    }
    let by = |name: &str, cause| Classification::by_operator(cause, name, at(3));
    let mut quoting = classification(RootCause::Other);
    quoting.evidence = vec!["\"decided_by\":{\"kind\":\"operator\"".into()];
    submitted(
        store,
        vec![
            Change::AddClassification(ids[0], classification(RootCause::Other)),
            Change::AddClassification(ids[0], by("Вера", RootCause::Design)),
            Change::AddClassification(ids[1], quoting),
            Change::AddClassification(ids[2], by("Вера", RootCause::Pricing)),
            Change::AddClassification(ids[0], by("Пётр", RootCause::Delivery)),
            Change::AddClassification(ids[0], classification(RootCause::Other)),
        ],
    )
    .await;
    let seen = async |limit| {
        let taught = store.taught(limit).await.expect("a read");
        taught
            .into_iter()
            .map(|(feedback, named)| (feedback.id, named.root_cause))
            .collect::<Vec<_>>()
    };
    let newest_first = [(ids[0], RootCause::Delivery), (ids[2], RootCause::Pricing)];
    assert_eq!(seen(10).await, newest_first);
    assert_eq!(seen(1).await, newest_first[..1]);
    assert!(seen(0).await.is_empty());
}

pub(super) async fn words_are_found_in_any_case(store: &dyn Backend) {
    let one = captured(store, "m-1", "Мой ЗАКАЗ всё ещё в Ёлкино, 100% опоздание").await;
    captured(store, "m-2", "My parcel is late").await;
    let find = async |q: &str| {
        let filter = FeedbackFilter { q: Some(q.to_owned()), ..Default::default() };
        found(store, &filter).await
    };
    for q in ["заказ", "ЗАКАЗ", "в ёлкино", "все еще", " 100% ", one.reference.as_str()]
    {
        assert_eq!(find(q).await, [one.feedback], "{q}");
    }
    let spoken = one.reference.as_str().replace('-', "").to_lowercase();
    assert_eq!(find(&spoken).await, [one.feedback]);
    assert_eq!(find("PARCEL").await.len(), 1);
    assert_eq!(find("").await.len(), 2, "no words do not narrow");
    for q in ["%", "з_каз", "100%%"] {
        let expected = usize::from(q == "%");
        assert_eq!(find(q).await.len(), expected, "{q:?} is taken literally");
    }
}

pub(super) async fn details_hold_everything(store: &dyn Backend) {
    let late = problem("logistics", "Опаздывает", &[1]);
    opened(store, &late).await;
    let by_anna = |external_id: &str| Inbound {
        address: Some(proved("1001")),
        name: Some("Анна".into()),
        ..inbound(external_id, "Опоздал")
    };
    store.capture(captured_from(by_anna("m-1"))).await.expect("a capture");
    let id = store.capture(captured_from(by_anna("m-2"))).await.expect("a capture").feedback;
    let (first_guess, corrected) =
        (classification(RootCause::Copy), classification(RootCause::Delivery));
    submitted(store, vec![Change::AddClassification(id, first_guess.clone())]).await;
    submitted(store, vec![Change::AddClassification(id, corrected.clone())]).await;
    let feedback = routed(store, id, &late).await;
    let filed = issue(late.id, "github", "shop/site", "17");
    submitted(store, vec![Change::SaveIssue(filed.clone())]).await;

    let details = store.feedback_details(id).await.expect("a read").expect("the details");
    assert_eq!(details.card.feedback, feedback);
    assert_eq!(details.card.customer.name, Some("Анна".into()));
    assert_eq!(details.card.issue, Some(filed));
    assert_eq!(details.card.promises, store.promises(id).await.expect("promises"));
    assert_eq!(details.card.notices[0].kind, NoticeKind::Received);
    assert_eq!(details.problem, Some(late));
    assert_eq!(details.messages, store.messages(id).await.expect("messages"));
    assert_eq!(details.classifications, [first_guess, corrected], "oldest first");
    assert_eq!((details.call, details.transcript, details.earlier_feedbacks), (None, None, 1));
}

pub(super) async fn the_newest_external_id_tells_where_to_read_on(store: &dyn Backend) {
    let said = |external_id: &str, seconds| Inbound {
        at: at(seconds),
        ..inbound(external_id, "Здравствуйте")
    };
    // Delivered out of order, as after a break.
    for (external_id, seconds) in [("room1:12", 30), ("room1:11", 20), ("room2:90", 40)] {
        let capture = captured_from(said(external_id, seconds));
        store.capture(capture).await.expect("a capture");
    }
    let newest = async |inbox: &str, prefix: &str| {
        store.newest_external_id(inbox, prefix).await.expect("a read")
    };
    let inbox = inbox();
    assert_eq!(newest(inbox.as_str(), "room1:").await.as_deref(), Some("room1:12"));
    assert_eq!(newest(inbox.as_str(), "").await.as_deref(), Some("room2:90"));
    assert_eq!(newest(inbox.as_str(), "room").await.as_deref(), Some("room2:90"));
    assert_eq!(newest(inbox.as_str(), "room3:").await, None);
    assert_eq!(newest("discord:main", "").await, None);
}

pub(super) async fn calls_that_wait_are_listed_oldest_first(store: &dyn Backend) {
    let mut waiting = Vec::new();
    for i in 0..3 {
        let id =
            store.capture(call_capture(&format!("{i}.wav"))).await.expect("a capture").feedback;
        let notice = Notice {
            id: NoticeId::new(fresh()),
            feedback: id,
            kind: NoticeKind::Fixed,
            text: "Исправили".into(),
            state: NoticeState::AwaitingCall {
                since: at(50 - i),
                attempts: CallAttempts::default(),
            },
            created_at: at(50 - i),
        };
        submitted(store, vec![Change::SaveNotice(notice.clone())]).await;
        waiting.push(notice);
    }
    waiting.reverse();
    let listed = store.awaiting_call().await.expect("a list");
    let notices: Vec<_> = listed.iter().map(|(notice, _)| notice.clone()).collect();
    assert_eq!(notices, waiting);
    assert!(listed.iter().all(|(notice, card)| notice.feedback == card.feedback.id));
    let called = waiting[0].clone().in_state(NoticeState::Sent { at: at(60) }).expect("told");
    submitted(store, vec![Change::SaveNotice(called)]).await;
    assert_eq!(store.awaiting_call().await.expect("a list").len(), 2);
}

pub(super) async fn what_is_unknown_is_none(store: &dyn Backend) {
    let feedback_id = FeedbackId::new(fresh());
    assert!(store.feedback(feedback_id).await.expect("a read").is_none());
    assert!(store.feedback_details(feedback_id).await.expect("a read").is_none());
    assert!(store.transcript(feedback_id).await.expect("a read").is_none());
    assert!(store.messages(feedback_id).await.expect("a read").is_empty());
    assert!(store.promises(feedback_id).await.expect("a read").is_empty());
    let notice = store.notice_of(feedback_id, NoticeKind::Fixed).await.expect("a read");
    assert!(notice.is_none());
    assert!(store.customer(CustomerId::new(fresh())).await.expect("a read").is_none());
    assert!(store.call(CallId::new(fresh())).await.expect("a read").is_none());
    assert!(store.promise(PromiseId::new(fresh())).await.expect("a read").is_none());
    assert!(store.notice(NoticeId::new(fresh())).await.expect("a read").is_none());
    let problem = ProblemId::new(fresh());
    assert!(store.problem(problem).await.expect("a read").is_none());
    assert!(store.problem_details(problem).await.expect("a read").is_none());
    assert!(store.unfiled_feedback(problem).await.expect("a read").is_empty());
    assert!(store.issue(IssueId::new(fresh())).await.expect("a read").is_none());
    assert!(store.board_issue(BoardIssueId::new(fresh())).await.expect("a read").is_none());
    assert!(store.board(None).await.expect("a read").is_empty());
    assert!(store.job_counts().await.expect("a read").is_empty());
    assert!(store.awaiting_call().await.expect("a read").is_empty());
}

pub(super) async fn it_answers_a_ping(store: &dyn Backend) {
    store.ping().await.expect("an answer");
    let captured = captured(store, "m-1", "Здравствуйте").await;
    let stored: Feedback = feedback(store, captured.feedback).await;
    assert_eq!(stored.captured_at, at(0));
}

pub(super) async fn calls_are_listed_with_what_they_became(store: &dyn Backend) {
    let answered = call_capture("call-1.wav");
    let known = answered.call.clone().expect("a call");
    let became = store.capture(answered).await.expect("a capture").feedback;
    let refused = Call {
        id: CallId::new(fresh()),
        answered_at: None,
        tone_at: None,
        recording: None,
        termination: "not_answered/unknown_line".to_owned(),
        ..known.clone()
    };
    submitted(store, vec![Change::SaveCall(refused.clone())]).await;

    let page = store.call_page(&first(1)).await.expect("a page");
    assert_eq!(page.items, [CallCard { call: refused, feedback: None }]);
    let request = PageRequest { limit: 10, after: page.next };
    let page = store.call_page(&request).await.expect("a page");
    let expected = CallCard { call: known.clone(), feedback: Some(became) };
    assert_eq!((page.items, page.next), (vec![expected.clone()], None));
    assert_eq!(store.call_card(known.id).await.expect("a read"), Some(expected));
    assert_eq!(store.call_card(CallId::new(fresh())).await.expect("a read"), None);
    let nowhere = PageRequest { limit: 10, after: Some("a hostile cursor".to_owned()) };
    assert!(store.call_page(&nowhere).await.expect("a page").items.is_empty());
}
