//! Opens audio, offers it, dials, and waits for somebody to answer.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use mostik_media::{
    EncryptionMode, MediaEvent, MediaPlan, MediaSecurity, MediaSession, Negotiation, RtpPorts,
    RtpSockets, SessionSetup,
};
use mostik_sip::{Call, Dial, DialEvent, DialFailure, LineOut, SessionText, Toward};
use tokio::sync::mpsc;

use super::{NotPlaced, OutgoingOrder, Progress};
use crate::GatewayConfig;
use crate::facts::milliseconds_since;
use crate::reception::local_address_toward;

/// How the audio of our calls is set up.
#[derive(Debug, Clone, Copy)]
pub struct CallTerms {
    /// The address peers reach us by when it is not the one we send from (NAT).
    pub public_address: Option<IpAddr>,
    /// Whether audio is encrypted. Keys are only exchanged where the signalling is encrypted too.
    pub encryption: EncryptionMode,
    /// How long no audio may arrive before it counts as lost.
    pub media_timeout: Duration,
    /// How long a silence after speech is reported.
    pub silence: Duration,
}

impl CallTerms {
    /// Those of the calls that come in.
    pub(crate) const fn of(config: &GatewayConfig, silence: Duration) -> Self {
        Self {
            public_address: config.public_address,
            encryption: config.encryption,
            media_timeout: config.media_timeout,
            silence,
        }
    }
}

/// Places calls with audio. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CallsOut {
    lines: LineOut,
    ports: RtpPorts,
    terms: CallTerms,
}

/// An answered call of ours with its audio. Dropping it hangs up.
#[derive(Debug)]
pub struct Leg {
    /// The signalling.
    pub call: Call,
    /// The audio: silent until told otherwise.
    pub session: MediaSession,
    /// What is heard: keys, voice, the end of prompts.
    pub heard: mpsc::Receiver<MediaEvent>,
    /// Our half of what was agreed, for holds and changes.
    pub negotiation: Negotiation,
    /// What was agreed.
    pub media: MediaPlan,
    /// From our order to the answer, in milliseconds.
    pub setup_milliseconds: u64,
}

/// Our side of the audio, before anybody answers.
struct Offered {
    sockets: RtpSockets,
    negotiation: Negotiation,
    sdp: String,
    toward: Toward,
}

impl CallsOut {
    /// Dials by `lines`, with audio from `ports`.
    pub const fn new(lines: LineOut, ports: RtpPorts, terms: CallTerms) -> Self {
        Self { lines, ports, terms }
    }

    /// Where a route leads, and who is registered.
    pub const fn lines(&self) -> &LineOut {
        &self.lines
    }

    /// Dials until somebody answers or the order's time is over; `told` hears of what happens on
    /// the way. Dropping the future cancels the call, or hangs up when it was answered at that
    /// very moment.
    pub async fn place(
        &self,
        order: OutgoingOrder,
        mut told: impl FnMut(Progress) + Send,
    ) -> Result<Leg, NotPlaced> {
        let began = Instant::now();
        let Offered { sockets, negotiation, sdp, toward } = self.offer(&order).await?;
        let OutgoingOrder { to, route, from, display_name, headers, ring_for } = order;
        let dial = Dial { from, display_name, headers, ring_for, ..Dial::new(to, route, sdp) };
        let mut outgoing = self.lines.dial(dial)?;
        let (call, SessionText(answer)) = loop {
            match outgoing.next().await {
                DialEvent::Answered(call, answer) => break (call, answer),
                DialEvent::Failed(failure) => return Err(failure.into()),
                DialEvent::Trying => told(Progress::Trying),
                DialEvent::Ringing => told(Progress::Ringing),
                DialEvent::EarlyMedia(_) => told(Progress::EarlyMedia),
            }
        };
        let setup_milliseconds = milliseconds_since(began);
        let media = match negotiation.accept_answer(&answer) {
            Ok(media) => media,
            Err(error) => {
                call.hang_up().await;
                return Err(error.into());
            }
        };
        sockets.discard_what_came();
        let (session, heard) = MediaSession::start(SessionSetup {
            sockets,
            plan: media,
            signalling: call.peer().unwrap_or(toward.address).ip(),
            timeout: self.terms.media_timeout,
            silence: self.terms.silence,
        });
        Ok(Leg { call, session, heard, negotiation, media, setup_milliseconds })
    }

    async fn offer(&self, order: &OutgoingOrder) -> Result<Offered, NotPlaced> {
        let toward = self.lines.toward(&order.route).await?.ok_or(DialFailure::Unreachable)?;
        let local = local_address_toward(toward.address).map_err(NotPlaced::NoWay)?;
        let sockets = self.ports.open(local)?;
        let public = self.terms.public_address.or(toward.public_address);
        let security =
            MediaSecurity { mode: self.terms.encryption, keys_are_safe: toward.encrypted };
        let described = public.unwrap_or(local);
        let mut negotiation = Negotiation::new(described, sockets.port()).secured(security)?;
        let sdp = negotiation.offer();
        Ok(Offered { sockets, negotiation, sdp, toward })
    }
}
