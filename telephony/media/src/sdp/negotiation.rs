//! Writing our side: answers, and offers of our own.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use super::offer::{self, Description};
use super::sdes::{self, Crypto};
use super::{Direction, EncryptionMode, MediaPlan, MediaSecurity, SdpError};
use crate::chance::random_number;
use crate::srtp::{MasterKey, SrtpSuite};
use crate::{Codec, SrtpKeys};

/// The payload type under which we offer keys; any dynamic one would do.
const OFFERED_KEYS: u8 = 101;

/// Our end of one dialog's descriptions: the same origin every time, its version counting up
/// (RFC 3264 section 8). Serves the side that is called and the side that calls, and every later
/// change by either.
#[derive(Debug)]
pub struct Negotiation {
    local: SocketAddr,
    session: u64,
    version: u64,
    codecs: Vec<Codec>,
    security: MediaSecurity,
    /// One key for each suite, the same in all descriptions: it goes on with its stream.
    keys: Vec<MasterKey>,
    /// What we let through; less than both ways while we hold the call.
    direction: Direction,
}

impl Negotiation {
    /// Describes audio that arrives at `local`: G.711 before G.722, unencrypted.
    pub fn new(local_address: IpAddr, rtp_port: u16) -> Self {
        // 62 bits: some peers read the number as a signed one.
        let session = random_number() >> 2;
        Self {
            local: SocketAddr::new(local_address, rtp_port),
            session,
            version: 0,
            codecs: vec![Codec::Pcma, Codec::Pcmu, Codec::G722],
            security: MediaSecurity::default(),
            keys: Vec::new(),
            direction: Direction::BOTH,
        }
    }

    /// With these codecs, in the order in which they are offered; the next description has them.
    #[must_use]
    pub fn with_codecs(mut self, codecs: &[Codec]) -> Self {
        self.use_codecs(codecs);
        self
    }

    /// Offers and accepts only these codecs from now on. None at all changes nothing.
    pub fn use_codecs(&mut self, codecs: &[Codec]) {
        if !codecs.is_empty() {
            self.codecs = codecs.to_vec();
        }
    }

    /// With these terms of encryption. Refused when encryption is required where keys are not
    /// safe, and when there is no randomness for them.
    pub fn secured(mut self, security: MediaSecurity) -> Result<Self, SdpError> {
        if security.mode == EncryptionMode::Required && !security.keys_are_safe {
            return Err(SdpError::KeysUnprotected);
        }
        if security.exchanges_keys() {
            let keys = SrtpSuite::ALL.into_iter().map(MasterKey::random);
            self.keys = keys.collect::<Result<_, _>>().map_err(|_| SdpError::NoRandomness)?;
        }
        self.security = security;
        Ok(self)
    }

    /// Answers an offer, in the dialog's first INVITE or a later one.
    pub fn answer(&mut self, offer: &str) -> Result<(String, MediaPlan), SdpError> {
        let description = offer::read(offer, &self.codecs, self.security)?;
        let mut plan = description.plan;
        plan.direction = plan.direction.limited_to(self.direction);
        let crypto = self
            .agree_on_keys(&description, &mut plan, |theirs, key| theirs.key.suite == key.suite)?;
        self.version += 1;
        let mut answer = self.heading();
        for (index, stream) in description.streams.iter().enumerate() {
            if index == description.chosen {
                self.write_chosen(&mut answer, &stream.protocol, &plan, crypto);
            } else {
                refuse_stream(&mut answer, stream);
            }
        }
        Ok((answer, plan))
    }

    /// Offers what we speak: for a call of ours, for an INVITE without a description, and for
    /// every change of ours later on.
    pub fn offer(&mut self) -> String {
        self.version += 1;
        let mut offer = self.heading();
        let required = self.security.mode == EncryptionMode::Required;
        // RFC 4568 knows keys only with the secure profile; what phones call "optional" is the
        // plain profile with keys, which the others pass over.
        let protocol = if required { "RTP/SAVP" } else { "RTP/AVP" };
        let mut formats = String::new();
        for codec in &self.codecs {
            let _ = write!(formats, "{} ", codec.payload_type());
        }
        let port = self.local.port();
        line(&mut offer, format_args!("m=audio {port} {protocol} {formats}{OFFERED_KEYS}"));
        for codec in &self.codecs {
            let (payload_type, name) = (codec.payload_type(), codec.name());
            line(&mut offer, format_args!("a=rtpmap:{payload_type} {name}/{}", codec.clock()));
        }
        write_keys(&mut offer, OFFERED_KEYS);
        for (tag, key) in (1..).zip(&self.keys) {
            write_crypto(&mut offer, Crypto { tag, key: *key });
        }
        line(&mut offer, format_args!("a=rtcp-mux"));
        line(&mut offer, format_args!("a=ptime:20"));
        line(&mut offer, format_args!("a={}", self.direction.attribute()));
        offer
    }

