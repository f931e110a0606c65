//! From an incoming call to a conversation: what line, what plan, what audio.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use mostik_media::{MediaPlan, MediaSession, Negotiation, RtpSockets, SdpError, SessionSetup};
use mostik_sip::{Call, IncomingCall, Party};
use uuid::Uuid;

use crate::conversation::Conversation;
use crate::gateway::Shared;
use crate::{ArrivedCall, CallPlan, Caller, Refusal};

/// How long the host may think before the caller hears that we are not available.
const PLAN_PATIENCE: Duration = Duration::from_secs(5);
/// How long a silence ends a message.
const SILENCE: Duration = Duration::from_secs(3);
/// Message limits outside of this are pulled to its ends.
const MESSAGE_LIMITS: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(10));

/// Meets one call, from its arrival to the host's having kept it.
pub(crate) async fn receive(shared: Arc<Shared>, incoming: IncomingCall) {
    let arrived = describe(&incoming);
    tracing::Span::current().record("id", arrived.id.as_str());
    let plan = tokio::select! {
        plan = plan(&shared, &arrived) => plan,
        () = incoming.cancelled() => {
            tracing::info!("the caller gave up before the answer");
            return;
        }
    };
    let plan = match plan {
        Ok(plan) => plan,
        Err(refusal) => {
            tracing::info!(%refusal, status = refusal.sip_status(), "call refused");
            return incoming.reject(refusal.sip_status()).await;
        }
    };
    let audio = match agree(&shared, &incoming) {
        Ok(audio) => audio,
        Err(status) => return incoming.reject(status).await,
    };
    if let Some(line) = establish(&shared, incoming, audio).await {
        Conversation::start(shared, arrived, plan, line).await.run().await;
    }
}

fn describe(incoming: &IncomingCall) -> ArrivedCall {
    ArrivedCall {
        id: format!("call_{}", Uuid::now_v7().simple()),
        caller: caller(&incoming.caller),
        line: incoming.called.user.clone(),
        source: incoming.source,
        at: Timestamp::now(),
    }
}

fn caller(party: &Party) -> Caller {
    Caller {
        uri: party.uri.clone(),
        user: party.user.clone(),
        host: party.host.clone(),
        display_name: party.display_name.clone(),
    }
}

async fn plan(shared: &Shared, arrived: &ArrivedCall) -> Result<CallPlan, Refusal> {
    let asked = tokio::time::timeout(PLAN_PATIENCE, shared.host.plan(arrived)).await;
    let mut plan = asked.unwrap_or(Err(Refusal::Unavailable))?;
    plan.promise = plan.promise.rounded_up();
    plan.max_message = plan.max_message.clamp(MESSAGE_LIMITS.0, MESSAGE_LIMITS.1);
    Ok(plan)
}

/// An answered call with its audio.
pub(crate) struct Line {
    pub(crate) call: Call,
    pub(crate) negotiation: Negotiation,
    pub(crate) media: MediaPlan,
    pub(crate) session: MediaSession,
    pub(crate) heard: tokio::sync::mpsc::Receiver<mostik_media::MediaEvent>,
    /// Whether the caller hides her number.
    pub(crate) anonymous: bool,
}

/// Our side of the audio, before the call is answered.
struct OfferedAudio {
    sockets: RtpSockets,
    negotiation: Negotiation,
    /// Our answer, or our offer when the caller made none.
    description: String,
    /// What was agreed; still open when the offer is ours.
    agreed: Option<MediaPlan>,
}

/// Opens ports and answers the caller's offer; or the SIP status that says why not.
fn agree(shared: &Shared, incoming: &IncomingCall) -> Result<OfferedAudio, u16> {
    let (local, sockets) = open_sockets(shared, incoming.source).map_err(|error| {
        tracing::warn!(%error, "no audio for a call");
        503_u16
    })?;
    let described = shared.config.public_address.unwrap_or(local);
    let mut negotiation = Negotiation::new(described, sockets.port());
    let (description, agreed) = match incoming.offer.as_deref() {
        Some(offer) => {
            let (answer, plan) = negotiation.answer(offer).map_err(|error| {
                tracing::info!(%error, "the offered audio is refused");
                refusal_of(&error)
            })?;
            (answer, Some(plan))
        }
        None => (negotiation.offer(), None),
    };
    Ok(OfferedAudio { sockets, negotiation, description, agreed })
}

/// Answers, and starts the audio once the caller's phone has confirmed.
async fn establish(shared: &Shared, incoming: IncomingCall, audio: OfferedAudio) -> Option<Line> {
    let (signalling, anonymous) = (incoming.source.ip(), incoming.caller.is_anonymous());
    let OfferedAudio { sockets, negotiation, description, agreed } = audio;
    let call = match incoming.answer(description).await {
        Ok(call) => call,
        Err(error) => {
            tracing::info!(%error, "the call was not established");
            return None;
        }
    };
    let answered = || negotiation.accept_answer(call.answer_in_ack()?).ok();
    let Some(media) = agreed.or_else(answered) else {
        tracing::info!("our offer was not answered with audio");
        call.hang_up().await;
        return None;
    };
    let (session, heard) = MediaSession::start(SessionSetup {
        sockets,
        plan: media,
        signalling,
        timeout: shared.config.media_timeout,
        silence: SILENCE,
    });
    Some(Line { call, negotiation, media, session, heard, anonymous })
}

/// Audio goes out from the address that the way to the peer leads through.
fn open_sockets(
    shared: &Shared,
    peer: SocketAddr,
) -> Result<(IpAddr, RtpSockets), Box<dyn std::error::Error + Send + Sync>> {
    let any: SocketAddr = if peer.is_ipv4() { ([0; 4], 0).into() } else { ([0_u16; 8], 0).into() };
    let probe = std::net::UdpSocket::bind(any)?;
    // Connecting a datagram socket sends nothing; it only asks for the route.
    probe.connect(peer)?;
    let local = probe.local_addr()?.ip();
    Ok((local, shared.ports.open(local)?))
}

/// RFC 3261 section 21.4: what the caller's phone is told.
pub(crate) const fn refusal_of(error: &SdpError) -> u16 {
    match error {
        SdpError::TooLarge => 413,
        SdpError::Malformed(_) => 400,
        SdpError::NoAudio
        | SdpError::EncryptedOnly
        | SdpError::NoCommonCodec
        | SdpError::UnusableAddress => 488,
    }
}
