//! From an incoming call to a conversation: what line, what plan, what audio.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use mostik_media::{
    MediaPlan, MediaSecurity, MediaSession, Negotiation, RtpSockets, SdpError, SessionSetup,
};
use mostik_sip::{AnswerError, Call, IncomingCall, Party, Transport};
use uuid::Uuid;

use crate::conversation::Conversation;
use crate::echo;
use crate::facts::{milliseconds_since, steps};
use crate::gateway::Shared;
use crate::studio;
use crate::{
    ArrivedCall, CallApp, CallFacts, Caller, CameBy, CompletedCall, NotAnswered, Refusal,
    SpokenLanguage, Termination,
};

/// How long the host may think before the caller hears that we are not available.
const PLAN_PATIENCE: Duration = Duration::from_secs(5);
/// How long a silence ends a message.
pub(crate) const SILENCE: Duration = Duration::from_secs(3);
/// Message limits outside of this are pulled to its ends.
const MESSAGE_LIMITS: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(10));

/// Meets one call, from its arrival to the host's having kept it.
pub(crate) async fn receive(shared: Arc<Shared>, incoming: IncomingCall) {
    let began = Instant::now();
    let (arrived, facts, ladder) = (describe(&incoming), facts(&incoming), incoming.ladder());
    tracing::Span::current().record("id", arrived.id.as_str());
    let refused = match greet(&shared, &arrived, incoming, began).await {
        Ok((app, line)) => {
            let facts = CallFacts { setup_milliseconds: Some(line.setup_milliseconds), ..facts };
            return converse(shared, arrived, app, line, facts).await;
        }
        Err(why) => why,
    };
    tracing::info!(reason = Termination::from(refused).reason(), "call not answered");
    let facts = CallFacts { ladder: steps(&ladder), ..facts };
    let told = CompletedCall::arriving(arrived, SpokenLanguage::Russian, facts);
    shared.delivery.mention(CompletedCall { termination: refused.into(), ..told }).await;
}

async fn converse(
    shared: Arc<Shared>,
    arrived: ArrivedCall,
    app: CallApp,
    line: Line,
    facts: CallFacts,
) {
    let answered = |language| CompletedCall {
        answered_at: Some(Timestamp::now()),
        codec: line.media.codec.name().into(),
        ..CompletedCall::arriving(arrived, language, facts)
    };
    match app {
        CallApp::Message(plan) => {
            let told = answered(plan.language);
            Conversation::start(shared, told, plan, line).run().await;
        }
        CallApp::Echo => {
            let told = answered(SpokenLanguage::English);
            echo::run(shared, told, line).await;
        }
        CallApp::Studio(plan) => {
            let told = answered(plan.language);
            studio::run(shared, told, plan, line).await;
        }
    }
}

/// Answers, or says why not.
async fn greet(
    shared: &Shared,
    arrived: &ArrivedCall,
    incoming: IncomingCall,
    began: Instant,
) -> Result<(CallApp, Line), NotAnswered> {
    let app = tokio::select! {
        app = app(shared, arrived) => app,
        () = incoming.cancelled() => return Err(NotAnswered::CallerGaveUp),
    };
    let app = match app {
        Ok(app) => app,
        Err(refusal) => {
            incoming.reject(refusal.sip_status()).await;
            return Err(refusal.into());
        }
    };
    let audio = match agree(shared, &incoming) {
        Ok(audio) => audio,
        Err((status, why)) => {
            incoming.reject(status).await;
            return Err(why);
        }
    };
    Ok((app, establish(shared, incoming, audio, began).await?))
}

fn facts(incoming: &IncomingCall) -> CallFacts {
    CallFacts {
        transport: incoming.transport.to_string(),
        trunk: incoming.trunk.clone(),
        came_by: came_by(incoming),
        ..CallFacts::default()
    }
}

fn came_by(incoming: &IncomingCall) -> Option<CameBy> {
    match (&incoming.trunk, &incoming.phone) {
        (Some(trunk), _) => Some(CameBy::Trunk(trunk.clone())),
        (None, Some(phone)) => Some(CameBy::Phone(phone.clone())),
        // Nobody listens where a stream was opened from.
        (None, None) => {
            (incoming.transport == Transport::Udp).then_some(CameBy::Direct(incoming.source))
        }
    }
}

