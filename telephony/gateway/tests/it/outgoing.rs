//! Calls that we place, with audio, to a telephone that does as it likes.

use std::time::Duration;

use mostik_gateway::EncryptionMode;
use mostik_gateway::outgoing::{CallTerms, CallsOut, Leg, NotPlaced, OutgoingOrder, Progress};
use mostik_media::{Clip, Codec, MediaEvent, RtpPorts};
use mostik_sip::{
    CallEvent, DialError, DialFailure, Edge, EdgeConfig, EndedBy, Listen, Route, Transport,
    TrunkConfig,
};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::callee::Callee;
use crate::phone::PATIENCE;

struct World {
    edge: Edge,
    out: CallsOut,
}

impl World {
    async fn open(first_port: u16, encryption: EncryptionMode) -> Self {
        Self::with_trunks(first_port, encryption, Vec::new()).await
    }

    async fn with_trunks(
        first_port: u16,
        encryption: EncryptionMode,
        trunks: Vec<TrunkConfig>,
    ) -> Self {
        let listen = Listen { transport: Transport::Udp, address: ([127, 0, 0, 1], 0).into() };
        let config = EdgeConfig { listen: vec![listen], trunks, ..EdgeConfig::default() };
        let (edge, _) = Edge::start(config).await.expect("an edge");
        let ports = RtpPorts::new(first_port..=first_port + 19).expect("ports");
        let terms = CallTerms {
            public_address: None,
            encryption,
            media_timeout: Duration::from_secs(20),
            silence: Duration::from_secs(3),
        };
        let out = CallsOut::new(edge.line_out(), ports, terms);
        Self { edge, out }
    }

    /// Places a call; what happens on its way comes by the channel.
    fn place(
        &self,
        order: OutgoingOrder,
    ) -> (JoinHandle<Result<Leg, NotPlaced>>, mpsc::UnboundedReceiver<Progress>) {
        let (tell, told) = mpsc::unbounded_channel();
        let out = self.out.clone();
        let placing = tokio::spawn(async move {
            out.place(order, |progress| {
                let _ = tell.send(progress);
            })
            .await
        });
        (placing, told)
    }

    async fn until_idle(&self) {
        let idle = async {
            while self.edge.calls_in_progress() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, idle).await.expect("no call in time");
    }
}

async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("in time")
}

#[tokio::test]
async fn who_answers_hears_us_and_is_heard() {
    let world = World::open(28_000, EncryptionMode::Preferred).await;
    let mut callee = Callee::new().await;
    let mut order = OutgoingOrder::new(callee.uri(), callee.route());
    order.display_name = Some("Mostik".into());
    let (placing, mut told) = world.place(order);
    assert!(callee.is_called().await.starts_with("\"Mostik\""));
    callee.says("180 Ringing").await;
    assert_eq!(soon(told.recv()).await, Some(Progress::Ringing));
    // Ringing tones of the carrier: nobody is there yet, and no key of theirs counts.
    callee.says_with("183 Session Progress", &callee.description()).await;
    assert_eq!(soon(told.recv()).await, Some(Progress::EarlyMedia));
    callee.presses(9).await;
    callee.picks_up().await;
    let mut leg = soon(placing).await.expect("no crash").expect("answered");
    assert_eq!((leg.media.codec, leg.call.peer()), (Codec::Pcmu, Some(callee.address())));
    let tone = include_bytes!("../../prompts/tone.wav");
    leg.session.play(Clip::from_wav(tone).expect("a clip"), 1).await;
    callee.hears_something().await;
    callee.presses(1).await;
    let key = loop {
        if let Some(MediaEvent::Key(key)) = soon(leg.heard.recv()).await {
            break key;
        }
    };
    assert_eq!(key, '1');
    callee.hangs_up().await;
    let CallEvent::Ended(ended) = soon(leg.call.next_event()).await else { panic!("not ended") };
    assert_eq!(ended.by, EndedBy::Peer);
}

#[tokio::test]
async fn a_refusal_says_why_and_gives_everything_back() {
    let world = World::open(28_100, EncryptionMode::Preferred).await;
    for (status, failure) in [
        ("486 Busy Here", DialFailure::Busy),
        ("603 Decline", DialFailure::Declined),
        ("404 Not Found", DialFailure::UnknownNumber),
        ("480 Temporarily Unavailable", DialFailure::NoAnswer),
        ("500 Server Error", DialFailure::Refused { status: 500 }),
    ] {
        let mut callee = Callee::new().await;
        let (placing, _) = world.place(OutgoingOrder::new(callee.uri(), callee.route()));
        callee.is_called().await;
        callee.says(status).await;
        match soon(placing).await.expect("no crash") {
            Err(NotPlaced::Failed(why)) => assert_eq!(why, failure),
            other => panic!("{other:?}"),
        }
    }
    world.until_idle().await;
}

#[tokio::test]
async fn nobody_answers_in_time() {
    let world = World::open(28_200, EncryptionMode::Preferred).await;
    let mut callee = Callee::new().await;
    let mut order = OutgoingOrder::new(callee.uri(), callee.route());
    order.ring_for = Duration::from_millis(300);
    let (placing, _) = world.place(order);
    callee.is_called().await;
    callee.says("180 Ringing").await;
    callee.expect("CANCEL").await;
    callee.says("487 Request Terminated").await;
    let failed = soon(placing).await.expect("no crash").expect_err("nobody answered");
    assert!(matches!(failed, NotPlaced::Failed(DialFailure::NoAnswer)), "{failed:?}");
    assert!(failed.may_have_rung());
}

