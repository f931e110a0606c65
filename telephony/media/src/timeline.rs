//! The caller's audio in the order and at the pace she spoke it.
//!
//! A telephone call is heard live, a message is not: so nothing is thrown away for being late.
//! Packets are put in order, gaps in their timestamps become silence, and when nothing arrives
//! the clock on the wall supplies the silence. What comes out is one unbroken line of samples.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::SAMPLE_RATE;

/// How long a gap waits for its packet.
const REORDER_WAIT: Duration = Duration::from_millis(60);
/// How many packets may wait behind a gap.
const REORDER_LIMIT: usize = 64;
/// Silence begins to be supplied when nothing has arrived for this long.
const PATIENCE: Duration = Duration::from_millis(200);
/// RFC 3550 appendix A.1: a larger step means that the sender began anew.
const MAX_DROPOUT: u16 = 3_000;
/// How much audio may come ahead of the wall clock, in samples: beyond is a flood.
const MAX_AHEAD: u64 = 2 * SAMPLE_RATE as u64;

/// One packet's share: audio, or nothing for keys and comfort noise.
#[derive(Debug)]
struct Held {
    timestamp: u32,
    samples: Vec<i16>,
    since: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Expected {
    sequence: u16,
    timestamp: u32,
}

/// Puts a stream's packets onto one line of samples.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    expected: Option<Expected>,
    /// Keyed by the distance from the sequence number that was expected when the gap opened.
    held: BTreeMap<u16, Held>,
    last_arrival: Duration,
    /// Silence already supplied since the last packet, in samples.
    supplied: u64,
    /// Samples on the line, and how many of them are the caller's own.
    total: u64,
    spoken: u64,
    received: u64,
    lost: u64,
}

impl Timeline {
    /// Takes a packet of the current stream that arrived at `now` (time since the session began)
    /// and appends what is now in order to `line`.
    pub(crate) fn push(
        &mut self,
        (sequence, timestamp): (u16, u32),
        samples: &[i16],
        now: Duration,
        line: &mut Vec<i16>,
    ) {
        self.received += 1;
        let Some(expected) = self.expected else {
            self.expected = Some(Expected { sequence, timestamp });
            return self.release(timestamp, samples, now, line);
        };
        let ahead = sequence.wrapping_sub(expected.sequence);
        let behind = expected.sequence.wrapping_sub(sequence);
        if ahead == 0 {
            self.release(timestamp, samples, now, line);
            self.release_followers(now, line);
        } else if ahead < MAX_DROPOUT {
            let held = || Held { timestamp, samples: samples.to_vec(), since: now };
            self.held.entry(ahead).or_insert_with(held);
            if self.held.len() > REORDER_LIMIT {
                self.give_up_gap(now, line);
            }
        } else if behind > MAX_DROPOUT {
            self.flush(now, line);
            self.expected = Some(Expected { sequence, timestamp });
            self.release(timestamp, samples, now, line);
        }
    }

    /// Lets time pass: gaps that waited long enough and missing packets become silence.
    pub(crate) fn tick(&mut self, now: Duration, line: &mut Vec<i16>) {
        let oldest = self.held.values().map(|held| held.since).min();
        if oldest.is_some_and(|since| now.saturating_sub(since) >= REORDER_WAIT) {
            self.give_up_gap(now, line);
        }
        let missing = now.saturating_sub(self.last_arrival).saturating_sub(PATIENCE);
        let due = samples_in(missing);
        if due > self.supplied {
            self.silence(due - self.supplied, line);
            self.supplied = due;
        }
    }

    /// Appends whatever still waits, at the end of a recording or a stream.
    pub(crate) fn flush(&mut self, now: Duration, line: &mut Vec<i16>) {
        while !self.held.is_empty() {
            self.give_up_gap(now, line);
        }
    }

    /// A new stream begins: its sequence and clock have nothing to do with the last one's.
    pub(crate) fn restart(&mut self, now: Duration, line: &mut Vec<i16>) {
        self.flush(now, line);
        self.expected = None;
    }

    /// Packets that belonged to the stream, and those its sequence numbers prove missing.
    pub(crate) const fn counts(&self) -> (u64, u64) {
        (self.received, self.lost)
    }

