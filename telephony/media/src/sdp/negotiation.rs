//! Writing our side: answers, and an offer for a peer that sent none.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use super::offer::{self, Description};
use super::{Direction, MediaPlan, SdpError};
use crate::Codec;
use crate::chance::random_number;

/// The payload type under which we offer keys; any dynamic one would do.
const OFFERED_KEYS: u8 = 101;

/// Our end of one dialog's descriptions: the same origin every time, its version counting up
/// (RFC 3264 section 8).
#[derive(Debug)]
pub struct Negotiation {
    local: SocketAddr,
    session: u64,
    version: u64,
}

impl Negotiation {
    /// Describes audio that arrives at `local`.
    pub fn new(local_address: IpAddr, rtp_port: u16) -> Self {
        // 62 bits: some peers read the number as a signed one.
        let session = random_number() >> 2;
        Self { local: SocketAddr::new(local_address, rtp_port), session, version: 0 }
    }

    /// Answers an offer, in the dialog's first INVITE or a later one.
    pub fn answer(&mut self, offer: &str) -> Result<(String, MediaPlan), SdpError> {
        let description = offer::read(offer)?;
        self.version += 1;
        let mut answer = self.heading();
        for (index, stream) in description.streams.iter().enumerate() {
            if index == description.chosen {
                self.write_chosen(&mut answer, &description);
            } else {
                refuse_stream(&mut answer, stream);
            }
        }
        Ok((answer, description.plan))
    }

    /// Offers what we speak, for an INVITE without a description.
    pub fn offer(&mut self) -> String {
        self.version += 1;
        let mut offer = self.heading();
        let port = self.local.port();
        let (a_law, mu_law) = (Codec::Pcma, Codec::Pcmu);
        let formats =
            [a_law.static_payload_type(), mu_law.static_payload_type()].map(|pt| pt.to_string());
        line(
            &mut offer,
            format_args!("m=audio {port} RTP/AVP {} {OFFERED_KEYS}", formats.join(" ")),
        );
        for codec in [a_law, mu_law] {
            line(
                &mut offer,
                format_args!("a=rtpmap:{} {}/8000", codec.static_payload_type(), codec.name()),
            );
        }
        write_keys(&mut offer, OFFERED_KEYS);
        line(&mut offer, format_args!("a=ptime:20"));
        line(&mut offer, format_args!("a={}", Direction::BOTH.attribute()));
        offer
    }

    /// Reads the peer's answer to our offer.
    pub fn accept_answer(&self, answer: &str) -> Result<MediaPlan, SdpError> {
        offer::read(answer).map(|description| description.plan)
    }

    fn heading(&self) -> String {
        let Self { local, session, version } = self;
        let (family, address) = (if local.is_ipv4() { "IP4" } else { "IP6" }, local.ip());
        let mut text = String::with_capacity(400);
        line(&mut text, format_args!("v=0"));
        line(&mut text, format_args!("o=- {session} {version} IN {family} {address}"));
        line(&mut text, format_args!("s=-"));
        line(&mut text, format_args!("c=IN {family} {address}"));
        line(&mut text, format_args!("t=0 0"));
        text
    }

    fn write_chosen(&self, answer: &mut String, description: &Description) {
        let plan = &description.plan;
        let protocol = &description.streams[description.chosen].protocol;
        let port = self.local.port();
        let keys = plan.key_payload_type.map(|keys| format!(" {keys}")).unwrap_or_default();
        line(answer, format_args!("m=audio {port} {protocol} {}{keys}", plan.payload_type));
        line(answer, format_args!("a=rtpmap:{} {}/8000", plan.payload_type, plan.codec.name()));
        if let Some(keys) = plan.key_payload_type {
            write_keys(answer, keys);
        }
        line(answer, format_args!("a=ptime:20"));
        line(answer, format_args!("a={}", plan.direction.attribute()));
    }
}

/// Answers one first offer: the text for the peer, and what was agreed.
pub fn negotiate(
    offer: &str,
    local_address: IpAddr,
    rtp_port: u16,
) -> Result<(String, MediaPlan), SdpError> {
    Negotiation::new(local_address, rtp_port).answer(offer)
}

/// RFC 3264 section 6: a stream is refused by port zero, in its place.
fn refuse_stream(answer: &mut String, stream: &offer::Stream) {
    let offer::Stream { media, protocol, formats } = stream;
    line(answer, format_args!("m={media} 0 {protocol} {formats}"));
}

/// RFC 4733 section 2.5.1.1: the sixteen keys of a telephone.
fn write_keys(text: &mut String, payload_type: u8) {
    line(text, format_args!("a=rtpmap:{payload_type} telephone-event/8000"));
    line(text, format_args!("a=fmtp:{payload_type} 0-15"));
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let _ = write!(text, "{content}\r\n");
}
