//! Real phones call the line; each call becomes one stored feedback with its recording.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mostik_channels::{Intake, Phone as Line, PhoneLine, Senses};
use mostik_domain::{Language, NoReturnPath, NoticeState, OfficeHours, ReturnPath, Words};
use mostik_gateway::{Gateway, GatewayConfig, Lines};
use mostik_sip::{Edge, EdgeConfig, Listen};
use mostik_store::{FeedbackDetails, FeedbackFilter, PageRequest, Store, SystemClock};
use mostik_store_sqlite::SqliteStore;
use mostik_tests::eventually::eventually;
use mostik_tests::needs;
use mostik_tests::needs::repository;
use mostik_tests::phones::{CallPlan, Codec, Phone, Sound, Transport};
use mostik_tests::ports::PortBlock;
use tempfile::TempDir;
use tokio::net::UdpSocket;
use tokio_util::sync::{CancellationToken, DropGuard};

const PATIENCE: Duration = Duration::from_secs(30);

/// A line with prompts of a tenth of a second, so that no test waits for a greeting to end.
struct Switchboard {
    store: Arc<dyn Store>,
    uri: String,
    folder: TempDir,
    _edge: Edge,
    _stop: DropGuard,
    _ports: PortBlock,
}

fn prompts() -> std::path::PathBuf {
    repository().join("telephony/gateway/prompts/ru")
}

fn write_short_prompts(folder: &Path) {
    std::fs::create_dir_all(folder.join("ru")).expect("a folder");
    for prompt in std::fs::read_dir(prompts()).expect("the shipped prompts") {
        let name = prompt.expect("a prompt").file_name();
        Sound::tone(400.0, Duration::from_millis(100)).write(&folder.join("ru").join(name));
    }
}

impl Switchboard {
    async fn open() -> Self {
        let (folder, ports) = (tempfile::tempdir().expect("a folder"), PortBlock::take());
        let store = SqliteStore::open(&folder.path().join("mostik.db")).await.expect("a store");
        let store: Arc<dyn Store> = Arc::new(store);
        let intake = Intake {
            store: store.clone(),
            clock: Arc::new(SystemClock),
            hours: OfficeHours::new("Europe/Moscow", &["Mon-Sun 00:00-24:00".into()], &[])
                .expect("valid hours"),
            response_minutes: 30,
            detect_language: Arc::new(|_, language| language),
        };
        let line = PhoneLine::new("support".into(), Language::Russian, Duration::from_secs(30));
        let address = ([127, 0, 0, 1], ports.single()).into();
        let listen = [mostik_sip::Transport::Udp, mostik_sip::Transport::Tcp]
            .map(|transport| Listen { transport, address });
        let config = EdgeConfig { listen: listen.to_vec(), ..EdgeConfig::default() };
        let (edge, incoming) = Edge::start(config).await.expect("the edge listens");

        write_short_prompts(&folder.path().join("prompts"));
        let mut config = GatewayConfig::new(folder.path().join("recordings"), ports.media());
        config.prompts_dir = Some(folder.path().join("prompts"));
        let stop = CancellationToken::new();
        let lines = Lines::new(incoming, edge.line_out());
        let gateway = Gateway::run(
            config,
            lines,
            Line::new(intake, vec![line], None, Senses::default(), None, None),
            stop.clone(),
        );
        tokio::spawn(async move { gateway.await.expect("the gateway runs") });
        let uri = format!("sip:support@{address}");
        Self { store, uri, folder, _edge: edge, _stop: stop.drop_guard(), _ports: ports }
    }

    async fn keeps(&self, calls: usize) -> Vec<FeedbackDetails> {
        let page = PageRequest { limit: 200, after: None };
        let cards = eventually("the calls to be stored", PATIENCE, async || {
            let page = self.store.feedback_page(&FeedbackFilter::default(), &page).await;
            let cards = page.expect("the store answers").items;
            if cards.len() == calls { Ok(cards) } else { Err(format!("{} stored", cards.len())) }
        })
        .await;
        let mut all = Vec::new();
        for card in cards {
            let details = self.store.feedback_details(card.feedback.id).await;
            all.push(details.expect("the store answers").expect("it is there"));
        }
        all
    }
}

