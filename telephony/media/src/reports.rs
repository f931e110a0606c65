//! Reports in both directions (RTCP, RFC 3550 section 6): what we tell the peer about its audio,
//! and what it tells about ours.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rtcp_types::{
    Bye, Compound, Packet, ReceiverReport, ReportBlock, ReportBlockBuilder, RtcpPacketWriterExt,
    Sdes, SdesChunk, SdesItem, SenderReport,
};

use crate::chance::random_number;
use crate::reception::{Reception, ReceptionReport};

/// RFC 3550 section 6.2: five seconds, and never in step with anybody else's.
const INTERVAL: Duration = Duration::from_secs(5);
/// Seconds between 1900, where NTP begins, and 1970.
const NTP_EPOCH: u64 = 2_208_988_800;
/// A compound of ours: a sender report with one block, a name, a goodbye.
const LARGEST_REPORT: usize = 128;
/// No telephone call takes a minute there and back; such a figure is an error of the peer's.
const LONGEST_ROUND_TRIP: u32 = 60 << 16;

/// What we sent, for a sender report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) stream: u32,
    pub(crate) timestamp: u32,
    pub(crate) packets: u64,
    pub(crate) octets: u64,
}

/// One call's reports.
#[derive(Debug)]
pub(crate) struct Reports {
    next_at: Duration,
    packet: Vec<u8>,
    packets_at_last: u64,
    /// The peer's last sender report: the middle of its NTP time, and when it came.
    last_heard: Option<(u32, Duration)>,
    pub(crate) round_trip: Option<Duration>,
    /// Packets of ours that the peer misses.
    pub(crate) remote_lost: Option<u32>,
    /// The peer has said goodbye (section 6.6).
    pub(crate) ended: bool,
}

impl Reports {
    pub(crate) fn new(now: Duration) -> Self {
        Self {
            // The first one after half the time (section 6.2).
            next_at: now + interval() / 2,
            packet: Vec::with_capacity(LARGEST_REPORT + 32),
            packets_at_last: 0,
            last_heard: None,
            round_trip: None,
            remote_lost: None,
            ended: false,
        }
    }

    /// The compound that is due now, if one is.
    pub(crate) fn due(
        &mut self,
        now: Duration,
        sent: Sent,
        reception: &mut Reception,
    ) -> Option<&mut Vec<u8>> {
        if now < self.next_at {
            return None;
        }
        self.next_at = now + interval();
        self.compound(now, sent, reception, false)
    }

    /// The last compound of all.
    pub(crate) fn goodbye(
        &mut self,
        now: Duration,
        sent: Sent,
        reception: &mut Reception,
    ) -> Option<&mut Vec<u8>> {
        self.compound(now, sent, reception, true)
    }

    fn compound(
        &mut self,
        now: Duration,
        sent: Sent,
        reception: &mut Reception,
        last: bool,
    ) -> Option<&mut Vec<u8>> {
        let block = reception.report().map(|report| self.block(report, now));
        let speaks = sent.packets > self.packets_at_last;
        self.packets_at_last = sent.packets;
        let name = format!("{:08x}", sent.stream);
        let chunk =
            SdesChunk::builder(sent.stream).add_item(SdesItem::builder(SdesItem::CNAME, &name));
        let compound = if speaks {
            let mut report = SenderReport::builder(sent.stream)
                .ntp_timestamp(ntp_time(SystemTime::now()))
                .rtp_timestamp(sent.timestamp)
                .packet_count(low_word(sent.packets))
                .octet_count(low_word(sent.octets));
            if let Some(block) = block {
                report = report.add_report_block(block);
            }
            Compound::builder().add_packet(report)
        } else {
            let mut report = ReceiverReport::builder(sent.stream);
            if let Some(block) = block {
                report = report.add_report_block(block);
            }
            Compound::builder().add_packet(report)
        };
        let mut compound = compound.add_packet(Sdes::builder().add_chunk(chunk));
        if last {
            compound = compound.add_packet(Bye::builder().add_source(sent.stream));
        }
        self.packet.resize(LARGEST_REPORT, 0);
        let length = compound.write_into(&mut self.packet).ok()?;
        self.packet.truncate(length);
        Some(&mut self.packet)
    }

    fn block(&self, report: ReceptionReport, now: Duration) -> ReportBlockBuilder {
        let (last, delay) = self
            .last_heard
            .map_or((0, 0), |(middle, at)| (middle, short_time(now.saturating_sub(at))));
        ReportBlock::builder(report.stream)
            .fraction_lost(report.fraction_lost)
            .cumulative_lost(report.lost)
            .extended_sequence_number(report.highest)
            .interarrival_jitter(report.jitter)
            .last_sender_report_timestamp(last)
            .delay_since_last_sender_report_timestamp(delay)
    }

