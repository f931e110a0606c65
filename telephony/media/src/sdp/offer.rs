//! Reading what a peer describes.

use std::net::{IpAddr, SocketAddr};

use sdp_types::{Connection, Media, RtpMap, Session};

use super::sdes::{self, Crypto};
use super::{Direction, LONGEST_DESCRIPTION, MediaPlan, MediaSecurity, SdpError};
use crate::Codec;

/// RFC 3551 section 6: from here on a payload type means what its map says, or nothing.
const FIRST_DYNAMIC: u8 = 96;
const MOST_STREAMS: usize = 16;
const MOST_FORMATS: usize = 64;
const SAMPLES_PER_MS: u64 = 8;
/// RFC 3551 section 4.5 recommends 20 ms for G.711.
const USUAL_PTIME_MS: u64 = 20;

/// A stream of the description, as far as an answer must repeat it.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) media: String,
    pub(super) protocol: String,
    pub(super) formats: String,
}

/// What a peer described: every stream, and the one we can use.
#[derive(Debug)]
pub(super) struct Description {
    pub(super) streams: Vec<Stream>,
    pub(super) chosen: usize,
    /// Its direction is already ours; its keys are still to be agreed on.
    pub(super) plan: MediaPlan,
    /// The usable keys of the peer, none when our terms know no encryption.
    pub(super) crypto: Vec<Crypto>,
    /// Whether the stream is encrypted or not at all.
    pub(super) secure_profile: bool,
}

/// Reads a description on our terms: the codecs that we take, and whether keys are exchanged.
pub(super) fn read(
    text: &str,
    codecs: &[Codec],
    security: MediaSecurity,
) -> Result<Description, SdpError> {
    if text.len() > LONGEST_DESCRIPTION {
        return Err(SdpError::TooLarge);
    }
    let session = Session::parse(text.as_bytes())
        .map_err(|_| SdpError::Malformed("its lines cannot be read"))?;
    if session.medias.len() > MOST_STREAMS {
        return Err(SdpError::TooLarge);
    }
    let (chosen, plan) = choose(&session, codecs, security)?;
    let media = &session.medias[chosen];
    let crypto = if security.exchanges_keys() { sdes::lines_of(media) } else { Vec::new() };
    let secure_profile = media.proto.contains("SAVP");
    let streams = session
        .medias
        .into_iter()
        .map(|media| Stream { media: media.media, protocol: media.proto, formats: media.fmt })
        .collect();
    Ok(Description { streams, chosen, plan, crypto, secure_profile })
}

/// The first stream that we can use; an encrypted one before others, where keys are exchanged.
fn choose(
    session: &Session,
    codecs: &[Codec],
    security: MediaSecurity,
) -> Result<(usize, MediaPlan), SdpError> {
    let mut refusal = SdpError::NoAudio;
    let mut usable = None;
    for (index, media) in session.medias.iter().enumerate() {
        if media.media != "audio" || media.port == 0 {
            continue;
        }
        match plan(session, media, codecs, security) {
            Ok(plan) if security.exchanges_keys() && !sdes::lines_of(media).is_empty() => {
                return Ok((index, plan));
            }
            Ok(plan) => {
                usable.get_or_insert((index, plan));
            }
            Err(error) => refusal = error,
        }
    }
    usable.ok_or(refusal)
}

fn plan(
    session: &Session,
    media: &Media,
    codecs: &[Codec],
    security: MediaSecurity,
) -> Result<MediaPlan, SdpError> {
    match media.proto.as_str() {
        "RTP/AVP" | "RTP/AVPF" => {}
        "RTP/SAVP" | "RTP/SAVPF" if security.exchanges_keys() => {}
        "RTP/SAVP" | "RTP/SAVPF" | "UDP/TLS/RTP/SAVP" | "UDP/TLS/RTP/SAVPF" => {
            return Err(SdpError::EncryptedOnly);
        }
        _ => return Err(SdpError::NoAudio),
    }
    let formats = Formats::of(media)?;
    let (payload_type, codec) = formats.first_codec(codecs).ok_or(SdpError::NoCommonCodec)?;
    let peer = peer_address(session, media)?;
    let offered = offered_direction(session, media);
    let mut direction = offered.mirrored();
    // RFC 3264 section 8.4: an address of zeros is how RFC 2543 put a call on hold.
    direction.send &= peer.is_some();
    let reports_share_port = media.get_first_attribute_value("rtcp-mux").is_some();
    Ok(MediaPlan {
        codec,
        payload_type,
        key_payload_type: formats.keys(),
        peer,
        direction,
        samples_per_packet: samples_per_packet(media, codec),
        srtp: None,
        reports: peer.and_then(|peer| reports_address(media, peer, reports_share_port)),
        reports_share_port,
    })
}