#[tokio::test]
async fn calls_over_both_transports_become_feedback_with_what_was_said() {
    needs!("sipp");
    let line = Switchboard::open().await;
    let said = Sound::read(&prompts().join("thanks.wav"));
    let plan = |transport, codec| {
        CallPlan::to(&line.uri)
            .over(transport)
            .with(codec)
            .from("anna")
            .says_after(Duration::from_secs(4), &said)
    };
    let (udp, tcp) = tokio::join!(
        Phone::Sipp.call(plan(Transport::Udp, Codec::Pcma).times(2)),
        Phone::Sipp.call(plan(Transport::Tcp, Codec::Pcmu)),
    );
    assert_eq!((udp.ended_by_peer, tcp.ended_by_peer), (2, 1), "{}\n{}", udp.output, tcp.output);

    for details in line.keeps(3).await {
        let call = details.call.expect("the call");
        assert_eq!(call.termination, "message_left/silence");
        let recording = call.recording.expect("what was said");
        let file = line.folder.path().join("recordings").join(&recording.file);
        assert_eq!(std::fs::metadata(&file).expect("on disk").len(), recording.bytes);
        let likeness = Sound::read(&file).likeness_of(&said);
        assert!(likeness > 0.8, "likeness {likeness:.2}");

        let card = details.card;
        assert!(matches!(card.notices[0].state, NoticeState::Sent { .. }), "told by voice");
        assert_eq!(card.promises[0].due_at.duration_since(card.promises[0].made_at).as_mins(), 30);
        let ReturnPath::Reply { address, .. } = card.feedback.return_path else { panic!("known") };
        assert!(address.value.reveal().starts_with("sip:anna@"), "{}", address.value.reveal());
        assert!(!address.proved, "the phone only claims who calls");
        assert_eq!(card.feedback.text, None, "nobody has listened to it yet");
    }
}

/// A bare INVITE by hand: SIPp's scenario goes on waiting for an answer after a refusal.
async fn final_status_of_an_invite(uri: &str) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let here = socket.local_addr().expect("bound");
    let invite = format!(
        "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK-by-hand\r\n\
         From: <sip:anna@{here}>;tag=1\r\nTo: <{uri}>\r\nCall-ID: by-hand@{here}\r\n\
         CSeq: 1 INVITE\r\nContact: <sip:anna@{here}>\r\nMax-Forwards: 70\r\n\
         Content-Length: 0\r\n\r\n"
    );
    let there = uri.split('@').next_back().expect("an address");
    socket.send_to(invite.as_bytes(), there).await.expect("sent");
    let answers = async {
        let mut buffer = [0; 2048];
        loop {
            let length = socket.recv(&mut buffer).await.expect("an answer");
            let answer = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
            if !status.starts_with('1') {
                return status;
            }
        }
    };
    tokio::time::timeout(PATIENCE, answers).await.expect("an answer in time")
}

#[tokio::test]
async fn an_unknown_line_is_refused_and_an_anonymous_caller_is_kept() {
    needs!("sipp");
    let line = Switchboard::open().await;
    assert_eq!(final_status_of_an_invite(&line.uri.replace("support", "sales")).await, "404");

    let said = Sound::read(&prompts().join("thanks.wav"));
    let plan = CallPlan::to(&line.uri).from("anonymous");
    Phone::Sipp.call(plan.says_after(Duration::from_secs(4), &said)).await.expect_completed(1);
    let details = line.keeps(1).await.remove(0);
    let anonymous = ReturnPath::None(NoReturnPath::AnonymousCaller);
    assert_eq!(details.card.feedback.return_path, anonymous);
    assert_eq!(details.card.customer.name, None::<Words>);
}