    /// Reads a compound of the peer's that came at `now` about our `stream`. What cannot be
    /// read, and all that is not asked for, is passed over.
    pub(crate) fn heard(&mut self, datagram: &[u8], stream: u32, now: Duration) -> bool {
        let Ok(compound) = Compound::parse(datagram) else { return false };
        let clock = middle(ntp_time(SystemTime::now()));
        for packet in compound.flatten() {
            match packet {
                Packet::Sr(report) => {
                    self.last_heard = Some((middle(report.ntp_timestamp()), now));
                    report.report_blocks().for_each(|block| self.told(&block, stream, clock));
                }
                Packet::Rr(report) => {
                    report.report_blocks().for_each(|block| self.told(&block, stream, clock));
                }
                Packet::Bye(_) => self.ended = true,
                _ => {}
            }
        }
        true
    }

    /// Section 6.4.1: the round trip is what is left of the time since our report.
    fn told(&mut self, block: &ReportBlock<'_>, stream: u32, clock: u32) {
        if block.ssrc() != stream {
            return;
        }
        // The field is signed: more duplicates than losses are no loss.
        let lost = block.cumulative_lost();
        self.remote_lost = Some(if lost > 0x7f_ffff { 0 } else { lost });
        let last = block.last_sender_report_timestamp();
        let away = block.delay_since_last_sender_report_timestamp();
        let trip = clock.wrapping_sub(last).wrapping_sub(away);
        if last != 0 && trip < LONGEST_ROUND_TRIP {
            self.round_trip = Some(Duration::from_secs(1) * trip / 65_536);
        }
    }
}

/// Between half and one and a half times the usual interval.
fn interval() -> Duration {
    let chance = u32::try_from(random_number() % 1_000).unwrap_or(500);
    INTERVAL / 2 + INTERVAL * chance / 1_000
}

fn ntp_time(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
    ((since.as_secs() + NTP_EPOCH) << 32) | fraction
}

fn middle(ntp: u64) -> u32 {
    low_word(ntp >> 16)
}

/// In units of 1/65536 s.
fn short_time(time: Duration) -> u32 {
    low_word(u64::try_from(time.as_micros()).unwrap_or(0) * 65_536 / 1_000_000)
}

fn low_word(number: u64) -> u32 {
    u32::try_from(number & 0xffff_ffff).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(stream: u32, packets: u64) -> Sent {
        Sent { stream, timestamp: 160, packets, octets: packets * 160 }
    }

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn two_sides_learn_loss_and_round_trip_from_each_other() {
        let (mut here, mut there) = (Reports::new(at(0)), Reports::new(at(0)));
        let (mut heard_here, mut heard_there) = (Reception::default(), Reception::default());
        for sequence in [1, 2, 4] {
            heard_there.packet(7, (sequence, 160), at(20), true);
            heard_here.packet(9, (sequence, 160), at(20), true);
        }
        assert!(here.due(at(100), sent(7, 3), &mut heard_here).is_none());
        let first = here.due(at(9_000), sent(7, 3), &mut heard_here).expect("due").clone();
        assert!(there.heard(&first, 9, at(9_000)));
        assert_eq!(there.remote_lost, Some(1));
        let answer = there.due(at(9_500), sent(9, 3), &mut heard_there).expect("due").clone();
        // Half a second passed there by its own clock, none here: nothing is left of the trip,
        // or almost a second of a wrapped one is refused.
        assert!(here.heard(&answer, 7, at(9_500)));
        assert_eq!(here.remote_lost, Some(1));
        assert!(here.round_trip.is_none());
        let quick = there.goodbye(at(9_000), sent(9, 3), &mut heard_there).expect("last").clone();
        assert!(here.heard(&quick, 7, at(9_500)));
        assert!(here.round_trip.expect("measured") < at(5_000) && here.ended);
    }

    #[test]
    fn who_sends_nothing_reports_as_a_receiver() {
        let mut reports = Reports::new(at(0));
        let packet = reports.due(at(9_000), sent(7, 0), &mut Reception::default()).expect("due");
        assert_eq!(packet[1], 201);
        let packet = reports.due(at(20_000), sent(7, 5), &mut Reception::default()).expect("due");
        assert_eq!(packet[1], 200);
    }

    #[test]
    fn broken_reports_are_passed_over() {
        let mut reports = Reports::new(at(0));
        let mut reception = Reception::default();
        reception.packet(9, (1, 160), at(20), true);
        let whole = reports.goodbye(at(0), sent(7, 9), &mut reception).expect("last").clone();
        let mut reader = Reports::new(at(0));
        for length in 0..whole.len() {
            let _ = reader.heard(&whole[..length], 9, at(1));
            for value in [0, 0xff, 0x80] {
                let mut changed = whole.clone();
                changed[length] = value;
                let _ = reader.heard(&changed, 9, at(1));
            }
        }
        assert!(reader.heard(&whole, 9, at(1)));
    }
}