/// The port of the audio when they share it (RFC 5761), the one that is named (RFC 3605), or the
/// next one (RFC 3550 section 11). Always at the address of the audio: no description may send
/// our packets anywhere else.
fn reports_address(media: &Media, peer: SocketAddr, shared: bool) -> Option<SocketAddr> {
    if shared {
        return Some(peer);
    }
    let named = media.get_first_attribute_value("rtcp").flatten();
    let port = named.and_then(|value| value.split_ascii_whitespace().next()?.parse().ok());
    let port: u16 = port.or_else(|| peer.port().checked_add(1)).filter(|port| *port != 0)?;
    Some(SocketAddr::new(peer.ip(), port))
}

/// The payload types of a stream and what they mean.
struct Formats {
    offered: Vec<u8>,
    names: Vec<RtpMap>,
}

impl Formats {
    fn of(media: &Media) -> Result<Self, SdpError> {
        let offered: Vec<u8> = media
            .fmt
            .split_ascii_whitespace()
            .take(MOST_FORMATS + 1)
            .filter_map(|format| format.parse().ok())
            .collect();
        if offered.len() > MOST_FORMATS {
            return Err(SdpError::TooLarge);
        }
        let names = media.attributes_typed::<RtpMap>().filter_map(Result::ok).collect();
        Ok(Self { offered, names })
    }

    fn name_of(&self, payload_type: u8) -> Option<&RtpMap> {
        self.names.iter().find(|map| map.payload_type == payload_type)
    }

    fn codec_of(&self, payload_type: u8) -> Option<Codec> {
        let Some(map) = self.name_of(payload_type) else {
            let mut known = Codec::ALL.iter().copied().filter(|_| payload_type < FIRST_DYNAMIC);
            return known.find(|codec| codec.payload_type() == payload_type);
        };
        let codec = Codec::by_name(&map.encoding_name)?;
        // RFC 3551 section 4.5.2: G.722 has 16 kHz, but is written with a clock of 8 kHz.
        let clock = codec.ticks_per_sample() * crate::SAMPLE_RATE;
        // Opus is always written with two channels (RFC 7587 section 7), the others with one or
        // none.
        let channels = map.encoding_params.as_deref();
        let usual = codec.clock().split_once('/').map(|(_, count)| count);
        let fits = channels == usual || channels == Some("1");
        (map.clock_rate == clock && fits).then_some(codec)
    }

    /// The peer's first choice among ours. G.722 costs us more than G.711 and is brought down to
    /// the same 8 kHz, so the peer's choice of it counts only when it is our first one too.
    fn first_codec(&self, ours: &[Codec]) -> Option<(u8, Codec)> {
        let wideband_first = ours.first() == Some(&Codec::G722);
        let common = || {
            let offered = self.offered.iter();
            let known = offered.filter_map(|payload| Some((*payload, self.codec_of(*payload)?)));
            known.filter(|(_, codec)| ours.contains(codec))
        };
        common()
            .find(|(_, codec)| wideband_first || *codec != Codec::G722)
            .or_else(|| common().next())
    }

    fn keys(&self) -> Option<u8> {
        self.offered.iter().copied().find(|payload| {
            self.name_of(*payload).is_some_and(|map| {
                map.encoding_name.eq_ignore_ascii_case("telephone-event")
                    && map.clock_rate == crate::SAMPLE_RATE
            })
        })
    }
}

fn peer_address(session: &Session, media: &Media) -> Result<Option<SocketAddr>, SdpError> {
    let connection: &Connection = media
        .connections
        .first()
        .or(session.connection.as_ref())
        .ok_or(SdpError::Malformed("it names no address"))?;
    let address: IpAddr =
        connection.connection_address.parse().map_err(|_| SdpError::UnusableAddress)?;
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    if address.is_multicast() || broadcast {
        return Err(SdpError::UnusableAddress);
    }
    Ok((!address.is_unspecified()).then(|| SocketAddr::new(address, media.port)))
}

/// RFC 8866 section 6.7: the stream's attribute wins over the session's, silence means both ways.
fn offered_direction(session: &Session, media: &Media) -> Direction {
    media
        .attributes
        .iter()
        .chain(&session.attributes)
        .find_map(|attribute| Direction::from_attribute(&attribute.attribute))
        .unwrap_or(Direction::BOTH)
}

fn samples_per_packet(media: &Media, codec: Codec) -> usize {
    let milliseconds = |name: &str| {
        media.get_first_attribute_value(name).flatten().and_then(|ms| ms.trim().parse::<u64>().ok())
    };
    let longest = milliseconds("maxptime").unwrap_or(u64::MAX);
    let wanted = milliseconds("ptime")
        // Opus has no frames of 30 ms (RFC 6716 section 2.1.4).
        .filter(|ms| {
            matches!(ms, 10 | 20 | 40 | 60) || (*ms == 30 && codec.ticks_per_sample() == 1)
        })
        .unwrap_or(USUAL_PTIME_MS);
    let chosen = if wanted <= longest { wanted } else { 10 };
    usize::try_from(chosen * SAMPLES_PER_MS).unwrap_or(160)
}
