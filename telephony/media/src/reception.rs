//! What the packet headers tell about the way of the audio to us: loss, order, jitter.

use std::time::Duration;

use crate::SAMPLE_RATE;

/// RFC 3550 appendix A.1: a larger step means that the sender began anew.
const MAX_DROPOUT: u16 = 3_000;
/// Sequence numbers for which a second arrival is told from a late first one.
const REMEMBERED: u16 = 64;

/// Counts one stream after the other; the totals go on over all of them.
#[derive(Debug, Default)]
pub(crate) struct Reception {
    stream: Option<Stream>,
    /// Of earlier streams.
    lost_before: u64,
    pub(crate) received: u64,
    pub(crate) duplicate: u64,
    pub(crate) reordered: u64,
    max_jitter: f64,
    pub(crate) first_at: Option<Duration>,
}

/// RFC 3550 appendix A.1 and A.8.
#[derive(Debug)]
struct Stream {
    name: u32,
    first: u64,
    /// With the cycles in the upper bits.
    highest: u64,
    received: u64,
    /// The last [`REMEMBERED`] sequence numbers, the highest in the lowest bit.
    seen: u64,
    /// Arrival minus timestamp of the last packet, in ticks of its clock.
    transit: Option<i64>,
    jitter: f64,
    expected_before: u64,
    received_before: u64,
}

/// What a report block says (RFC 3550 section 6.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReceptionReport {
    pub(crate) stream: u32,
    pub(crate) fraction_lost: u8,
    pub(crate) lost: u32,
    pub(crate) highest: u32,
    pub(crate) jitter: u32,
}

impl Reception {
    /// Takes an admitted packet that arrived at `now` (time since the session began). `timed`
    /// says whether its timestamp is the moment of its sending: that of a key is not.
    pub(crate) fn packet(
        &mut self,
        name: u32,
        (sequence, timestamp): (u16, u32),
        now: Duration,
        timed: bool,
    ) {
        self.received += 1;
        self.first_at.get_or_insert(now);
        let fresh = match &self.stream {
            Some(stream) => stream.name != name || stream.is_reset(sequence),
            None => true,
        };
        if fresh {
            self.begin(name, sequence);
        }
        let Some(stream) = &mut self.stream else { return };
        match stream.place(sequence) {
            Place::Duplicate => self.duplicate += 1,
            Place::Late => self.reordered += 1,
            Place::Next if timed => {
                stream.time(timestamp, now);
                self.max_jitter = self.max_jitter.max(stream.jitter);
            }
            Place::Next => {}
        }
    }

    fn begin(&mut self, name: u32, sequence: u16) {
        if let Some(stream) = self.stream.take() {
            self.lost_before += stream.lost();
        }
        let first = u64::from(sequence);
        self.stream = Some(Stream {
            name,
            first,
            highest: first,
            received: 0,
            seen: 0,
            transit: None,
            jitter: 0.0,
            expected_before: 0,
            received_before: 0,
        });
    }

    /// Packets that the sequence numbers prove missing so far.
    pub(crate) fn lost(&self) -> u64 {
        self.lost_before + self.stream.as_ref().map_or(0, Stream::lost)
    }

    /// Interarrival jitter (RFC 3550 section 6.4.1) now and at its worst, in milliseconds.
    pub(crate) fn jitter_ms(&self) -> (f64, f64) {
        let now = self.stream.as_ref().map_or(0.0, |stream| stream.jitter);
        let ticks_per_ms = f64::from(SAMPLE_RATE) / 1_000.0;
        (now / ticks_per_ms, self.max_jitter / ticks_per_ms)
    }

    /// The block of the next report; begins the interval of the one after it.
    pub(crate) fn report(&mut self) -> Option<ReceptionReport> {
        let stream = self.stream.as_mut()?;
        let expected = stream.expected();
        let expected_lately = expected - stream.expected_before;
        let received_lately = stream.received - stream.received_before;
        (stream.expected_before, stream.received_before) = (expected, stream.received);
        let lost_lately = expected_lately.saturating_sub(received_lately);
        let fraction = (lost_lately * 256).checked_div(expected_lately).unwrap_or(0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "jitter is positive, and the field is one of 32 bits"
        )]
        let jitter = stream.jitter as u32;
        Some(ReceptionReport {
            stream: stream.name,
            fraction_lost: u8::try_from(fraction).unwrap_or(u8::MAX),
            // A signed field of 24 bits.
            lost: u32::try_from(stream.lost()).unwrap_or(u32::MAX).min(0x7f_ffff),
            highest: u32::try_from(stream.highest & 0xffff_ffff).unwrap_or(0),
            jitter,
        })
    }
}

