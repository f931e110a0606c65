//! A decision is stored whole, by who still may, or not at all.

use futures::future::join_all;
use mostik_domain::{
    Author, Change, Confidence, ConversationId, Decision, Feedback, FeedbackId, FeedbackState,
    Language, Message, MessageId, Notice, NoticeId, NoticeKind, NoticeState, Promise, PromiseId,
    PromiseState, PromiseWhat, RootCause, Segment, Step, Transcript,
};
use mostik_store::{JobFilter, Lease, StoreError};

use super::Backend;
use super::given::{
    LEASE, at, call_capture, captured, claimed, classification, feedback, filing, first, fresh,
    inbox, problem, queued, submitted,
};

/// A captured message and the lease of its first job.
async fn leased(store: &dyn Backend) -> (Feedback, Lease) {
    let captured = captured(store, "m-1", "Курьер опоздал").await;
    let lease = store.claim(&[Step::Classify], at(1), LEASE).await.expect("a claim");
    (feedback(store, captured.feedback).await, lease.expect("the first job"))
}

fn classified(feedback: &Feedback) -> Feedback {
    let classification = classification(RootCause::Delivery);
    feedback.clone().in_state(FeedbackState::Classified { classification }, at(2))
}

fn decision(feedback: &Feedback) -> Decision {
    Decision::nothing()
        .and(Change::AddClassification(feedback.id, classification(RootCause::Delivery)))
        .and(Change::SaveFeedback(classified(feedback)))
        .then(filing("next", at(2)))
}

/// Nothing of `decision` is there.
async fn assert_untouched(store: &dyn Backend, before: &Feedback) {
    assert_eq!(feedback(store, before.id).await, *before);
    let details = store.feedback_details(before.id).await.expect("a read").expect("details");
    assert!(details.classifications.is_empty(), "no part of a refused decision is stored");
    let filter = JobFilter { step: Some(Step::File), ..JobFilter::default() };
    assert!(store.job_page(&filter, &first(5)).await.expect("jobs").items.is_empty());
}

pub(super) async fn a_commit_stores_changes_next_jobs_and_done_together(store: &dyn Backend) {
    let (before, lease) = leased(store).await;
    store.commit(&lease, decision(&before), at(3)).await.expect("a commit");
    let after = feedback(store, before.id).await;
    assert_eq!(after, Feedback { revision: before.revision + 1, ..classified(&before) });
    let details = store.feedback_details(before.id).await.expect("a read").expect("details");
    assert_eq!(details.classifications, [classification(RootCause::Delivery)]);
    assert_eq!(claimed(store, at(4)).await.map(|lease| lease.job.step()), Some(Step::File));
    assert!(claimed(store, at(4)).await.is_none(), "the committed job is done");
}

pub(super) async fn an_outdated_feedback_is_refused_and_nothing_is_stored(store: &dyn Backend) {
    let (old, lease) = leased(store).await;
    submitted(store, vec![Change::SaveFeedback(Feedback { page: None, ..old.clone() })]).await;
    let current = feedback(store, old.id).await;
    let refused = store.commit(&lease, decision(&old), at(3)).await;
    assert!(
        matches!(&refused, Err(StoreError::Conflict { what }) if what.contains("feedback fb_"))
    );
    assert_untouched(store, &current).await;
    store.commit(&lease, decision(&current), at(3)).await.expect("the lease still holds");
}

pub(super) async fn what_is_not_there_is_not_saved(store: &dyn Backend) {
    let (known, _) = leased(store).await;
    let nobody = Feedback { id: FeedbackId::new(fresh()), ..known.clone() };
    let notice = Notice {
        id: NoticeId::new(fresh()),
        feedback: nobody.id,
        kind: NoticeKind::Fixed,
        text: "Исправили".into(),
        state: NoticeState::Pending,
        created_at: at(5),
    };
    for change in [
        Change::SaveFeedback(nobody.clone()),
        Change::SaveProblem(problem("logistics", "Опаздывает", &[])),
        Change::AddClassification(nobody.id, classification(RootCause::Copy)),
        Change::SaveNotice(notice),
    ] {
        let decision = Decision::nothing()
            .and(Change::AddClassification(known.id, classification(RootCause::Copy)))
            .and(change)
            .then(filing("next", at(2)));
        let refused = store.submit(decision, at(5)).await;
        assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{refused:?}");
    }
    assert_untouched(store, &known).await;
}

