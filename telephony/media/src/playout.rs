//! What is heard of a stream by somebody who listens live: packets wait a little, so that late
//! ones still come in time, and what is missing all the same is made up for.

use crate::SAMPLE_RATE;
use crate::concealment::Concealer;

/// Half a second, a power of two so that it divides the range of timestamps.
const ROOM: u32 = 4_096;
const SAMPLES_PER_MS: u32 = SAMPLE_RATE / 1_000;
/// How long packets wait at least and at most.
const SHALLOWEST: u32 = 20 * SAMPLES_PER_MS;
const DEEPEST: u32 = 120 * SAMPLES_PER_MS;
/// Beyond the wanted depth by this much, silence is left out; by four times this, speech too.
const SLACK: u32 = 20 * SAMPLES_PER_MS;
/// A stretch with a mean amplitude below this is silence that can be left out.
const QUIET: u32 = 60;

/// A buffer between a stream's arrival and somebody's ear.
pub(crate) struct Playout {
    /// The sample of each moment, by its timestamp; taken when it is heard.
    moments: Vec<Option<i16>>,
    /// The timestamp that is heard next, and the one after the last that arrived.
    next: u32,
    end: u32,
    begun: bool,
    /// Something of the stream was heard, so that there is a sound to go on with.
    heard: bool,
    depth: u32,
    concealer: Concealer,
    late: u64,
    concealed: u64,
}

impl Default for Playout {
    fn default() -> Self {
        Self {
            moments: vec![None; ROOM as usize],
            next: 0,
            end: 0,
            begun: false,
            heard: false,
            depth: SHALLOWEST,
            concealer: Concealer::default(),
            late: 0,
            concealed: 0,
        }
    }
}

impl Playout {
    /// Takes a packet's samples. `jitter_ms` is the jitter measured so far.
    pub(crate) fn push(&mut self, timestamp: u32, samples: &[i16], jitter_ms: f64) {
        let Some(length) = u32::try_from(samples.len()).ok().filter(|length| *length <= ROOM / 2)
        else {
            return;
        };
        self.deepen(jitter_ms);
        let ahead = timestamp.wrapping_sub(self.next);
        let behind = self.next.wrapping_sub(timestamp);
        if !self.begun || (ahead > ROOM - length && behind > ROOM) {
            self.begin(timestamp);
        } else if behind.wrapping_sub(1) < ROOM {
            self.late += 1;
            return;
        }
        for (moment, sample) in (0..).zip(samples) {
            let at = timestamp.wrapping_add(moment);
            self.moments[(at % ROOM) as usize] = Some(*sample);
        }
        let end = timestamp.wrapping_add(length);
        if end.wrapping_sub(self.end) < ROOM {
            self.end = end;
        }
    }

    /// A stream begins: it is heard after the depth of the buffer.
    fn begin(&mut self, timestamp: u32) {
        self.moments.fill(None);
        self.next = timestamp.wrapping_sub(self.depth);
        self.end = timestamp;
        self.begun = true;
        self.heard = false;
    }

    fn deepen(&mut self, jitter_ms: f64) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float becomes an integer by saturation"
        )]
        let wanted = (jitter_ms * 3.0) as u32;
        let wanted = wanted.min(1_000) * SAMPLES_PER_MS + SHALLOWEST;
        self.depth = wanted.clamp(SHALLOWEST, DEEPEST);
    }

    /// The next samples for the ear.
    pub(crate) fn pull(&mut self, samples: &mut [i16]) {
        samples.fill(0);
        if !self.begun {
            return;
        }
        self.catch_up(samples.len());
        let mut at = 0;
        while at < samples.len() {
            let rest = &mut samples[at..];
            let present = self.take_run(rest);
            if present > 0 {
                self.heard = true;
                self.concealer.heard(&mut rest[..present]);
                at += present;
                continue;
            }
            let waits = self.end.wrapping_sub(self.next);
            let gap = if waits == 0 || waits > ROOM {
                // Nothing has arrived: time stands still, so that what comes is heard whole.
                rest.len()
            } else {
                let gap = self.gap().min(rest.len());
                self.next = self.next.wrapping_add(u32::try_from(gap).unwrap_or(0));
                gap
            };
            if self.heard {
                self.concealed += self.concealer.conceal(&mut rest[..gap]) as u64;
            }
            at += gap;
        }
    }

    /// Moves the samples that are there into `samples`, up to the first that is missing.
    fn take_run(&mut self, samples: &mut [i16]) -> usize {
        let mut taken = 0;
        for place in samples {
            let Some(sample) = self.moments[(self.next % ROOM) as usize].take() else { break };
            *place = sample;
            self.next = self.next.wrapping_add(1);
            taken += 1;
        }
        taken
    }

    /// How many samples in a row are missing.
    fn gap(&self) -> usize {
        (0..ROOM)
            .take_while(|step| {
                self.moments[(self.next.wrapping_add(*step) % ROOM) as usize].is_none()
            })
            .count()
            .max(1)
    }

    /// Leaves out silence, or a pause of the sender, when more waits than has to.
    fn catch_up(&mut self, wanted: usize) {
        let waits = self.end.wrapping_sub(self.next);
        if waits > ROOM {
            return;
        }
        let too_much = waits.saturating_sub(self.depth);
        if too_much <= SLACK {
            return;
        }
        let stretch = u32::try_from(wanted).unwrap_or(0).min(too_much);
        let moments = || (0..stretch).map(|step| self.next.wrapping_add(step) % ROOM);
        let loudness: u32 = moments()
            .map(|at| self.moments[at as usize].map_or(0, |s| u32::from(s.unsigned_abs())))
            .sum();
        if loudness / stretch.max(1) < QUIET || too_much > 4 * SLACK {
            for at in moments().collect::<Vec<_>>() {
                self.moments[at as usize] = None;
            }
            self.next = self.next.wrapping_add(stretch);
        }
    }

    /// Packets that came too late, and samples that were made up.
    pub(crate) const fn counts(&self) -> (u64, u64) {
        (self.late, self.concealed)
    }
}

