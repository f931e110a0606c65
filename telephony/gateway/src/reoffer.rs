//! Changes of a session that stands: hold, resume, another place for the audio (RFC 3264 section 8).

use mostik_media::{MediaSession, Negotiation};
use mostik_sip::Call;

use crate::reception::refusal_of;

/// Agrees to what the peer offers, or refuses it; without an offer, makes ours. A call that is gone
/// says so by its next event.
pub(crate) async fn reoffered(
    call: &Call,
    session: &MediaSession,
    negotiation: &mut Negotiation,
    offer: Option<String>,
) {
    match offer.map(|offer| negotiation.answer(&offer)) {
        Some(Ok((sdp, media))) => {
            session.renegotiated(media).await;
            call.accept_reoffer(sdp).await.ok();
        }
        Some(Err(error)) => {
            call.refuse_reoffer(refusal_of(&error)).await.ok();
        }
        None => {
            call.accept_reoffer(negotiation.offer()).await.ok();
        }
    }
}

/// Goes on with the peer's answer to our offer.
pub(crate) async fn reanswered(session: &MediaSession, negotiation: &Negotiation, answer: &str) {
    if let Ok(media) = negotiation.accept_answer(answer) {
        session.renegotiated(media).await;
    }
}
