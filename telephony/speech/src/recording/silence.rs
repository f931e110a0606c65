//! Where in a recording somebody speaks.
//!
//! Whisper invents sentences over silence and costs as much for it as for speech, so only speech
//! is shown to it.

use std::ops::Range;

use earshot::Detector;

/// The detector's frame: 16 ms.
const FRAME: usize = 256;
/// A frame scored above this starts speech; see [`KEEP`].
const START: f32 = 0.5;
/// Speech lasts while frames score above this.
const KEEP: f32 = 0.3;
/// Frames of quiet within speech that do not end it: half a second.
const PAUSE: usize = 31;
/// Speech shorter than this is a click: 96 ms.
const SHORTEST: usize = 6;
/// Frames kept before and after, for quiet consonants: 240 ms.
const MARGIN: usize = 15;

/// A stretch of speech, as sample numbers at 16 kHz.
pub(crate) type Span = Range<usize>;

/// Finds speech in samples at 16 kHz; spans are in order and do not touch.
pub(crate) fn speech_spans(samples: &[f32]) -> Vec<Span> {
    let mut detector = Detector::default_boxed();
    let mut frame = [0.0_f32; FRAME];
    let scores: Vec<f32> = samples
        .chunks(FRAME)
        .map(|chunk| {
            frame[..chunk.len()].copy_from_slice(chunk);
            frame[chunk.len()..].fill(0.0);
            detector.predict_f32(&frame)
        })
        .collect();
    spans_of_scores(&scores)
        .into_iter()
        .map(|frames| frames.start * FRAME..(frames.end * FRAME).min(samples.len()))
        .collect()
}

fn spans_of_scores(scores: &[f32]) -> Vec<Range<usize>> {
    let mut spoken: Vec<Range<usize>> = Vec::new();
    let mut current: Option<Range<usize>> = None;
    for (at, &score) in scores.iter().enumerate() {
        match &mut current {
            None if score >= START => current = Some(at..at + 1),
            Some(span) if score >= KEEP => span.end = at + 1,
            Some(span) if at - span.end >= PAUSE => spoken.extend(current.take()),
            _ => {}
        }
    }
    spoken.extend(current);
    spoken.retain(|span| span.len() >= SHORTEST);
    with_margins(&spoken, scores.len())
}

fn with_margins(spoken: &[Range<usize>], length: usize) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::with_capacity(spoken.len());
    for span in spoken {
        let wide = span.start.saturating_sub(MARGIN)..(span.end + MARGIN).min(length);
        match spans.last_mut() {
            Some(last) if last.end >= wide.start => last.end = wide.end,
            _ => spans.push(wide),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: usize = 16_000;

    #[test]
    fn silence_and_noise_are_not_speech() {
        assert!(speech_spans(&vec![0.0; RATE * 3]).is_empty());
        let mut state = 1_u32;
        let noise: Vec<f32> = (0..RATE * 3)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f32::from((state >> 20) as u16) / 4_096.0 * 0.02 - 0.01
            })
            .collect();
        assert!(speech_spans(&noise).is_empty());
        assert!(speech_spans(&[]).is_empty());
    }

    #[test]
    fn pauses_join_clicks_vanish_and_margins_stay_inside() {
        let mut scores = vec![0.0; 300];
        scores[5..40].fill(0.9);
        scores[60..80].fill(0.9); // after a pause of a third of a second
        scores[150..153].fill(0.9); // a click
        scores[280..300].fill(0.9);
        assert_eq!(spans_of_scores(&scores), [0..95, 265..300]);
    }

    #[test]
    fn quiet_endings_belong_to_the_word() {
        let mut scores = vec![0.0; 120];
        scores[30..50].fill(0.9);
        scores[50..60].fill(0.35);
        assert_eq!(spans_of_scores(&scores), vec![15..75]);
    }
}
