//! What both sides tell each other about their audio, and what we tell about the call.

use std::net::SocketAddr;
use std::time::Instant;

use super::{Leg, Scratch};
use crate::SAMPLE_RATE;
use crate::quality::CallQuality;
use crate::wire::Arrival;

/// Reports taken at one visit; a peer sends one in five seconds.
const MOST_REPORTS_PER_VISIT: usize = 8;
/// Reports are looked for at every second visit: what they wait longer looks like a longer way.
const VISITS_PER_REPORT: u32 = 2;

impl Leg {
    fn listen_for_reports(&mut self, now: Instant, scratch: &mut Scratch) {
        for _ in 0..MOST_REPORTS_PER_VISIT {
            match self.wire.receive_reports(&mut scratch.datagram) {
                Arrival::Reports(length, source) => {
                    self.reported(&scratch.datagram[..length], source, now);
                }
                Arrival::Nothing => return,
                Arrival::Audio(..) | Arrival::Refused => self.refused += 1,
            }
        }
    }

    pub(super) fn reported(&mut self, datagram: &[u8], source: SocketAddr, now: Instant) {
        let since = self.since(now);
        let ours = self.outbound.sent().stream;
        let ours = self.latch.vouches_for(source) && self.reports.heard(datagram, ours, since);
        self.refused += u64::from(!ours);
    }

    pub(super) fn exchange_reports(&mut self, now: Instant, scratch: &mut Scratch) {
        self.visits = self.visits.wrapping_add(1);
        if !self.visits.is_multiple_of(VISITS_PER_REPORT) {
            return;
        }
        self.listen_for_reports(now, scratch);
        let since = self.since(now);
        let Some((target, shared)) = self.reports_target() else { return };
        let sent = self.outbound.sent();
        if let Some(packet) = self.reports.due(since, sent, &mut self.reception) {
            self.wire.send_reports(packet, target, shared);
        }
    }

    pub(super) fn say_goodbye(&mut self, now: Instant) {
        let (since, sent) = (self.since(now), self.outbound.sent());
        let Some((target, shared)) = self.reports_target() else { return };
        if let Some(packet) = self.reports.goodbye(since, sent, &mut self.reception) {
            self.wire.send_reports(packet, target, shared);
        }
    }

    /// Where reports go: behind NAT, beside the place that the audio comes from.
    fn reports_target(&self) -> Option<(SocketAddr, bool)> {
        let shared = self.plan.reports_share_port;
        let described = self.plan.reports?;
        match self.latch.source() {
            Some(source) if shared => Some((source, true)),
            Some(source) if source.ip() != described.ip() => {
                Some((SocketAddr::new(source.ip(), source.port().checked_add(1)?), false))
            }
            _ => Some((described, shared)),
        }
    }

    pub(super) fn quality(&self) -> CallQuality {
        let (jitter_ms, max_jitter_ms) = self.reception.jitter_ms();
        let (late, concealed) = self.joined.as_ref().map_or((0, 0), |joined| joined.says.counts());
        CallQuality {
            received: self.reception.received,
            lost: self.reception.lost(),
            late,
            duplicate: self.reception.duplicate,
            reordered: self.reception.reordered,
            refused: self.refused,
            jitter_ms,
            max_jitter_ms,
            concealed_ms: concealed / u64::from(SAMPLE_RATE / 1_000),
            round_trip: self.reports.round_trip,
            remote_lost: self.reports.remote_lost,
            sent: self.outbound.sent().packets,
            first_packet_after: self.reception.first_at,
            level_in_dbfs: self.level_in.dbfs(),
            level_out_dbfs: self.level_out.dbfs(),
            codec: Some(self.plan.codec),
            srtp: self.plan.srtp.map(|keys| keys.ours.suite),
        }
    }
}
