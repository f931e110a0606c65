//! Our audio as RTP packets (RFC 3550 section 5.1).

use rtp_types::RtpPacketBuilder;

use crate::MediaPlan;
use crate::chance::{random_half_word, random_word};
use crate::coding::Encoding;
use crate::reports::Sent;

const HEADER_LENGTH: usize = 12;

/// Writes one stream's packets into one buffer.
#[derive(Debug)]
pub(crate) struct Outbound {
    codec: crate::Codec,
    encoding: Encoding,
    payload_type: u8,
    samples_per_packet: usize,
    stream: u32,
    sequence: u16,
    timestamp: u32,
    begins: bool,
    press_began: u32,
    packets: u64,
    octets: u64,
    frame: Vec<i16>,
    packet: Vec<u8>,
}

impl Outbound {
    pub(crate) fn new(plan: &MediaPlan) -> Self {
        Self {
            codec: plan.codec,
            encoding: Encoding::of(plan.codec),
            payload_type: plan.payload_type,
            samples_per_packet: plan.samples_per_packet,
            stream: random_word(),
            // RFC 3711 section 3.3.1: below 2^15, so that a first loss does not hide a rollover.
            sequence: random_half_word() >> 1,
            timestamp: random_word(),
            begins: true,
            press_began: 0,
            packets: 0,
            octets: 0,
            frame: Vec::with_capacity(plan.samples_per_packet),
            packet: Vec::with_capacity(HEADER_LENGTH + plan.samples_per_packet),
        }
    }

    /// The peer described itself anew; the stream goes on.
    pub(crate) fn renegotiated(&mut self, plan: &MediaPlan) {
        if self.codec != plan.codec {
            self.codec = plan.codec;
            self.encoding = Encoding::of(plan.codec);
        }
        self.payload_type = plan.payload_type;
        self.samples_per_packet = plan.samples_per_packet;
    }

    pub(crate) const fn samples_per_packet(&self) -> usize {
        self.samples_per_packet
    }

    /// The next packet: `samples`, filled up with silence.
    pub(crate) fn packet(&mut self, samples: &[i16]) -> &mut Vec<u8> {
        self.header(self.payload_type, self.begins, self.timestamp);
        self.frame.clear();
        self.frame.extend_from_slice(samples);
        self.frame.resize(self.samples_per_packet, 0);
        self.encoding.encode(&self.frame, &mut self.packet);
        self.begins = false;
        self.finish()
    }

    /// An event in the place of the next packet (RFC 4733 section 2.2): its time is that of the
    /// first one of its press.
    pub(crate) fn event(
        &mut self,
        payload_type: u8,
        begins: bool,
        payload: [u8; 4],
    ) -> &mut Vec<u8> {
        if begins {
            self.press_began = self.timestamp;
        }
        self.header(payload_type, begins, self.press_began);
        self.packet.extend_from_slice(&payload);
        self.finish()
    }

    fn header(&mut self, payload_type: u8, marker: bool, timestamp: u32) {
        let header = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(payload_type)
            .marker_bit(marker)
            .sequence_number(self.sequence)
            .timestamp(timestamp.wrapping_mul(self.codec.ticks_per_sample()))
            .ssrc(self.stream);
        self.packet.clear();
        self.packet.resize(HEADER_LENGTH, 0);
        // The buffer holds exactly a header, and every field was checked when it was agreed on.
        let written = header.write_into(&mut self.packet);
        debug_assert_eq!(written, Ok(HEADER_LENGTH));
    }

    fn finish(&mut self) -> &mut Vec<u8> {
        self.sequence = self.sequence.wrapping_add(1);
        self.packets += 1;
        self.octets += (self.packet.len() - HEADER_LENGTH) as u64;
        self.pass_time();
        &mut self.packet
    }

    /// What went out so far; its timestamp is that of the packet that is next.
    pub(crate) const fn sent(&self) -> Sent {
        let Self { stream, timestamp, packets, octets, .. } = *self;
        let timestamp = timestamp.wrapping_mul(self.codec.ticks_per_sample());
        Sent { stream, timestamp, packets, octets }
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
    use crate::{Codec, Law};

    fn outbound() -> Outbound {
        Outbound::new(&MediaPlan::usual(Codec::Pcma, ([192, 0, 2, 1], 4000).into()))
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
        let packet = outbound.packet(&[1000; 30]).clone();
        let second = fields(&packet);
        assert_eq!(second.0, first.0.wrapping_add(1));
        assert_eq!(second.1, first.1.wrapping_add(160));
        assert_eq!((first.2, first.3, second.3), (second.2, true, false));
        assert_eq!((first.4, second.4), (160, 160));
        assert!(packet[12 + 30..].iter().all(|octet| *octet == Law::A.encode(0)));
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
