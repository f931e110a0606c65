//! Our audio as RTP packets (RFC 3550 section 5.1).

use rtp_types::RtpPacketBuilder;

use crate::chance::{random_half_word, random_word};
use crate::{Codec, MediaPlan};

const HEADER_LENGTH: usize = 12;

/// Writes one stream's packets into one buffer.
#[derive(Debug)]
pub(crate) struct Outbound {
    codec: Codec,
    payload_type: u8,
    samples_per_packet: usize,
    stream: u32,
    sequence: u16,
    timestamp: u32,
    begins: bool,
    packet: Vec<u8>,
}

impl Outbound {
    pub(crate) fn new(plan: &MediaPlan) -> Self {
        Self {
            codec: plan.codec,
            payload_type: plan.payload_type,
            samples_per_packet: plan.samples_per_packet,
            stream: random_word(),
            sequence: random_half_word(),
            timestamp: random_word(),
            begins: true,
            packet: Vec::with_capacity(HEADER_LENGTH + plan.samples_per_packet),
        }
    }

    /// The peer described itself anew; the stream goes on.
    pub(crate) fn renegotiated(&mut self, plan: &MediaPlan) {
        self.codec = plan.codec;
        self.payload_type = plan.payload_type;
        self.samples_per_packet = plan.samples_per_packet;
    }

    pub(crate) const fn samples_per_packet(&self) -> usize {
        self.samples_per_packet
    }

    /// The next packet: `samples`, filled up with silence.
    pub(crate) fn packet(&mut self, samples: &[i16]) -> &[u8] {
        let header = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(self.payload_type)
            .marker_bit(self.begins)
            .sequence_number(self.sequence)
            .timestamp(self.timestamp)
            .ssrc(self.stream);
        self.packet.clear();
        self.packet.resize(HEADER_LENGTH, 0);
        // The buffer holds exactly a header, and every field was checked when it was agreed on.
        let written = header.write_into(&mut self.packet);
        debug_assert_eq!(written, Ok(HEADER_LENGTH));
        self.packet.extend(samples.iter().map(|sample| self.codec.encode(*sample)));
        self.packet.resize(HEADER_LENGTH + self.samples_per_packet, self.codec.encode(0));
        self.sequence = self.sequence.wrapping_add(1);
        self.begins = false;
        self.pass_time();
        &self.packet
    }

    /// Lets the time of one packet pass unsent (hold).
    pub(crate) fn pause(&mut self) {
        self.begins = true;
        self.pass_time();
    }

    fn pass_time(&mut self) {
        let samples = u32::try_from(self.samples_per_packet).unwrap_or(160);
        self.timestamp = self.timestamp.wrapping_add(samples);
    }
}

#[cfg(test)]
mod tests {
    use rtp_types::RtpPacket;

    use super::*;
    use crate::Direction;

    fn outbound() -> Outbound {
        Outbound::new(&MediaPlan {
            codec: Codec::Pcma,
            payload_type: 8,
            key_payload_type: None,
            peer: None,
            direction: Direction::BOTH,
            samples_per_packet: 160,
        })
    }

    fn fields(packet: &[u8]) -> (u16, u32, u32, bool, usize) {
        let packet = RtpPacket::parse(packet).expect("a packet");
        assert_eq!(packet.payload_type(), 8);
        let (sequence, timestamp) = (packet.sequence_number(), packet.timestamp());
        (sequence, timestamp, packet.ssrc(), packet.marker_bit(), packet.payload().len())
    }

    #[test]
    fn packets_count_on_and_are_filled_with_silence() {
        let mut outbound = outbound();
        let first = fields(outbound.packet(&[1000; 160]));
        let packet = outbound.packet(&[1000; 30]).to_vec();
        let second = fields(&packet);
        assert_eq!(second.0, first.0.wrapping_add(1));
        assert_eq!(second.1, first.1.wrapping_add(160));
        assert_eq!((first.2, first.3, second.3), (second.2, true, false));
        assert_eq!((first.4, second.4), (160, 160));
        assert!(packet[12 + 30..].iter().all(|octet| *octet == Codec::Pcma.encode(0)));
    }

    #[test]
    fn after_a_pause_time_went_on_but_no_packet_is_missing() {
        let mut outbound = outbound();
        let before = fields(outbound.packet(&[]));
        outbound.pause();
        outbound.pause();
        let after = fields(outbound.packet(&[]));
        assert_eq!(after.0, before.0.wrapping_add(1));
        assert_eq!(after.1, before.1.wrapping_add(480));
        assert!(after.3);
    }
}