#[tokio::test]
async fn a_call_nobody_waits_for_is_cancelled() {
    let world = World::open(28_300, EncryptionMode::Preferred).await;
    let mut callee = Callee::new().await;
    let (placing, mut told) = world.place(OutgoingOrder::new(callee.uri(), callee.route()));
    callee.is_called().await;
    callee.says("180 Ringing").await;
    assert_eq!(soon(told.recv()).await, Some(Progress::Ringing));
    placing.abort();
    callee.expect("CANCEL").await;
    callee.says("487 Request Terminated").await;
    world.until_idle().await;
}

#[tokio::test]
async fn without_audio_in_common_the_answered_call_is_hung_up() {
    let world = World::open(28_400, EncryptionMode::Preferred).await;
    for description in ["nonsense", "v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 18\r\n"] {
        let mut callee = Callee::new().await;
        let (placing, _) = world.place(OutgoingOrder::new(callee.uri(), callee.route()));
        callee.is_called().await;
        callee.says_with("200 OK", description).await;
        callee.expect("BYE").await;
        let failed = soon(placing).await.expect("no crash").expect_err("no audio");
        assert!(matches!(failed, NotPlaced::Audio(_)), "{failed:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_dialled_is_said_at_once() {
    let world = World::open(28_500, EncryptionMode::Preferred).await;
    let order = |to: &str, route| soon(world.out.place(OutgoingOrder::new(to, route), |_| ()));
    let here = Route::Direct { transport: Transport::Udp, address: ([127, 0, 0, 1], 9).into() };
    let failed = order("a b\r\nX: y", here).await.expect_err("no number");
    assert!(matches!(failed, NotPlaced::Order(DialError::Target)), "{failed:?}");
    let failed = order("1", Route::Trunk("none".into())).await.expect_err("no trunk");
    assert!(matches!(failed, NotPlaced::Order(DialError::NoSuchTrunk(_))), "{failed:?}");
    let failed = order("1", Route::Phone("desk".into())).await.expect_err("no phone");
    assert!(matches!(failed, NotPlaced::Order(DialError::NotRegistered)), "{failed:?}");
    let failed = order("1", Route::Trunks(vec![])).await.expect_err("nowhere");
    assert!(matches!(failed, NotPlaced::Failed(DialFailure::Unreachable)), "{failed:?}");

    let strict = World::open(28_600, EncryptionMode::Required).await;
    let callee = Callee::new().await;
    let placed = strict.out.place(OutgoingOrder::new(callee.uri(), callee.route()), |_| ());
    let failed = soon(placed).await.expect_err("keys would be seen by all");
    assert!(matches!(failed, NotPlaced::Audio(_)) && !failed.may_have_rung(), "{failed:?}");

    let World { edge, out } = world;
    edge.shutdown(Duration::ZERO).await;
    let failed = soon(out.place(OutgoingOrder::phone("desk"), |_| ())).await.expect_err("closed");
    assert!(matches!(failed, NotPlaced::Order(DialError::NotOpen)), "{failed:?}");
}

fn trunk(name: &str, carrier: &Callee) -> TrunkConfig {
    TrunkConfig {
        register: false,
        ask_every: None,
        ..TrunkConfig::new(name, carrier.address().to_string(), "mostik", None)
    }
}

/// A number, by both carriers in their order.
fn by_carriers() -> OutgoingOrder {
    let route = Route::Trunks(vec!["one".into(), "two".into()]);
    OutgoingOrder { from: Some("+74957654321".into()), ..OutgoingOrder::new("+74951234567", route) }
}

#[tokio::test]
async fn a_carrier_that_fails_in_mid_dial_is_followed_by_the_next() {
    let (mut one, mut two) = (Callee::new().await, Callee::new().await);
    let trunks = vec![trunk("one", &one), trunk("two", &two)];
    let world = World::with_trunks(28_700, EncryptionMode::Preferred, trunks).await;
    let (placing, _told) = world.place(by_carriers());
    one.is_called().await;
    one.says("100 Trying").await;
    one.says("503 Service Unavailable").await;
    assert!(two.is_called().await.contains("+74957654321"), "the number that is shown");
    two.picks_up().await;
    let leg = soon(placing).await.expect("no crash").expect("answered by the second");
    assert_eq!(leg.call.peer(), Some(two.address()));
}

#[tokio::test]
async fn a_carrier_that_dies_after_100_is_given_up_in_time() {
    let (mut one, two) = (Callee::new().await, Callee::new().await);
    let trunks = vec![trunk("one", &one), trunk("two", &two)];
    let world = World::with_trunks(28_800, EncryptionMode::Preferred, trunks).await;
    let order = OutgoingOrder { ring_for: Duration::from_millis(400), ..by_carriers() };
    let (placing, _told) = world.place(order);
    one.is_called().await;
    one.says("100 Trying").await;
    // It may have let a phone ring: nobody else is tried, or she would be called twice.
    let failed = soon(placing).await.expect("no crash").expect_err("nobody answered");
    assert!(matches!(failed, NotPlaced::Failed(DialFailure::NoAnswer)), "{failed:?}");
    assert!(failed.may_have_rung());
    one.expect("CANCEL").await;
}