enum Place {
    Next,
    Late,
    Duplicate,
}

impl Stream {
    fn is_reset(&self, sequence: u16) -> bool {
        let ahead = sequence.wrapping_sub(self.last());
        let behind = self.last().wrapping_sub(sequence);
        ahead >= MAX_DROPOUT && behind > MAX_DROPOUT
    }

    fn last(&self) -> u16 {
        u16::try_from(self.highest & 0xffff).unwrap_or(0)
    }

    fn place(&mut self, sequence: u16) -> Place {
        let ahead = sequence.wrapping_sub(self.last());
        if self.received == 0 || (ahead != 0 && ahead < MAX_DROPOUT) {
            self.highest += u64::from(ahead);
            self.seen = self.seen.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
            self.received += 1;
            return Place::Next;
        }
        let behind = self.last().wrapping_sub(sequence);
        if behind < REMEMBERED && self.seen & (1 << behind) != 0 {
            return Place::Duplicate;
        }
        if behind < REMEMBERED {
            self.seen |= 1 << behind;
        }
        // A packet from before the first one was not expected, so it cannot make up for a loss.
        if u64::from(behind) <= self.highest - self.first {
            self.received += 1;
        }
        Place::Late
    }

    fn time(&mut self, timestamp: u32, now: Duration) {
        let micros = i64::try_from(now.as_micros()).unwrap_or(i64::MAX / 16);
        let arrival = micros * i64::from(SAMPLE_RATE) / 1_000_000;
        let transit = arrival - i64::from(timestamp);
        if let Some(before) = self.transit {
            let difference = (transit - before).unsigned_abs();
            // A second: the clock was set, or stood still for a pause; neither is jitter.
            if difference < u64::from(SAMPLE_RATE) {
                let difference = f64::from(u32::try_from(difference).unwrap_or(0));
                self.jitter += (difference - self.jitter) / 16.0;
            }
        }
        self.transit = Some(transit);
    }

    const fn expected(&self) -> u64 {
        self.highest - self.first + 1
    }

    const fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn send(reception: &mut Reception, number: u16, ms: u64) {
        let position = (65_530_u16.wrapping_add(number), u32::from(number) * 160);
        reception.packet(7, position, at(ms), true);
    }

    #[test]
    fn loss_order_and_doubles_are_counted_over_the_edge_of_the_numbers() {
        let mut reception = Reception::default();
        for number in [0, 1, 3, 2, 5, 5, 9, 10, 8] {
            send(&mut reception, number, u64::from(number) * 20);
        }
        assert_eq!((reception.received, reception.lost()), (9, 3));
        assert_eq!((reception.duplicate, reception.reordered), (1, 2));
        let report = reception.report().expect("a stream");
        assert_eq!((report.lost, report.highest, report.fraction_lost), (3, 65_540, 69));
        send(&mut reception, 11, 220);
        assert_eq!(reception.report().expect("a stream").fraction_lost, 0);
    }

    #[test]
    fn jitter_is_that_of_the_standard() {
        let mut reception = Reception::default();
        for number in 0..400_u16 {
            // Every second packet is 8 ms late: the difference is 64 ticks each time.
            let late = u64::from(number % 2) * 8;
            send(&mut reception, number, u64::from(number) * 20 + late);
        }
        let (now, worst) = reception.jitter_ms();
        assert!((7.9..=8.0).contains(&now) && worst >= now, "{now} {worst}");
    }

    #[test]
    fn a_new_stream_or_a_reset_begins_anew_and_keeps_the_totals() {
        let mut reception = Reception::default();
        for number in [0, 2] {
            send(&mut reception, number, 0);
        }
        reception.packet(8, (40, 9), at(10), true);
        reception.packet(8, (20_040, 9), at(20), true);
        reception.packet(8, (20_042, 9), at(30), true);
        assert_eq!((reception.received, reception.lost()), (5, 2));
        assert_eq!(reception.report().expect("a stream").stream, 8);
    }
}
