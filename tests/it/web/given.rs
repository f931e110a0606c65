//! A web service of its own for each test, and what is in its store.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use mostik_domain::link::LinkSigner;
use mostik_domain::{
    BoardColumn, BoardIssue, BoardIssueId, Call, CallId, Captured, Change, Classification,
    Decision, Feedback, FeedbackId, Inbound, InboundCall, InboxId, Issue, IssueId, IssueState,
    Language, Marker, NoReturnPath, OfficeHours, OwnerTeam, Ownership, OwnershipRule, Problem,
    ProblemId, ProblemState, Recording, ReturnPath, ReviewReason, Role, RootCause, User, UserId,
    capture,
};
use mostik_local::encoder::Encoder;
use mostik_store::{
    AccessStore as _, Clock as _, ProblemCard, Store as _, StoreError, SystemClock,
};
use mostik_store_sqlite::SqliteStore;
use mostik_tests::eventually::eventually;
use mostik_web::ports::{
    Check, Delivery, HandOver, HandOverError, Intake, IntakeError, Likely, LikelyProblems,
    Readiness, WebhookOutcome, Webhooks,
};
use mostik_web::{RecordingFolder, WebParts, WebSettings, WebState, one_time_link, token_hash};
use reqwest::{Client, Method, RequestBuilder, Response, header, redirect};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The API token of every test.
pub(super) const TOKEN: &str = "a-token-for-tests";

/// A running service.
pub(super) struct Web {
    pub(super) url: String,
    pub(super) store: Arc<SqliteStore>,
    pub(super) links: LinkSigner,
    pub(super) handed_over: Arc<Mutex<Vec<(FeedbackId, String)>>>,
    pub(super) recordings: PathBuf,
    client: Client,
    stop: CancellationToken,
    _folder: TempDir,
}

impl Drop for Web {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What the tests stand in for: capture without language detection, a webhook
/// door that knows one signature, a hand-over that only remembers.
struct Doors {
    store: Arc<SqliteStore>,
    hours: OfficeHours,
    handed_over: Arc<Mutex<Vec<(FeedbackId, String)>>>,
    likely: mostik_pipeline::LikelyProblems,
}

#[async_trait]
impl Intake for Doors {
    async fn message(&self, inbound: Inbound) -> Result<Captured, IntakeError> {
        let capture = capture::message(inbound, &self.hours, 30, &Uuid::now_v7);
        self.store.capture(capture).await.map_err(IntakeError::Store)
    }
}

#[async_trait]
impl Webhooks for Doors {
    async fn github(&self, delivery: Delivery) -> WebhookOutcome {
        match (delivery.signature.as_deref(), delivery.event.as_str()) {
            (Some("sha256=right"), "issues") => WebhookOutcome::Taken,
            (Some("sha256=right"), _) => WebhookOutcome::Ignored,
            _ => WebhookOutcome::BadSignature,
        }
    }
}

#[async_trait]
impl HandOver for Doors {
    async fn to_team(&self, id: FeedbackId, team: &str, _: &str) -> Result<(), HandOverError> {
        if team != "designers" {
            return Err(HandOverError::Refused(format!("there is no team {team}")));
        }
        self.handed_over.lock().expect("no panic").push((id, team.to_owned()));
        Ok(())
    }
}

#[async_trait]
impl LikelyProblems for Doors {
    async fn to(&self, feedback: &Feedback, most: usize) -> Result<Vec<Likely>, StoreError> {
        let Some(voiced) = mostik_pipeline::Voiced::by(feedback) else { return Ok(Vec::new()) };
        let own = feedback.problem();
        let others = |card: &ProblemCard| Some(card.problem.id) != own;
        let found = self.likely.of(&voiced, &[], others, most).await?;
        let likely =
            |it: mostik_pipeline::LikelyProblem| Likely { card: it.card, certainty: it.certainty };
        Ok(found.into_iter().map(likely).collect())
    }
}

#[async_trait]
impl Readiness for Doors {
    async fn checks(&self) -> Vec<Check> {
        vec![Check { name: "database".into(), failure: None, required: true }]
    }
}

fn settings(public_url: &str, rate: u32) -> WebSettings {
    WebSettings {
        company: "Mostik".into(),
        languages: vec![Language::Russian, Language::English],
        public_url: public_url.into(),
        public_rate_per_minute: rate,
        phone: Some("sip:support@127.0.0.1:5060".into()),
        inboxes: vec!["shop".into()],
        lines: vec!["support".into(), "sales".into()],
        operators: vec!["Ольга".into(), "Пётр".into()],
        api_token_hash: token_hash(TOKEN),
    }
}

pub(super) fn hours() -> OfficeHours {
    OfficeHours::new("Europe/Moscow", &["Mon-Sun 00:00-24:00".into()], &[]).expect("valid hours")
}

fn ownership() -> Ownership {
    let team = |name: &str| OwnerTeam {
        name: name.into(),
        language: Language::Russian,
        tracker: "board".into(),
        project: name.into(),
        labels: Vec::new(),
        assignees: Vec::new(),
    };
    Ownership::new(vec![
        OwnershipRule {
            root_causes: vec![RootCause::Design],
            kinds: Vec::new(),
            team: team("designers"),
        },
        OwnershipRule {
            root_causes: vec![RootCause::Delivery],
            kinds: Vec::new(),
            team: team("logistics"),
        },
    ])
}

impl Web {
    /// Without a limit on messages.
    pub(super) async fn open() -> Self {
        Self::with_rate(0).await
    }