    fn release(&mut self, timestamp: u32, samples: &[i16], now: Duration, line: &mut Vec<i16>) {
        let Some(expected) = &mut self.expected else { return };
        expected.sequence = expected.sequence.wrapping_add(1);
        // RFC 4733 section 2.5.1.2: a key's packets repeat the time at which its press began.
        if samples.is_empty() {
            return;
        }
        let gap = u64::from(timestamp.wrapping_sub(expected.timestamp));
        // A G.711 payload of a UDP datagram is far below u32::MAX samples.
        let length = u32::try_from(samples.len()).unwrap_or(0);
        expected.timestamp = timestamp.wrapping_add(length);
        let pause = gap.saturating_sub(self.supplied);
        // A clock that leaps further than time has passed was reset, not paused.
        if pause <= room(now, self.total) {
            self.silence(pause, line);
        }
        self.supplied = 0;
        self.last_arrival = now;
        let allowed = usize::try_from(room(now, self.spoken)).unwrap_or(usize::MAX);
        let kept = allowed.min(samples.len());
        self.spoken += kept as u64;
        self.total += kept as u64;
        line.extend_from_slice(&samples[..kept]);
    }

    fn release_followers(&mut self, now: Duration, line: &mut Vec<i16>) {
        if self.held.is_empty() {
            return;
        }
        let mut passed = 1;
        while let Some(held) = self.held.remove(&passed) {
            self.release(held.timestamp, &held.samples, now, line);
            passed += 1;
        }
        self.rebase(passed);
    }

    /// The packets before the nearest held one are lost.
    fn give_up_gap(&mut self, now: Duration, line: &mut Vec<i16>) {
        let Some((gap, held)) = self.held.pop_first() else { return };
        self.lost += u64::from(gap);
        if let Some(expected) = &mut self.expected {
            expected.sequence = expected.sequence.wrapping_add(gap);
        }
        self.rebase(gap);
        self.release(held.timestamp, &held.samples, now, line);
        self.release_followers(now, line);
    }

    fn rebase(&mut self, passed: u16) {
        if passed > 0 && !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            self.held = held
                .into_iter()
                .map(|(ahead, packet)| (ahead.saturating_sub(passed), packet))
                .collect();
        }
    }

    fn silence(&mut self, samples: u64, line: &mut Vec<i16>) {
        self.total += samples;
        let samples = usize::try_from(samples).unwrap_or(0);
        line.resize(line.len() + samples, 0);
    }
}

/// How many more samples time allows when `emitted` are out.
fn room(now: Duration, emitted: u64) -> u64 {
    (samples_in(now) + MAX_AHEAD).saturating_sub(emitted)
}

