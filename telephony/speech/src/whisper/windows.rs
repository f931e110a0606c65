//! Speech packed into windows that Whisper can take at once, and the way back to real times.

use std::ops::Range;

use crate::recording::Span;

use super::mel::RATE;

/// The longest window, in samples: 28 of Whisper's 30 seconds, so that it hears the end.
const LONGEST: usize = 28 * RATE;
/// Speech without a pause is cut no earlier than this, at its quietest moment.
const EARLIEST_CUT: usize = 20 * RATE;
/// The length over which a moment's loudness is measured: 100 ms.
const MOMENT: usize = RATE / 10;

/// How far Whisper's times may be off where two pieces meet, in seconds.
const TOLERANCE: f64 = 1.0;

/// Pieces of speech side by side, the silence between them left out.
#[derive(Debug, Default)]
pub(crate) struct Window {
    /// Samples at [`RATE`].
    pub(crate) samples: Vec<f32>,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    /// Where it stands in the window.
    at: usize,
    /// Where it came from.
    from: Span,
}

impl Window {
    /// Length in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        seconds(self.samples.len())
    }

    /// When words really start and end that have these times in this window, in seconds.
    ///
    /// Whisper's times are not exact: where a sentence only touches a neighbouring piece, it
    /// belongs to the piece in which most of it lies.
    pub(crate) fn real_times(&self, start: f64, end: f64) -> (f64, f64) {
        let tolerance = ((end - start) / 3.0).clamp(0.0, TOLERANCE);
        let real_start = self.real_time(start, start + tolerance);
        let real_end = self.real_time(end, end - tolerance);
        (real_start, real_end.max(real_start))
    }

    /// What lies between two times of this window, in seconds, as a window of its own.
    pub(crate) fn part(&self, times: &Range<f64>) -> Self {
        let place = |time: f64| samples(time).min(self.samples.len());
        let (start, end) = (place(times.start), place(times.end));
        let mut part = Self::default();
        for piece in &self.pieces {
            let from = start.max(piece.at);
            let to = end.min(piece.at + piece.from.len());
            if from < to {
                let begins = piece.from.start + (from - piece.at);
                part.pieces
                    .push(Piece { at: part.samples.len(), from: begins..begins + (to - from) });
                part.samples.extend_from_slice(&self.samples[from..to]);
            }
        }
        part
    }

    fn real_time(&self, time: f64, probe: f64) -> f64 {
        let Some(first) = self.pieces.first() else { return time };
        let piece = self.pieces.iter().rfind(|piece| seconds(piece.at) <= probe).unwrap_or(first);
        let (start, end) = (seconds(piece.from.start), seconds(piece.from.end));
        (start + time - seconds(piece.at)).clamp(start, end)
    }

    fn push(&mut self, samples: &[f32], from: Span) {
        self.pieces.push(Piece { at: self.samples.len(), from: from.clone() });
        self.samples.extend_from_slice(&samples[from]);
    }
}

/// Packs spans of speech into windows, in order.
pub(crate) fn windows(samples: &[f32], spans: &[Span]) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut current = Window::default();
    for span in spans.iter().flat_map(|span| cut(samples, span.clone())) {
        if !current.samples.is_empty() && current.samples.len() + span.len() > LONGEST {
            windows.push(std::mem::take(&mut current));
        }
        current.push(samples, span);
    }
    if !current.samples.is_empty() {
        windows.push(current);
    }
    windows
}

/// Cuts a span that is longer than a window where it is quietest.
fn cut(samples: &[f32], mut span: Span) -> Vec<Span> {
    let mut parts = Vec::new();
    while span.len() > LONGEST {
        let candidates = span.start + EARLIEST_CUT..span.start + LONGEST - MOMENT;
        let quietest = candidates
            .step_by(MOMENT / 4)
            .map(|at| (at, samples[at..at + MOMENT].iter().map(|s| s * s).sum::<f32>()))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(span.start + LONGEST, |(at, _)| at + MOMENT / 2);
        parts.push(span.start..quietest);
        span.start = quietest;
    }
    parts.push(span);
    parts
}

