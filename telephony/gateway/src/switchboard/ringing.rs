//! Rings one person's phone, until she is there or it is clear that she is not.

use std::time::Duration;

use mostik_media::MediaEvent;
use mostik_sip::CallEvent;

use crate::outgoing::{CallsOut, Leg, OutgoingOrder};
use crate::{Prompt, PromptLibrary, SpokenLanguage, Words};

/// A person who must confirm has so long; a mailbox that answered never does.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(12);

/// What came of ringing.
pub(super) struct Rung {
    pub(super) call: String,
    pub(super) person: String,
    pub(super) answered: Option<Leg>,
}

/// Dropped, it stops ringing, and hangs up on whoever answered at that very moment.
pub(super) async fn ring(
    calls_out: &CallsOut,
    prompts: &PromptLibrary,
    order: OutgoingOrder,
    confirm: bool,
    language: SpokenLanguage,
) -> Option<Leg> {
    let leg = match calls_out.place(order, |_| {}).await {
        Ok(leg) => leg,
        Err(why) => {
            tracing::info!(%why, "a person did not answer");
            return None;
        }
    };
    if !confirm {
        return Some(leg);
    }
    let prompt = Prompt { language, words: Words::Named("accept_call") };
    confirmed(leg, prompts, prompt).await
}

async fn confirmed(mut leg: Leg, prompts: &PromptLibrary, prompt: Prompt) -> Option<Leg> {
    if let Some(clip) = prompts.clip(prompt) {
        leg.session.play(clip, 0).await;
    }
    let key = async {
        loop {
            let key = tokio::select! {
                event = leg.call.next_event() => match event {
                    CallEvent::Ended(_) => return false,
                    CallEvent::Key(key) => Some(key),
                    _ => None,
                },
                event = leg.heard.recv() => match event {
                    Some(MediaEvent::Key(key)) => Some(key),
                    Some(_) => None,
                    None => return false,
                },
            };
            if key == Some('1') {
                return true;
            }
        }
    };
    if tokio::time::timeout(CONFIRMED_WITHIN, key).await == Ok(true) {
        leg.session.stop_playing().await;
        return Some(leg);
    }
    tracing::info!("a phone was answered, but nobody confirmed");
    leg.call.hang_up().await;
    None
}
