//! The screen: what every message passes before the stack parses it.
//!
//! The stack answers broken requests with 200, versions it does not know with the same version,
//! and unknown methods not at all. So everything that can be judged from one message alone is
//! judged here, by pure functions over bytes, and refused as RFC 3261 says. What passes is a
//! request of a method we offer, whole, within limits, with every header the stack relies on.

mod address;
mod answer;
mod bucket;
mod framing;
mod message;
mod rules;
mod tidy;

pub(crate) use address::{
    parameter, parse_address, percent_decoded, scheme, split_list, user_and_host,
};
pub(crate) use answer::Answerer;
pub(crate) use bucket::SourceRates;
pub(crate) use framing::{Frame, Framer, FramingError};
pub(crate) use message::{MAX_MESSAGE, RawMessage, is_token};
pub(crate) use rules::{
    ACCEPT, ALLOW, MIN_SESSION, Offered, RETRY_AFTER, Refusal, SUPPORTED, are_listed, check,
};

use std::net::SocketAddr;

use crate::counters::Counting;

/// What becomes of one message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// To the stack, in these bytes (normalised where the stack would misread them).
    Pass(Vec<u8>),
    /// Not to the stack; these bytes go back where the message came from.
    Answer(Vec<u8>),
    /// Not to the stack, and no answer.
    Drop,
}

/// Judges one whole message.
pub(crate) fn judge(
    bytes: &[u8],
    source: SocketAddr,
    answerer: &Answerer,
    offered: Offered,
    counting: &Counting,
) -> Verdict {
    let Ok(message) = RawMessage::parse(bytes) else {
        counting.dropped_malformed.add();
        return Verdict::Drop;
    };
    let refusal = match check(&message, offered) {
        Ok(()) => return Verdict::Pass(message.normalised()),
        Err(refusal) => refusal,
    };
    let Some(answer) = answerer.answer(&message, &refusal, source, bytes.len()) else {
        counting.dropped_malformed.add();
        return Verdict::Drop;
    };
    refusal.count(counting);
    Verdict::Answer(answer)
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod verdicts;
