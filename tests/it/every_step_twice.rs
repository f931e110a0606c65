//! Every job is done twice: the first worker gets as far as the outside call
//! and dies before its commit; the second one repeats the step. What comes out
//! must be what one careful worker would have done.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mostik_channels::{Outgoing, SendError, Sent};
use mostik_domain::{
    Address, AddressKind, Call, CallFacts, CallId, Change, Channel, Decision, FeedbackId, Inbound,
    InboundCall, InboxId, Job, JobId, Language, NewJob, NoticeKind, OfficeHours, OwnerTeam,
    Ownership, OwnershipRule, ReturnPath, ReviewReason, RootCause, Step, Thresholds, Words,
    capture, link::LinkSigner,
};
use mostik_local::encoder::Encoder;
use mostik_local::{LocalJudge, LocalRootCause, LocalStage};
use mostik_pipeline::{LikelyProblems, Pipeline, Retry, Rules, decide};
use mostik_store::{Clock, Lease, Store, StoreError};
use mostik_store_sqlite::SqliteStore;
use mostik_tests::fakes::github::{GitHub as FakeGitHub, StateReason};
use mostik_trackers::{Credentials, GitHub, GitHubConfig, Tracker};

const REPOSITORY: &str = "shop/delivery";
const LEASE: SignedDuration = SignedDuration::from_secs(60);
const COMPLAINT: &str = "Курьер не приехал, посылка опаздывает уже на три дня.";

#[tokio::test]
async fn a_crash_before_each_commit_changes_nothing() {
    let mut shop = Shop::open().await;
    let first = shop.hears("Анна", COMPLAINT).await;
    shop.works_with_crashes().await;
    let second = shop.hears("Борис", COMPLAINT).await;
    shop.works_with_crashes().await;

    let [issue] = &shop.github.issues(REPOSITORY)[..] else {
        panic!("one issue, not {:?}", shop.github.issues(REPOSITORY).len());
    };
    let body = issue.body.as_deref().unwrap_or_default();
    assert!(body.contains("2 обращения"), "{body}");

    let anna = shop.github.maintainer("maintainer");
    anna.labels((REPOSITORY, issue.number), "confirmed").await;
    anna.closes((REPOSITORY, issue.number), StateReason::Completed).await;
    shop.looks_at_github(first).await;
    shop.works_with_crashes().await;

    for feedback in [first, second] {
        let details = shop.store.feedback_details(feedback).await.expect("up").expect("there");
        assert_eq!(details.card.feedback.state.as_str(), "resolved");
        let told: Vec<_> =
            details.card.notices.iter().map(|n| (n.kind, n.state.as_str())).collect();
        assert_eq!(told, [(NoticeKind::Received, "sent"), (NoticeKind::Fixed, "sent")]);
        assert_eq!(details.messages.len(), 3, "hers and two of ours");
        assert_eq!(details.classifications.len(), 1);
    }
    assert_eq!(shop.telegraph.told(), 4, "each of two customers was told twice, nobody again");

    // A week later both are asked whether all is well, unless somebody was not content.
    let left = shop.store.feedback(second).await.expect("up").expect("there");
    let reopened = left.state.clone().for_review(ReviewReason::NotSolved, shop.clock.now());
    let reopened = left.in_state(reopened.expect("she says no"), shop.clock.now());
    let says_no = Decision::nothing().and(Change::SaveFeedback(reopened));
    shop.store.submit(says_no, shop.clock.now()).await.expect("stored");
    shop.clock.turn(SignedDuration::from_hours(7 * 24));
    shop.works_with_crashes().await;
    for (feedback, followed_up) in [(first, true), (second, false)] {
        let details = shop.store.feedback_details(feedback).await.expect("up").expect("there");
        let kinds: Vec<_> = details.card.notices.iter().map(|notice| notice.kind).collect();
        assert_eq!(kinds.contains(&NoticeKind::FollowUp), followed_up, "{kinds:?}");
    }
    assert_eq!(shop.telegraph.told(), 5);
    shop.github.assert_contract_kept();
}

const PRAISE: &str = "Спасибо огромное за помощь, вы лучшие!";