fn describe(incoming: &IncomingCall) -> ArrivedCall {
    ArrivedCall {
        id: format!("call_{}", Uuid::now_v7().simple()),
        caller: caller(&incoming.caller),
        line: incoming.called.user.clone(),
        source: incoming.source,
        came_by: came_by(incoming),
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

async fn app(shared: &Shared, arrived: &ArrivedCall) -> Result<CallApp, Refusal> {
    let asked = tokio::time::timeout(PLAN_PATIENCE, shared.host.plan(arrived)).await;
    let mut plan = match asked.unwrap_or(Err(Refusal::Unavailable))? {
        CallApp::Message(plan) => plan,
        CallApp::Echo => return Ok(CallApp::Echo),
        CallApp::Studio(plan) => {
            let open = tokio::time::timeout(PLAN_PATIENCE, plan.studio.is_open()).await;
            return match open {
                Ok(true) => Ok(CallApp::Studio(plan)),
                _ => Err(Refusal::UnknownLine),
            };
        }
    };
    plan.promise = plan.promise.rounded_up();
    plan.max_message = plan.max_message.clamp(MESSAGE_LIMITS.0, MESSAGE_LIMITS.1);
    Ok(CallApp::Message(plan))
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
    /// From the INVITE to our answer.
    pub(crate) setup_milliseconds: u64,
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

/// Opens ports and answers the caller's offer; or the SIP status that says why not, and why.
fn agree(shared: &Shared, incoming: &IncomingCall) -> Result<OfferedAudio, (u16, NotAnswered)> {
    let (local, sockets) = open_sockets(shared, incoming.source).map_err(|error| {
        tracing::warn!(%error, "no audio for a call");
        (503, NotAnswered::NoPorts)
    })?;
    let public = shared.config.public_address.or(incoming.public_address);
    let described = public.unwrap_or(local);
    let security = MediaSecurity {
        mode: shared.config.encryption,
        keys_are_safe: incoming.transport == Transport::Tls,
    };
    let refused = |error: SdpError| (refusal_of(&error), not_agreed(&error));
    let mut negotiation =
        Negotiation::new(described, sockets.port()).secured(security).map_err(refused)?;
    let (description, agreed) = match incoming.offer.as_deref() {
        Some(offer) => {
            let (answer, plan) = negotiation.answer(offer).map_err(refused)?;
            (answer, Some(plan))
        }
        None => (negotiation.offer(), None),
    };
    Ok(OfferedAudio { sockets, negotiation, description, agreed })
}

/// Answers, and starts the audio once the caller's phone has confirmed.
async fn establish(
    shared: &Shared,
    incoming: IncomingCall,
    audio: OfferedAudio,
    began: Instant,
) -> Result<Line, NotAnswered> {
    let (signalling, anonymous) = (incoming.source.ip(), incoming.caller.is_anonymous());
    let OfferedAudio { sockets, negotiation, description, agreed } = audio;
    let setup_milliseconds = milliseconds_since(began);
    let call = incoming.answer(description).await.map_err(|error| match error {
        AnswerError::Cancelled => NotAnswered::CallerGaveUp,
        AnswerError::NotAcknowledged => NotAnswered::NotAcknowledged,
        AnswerError::Closed => NotAnswered::Shutdown,
    })?;
    let answered = || negotiation.accept_answer(call.answer_in_ack()?).ok();
    let Some(media) = agreed.or_else(answered) else {
        call.hang_up().await;
        return Err(NotAnswered::NoCommonAudio);
    };
    let (session, heard) = MediaSession::start(SessionSetup {
        sockets,
        plan: media,
        signalling,
        timeout: shared.config.media_timeout,
        silence: SILENCE,
    });
    Ok(Line { call, negotiation, media, session, heard, anonymous, setup_milliseconds })
}

fn open_sockets(
    shared: &Shared,
    peer: SocketAddr,
) -> Result<(IpAddr, RtpSockets), Box<dyn std::error::Error + Send + Sync>> {
    let local = local_address_toward(peer)?;
    Ok((local, shared.ports.open(local)?))
}

/// Audio goes out from the address that the way to the peer leads through.
pub(crate) fn local_address_toward(peer: SocketAddr) -> std::io::Result<IpAddr> {
    let any: SocketAddr = if peer.is_ipv4() { ([0; 4], 0).into() } else { ([0_u16; 8], 0).into() };
    let probe = std::net::UdpSocket::bind(any)?;
    // Connecting a datagram socket sends nothing; it only asks for the route.
    probe.connect(peer)?;
    Ok(probe.local_addr()?.ip())
}

/// RFC 3261 section 21.4: what the caller's phone is told.
pub(crate) const fn refusal_of(error: &SdpError) -> u16 {
    match error {
        SdpError::TooLarge => 413,
        SdpError::Malformed(_) => 400,
        SdpError::NoAudio
        | SdpError::EncryptedOnly
        | SdpError::EncryptionRequired
        | SdpError::KeysUnprotected
        | SdpError::NoCommonCodec
        | SdpError::UnusableAddress => 488,
        SdpError::NoRandomness => 500,
    }
}

const fn not_agreed(error: &SdpError) -> NotAnswered {
    match error {
        SdpError::TooLarge | SdpError::Malformed(_) | SdpError::UnusableAddress => {
            NotAnswered::BadDescription
        }
        SdpError::NoAudio | SdpError::NoCommonCodec => NotAnswered::NoCommonAudio,
        SdpError::EncryptedOnly
        | SdpError::EncryptionRequired
        | SdpError::KeysUnprotected
        | SdpError::NoRandomness => NotAnswered::Encryption,
    }
}