    /// Offers to hold the call: we may speak (music), the peer is not heard (RFC 3264 section
    /// 8.4). Holds until [`Negotiation::resume`].
    pub fn hold(&mut self) -> String {
        self.direction = Direction { send: true, receive: false };
        self.offer()
    }

    /// Offers to go on after a hold of ours.
    pub fn resume(&mut self) -> String {
        self.direction = Direction::BOTH;
        self.offer()
    }

    /// Reads the peer's answer to our offer: an early one (183), the final one, or both.
    pub fn accept_answer(&self, answer: &str) -> Result<MediaPlan, SdpError> {
        let description = offer::read(answer, &self.codecs, self.security)?;
        let mut plan = description.plan;
        plan.direction = plan.direction.limited_to(self.direction);
        self.agree_on_keys(&description, &mut plan, |theirs, key| {
            let tag = usize::try_from(theirs.tag).ok().and_then(|tag| tag.checked_sub(1));
            let offered = tag.and_then(|index| self.keys.get(index));
            offered == Some(key) && key.suite == theirs.key.suite
        })?;
        Ok(plan)
    }

    /// Puts the first usable pair of keys into the plan, and returns our half of it.
    fn agree_on_keys(
        &self,
        description: &Description,
        plan: &mut MediaPlan,
        fits: impl Fn(&Crypto, &MasterKey) -> bool,
    ) -> Result<Option<Crypto>, SdpError> {
        let pair = description.crypto.iter().find_map(|theirs| {
            let ours = self.keys.iter().find(|key| fits(theirs, key))?;
            Some((theirs, *ours))
        });
        match pair {
            Some((theirs, ours)) => {
                plan.srtp = Some(SrtpKeys { ours, theirs: theirs.key });
                Ok(Some(Crypto { tag: theirs.tag, key: ours }))
            }
            None if description.secure_profile => Err(SdpError::EncryptedOnly),
            None if self.security.mode == EncryptionMode::Required => {
                Err(SdpError::EncryptionRequired)
            }
            None => Ok(None),
        }
    }

    fn heading(&self) -> String {
        let Self { local, session, version, .. } = self;
        let (family, address) = (if local.is_ipv4() { "IP4" } else { "IP6" }, local.ip());
        let mut text = String::with_capacity(600);
        line(&mut text, format_args!("v=0"));
        line(&mut text, format_args!("o=- {session} {version} IN {family} {address}"));
        line(&mut text, format_args!("s=-"));
        line(&mut text, format_args!("c=IN {family} {address}"));
        line(&mut text, format_args!("t=0 0"));
        text
    }

    fn write_chosen(
        &self,
        answer: &mut String,
        protocol: &str,
        plan: &MediaPlan,
        crypto: Option<Crypto>,
    ) {
        let port = self.local.port();
        let keys = plan.key_payload_type.map(|keys| format!(" {keys}")).unwrap_or_default();
        line(answer, format_args!("m=audio {port} {protocol} {}{keys}", plan.payload_type));
        let (name, clock) = (plan.codec.name(), plan.codec.clock());
        line(answer, format_args!("a=rtpmap:{} {name}/{clock}", plan.payload_type));
        if let Some(keys) = plan.key_payload_type {
            write_keys(answer, keys);
        }
        if let Some(crypto) = crypto {
            write_crypto(answer, crypto);
        }
        if plan.reports_share_port {
            line(answer, format_args!("a=rtcp-mux"));
        }
        line(answer, format_args!("a=ptime:20"));
        line(answer, format_args!("a={}", plan.direction.attribute()));
    }
}

/// Answers one first offer, unencrypted: the text for the peer, and what was agreed.
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

fn write_crypto(text: &mut String, crypto: Crypto) {
    line(text, format_args!("a=crypto:{}", sdes::write(&crypto)));
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let _ = write!(text, "{content}\r\n");
}
