//! A call that a person at the terminal, or the doctor, places: with audio both ways.

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use mostik_gateway::EncryptionMode;
use mostik_media::{
    CallQuality, MediaEvent, MediaSecurity, MediaSession, Negotiation, RtpPorts, SdpError,
    SessionSetup,
};
use mostik_sip::{
    Call, Dial, DialError, DialEvent, DialFailure, Edge, LadderEntry, Route, SessionText,
};
use tokio::sync::mpsc;

/// How long nothing may be heard until that is told.
const SILENT_FOR: Duration = Duration::from_secs(3);

/// What to dial, and how.
pub(crate) struct Order {
    /// A `sip:` address, or a number at a trunk.
    pub(crate) to: String,
    pub(crate) route: Route,
    /// The other side, or the way to it: says from which of our addresses audio goes.
    pub(crate) toward: SocketAddr,
    /// The address told to the other side, when it is not the one audio goes from.
    pub(crate) public_address: Option<IpAddr>,
    pub(crate) encryption: EncryptionMode,
    pub(crate) keys_are_safe: bool,
    pub(crate) ring_for: Duration,
}

/// Why there is no call.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotPlaced {
    #[error("no audio: {0}")]
    Ports(String),
    #[error(transparent)]
    Sdp(#[from] SdpError),
    #[error(transparent)]
    Order(#[from] DialError),
    #[error("{0}")]
    Refused(DialFailure),
}

/// An answered call with its audio.
pub(crate) struct PlacedCall {
    pub(crate) call: Call,
    pub(crate) session: MediaSession,
    pub(crate) heard: mpsc::Receiver<MediaEvent>,
    /// From our INVITE to the answer.
    pub(crate) answered_after: Duration,
}

/// Dials until somebody answers; `told` hears of what happens on the way.
pub(crate) async fn place(
    edge: &Edge,
    ports: &RtpPorts,
    order: Order,
    mut told: impl FnMut(&DialEvent),
) -> Result<PlacedCall, NotPlaced> {
    let local =
        address_toward(order.toward).map_err(|error| NotPlaced::Ports(error.to_string()))?;
    let sockets = ports.open(local).map_err(|error| NotPlaced::Ports(error.to_string()))?;
    let public = order.public_address.or_else(|| edge.public_address_by(&order.route));
    let described = public.unwrap_or(local);
    let security = MediaSecurity { mode: order.encryption, keys_are_safe: order.keys_are_safe };
    let mut negotiation = Negotiation::new(described, sockets.port()).secured(security)?;
    let offer = negotiation.offer();
    let began = Instant::now();
    let dial = Dial { ring_for: order.ring_for, ..Dial::new(order.to, order.route, offer) };
    let mut outgoing = edge.dial(dial)?;
    let (call, SessionText(answer)) = loop {
        let event = outgoing.next().await;
        told(&event);
        match event {
            DialEvent::Answered(call, answer) => break (call, answer),
            DialEvent::Failed(failure) => return Err(NotPlaced::Refused(failure)),
            DialEvent::Trying | DialEvent::Ringing | DialEvent::EarlyMedia(_) => {}
        }
    };
    let answered_after = began.elapsed();
    let plan = match negotiation.accept_answer(&answer) {
        Ok(plan) => plan,
        Err(error) => {
            call.hang_up().await;
            return Err(error.into());
        }
    };
    let (session, heard) = MediaSession::start(SessionSetup {
        sockets,
        plan,
        signalling: order.toward.ip(),
        timeout: SILENT_FOR,
        silence: SILENT_FOR,
    });
    Ok(PlacedCall { call, session, heard, answered_after })
}

impl PlacedCall {
    /// Says goodbye; how it sounded, and its messages.
    pub(crate) async fn end(self) -> (CallQuality, Vec<LadderEntry>) {
        let quality = self.session.quality().await;
        let ladder = self.call.ladder();
        self.call.hang_up().await;
        (quality, ladder.entries())
    }
}

/// Our address on the way to `peer`. Connecting a datagram socket sends nothing.
pub(crate) fn address_toward(peer: SocketAddr) -> std::io::Result<IpAddr> {
    let any: SocketAddr = if peer.is_ipv4() { ([0; 4], 0).into() } else { ([0_u16; 8], 0).into() };
    let probe = std::net::UdpSocket::bind(any)?;
    probe.connect(peer)?;
    Ok(probe.local_addr()?.ip())
}
