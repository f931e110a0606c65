//! What comes in is stored once, under the right customer.

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use futures::future::join_all;
use mostik_domain::{Address, AddressKind, Inbound, Language, Source};
use mostik_store::{FeedbackFilter, JobFilter};

use super::Backend;
use super::given::{
    call_capture, captured, captured_from, feedback, first, inbound, inbox, proved,
};

pub(super) async fn a_message_is_captured_once(store: &dyn Backend) {
    let first_time = captured(store, "m-1", "Курьер опоздал").await;
    assert!(first_time.new);
    let again = captured(store, "m-1", "Курьер опоздал").await;
    assert!(!again.new, "a second delivery is no second feedback");
    assert_eq!(again.feedback, first_time.feedback);
    assert_eq!(again.reference, first_time.reference);
    assert_eq!(again.promise, first_time.promise);
    assert_counts(store, 1, 2).await;
}

pub(super) async fn twenty_deliveries_at_once_are_captured_once(store: &dyn Backend) {
    let all = join_all((0..20).map(|_| captured(store, "m-1", "Курьер опоздал"))).await;
    assert_eq!(all.iter().filter(|captured| captured.new).count(), 1);
    let feedback: BTreeSet<_> = all.iter().map(|captured| captured.feedback).collect();
    assert_eq!(feedback.len(), 1, "everybody is told of the same feedback");
    assert_counts(store, 1, 2).await;
}

pub(super) async fn a_customer_is_recognised_by_address(store: &dyn Backend) {
    let by_anna = |external_id: &str, name: Option<&str>, language| Inbound {
        address: Some(proved("1001")),
        name: name.map(Into::into),
        language,
        ..inbound(external_id, "Где мой заказ?")
    };
    let one = by_anna("m-1", Some("anna_1990"), Language::Russian);
    let one = store.capture(captured_from(one)).await.expect("a capture");
    let two = by_anna("m-2", Some("Анна"), Language::English);
    let two = store.capture(captured_from(two)).await.expect("a capture");
    let three = by_anna("m-3", None, Language::English);
    let three = store.capture(captured_from(three)).await.expect("a capture");

    let (one, two) = (feedback(store, one.feedback).await, feedback(store, two.feedback).await);
    assert_eq!(one.customer, two.customer);
    assert_eq!(one.conversation, two.conversation, "one inbox, one correspondence");
    let three = feedback(store, three.feedback).await;
    let customer = store.customer(three.customer).await.expect("a read").expect("the customer");
    assert_eq!(customer.id, one.customer);
    assert_eq!(customer.name, Some("Анна".into()), "the last name told is kept");
    assert_eq!(customer.language, Language::English);
    let messages = store.messages(two.id).await.expect("messages");
    assert_eq!(messages[0].conversation, one.conversation);
}

pub(super) async fn twenty_first_messages_of_one_address_make_one_customer(store: &dyn Backend) {
    let messages = (0..20).map(|i| {
        let inbound = Inbound {
            address: Some(proved("7")),
            ..inbound(&format!("m-{i}"), "Здравствуйте")
        };
        store.capture(captured_from(inbound))
    });
    let mut customers = BTreeSet::new();
    let mut conversations = BTreeSet::new();
    for captured in join_all(messages).await {
        let stored = feedback(store, captured.expect("a capture").feedback).await;
        customers.insert(stored.customer);
        conversations.insert(stored.conversation);
    }
    assert_eq!((customers.len(), conversations.len()), (1, 1));
}

pub(super) async fn a_claimed_address_renames_nobody(store: &dyn Backend) {
    let address =
        |proved| Address { kind: AddressKind::Email, value: "anna@example.org".into(), proved };
    let said = |external_id: &str, name: &str, proved| Inbound {
        address: Some(address(proved)),
        name: Some(name.into()),
        ..inbound(external_id, "Здравствуйте")
    };
    let owner = store.capture(captured_from(said("m-1", "Анна", true))).await.expect("a capture");
    let other = store.capture(captured_from(said("m-2", "Злодей", false))).await;
    other.expect("a capture");
    let customer = feedback(store, owner.feedback).await.customer;
    let customer = store.customer(customer).await.expect("a read").expect("the customer");
    assert_eq!(customer.name, Some("Анна".into()));
}

pub(super) async fn without_an_address_nobody_is_recognised(store: &dyn Backend) {
    let one = captured(store, "m-1", "Аноним").await;
    let two = captured(store, "m-2", "Аноним").await;
    let (one, two) = (feedback(store, one.feedback).await, feedback(store, two.feedback).await);
    assert_ne!(one.customer, two.customer);
}

pub(super) async fn a_call_is_captured_with_its_recording(store: &dyn Backend) {
    let capture = call_capture("call-1.wav");
    let (call, promise) = (capture.call.clone().expect("a call"), capture.promise.clone());
    let captured = store.capture(capture).await.expect("a capture");
    assert_eq!(captured.promise, promise);
    assert_eq!(store.call(call.id).await.expect("a read"), Some(call.clone()));
    let details = store.feedback_details(captured.feedback).await.expect("a read");
    let details = details.expect("the details");
    assert_eq!(details.card.feedback.source, Source::Call(call.id));
    assert_eq!(details.call, Some(call));
    assert_eq!(details.messages.len(), 1, "a call is a message that still lacks its words");
}

/// Wherever the task is ended, a message is stored whole or not at all, and
/// whoever delivers it again gets it stored.
pub(super) async fn a_capture_that_is_dropped_half_way_leaves_all_or_nothing(store: &dyn Backend) {
    let (mut rounds, mut ended_early) = (0_u32, 0_u32);
    while ended_early < 20 {
        // How far a number of polls gets differs from run to run; each is tried in turn.
        let polls = rounds % 8 + 1;
        rounds += 1;
        assert!(rounds <= 500, "only {ended_early} captures were dropped half way");
        let external_id = format!("m-{rounds}");
        let capture = captured_from(inbound(&external_id, "Здравствуйте"));
        let ended = dropped_after(polls, store.capture(capture)).await;
        ended_early += u32::from(ended.is_none());
        captured(store, &external_id, "Здравствуйте").await;
    }
    let count = store.feedback_count(&FeedbackFilter::default()).await.expect("a count");
    assert_eq!(count, u64::from(rounds), "each once");
    let counts = store.job_counts().await.expect("counts");
    assert!(counts.iter().all(|it| it.count == count), "with each of its jobs: {counts:?}");
    let newest = store.newest_external_id(inbox().as_str(), "m-").await.expect("a read");
    assert!(newest.is_some());
}

/// Runs a future until it was polled so often, then drops it.
async fn dropped_after<F: Future>(polls: u32, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

async fn assert_counts(store: &dyn Backend, feedback: u64, jobs: usize) {
    let count = store.feedback_count(&FeedbackFilter::default()).await.expect("a count");
    assert_eq!(count, feedback, "feedbacks");
    let page = store.job_page(&JobFilter::default(), &first(200)).await.expect("jobs");
    assert_eq!(page.items.len(), jobs, "a first step and a check of the promise for each");
}
