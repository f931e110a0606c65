//! Secure RTP and RTCP (RFC 3711; RFC 7714 for GCM), keyed by what the session descriptions say.

mod keys;
mod replay;
mod transform;

use crate::srtp::replay::Window;
use crate::srtp::transform::Transform;
pub use keys::{MasterKey, SrtpKeys, SrtpSuite};

/// The fixed header of RTP and the octets of RTCP that stay readable.
const RTP_HEADER: usize = 12;
const RTCP_HEADER: usize = 8;
/// Streams of one peer that are told apart: one, and one more each time it is put through.
const MOST_STREAMS: usize = 64;
/// RFC 3711 section 3.4: SRTCP counts to 2^31 and then needs new keys.
const LAST_REPORT: u32 = 0x7fff_ffff;
/// The highest bit of SRTCP's index says that the packet is encrypted.
const ENCRYPTED: u32 = 0x8000_0000;

/// Why a packet was not accepted. It says nothing about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SrtpError {
    /// Too short, or not RTP.
    #[error("not a secure RTP packet")]
    Malformed,
    /// The wrong key, or changed on its way.
    #[error("the packet is not authentic")]
    NotAuthentic,
    /// Seen before, or older than is remembered.
    #[error("the packet was seen before")]
    Replayed,
    /// More streams than a peer can have, or a key that is used up.
    #[error("the key serves no further packet")]
    Exhausted,
}

/// Secures what we send. One for the one stream that we have.
pub(crate) struct Protector {
    transform: Transform,
    key: MasterKey,
    rollover: u32,
    last_sequence: Option<u16>,
    reports: u32,
}

impl Protector {
    pub(crate) fn new(key: MasterKey) -> Self {
        let transform = Transform::new(&key);
        Self { transform, key, rollover: 0, last_sequence: None, reports: 0 }
    }

    /// Whether it works with this key, so that it must go on and not begin anew.
    pub(crate) fn uses(&self, key: &MasterKey) -> bool {
        self.key == *key
    }

    /// Turns a packet of ours, whose sequence numbers count up, into a secure one.
    pub(crate) fn protect(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        let header = header_length(packet).ok_or(SrtpError::Malformed)?;
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        if self.last_sequence.is_some_and(|last| sequence < last) {
            self.rollover = self.rollover.wrapping_add(1);
        }
        self.last_sequence = Some(sequence);
        self.transform.seal_rtp(packet, header, self.rollover)
    }

    /// The same for a compound of reports.
    pub(crate) fn protect_reports(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        if packet.len() < RTCP_HEADER {
            return Err(SrtpError::Malformed);
        }
        if self.reports >= LAST_REPORT {
            return Err(SrtpError::Exhausted);
        }
        let index = self.reports;
        self.reports += 1;
        self.transform.seal_rtcp(packet, ENCRYPTED | index)
    }
}

/// Opens what the peer sends. What is not authentic changes nothing.
pub(crate) struct Opener {
    transform: Transform,
    key: MasterKey,
    streams: Vec<Stream>,
}

#[derive(Debug, Clone, Copy)]
struct Stream {
    name: u32,
    /// The highest packet index so far: rollover counter and sequence number.
    highest: Option<u64>,
    seen: Window,
    reports: Window,
}

impl Opener {
    pub(crate) fn new(key: MasterKey) -> Self {
        Self { transform: Transform::new(&key), key, streams: Vec::new() }
    }

    pub(crate) fn uses(&self, key: &MasterKey) -> bool {
        self.key == *key
    }

    /// Turns a secure packet into a plain one, in place; returns its length.
    pub(crate) fn open(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let header = header_length(packet).ok_or(SrtpError::Malformed)?;
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        let mut stream = self.stream(word(packet, 8).ok_or(SrtpError::Malformed)?)?;
        let index = stream.index_of(sequence);
        if !stream.seen.is_new(index) {
            return Err(SrtpError::Replayed);
        }
        let rollover = u32::try_from(index >> 16).map_err(|_| SrtpError::Exhausted)?;
        let length = self.transform.open_rtp(packet, header, rollover)?;
        stream.seen.mark(index);
        stream.highest = Some(stream.highest.map_or(index, |highest| highest.max(index)));
        self.remember(stream);
        Ok(length)
    }

    /// The same for a compound of reports.
    pub(crate) fn open_reports(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let mut stream = self.stream(word(packet, 4).ok_or(SrtpError::Malformed)?)?;
        let at = self.transform.report_index_at(packet.len()).ok_or(SrtpError::Malformed)?;
        let index_word = word(packet, at).ok_or(SrtpError::Malformed)?;
        let index = u64::from(index_word & LAST_REPORT);
        if !stream.reports.is_new(index) {
            return Err(SrtpError::Replayed);
        }
        let encrypted = index_word & ENCRYPTED != 0;
        let length = self.transform.open_rtcp(packet, at, index_word, encrypted)?;
        stream.reports.mark(index);
        self.remember(stream);
        Ok(length)
    }

    fn stream(&self, name: u32) -> Result<Stream, SrtpError> {
        match self.streams.iter().find(|stream| stream.name == name) {
            Some(stream) => Ok(*stream),
            None if self.streams.len() < MOST_STREAMS => Ok(Stream {
                name,
                highest: None,
                seen: Window::default(),
                reports: Window::default(),
            }),
            None => Err(SrtpError::Exhausted),
        }
    }

    fn remember(&mut self, stream: Stream) {
        match self.streams.iter_mut().find(|known| known.name == stream.name) {
            Some(known) => *known = stream,
            None => self.streams.push(stream),
        }
    }
}

impl Stream {
    /// RFC 3711 section 3.3.1 and appendix A: the index nearest to the highest one.
    fn index_of(&self, sequence: u16) -> u64 {
        let Some(highest) = self.highest else { return u64::from(sequence) };
        let rollover = highest >> 16;
        let last = highest & 0xffff;
        let distance = i64::from(sequence) - i64::try_from(last).unwrap_or(0);
        let rollover = match distance {
            ..=-0x8000 => rollover + 1,
            0x8001.. => rollover.saturating_sub(1),
            _ => rollover,
        };
        (rollover << 16) | u64::from(sequence)
    }
}

/// RFC 3550 section 5: the header with its contributing sources and its extension.
fn header_length(packet: &[u8]) -> Option<usize> {
    let first = *packet.first()?;
    if first >> 6 != 2 {
        return None;
    }
    let mut length = RTP_HEADER + 4 * usize::from(first & 0x0f);
    if first & 0x10 != 0 {
        let words = packet.get(length + 2..length + 4)?;
        length += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    (packet.len() >= length).then_some(length)
}

fn word(packet: &[u8], at: usize) -> Option<u32> {
    packet.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

impl std::fmt::Debug for Protector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Protector({:?})", self.key)
    }
}

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opener({:?})", self.key)
    }
}

#[cfg(test)]
mod tests;