pub(super) async fn a_lease_that_ran_out_cannot_commit(store: &dyn Backend) {
    let (before, lease) = leased(store).await;
    let refused = store.commit(&lease, decision(&before), lease.until).await;
    assert!(matches!(&refused, Err(StoreError::LeaseLost { job }) if *job == lease.id.to_string()));
    assert_untouched(store, &before).await;
}

pub(super) async fn an_older_attempt_cannot_commit(store: &dyn Backend) {
    let (before, slow) = leased(store).await;
    let quick = claimed(store, slow.until).await.expect("the same job");
    assert_eq!((quick.id, quick.attempt), (slow.id, 2));
    let refused = store.commit(&slow, decision(&before), at(3)).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost { .. })));
    assert_untouched(store, &before).await;
    let now = quick.until - LEASE;
    store.commit(&quick, decision(&before), now).await.expect("the newer attempt commits");
}

pub(super) async fn a_lease_commits_once(store: &dyn Backend) {
    let (before, lease) = leased(store).await;
    let both = join_all([
        store.commit(&lease, decision(&before), at(3)),
        store.commit(&lease, decision(&before), at(3)),
    ])
    .await;
    assert_eq!(both.iter().filter(|result| result.is_ok()).count(), 1, "{both:?}");
    assert_eq!(feedback(store, before.id).await.revision, before.revision + 1);
}

pub(super) async fn a_decision_of_a_person_is_stored_without_a_job(store: &dyn Backend) {
    let (before, _) = leased(store).await;
    store.submit(decision(&before), at(3)).await.expect("a submitted decision");
    assert_eq!(feedback(store, before.id).await.state, classified(&before).state);
    assert_eq!(claimed(store, at(4)).await.map(|lease| lease.job.step()), Some(Step::File));
}