#[tokio::test]
async fn praise_is_thanked_for_once_whatever_crashes() {
    let mut shop = Shop::open().await;
    let written = shop.hears("Анна", PRAISE).await;
    let spoken = shop.is_told_by_phone(PRAISE).await;
    shop.works_with_crashes().await;
    assert!(shop.github.issues(REPOSITORY).is_empty(), "there is nothing to fix");
    assert_eq!(shop.telegraph.told(), 1);
    let told = async |feedback| {
        let details = shop.store.feedback_details(feedback).await.expect("up").expect("there");
        assert_eq!(details.card.feedback.state.as_str(), "answered");
        let notices = details.card.notices.iter().map(|n| (n.kind, n.state.as_str()));
        let mut notices: Vec<_> = notices.collect();
        notices.sort_unstable();
        (notices, details.card.promises[0].state.as_str())
    };
    assert_eq!(told(written).await, (vec![(NoticeKind::Received, "sent")], "kept"));
    // A caller was promised a call back: it is due, and it is made of thanks.
    let by_phone = vec![(NoticeKind::Received, "sent"), (NoticeKind::Thanked, "awaiting_call")];
    assert_eq!(told(spoken).await, (by_phone, "due"));
    let waiting = shop.store.awaiting_call().await.expect("up");
    assert!(waiting[0].0.text.reveal().contains("Спасибо за тёплые слова"));
}

/// A pipeline on one database, with a clock that the test turns.
struct Shop {
    pipeline: Pipeline,
    store: Arc<SqliteStore>,
    clock: Arc<TurnedClock>,
    telegraph: Arc<Telegraph>,
    github: FakeGitHub,
    hours: OfficeHours,
    _folder: tempfile::TempDir,
}

impl Shop {
    async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a folder");
        let store = Arc::new(SqliteStore::open(&folder.path().join("a.db")).await.expect("opens"));
        let github = FakeGitHub::start(&[REPOSITORY]).await;
        let clock = Arc::new(TurnedClock::default());
        let telegraph = Arc::new(Telegraph::default());
        let hours =
            OfficeHours::new("Europe/Moscow", &["Mon-Sun 00:00-24:00".into()], &[]).expect("hours");
        let tracker: Arc<dyn Tracker> = Arc::new(
            GitHub::new(GitHubConfig {
                api_url: github.url(),
                credentials: Credentials::Token(github.token().into()),
                poll_every: None,
            })
            .expect("a client"),
        );
        let pipeline = Pipeline {
            store: store.clone(),
            clock: clock.clone(),
            root_causes: Arc::new(LocalRootCause::new().expect("compiled in")),
            judge: Arc::new(LocalJudge::shipped().expect("compiled in")),
            stages: Arc::new(LocalStage::new().expect("compiled in")),
            speech: None,
            listener: None,
            recordings: folder.path().join("recordings"),
            channels: HashMap::from([(Channel::Discord, telegraph.clone() as _)]),
            call_back: None,
            rings: None,
            trackers: HashMap::from([("github", tracker)]),
            likely: Arc::new(LikelyProblems::new(
                store.clone(),
                Arc::new(Encoder::shipped().expect("compiled in")),
            )),
            rules: Arc::new(rules(&hours)),
        };
        Self { pipeline, store, clock, telegraph, github, hours, _folder: folder }
    }

    async fn hears(&self, name: &str, text: &str) -> FeedbackId {
        let address = Address { kind: AddressKind::Discord, value: name.into(), proved: true };
        let inbound = Inbound {
            inbox: InboxId::new(Channel::Discord, "main"),
            channel: Channel::Discord,
            external_id: format!("dm/{name}"),
            address: Some(address.clone()),
            return_path: ReturnPath::Reply { address, room: None },
            name: Some(name.into()),
            language: Language::Russian,
            text: text.into(),
            page: None,
            claimed: None,
            at: self.clock.now(),
        };
        let fresh = || self.clock.fresh_id();
        let capture = capture::message(inbound, &self.hours, 30, &fresh);
        self.store.capture(capture).await.expect("captured").feedback
    }

    /// A call that was answered with a promise, and whose words are known.
    async fn is_told_by_phone(&self, text: &str) -> FeedbackId {
        let address = Address { kind: AddressKind::Sip, value: "sip:b@h".into(), proved: true };
        let now = self.clock.now();
        let call = Call {
            id: CallId::new(self.clock.fresh_id()),
            line: "support".into(),
            caller: address.value.clone(),
            language: Language::Russian,
            arrived_at: now,
            answered_at: Some(now),
            tone_at: Some(now),
            ended_at: now + SignedDuration::from_hours(1),
            termination: "completed/caller_hung_up".into(),
            recording: None,
            codec: None,
            facts: CallFacts::default(),
            direction: mostik_domain::Direction::Incoming,
            waited: None,
            talks: Vec::new(),
            confirmed: None,
            note: None,
        };
        let inbound = InboundCall {
            inbox: InboxId::new(Channel::Phone, "support"),
            call,
            return_path: ReturnPath::Reply { address: address.clone(), room: None },
            address: Some(address),
            name: None,
            promised: Some((now, now + SignedDuration::from_hours(8))),
        };
        let fresh = || self.clock.fresh_id();
        let capture = capture::call(inbound, &self.hours, 30, &fresh);
        let id = self.store.capture(capture).await.expect("captured").feedback;
        let mut feedback = self.store.feedback(id).await.expect("up").expect("there");
        feedback.text = Some(text.into());
        let state = feedback.state.clone().transcribed().expect("has words now");
        let classify = NewJob {
            id: JobId::new(fresh()),
            job: Job::Classify { feedback: id },
            dedup_key: format!("classify:{id}"),
            run_at: now,
        };
        let saved = Change::SaveFeedback(feedback.in_state(state, now));
        let decision = Decision::nothing().and(saved).then(classify);
        self.store.submit(decision, now).await.expect("stored");
        id
    }

    async fn looks_at_github(&self, feedback: FeedbackId) {
        let found = self.store.feedback(feedback).await.expect("up").expect("there");
        let problem = found.problem().expect("routed");
        let issue = self.store.issue_of_problem(problem).await.expect("up").expect("filed");
        let job = NewJob {
            id: JobId::new(self.clock.fresh_id()),
            job: Job::Look { issue: issue.id },
            dedup_key: "look".into(),
            run_at: self.clock.now(),
        };
        let decision = Decision::nothing().then(job);
        self.store.submit(decision, self.clock.now()).await.expect("queued");
    }

    /// Does every job that is due now, each with a worker that dies first.
    async fn works_with_crashes(&mut self) {
        while let Some(dies) = self.claim().await {
            let lost = decide(&self.pipeline, &dies).await.unwrap_or_default();
            self.clock.turn(LEASE + SignedDuration::from_secs(1));
            let lives = self.claim_again(&dies).await;
            self.refused(&dies, lost).await;
            let decision = decide(&self.pipeline, &lives).await.expect("decides");
            self.store.commit(&lives, decision, self.clock.now()).await.expect("commits");
            self.refused(&lives, Decision::nothing()).await;
        }
    }

    async fn claim(&self) -> Option<Lease> {
        self.store.claim(&Step::ALL, self.clock.now(), LEASE).await.expect("up")
    }

    async fn claim_again(&self, dead: &Lease) -> Lease {
        let again = self.claim().await.expect("the job of the dead worker");
        assert_eq!((again.id, again.attempt), (dead.id, dead.attempt + 1));
        again
    }

    async fn refused(&self, lease: &Lease, decision: Decision) {
        let refused = self.store.commit(lease, decision, self.clock.now()).await;
        assert!(matches!(refused, Err(StoreError::LeaseLost { .. })), "{refused:?}");
    }
}

