//! What words say beside the cause: the desk's queue, and how people judge the model.

use jiff::Timestamp;
use mostik_domain::{
    Answered, Change, Classification, ContactRisk, Criticality, FeedbackId, FeedbackState,
    MessageKind, RootCause, Understanding,
};
use mostik_store::{FeedbackFilter, PageRequest};

use super::Backend;
use super::given::{at, captured, classification, feedback, submitted};

fn read(kind: MessageKind, criticality: Criticality, contact_risk: ContactRisk) -> Understanding {
    Understanding { kind, criticality, contact_risk, ..Understanding::unread() }
}

/// Captured, answered, and understood like that.
async fn understood(store: &dyn Backend, key: &str, read: Option<Understanding>) -> FeedbackId {
    let id = captured(store, key, "Здравствуйте").await.feedback;
    let feedback = feedback(store, id).await;
    let classification = Classification { understanding: read, ..classification(RootCause::Other) };
    let state = FeedbackState::Answered(Answered { classification, answered_at: at(3) });
    submitted(store, vec![Change::SaveFeedback(feedback.in_state(state, at(4)))]).await;
    id
}

pub(super) async fn the_most_urgent_come_first_page_by_page(store: &dyn Backend) {
    use MessageKind::Complaint;
    let typo = read(Complaint, Criticality::Low, ContactRisk::High);
    let locked_out = read(Complaint, Criticality::Critical, ContactRisk::Low);
    let leaves = read(Complaint, Criticality::Normal, ContactRisk::Raised);
    let typo = understood(store, "typo", Some(typo)).await;
    let unread = understood(store, "unread", None).await;
    let waits = understood(store, "waits", Some(locked_out.clone())).await;
    let later = understood(store, "later", Some(locked_out)).await;
    let leaves = understood(store, "leaves", Some(leaves)).await;
    let never_classified = captured(store, "new", "Здравствуйте").await.feedback;
    let filter = FeedbackFilter { by_urgency: true, ..Default::default() };
    let mut request = PageRequest { limit: 2, after: None };
    let mut order = Vec::new();
    loop {
        let page = store.feedback_page(&filter, &request).await.expect("a page");
        order.extend(page.items.into_iter().map(|card| card.feedback.id));
        request.after = page.next;
        if request.after.is_none() {
            break;
        }
    }
    assert_eq!(order, [waits, later, leaves, unread, never_classified, typo]);
    for nonsense in
        ["", "fb_1", "9", ".", "999.fb_1", "3.x", "-1.fb_00000000000000000000000000000001"]
    {
        let request = PageRequest { limit: 2, after: Some(nonsense.to_owned()) };
        let page = store.feedback_page(&filter, &request).await.expect("a page");
        assert!(page.items.is_empty(), "{nonsense:?} is no place in this list");
    }
}

pub(super) async fn kinds_are_told_apart(store: &dyn Backend) {
    let thanks = read(MessageKind::Thanks, Criticality::Low, ContactRisk::Low);
    let thanks = understood(store, "thanks", Some(thanks)).await;
    understood(store, "unread", None).await;
    let filter = FeedbackFilter { kind: Some(MessageKind::Thanks), ..Default::default() };
    let page = store.feedback_page(&filter, &PageRequest { limit: 10, after: None }).await;
    let found: Vec<_> = page.expect("a page").items.iter().map(|it| it.feedback.id).collect();
    assert_eq!(found, [thanks]);
    assert_eq!(store.feedback_count(&filter).await.expect("a count"), 1);
    // A correction moves it.
    let one = feedback(store, thanks).await;
    let named = one.state.classification().cloned().expect("classified");
    let state = one.state.clone().classified(named.of_kind(MessageKind::Question, "Вера"));
    let saved = one.in_state(state.expect("corrected"), at(6));
    submitted(store, vec![Change::SaveFeedback(saved)]).await;
    assert_eq!(store.feedback_count(&filter).await.expect("a count"), 0);
}

pub(super) async fn judgements_tell_what_the_model_had_said(store: &dyn Backend) {
    let mut ids = Vec::new();
    for key in ["m-0", "m-1", "m-2"] {
        ids.push(captured(store, key, "Опоздал").await.feedback);
    }
    let model = |cause, second| Classification { at: at(second), ..classification(cause) };
    let operator = |cause, second| Classification::by_operator(cause, "Вера", at(second));
    let customer = |cause, second| Classification::by_customer(cause, at(second));
    submitted(
        store,
        vec![
            Change::AddClassification(ids[0], model(RootCause::Other, 1)),
            Change::AddClassification(ids[0], customer(RootCause::Copy, 2)),
            Change::AddClassification(ids[0], operator(RootCause::Design, 3)),
            Change::AddClassification(ids[0], operator(RootCause::Delivery, 4)),
            // What the model says afterwards was not what the person judged.
            Change::AddClassification(ids[0], model(RootCause::Pricing, 5)),
            // Nothing was there to be judged.
            Change::AddClassification(ids[1], operator(RootCause::Copy, 6)),
            Change::AddClassification(ids[2], model(RootCause::Copy, 7)),
            Change::AddClassification(ids[2], customer(RootCause::Copy, 8)),
        ],
    )
    .await;
    let seen = async |since: Timestamp, limit| {
        let found = store.judgements(since, limit).await.expect("a read").into_iter();
        found.map(|it| (it.at, it.said, it.named, it.by_customer)).collect::<Vec<_>>()
    };
    let all = [
        (at(8), RootCause::Copy, RootCause::Copy, true),
        (at(4), RootCause::Other, RootCause::Delivery, false),
        (at(2), RootCause::Other, RootCause::Copy, true),
    ];
    assert_eq!(seen(at(0), 10).await, all);
    assert_eq!(seen(at(4), 10).await, all[..2]);
    assert_eq!(seen(at(0), 1).await, all[..1]);
    // An operator's word counts more than the customer's, whoever came last.
    submitted(store, vec![Change::AddClassification(ids[1], customer(RootCause::Other, 9))]).await;
    let taught = store.taught(10).await.expect("a read").into_iter();
    let taught: Vec<_> = taught.map(|(of, named)| (of.id, named.root_cause)).collect();
    assert_eq!(
        taught,
        [(ids[2], RootCause::Copy), (ids[1], RootCause::Copy), (ids[0], RootCause::Delivery)]
    );
}