impl std::fmt::Debug for Playout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Playout({} of {} samples wait)", self.end.wrapping_sub(self.next), self.depth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: usize = 160;

    fn frame(number: u32) -> Vec<i16> {
        vec![i16::try_from(number + 1).expect("small") * 100; FRAME]
    }

    fn push(playout: &mut Playout, number: u32, jitter: f64) {
        playout.push((u32::MAX - 400).wrapping_add(number * 160), &frame(number), jitter);
    }

    fn pull(playout: &mut Playout) -> Vec<i16> {
        let mut samples = vec![7; FRAME];
        playout.pull(&mut samples);
        samples
    }

    #[test]
    fn packets_are_heard_in_order_whatever_their_order_was() {
        let mut playout = Playout::default();
        assert_eq!(pull(&mut playout), [0; FRAME]);
        push(&mut playout, 0, 0.0);
        pull(&mut playout);
        let mut heard = Vec::new();
        for pair in [[2, 1], [4, 3], [6, 5]] {
            for number in pair {
                push(&mut playout, number, 0.0);
            }
            heard.extend([pull(&mut playout), pull(&mut playout)]);
        }
        for (number, samples) in (0..).zip(&heard) {
            assert_eq!(samples[40..], frame(number)[40..], "{number}");
        }
        assert_eq!(playout.counts(), (0, 0));
    }

    #[test]
    fn a_lost_packet_is_made_up_for_and_a_late_one_is_counted() {
        let mut playout = Playout::default();
        let heard: Vec<Vec<i16>> = [Some(0), Some(1), None, Some(3), None]
            .into_iter()
            .map(|arrives| {
                if let Some(number) = arrives {
                    push(&mut playout, number, 0.0);
                }
                pull(&mut playout)
            })
            .collect();
        assert_eq!(heard[4][40..], frame(3)[40..]);
        assert!(heard[3][80] > 100, "{:?}", &heard[3][..8]);
        assert_eq!(playout.counts(), (0, 160));
        push(&mut playout, 2, 0.0);
        assert_eq!(playout.counts(), (1, 160));
    }

    #[test]
    fn the_buffer_is_as_deep_as_the_jitter_wants() {
        let waits = |jitter: f64| {
            let mut playout = Playout::default();
            push(&mut playout, 0, jitter);
            (0..20).take_while(|_| pull(&mut playout)[80] == 0).count()
        };
        assert_eq!([waits(0.0), waits(14.0), waits(500.0)], [1, 3, 6]);
    }

    #[test]
    fn a_burst_is_heard_and_its_silence_is_left_out() {
        let mut playout = Playout::default();
        push(&mut playout, 0, 0.0);
        (0..3).for_each(|_| drop(pull(&mut playout)));
        for number in 1..12 {
            let samples = if number % 2 == 0 { vec![0; FRAME] } else { frame(number) };
            let timestamp = (u32::MAX - 400).wrapping_add(number * 160);
            playout.push(timestamp, &samples, 0.0);
        }
        let heard: Vec<i16> = (0..14).flat_map(|_| pull(&mut playout)).collect();
        for number in [5, 7, 9, 11_u32] {
            assert!(heard.contains(&frame(number)[0]), "{number}");
        }
        assert!(playout.end.wrapping_sub(playout.next) <= SHALLOWEST + SLACK);
    }

    #[test]
    fn any_packets_in_any_order_do_no_harm() {
        let (mut playout, mut state) = (Playout::default(), 1_u32);
        let mut samples = [0; 480];
        for step in 0..30_000_usize {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let near = if step % 3 == 0 { state } else { state % 9_000 };
            playout.push(near, &vec![1; (state >> 20) as usize], f64::from(state % 90));
            playout.pull(&mut samples[..step % 480]);
        }
    }
}