fn samples_in(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX / 8) * u64::from(SAMPLE_RATE / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: usize = 160;
    const FRAME_TIME: u32 = 160;

    /// A sender with perfect 20 ms packets, each filled with its own number (from 1 on).
    struct Sender {
        first_sequence: u16,
        first_timestamp: u32,
    }

    impl Sender {
        fn new() -> Self {
            Self { first_sequence: u16::MAX - 2, first_timestamp: u32::MAX - 300 }
        }

        fn send(&self, number: u16, timeline: &mut Timeline, now_ms: u64, line: &mut Vec<i16>) {
            let sequence = self.first_sequence.wrapping_add(number);
            let timestamp = self.first_timestamp.wrapping_add(u32::from(number) * FRAME_TIME);
            let audio = vec![i16::try_from(number).expect("small") + 1; FRAME];
            timeline.push((sequence, timestamp), &audio, Duration::from_millis(now_ms), line);
        }
    }

    /// One number per frame of the line.
    fn frames(line: &[i16]) -> Vec<i16> {
        assert_eq!(line.len() % FRAME, 0);
        line.chunks(FRAME)
            .map(|frame| {
                assert!(frame.iter().all(|sample| *sample == frame[0]));
                frame[0]
            })
            .collect()
    }

    #[test]
    fn packets_in_order_pass_at_once() {
        let (mut timeline, mut line, sender) = (Timeline::default(), Vec::new(), Sender::new());
        for number in 0..6 {
            sender.send(number, &mut timeline, u64::from(number) * 20, &mut line);
        }
        assert_eq!(frames(&line), [1, 2, 3, 4, 5, 6]);
        assert_eq!(timeline.counts(), (6, 0));
    }

    #[test]
    fn swapped_and_doubled_packets_are_put_right() {
        let (mut timeline, mut line, sender) = (Timeline::default(), Vec::new(), Sender::new());
        for (step, number) in [0, 2, 1, 1, 5, 4, 3, 2, 6].into_iter().enumerate() {
            sender.send(number, &mut timeline, step as u64 * 20, &mut line);
        }
        assert_eq!(frames(&line), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(timeline.counts().1, 0);
    }

    #[test]
    fn a_lost_packet_becomes_silence_of_its_length() {
        let (mut timeline, mut line, sender) = (Timeline::default(), Vec::new(), Sender::new());
        for number in [0, 1, 3, 4] {
            sender.send(number, &mut timeline, u64::from(number) * 20, &mut line);
        }
        assert_eq!(frames(&line), [1, 2]);
        timeline.tick(Duration::from_millis(60 + 60), &mut line);
        assert_eq!(frames(&line), [1, 2, 0, 4, 5]);
        assert_eq!(timeline.counts(), (4, 1));
    }

    #[test]
    fn a_pause_of_the_sender_keeps_its_length() {
        let (mut timeline, mut line, sender) = (Timeline::default(), Vec::new(), Sender::new());
        sender.send(0, &mut timeline, 0, &mut line);
        for now in (20..1000).step_by(20) {
            timeline.tick(Duration::from_millis(now), &mut line);
        }
        // RFC 3551 section 4.1: the clock runs on in silence, the sequence does not.
        let resumed = (Sender::new().first_sequence.wrapping_add(1), {
            Sender::new().first_timestamp.wrapping_add(50 * FRAME_TIME)
        });
        timeline.push(resumed, &[51; FRAME], Duration::from_secs(1), &mut line);
        let mut expected = vec![0; 51];
        (expected[0], expected[50]) = (1, 51);
        assert_eq!(frames(&line), expected);
    }

    #[test]
    fn nothing_is_lost_when_a_burst_comes_late() {
        let (mut timeline, mut line, sender) = (Timeline::default(), Vec::new(), Sender::new());
        sender.send(0, &mut timeline, 0, &mut line);
        timeline.tick(Duration::from_millis(600), &mut line);
        for number in 1..30 {
            sender.send(number, &mut timeline, 600, &mut line);
        }
        let spoken: Vec<i16> = frames(&line).into_iter().filter(|frame| *frame != 0).collect();
        assert_eq!(spoken, (1..=30).collect::<Vec<i16>>());
    }

    #[test]
    fn an_empty_line_fills_with_the_time_that_passes() {
        let (mut timeline, mut line) = (Timeline::default(), Vec::new());
        timeline.tick(Duration::from_millis(5200), &mut line);
        assert_eq!(line.len(), 5 * SAMPLE_RATE as usize);
    }

    #[test]
    fn keys_between_audio_take_the_time_they_took() {
        let (mut timeline, mut line, sender) = (Timeline::default(), Vec::new(), Sender::new());
        sender.send(0, &mut timeline, 0, &mut line);
        let began = sender.first_timestamp.wrapping_add(FRAME_TIME);
        for number in 1..4 {
            let sequence = sender.first_sequence.wrapping_add(number);
            let now = Duration::from_millis(u64::from(number) * 20);
            timeline.push((sequence, began), &[], now, &mut line);
        }
        sender.send(4, &mut timeline, 80, &mut line);
        assert_eq!(frames(&line), [1, 0, 0, 0, 5]);
    }

    #[test]
    fn a_new_stream_or_a_reset_goes_on_without_a_hole() {
        let (mut timeline, mut line, sender) = (Timeline::default(), Vec::new(), Sender::new());
        sender.send(0, &mut timeline, 0, &mut line);
        timeline.push((30_000, 77), &[2; FRAME], Duration::from_millis(20), &mut line);
        timeline.restart(Duration::from_millis(30), &mut line);
        timeline.push((5, 4_000_000), &[3; FRAME], Duration::from_millis(40), &mut line);
        assert_eq!(frames(&line), [1, 2, 3]);
    }

    #[test]
    fn a_leaping_clock_or_a_flood_cannot_fill_memory() {
        let (mut timeline, mut line) = (Timeline::default(), Vec::new());
        let now = Duration::from_secs(1);
        for step in 0..u16::MAX {
            let timestamp = u32::from(step).wrapping_mul(0x7fff_1234);
            timeline.push((step, timestamp), &[1; FRAME], now, &mut line);
        }
        assert!(line.len() <= 2 * (3 * SAMPLE_RATE as usize), "{}", line.len());
    }

    #[test]
    fn any_order_of_packets_keeps_the_memory_small() {
        let (mut timeline, mut line) = (Timeline::default(), Vec::new());
        let mut state = 1_u32;
        for step in 0..50_000_u64 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, ..] = state.to_be_bytes();
            let sequence = u16::from_be_bytes([a, b]);
            let now = Duration::from_millis(step);
            timeline.push((sequence, state), &[1; 8], now, &mut line);
            timeline.tick(now, &mut line);
            assert!(timeline.held.len() <= REORDER_LIMIT + 1);
            line.clear();
        }
    }
}