    /// With that many messages per minute.
    pub(super) async fn with_rate(rate: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(&folder.path().join("mostik.db")).await.expect("a store");
        let store = Arc::new(store);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let links = LinkSigner::new("key of the tests", &url);
        let handed_over = Arc::default();
        let doors = Arc::new(Doors {
            store: store.clone(),
            hours: hours(),
            handed_over: Arc::clone(&handed_over),
            likely: mostik_pipeline::LikelyProblems::new(
                store.clone(),
                Arc::new(Encoder::shipped().expect("compiled in")),
            ),
        });
        let recordings = folder.path().join("recordings");
        let state = WebState::new(WebParts {
            settings: settings(&url, rate),
            store: store.clone(),
            access: store.clone(),
            clock: Arc::new(SystemClock),
            intake: doors.clone(),
            webhooks: Some(doors.clone()),
            recordings: Arc::new(RecordingFolder::new(&recordings)),
            readiness: doors.clone(),
            hand_over: doors.clone(),
            likely: doors,
            metrics: Arc::new(|| "mostik_up 1\n".to_owned()),
            links: links.clone(),
            hours: hours(),
            ownership: ownership(),
        });
        let stop = CancellationToken::new();
        tokio::spawn(mostik_web::serve(listener, state, stop.clone().cancelled_owned()));
        // reqwest is built without a provider; another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(redirect::Policy::none()).build().expect("client");
        Self { url, store, links, handed_over, recordings, client, stop, _folder: folder }
    }

    /// Ends the service.
    pub(super) fn closes(&self) {
        self.stop.cancel();
    }