fn rules(hours: &OfficeHours) -> Rules {
    Rules {
        ownership: Ownership::new(vec![OwnershipRule {
            kinds: Vec::new(),
            root_causes: vec![RootCause::Delivery],
            team: OwnerTeam {
                name: "logistics".into(),
                language: Language::Russian,
                tracker: "github".into(),
                project: REPOSITORY.into(),
                labels: Vec::new(),
                assignees: Vec::new(),
            },
        }]),
        thresholds: Thresholds::new(0.5, 0.3).expect("in order"),
        hours: hours.clone(),
        delayed_answer_minutes: 480,
        follow_up_days: 7,
        links: LinkSigner::new("key", "https://help.example.org"),
        retry: Retry {
            first: Duration::from_secs(1),
            longest: Duration::from_mins(1),
            attempts: 12,
        },
    }
}

/// Starts now, because GitHub's answers carry real times; turned forward by the test.
#[derive(Debug, Default)]
struct TurnedClock {
    seconds: AtomicI64,
}

impl TurnedClock {
    fn turn(&self, by: SignedDuration) {
        self.seconds.fetch_add(by.as_secs(), Ordering::Relaxed);
    }
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.seconds.load(Ordering::Relaxed))
    }
}

/// A channel that, like Discord, tells a message once however often its
/// idempotency key is sent.
#[derive(Debug, Default)]
struct Telegraph(Mutex<HashMap<String, Words>>);

impl Telegraph {
    fn told(&self) -> usize {
        self.0.lock().expect("not poisoned").len()
    }
}

#[async_trait]
impl mostik_channels::Channel for Telegraph {
    fn kind(&self) -> Channel {
        Channel::Discord
    }

    async fn send(&self, outgoing: &Outgoing) -> Result<Sent, SendError> {
        let key = outgoing.notice.to_string();
        let mut told = self.0.lock().expect("not poisoned");
        told.entry(key.clone()).or_insert_with(|| outgoing.text.clone());
        Ok(Sent { external_id: key })
    }
}