#[expect(clippy::cast_possible_truncation, reason = "a window has 30 seconds at most")]
#[expect(clippy::cast_sign_loss, reason = "times are positive")]
#[expect(clippy::cast_precision_loss, reason = "16,000")]
fn samples(seconds: f64) -> usize {
    (seconds * RATE as f64) as usize
}

#[expect(clippy::cast_precision_loss, reason = "a recording has fewer than 2^52 samples")]
fn seconds(samples: usize) -> f64 {
    samples as f64 / RATE as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: usize = RATE;

    #[test]
    fn short_spans_share_a_window_and_keep_their_times() {
        let samples = vec![0.1; 20 * S];
        let packed = windows(&samples, &[2 * S..4 * S, 10 * S..13 * S]);
        assert_eq!(packed.len(), 1);
        let window = &packed[0];
        assert!((window.seconds() - 5.0).abs() < 1e-9);
        for ((start, end), (real_start, real_end)) in [
            ((0.0, 2.0), (2.0, 4.0)),
            ((0.5, 1.5), (2.5, 3.5)),
            ((1.4, 4.0), (10.0, 12.0)), // begins a little early
            ((0.0, 2.5), (2.0, 4.0)),   // ends a little late
            ((1.0, 4.0), (10.0, 12.0)),
            ((0.5, 4.5), (2.5, 12.5)), // spans both pieces
            ((4.0, 9.0), (12.0, 13.0)),
        ] {
            let real = window.real_times(start, end);
            assert!((real.0 - real_start).abs() < 1e-9, "{start} {end} {real:?}");
            assert!((real.1 - real_end).abs() < 1e-9, "{start} {end} {real:?}");
        }
    }

    #[test]
    fn a_part_of_a_window_keeps_its_times() {
        let samples: Vec<f32> =
            (0_u8..20).flat_map(|second| std::iter::repeat_n(f32::from(second), S)).collect();
        let packed = windows(&samples, &[2 * S..4 * S, 10 * S..13 * S]);
        let part = packed[0].part(&(1.5..4.0));
        assert!((part.seconds() - 2.5).abs() < 1e-9);
        let (start, end) = part.real_times(0.5, 2.5);
        assert!((start - 10.0).abs() < 1e-9 && (end - 12.0).abs() < 1e-9, "{start} {end}");
        assert_eq!(
            part.samples.iter().step_by(S / 2).collect::<Vec<_>>(),
            [&3.0, &10.0, &10.0, &11.0, &11.0]
        );
        assert!(packed[0].part(&(7.0..9.0)).samples.is_empty());
    }

    #[test]
    fn what_does_not_fit_opens_a_new_window() {
        let samples = vec![0.1; 60 * S];
        let packed = windows(&samples, &[0..20 * S, 21 * S..40 * S]);
        assert_eq!(packed.iter().map(|w| w.samples.len()).collect::<Vec<_>>(), [20 * S, 19 * S]);
        assert!((packed[1].real_times(0.0, 1.0).0 - 21.0).abs() < 1e-9);
        assert!(windows(&samples, &[]).is_empty());
    }

    #[test]
    fn endless_speech_is_cut_where_it_is_quiet() {
        let mut samples = vec![0.5; 70 * S];
        samples[24 * S..24 * S + S / 5].fill(0.001);
        let packed = windows(&samples, std::slice::from_ref(&(0..70 * S)));
        assert!(packed.len() >= 3);
        assert!(packed.iter().all(|window| window.samples.len() <= LONGEST));
        assert_eq!(packed.iter().map(|window| window.samples.len()).sum::<usize>(), 70 * S);
        let first = packed[0].seconds();
        assert!((24.0..24.2).contains(&first), "{first}");
    }
}
