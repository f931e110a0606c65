//! A running edge and what tests ask of it.

use std::time::Duration;

use mostik_sip::{
    Call, CallEvent, Counters, Edge, EdgeConfig, IncomingCall, Listen, Network, Transport,
};
use tokio::sync::mpsc::Receiver;

use crate::phone::Phone;

/// How long anything in a test may take that should happen at once.
pub(crate) const SOON: Duration = Duration::from_secs(5);

/// Our session description in tests.
pub(crate) const ANSWER: &str = "v=0\r\ns=answer\r\n";

pub(crate) struct World {
    pub(crate) edge: Edge,
    pub(crate) calls: Receiver<IncomingCall>,
}

/// UDP and TCP on free ports of loopback.
pub(crate) fn config() -> EdgeConfig {
    EdgeConfig {
        listen: [Transport::Udp, Transport::Tcp]
            .map(|transport| Listen { transport, address: ([127, 0, 0, 1], 0).into() })
            .to_vec(),
        requests_per_second: 0,
        ..EdgeConfig::default()
    }
}

pub(crate) fn only(network: &str) -> Vec<Network> {
    vec![network.parse().unwrap()]
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: EdgeConfig) -> Self {
        crate::logs::listen();
        let (edge, calls) = Edge::start(config).await.unwrap();
        Self { edge, calls }
    }

    pub(crate) fn address(&self, transport: Transport) -> std::net::SocketAddr {
        let listening = self.edge.listening();
        let listen = listening.iter().find(|l| l.transport == transport);
        listen.unwrap().address
    }

    pub(crate) async fn phone(&self, transport: Transport) -> Phone {
        Phone::connect(transport, self.address(transport)).await
    }

    pub(crate) async fn incoming(&mut self) -> IncomingCall {
        let call = tokio::time::timeout(SOON, self.calls.recv()).await;
        call.expect("a call in time").expect("an edge")
    }

    /// A call of `phone`, answered and acknowledged.
    pub(crate) async fn established(&mut self, phone: &mut Phone) -> Call {
        phone.invite(Some("v=0\r\ns=offer\r\n")).await;
        let call = self.incoming().await;
        let answering = tokio::spawn(call.answer(ANSWER.to_owned()));
        let ok = phone.expect_final(200).await;
        phone.acknowledge(&ok).await;
        soon(answering).await.unwrap().unwrap()
    }

    /// Waits until the counters say so.
    pub(crate) async fn until(&self, condition: impl Fn(&Counters) -> bool) {
        let reached = async {
            while !condition(&self.edge.counters()) {
                tokio::task::yield_now().await;
            }
        };
        let counters = || self.edge.counters();
        assert!(tokio::time::timeout(SOON, reached).await.is_ok(), "{:?}", counters());
    }

    /// Waits until no call is in progress.
    pub(crate) async fn until_idle(&self) {
        let reached = async {
            while self.edge.calls_in_progress() > 0 {
                tokio::task::yield_now().await;
            }
        };
        soon(reached).await;
    }
}

/// The result, within [`SOON`].
pub(crate) async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, work).await.expect("in time")
}

pub(crate) async fn next(call: &mut Call) -> CallEvent {
    soon(call.next_event()).await
}