    /// A request without any sign of who asks.
    pub(super) fn asks(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// A request of a program with the API token.
    pub(super) fn api(&self, method: Method, path: &str) -> RequestBuilder {
        self.asks(method, path).bearer_auth(TOKEN)
    }

    /// A page as a signed-in browser gets it.
    pub(super) async fn page(&self, session: &str, path: &str) -> Response {
        let request = self.asks(Method::GET, path).header(header::COOKIE, session);
        request.send().await.expect("an answer")
    }

    /// A form as a browser submits it.
    pub(super) async fn submits(
        &self,
        session: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Response {
        self.asks(Method::POST, path)
            .header(header::COOKIE, session)
            .header("sec-fetch-site", "same-origin")
            .form(fields)
            .send()
            .await
            .expect("an answer")
    }

    /// The one-time link of somebody new.
    pub(super) async fn sign_in_link(&self, name: &str, role: Role) -> String {
        let user = User {
            id: UserId::new(Uuid::now_v7()),
            name: name.into(),
            role,
            created_at: Timestamp::now(),
        };
        self.store.save_user(user.clone()).await.expect("a user");
        let link = one_time_link(self.store.as_ref(), user.id, &self.url, Timestamp::now()).await;
        link.expect("a link")
    }

    /// Somebody new, signed in by the one-time link; gives the cookie.
    pub(super) async fn signs_in(&self, name: &str, role: Role) -> String {
        let link = self.sign_in_link(name, role).await;
        let path = link.strip_prefix(&self.url).expect("our own link");
        session_of(&self.submits("", path, &[]).await)
    }

    /// A message by the form of the API.
    pub(super) async fn message(&self, text: &str) -> FeedbackId {
        let answer = self
            .asks(Method::POST, "/api/v1/messages")
            .json(&serde_json::json!({ "text": text, "from": { "name": "Анна" } }))
            .send()
            .await
            .expect("an answer");
        let body: serde_json::Value = answer.json().await.expect("JSON");
        body["feedback"].as_str().expect("an id").parse().expect("an id of a feedback")
    }

    pub(super) async fn feedback(&self, id: FeedbackId) -> Feedback {
        self.store.feedback(id).await.expect("the store answers").expect("a feedback")
    }

    pub(super) async fn submit(&self, decision: Decision) {
        self.store.submit(decision, SystemClock.now()).await.expect("submitted");
    }

    /// Waits for a review with that reason.
    pub(super) async fn waits_for_a_person(&self, text: &str, reason: ReviewReason) -> FeedbackId {
        let id = self.message(text).await;
        let feedback = self.feedback(id).await;
        let named = by_model(&RootCause::Design, 0.4);
        let state = feedback.state.clone().classified(named).expect("classified");
        let state = state.answered_at(Timestamp::now()).expect("answered");
        let state = state.for_review(reason, Timestamp::now()).expect("in review");
        let saved = feedback.in_state(state, Timestamp::now());
        self.submit(Decision::nothing().and(Change::SaveFeedback(saved))).await;
        id
    }

    /// Filed with the designers, on the board.
    pub(super) async fn filed(&self, text: &str) -> Filed {
        self.filed_as(text, problem()).await
    }

    /// The first report of a problem of the designers that it names.
    pub(super) async fn reported(&self, title: &str, text: &str) -> Filed {
        let known = Problem { title: title.into(), pattern: text.into(), ..problem() };
        self.filed_as(text, known).await
    }

    async fn filed_as(&self, text: &str, problem: Problem) -> Filed {
        let id = self.message(text).await;
        let issue = issue(problem.id);
        let feedback = self.feedback(id).await;
        let now = Timestamp::now();
        let state = feedback.state.clone().classified(by_model(&RootCause::Design, 0.9));
        let state = state.and_then(|s| s.answered_at(now));
        let state = state.and_then(|s| s.routed_to("designers", problem.id, now));
        let state = state.and_then(|s| s.filed(now)).expect("filed");
        let card = board_issue(&problem, &issue);
        let filed = Filed { feedback: id, problem: problem.id, issue: issue.id, card: card.id };
        let decision = Decision::nothing()
            .and(Change::OpenProblem { gathering: self.gathering().await, problem })
            .and(Change::SaveFeedback(feedback.in_state(state, now)))
            .and(Change::SaveIssue(issue))
            .and(Change::SaveBoardIssue(card, Vec::new()));
        self.submit(decision).await;
        filed
    }

    async fn gathering(&self) -> u64 {
        self.store.look_alikes("designers", &[]).await.expect("the store answers").1
    }

    /// A call that reached the tone; nobody knows what was said.
    pub(super) async fn call(&self, audio: &[u8]) -> (FeedbackId, CallId) {
        let id = CallId::new(Uuid::now_v7());
        let file = format!("{id}.wav");
        std::fs::create_dir_all(&self.recordings).expect("a folder");
        std::fs::write(self.recordings.join(&file), audio).expect("a recording");
        let now = Timestamp::now();
        let call = Call {
            id,
            line: "support".into(),
            caller: "sip:anna@127.0.0.1".into(),
            language: Language::Russian,
            arrived_at: now,
            answered_at: Some(now),
            tone_at: Some(now),
            ended_at: now,
            termination: "completed/caller_hung_up".into(),
            recording: Some(Recording {
                file,
                milliseconds: 900,
                bytes: audio.len() as u64,
                channels: 1,
            }),
            codec: Some("PCMU".into()),
            facts: mostik_domain::CallFacts::default(),
            direction: mostik_domain::Direction::Incoming,
            waited: None,
            talks: Vec::new(),
            confirmed: None,
            note: None,
        };
        let inbound = InboundCall {
            inbox: InboxId::new(mostik_domain::Channel::Phone, "support"),
            call,
            address: None,
            return_path: ReturnPath::None(NoReturnPath::AnonymousCaller),
            name: None,
            promised: Some((now, now + SignedDuration::from_mins(30))),
        };
        let capture = capture::call(inbound, &hours(), 30, &Uuid::now_v7);
        (self.store.capture(capture).await.expect("captured").feedback, id)
    }

    /// Closes the feedback as fixed, as the track step does.
    pub(super) async fn fixes(&self, id: FeedbackId) {
        let feedback = self.feedback(id).await;
        let state = feedback.state.clone().resolved(Timestamp::now()).expect("resolved");
        let saved = feedback.in_state(state, Timestamp::now());
        self.submit(Decision::nothing().and(Change::SaveFeedback(saved))).await;
    }

    /// Waits until the service answers no more.
    pub(super) async fn is_closed(&self) {
        let address = self.url.trim_start_matches("http://").to_owned();
        eventually("the service to be closed", std::time::Duration::from_secs(20), async || {
            match tokio::net::TcpStream::connect(&address).await {
                Err(_) => Ok(()),
                Ok(_) => Err("it still listens"),
            }
        })
        .await;
    }
}

/// What a filed feedback belongs to.
pub(super) struct Filed {
    pub(super) feedback: FeedbackId,
    pub(super) problem: ProblemId,
    pub(super) issue: IssueId,
    pub(super) card: BoardIssueId,
}

/// The session cookie that an answer sets.
pub(super) fn session_of(answer: &Response) -> String {
    let set = answer.headers().get(header::SET_COOKIE).expect("a session");
    set.to_str().expect("text").split(';').next().expect("a cookie").to_owned()
}

fn by_model(cause: &RootCause, confidence: f32) -> Classification {
    let confidence = mostik_domain::Confidence::new(confidence);
    let mut named = Classification::by_operator(cause.clone(), "", Timestamp::now());
    named.confidence = confidence;
    named.decided_by = mostik_domain::DecidedBy::Model { version: "local/1".into() };
    named.evidence = vec!["кнопку".into()];
    named
}

fn problem() -> Problem {
    Problem {
        id: ProblemId::new(Uuid::now_v7()),
        root_cause: RootCause::Design,
        owner_team: "designers".into(),
        title: "Дизайн: не видно кнопки".into(),
        pattern: "не видно кнопки".into(),
        likeness_keys: vec![1],
        state: ProblemState::Open,
        stage: mostik_domain::AcceptanceStage::NoSignal,
        stage_since: Timestamp::now(),
        last_comment: None,
        opened_at: Timestamp::now(),
        revision: 0,
    }
}

fn issue(problem: ProblemId) -> Issue {
    Issue {
        id: IssueId::new(Uuid::now_v7()),
        problem,
        tracker: "board".into(),
        project: "designers".into(),
        key: problem.to_string()[29..].to_owned(),
        url: "/board/1".into(),
        state: IssueState::Open,
        told_count: 1,
        filed_at: Timestamp::now(),
        read_until: None,
        revision: 0,
    }
}

fn board_issue(problem: &Problem, _: &Issue) -> BoardIssue {
    let marker = Marker::of(problem.id);
    BoardIssue {
        id: BoardIssueId::new(Uuid::now_v7()),
        project: "designers".into(),
        number: 0,
        marker: marker.as_str().into(),
        title: problem.title.clone(),
        body: format!("### Что говорят клиенты\n\n> <b>не видно</b>\n\n{}", marker.as_str()),
        column: BoardColumn::New,
        labels: Vec::new(),
        assignee: None,
        filed_at: Timestamp::now(),
        revision: 0,
    }
}