pub(super) async fn one_of_many_concurrent_saves_wins(store: &dyn Backend) {
    let (before, _) = leased(store).await;
    let saves = (0..10).map(|i| {
        let page = Some(format!("/page/{i}"));
        let change = Change::SaveFeedback(Feedback { page, ..before.clone() });
        store.submit(Decision::nothing().and(change), at(3))
    });
    let results = join_all(saves).await;
    let conflict = |it: &&Result<(), StoreError>| matches!(it, Err(StoreError::Conflict { .. }));
    assert_eq!(results.iter().filter(|it| it.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(conflict).count(), 9, "{results:?}");
}

pub(super) async fn a_second_notice_of_a_kind_is_ignored(store: &dyn Backend) {
    let captured = captured(store, "m-1", "Курьер опоздал").await;
    let notice = |text: &str| Notice {
        id: NoticeId::new(fresh()),
        feedback: captured.feedback,
        kind: NoticeKind::Fixed,
        text: text.into(),
        state: NoticeState::Pending,
        created_at: at(5),
    };
    let (one, two) = (notice("Исправили"), notice("Исправили ещё раз"));
    submitted(store, vec![Change::SaveNotice(one.clone()), Change::SaveNotice(two.clone())]).await;
    assert_eq!(store.notice(two.id).await.expect("a read"), None);
    let kept = store.notice_of(captured.feedback, NoticeKind::Fixed).await.expect("a read");
    assert_eq!(kept, Some(one.clone()));
    let sent = one.in_state(NoticeState::Sent { at: at(6) }).expect("a notice goes out");
    submitted(store, vec![Change::SaveNotice(sent.clone())]).await;
    assert_eq!(store.notice(sent.id).await.expect("a read"), Some(sent.clone()));
    // Who had read it before it was told does not make it untold.
    let untold = Notice { state: NoticeState::Pending, ..sent.clone() };
    submitted(store, vec![Change::SaveNotice(untold)]).await;
    assert_eq!(store.notice(sent.id).await.expect("a read"), Some(sent));
    let received = store.notice_of(captured.feedback, NoticeKind::Received).await.expect("a read");
    assert!(received.is_some(), "another kind is another notice");
}

pub(super) async fn promises_are_added_and_updated(store: &dyn Backend) {
    let captured = captured(store, "m-1", "Курьер опоздал").await;
    let kept = captured.promise.clone().kept(at(4)).expect("kept in time");
    let second = Promise {
        id: PromiseId::new(fresh()),
        feedback: captured.feedback,
        what: PromiseWhat::DelayedAnswer,
        made_at: at(4),
        due_at: at(4_000),
        state: PromiseState::Due,
    };
    submitted(store, vec![Change::SavePromise(second.clone()), Change::SavePromise(kept.clone())])
        .await;
    let promises = store.promises(captured.feedback).await.expect("promises");
    assert_eq!(promises, [kept, second.clone()], "oldest first");
    assert_eq!(store.promise(second.id).await.expect("a read"), Some(second));
}

pub(super) async fn a_transcript_is_replaced_and_a_call_corrected(store: &dyn Backend) {
    let capture = call_capture("call-1.wav");
    let mut call = capture.call.clone().expect("a call");
    let id = store.capture(capture).await.expect("a capture").feedback;
    let words = |text: &str, by: &str| Transcript {
        language: Language::Russian,
        text: text.into(),
        by: by.to_owned(),
        confidence: Confidence::new(0.61),
        segments: vec![Segment { start: 0.0, end: 1.25, text: text.into(), speaker: None }],
        at: at(40),
    };
    call.codec = Some("PCMU".to_owned());
    let heard = words("курьер опаздал", "whisper-base");
    submitted(store, vec![Change::SaveTranscript(id, heard), Change::SaveCall(call.clone())]).await;
    let typed = words("Курьер опоздал", "Ольга");
    submitted(store, vec![Change::SaveTranscript(id, typed.clone())]).await;
    assert_eq!(store.transcript(id).await.expect("a read"), Some(typed));
    assert_eq!(store.call(call.id).await.expect("a read"), Some(call));
}

pub(super) async fn a_message_is_added_once(store: &dyn Backend) {
    let captured = captured(store, "m-1", "Курьер опоздал").await;
    let answer = |text: &str| Message {
        id: MessageId::new(fresh()),
        inbox: inbox(),
        external_id: "answer-1".to_owned(),
        conversation: ConversationId::new(fresh()),
        feedback: captured.feedback,
        author: Author::Operator { name: "Ольга".to_owned() },
        text: text.into(),
        at: at(9),
    };
    let one = answer("Здравствуйте!");
    submitted(store, vec![Change::AddMessage(one.clone()), Change::AddMessage(answer("Ещё раз"))])
        .await;
    let messages = store.messages(captured.feedback).await.expect("messages");
    assert_eq!((messages.len(), &messages[1]), (2, &one), "oldest first");
}

pub(super) async fn a_cursor_is_remembered(store: &dyn Backend) {
    assert_eq!(store.cursor("github", "shop/site").await.expect("a read"), None);
    for read_until in [at(10), at(20)] {
        let (tracker, project) = ("github".to_owned(), "shop/site".to_owned());
        submitted(store, vec![Change::SetCursor { tracker, project, read_until }]).await;
    }
    assert_eq!(store.cursor("github", "shop/site").await.expect("a read"), Some(at(20)));
    assert_eq!(store.cursor("github", "shop/other").await.expect("a read"), None);
    queued(store, vec![filing("unrelated", at(0))]).await;
}
