//! From an engine's audio to that of the shipped prompts: telephone band, no silence at the ends, no
//! long pauses, one level.

use std::f32::consts::PI;
use std::ops::Range;

use crate::recording::{Pcm, resample};
use crate::{Recording, Spoken, VoiceError};

/// The longest audio that is taken, in seconds: the longest text, spoken very slowly.
const LONGEST_SECONDS: f64 = 120.0;
/// What is below carries no speech on a telephone, only hum.
const LOWEST_HERTZ: f32 = 120.0;
/// Loudness is measured over this many samples: 10 ms.
const FRAME: usize = 80;
/// Frames this much below the loudest are silence: -40 dB.
const SILENCE: f32 = 0.01;
/// Audio whose loudest frame is below -60 dBFS says nothing.
const INAUDIBLE: f32 = 0.001;
/// Pauses longer than this many frames are cut to it: 0.4 s.
const LONGEST_PAUSE: usize = 40;
/// The level of the shipped prompts: -20 dBFS RMS.
const LEVEL: f32 = 0.1;
/// From here on peaks are bent rather than cut.
const KNEE: f32 = 0.7;
/// Silence before and after, in samples: 0.05 s and 0.25 s.
const LEAD: usize = 400;
const TAIL: usize = 2_000;
/// Fades at both ends, in samples: 10 ms and 30 ms.
const FADE_IN: usize = 80;
const FADE_OUT: usize = 240;

/// Reads an engine's WAV file and shapes it. Computes for some milliseconds.
pub(super) fn shape_wav(file: Vec<u8>) -> Result<Spoken, VoiceError> {
    let recording = Recording::from_wav(file)
        .map_err(|error| VoiceError::BadAudio { reason: error.to_string() })?;
    shape(recording.pcm())
}

fn shape(pcm: &Pcm) -> Result<Spoken, VoiceError> {
    if pcm.seconds() > LONGEST_SECONDS {
        let reason = format!("it is longer than {LONGEST_SECONDS} s");
        return Err(VoiceError::BadAudio { reason });
    }
    let mut samples = resample(&pcm.samples, pcm.rate, Spoken::SAMPLE_RATE);
    high_pass(&mut samples);
    let mut speech = Vec::with_capacity(samples.len() + LEAD + TAIL);
    speech.resize(LEAD, 0.0);
    for kept in kept(&samples).ok_or(VoiceError::BadAudio { reason: "it is silence".into() })? {
        speech.extend_from_slice(&samples[kept]);
    }
    level(&mut speech[LEAD..]);
    fade(&mut speech[LEAD..]);
    speech.resize(speech.len() + TAIL, 0.0);
    Ok(Spoken::from_floats(&speech))
}

/// A Butterworth high-pass filter of second order (bilinear transform, Q = 1/√2).
fn high_pass(samples: &mut [f32]) {
    #[expect(clippy::cast_precision_loss, reason = "8,000")]
    let turn = 2.0 * PI * LOWEST_HERTZ / Spoken::SAMPLE_RATE as f32;
    let alpha = turn.sin() / std::f32::consts::SQRT_2;
    let (unit, cosine) = (1.0 + alpha, turn.cos());
    let gain = f32::midpoint(1.0, cosine) / unit;
    let (back_one, back_two) = (-2.0 * cosine / unit, (1.0 - alpha) / unit);
    let [mut in_one, mut in_two, mut out_one, mut out_two] = [0.0; 4];
    for sample in samples {
        let filtered =
            gain * (*sample - 2.0 * in_one + in_two) - back_one * out_one - back_two * out_two;
        (in_two, in_one) = (in_one, *sample);
        (out_two, out_one) = (out_one, filtered);
        *sample = filtered;
    }
}

/// The stretches that stay: from the first sound to the last, pauses shortened.
fn kept(samples: &[f32]) -> Option<Vec<Range<usize>>> {
    let loudness: Vec<f32> = samples.chunks(FRAME).map(root_mean_square).collect();
    let loudest = loudness.iter().copied().fold(0.0, f32::max);
    if loudest < INAUDIBLE {
        return None;
    }
    let sounds = |at: &usize| loudness[*at] > loudest * SILENCE;
    // A frame of margin keeps quiet consonants whole.
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for at in (0..loudness.len()).filter(sounds) {
        let (from, to) = (at.saturating_sub(1), at + 2);
        match stretches.last_mut() {
            Some(last) if from <= last.end + LONGEST_PAUSE => last.end = to,
            Some(last) => {
                last.end += LONGEST_PAUSE / 2;
                stretches.push(from - LONGEST_PAUSE / 2..to);
            }
            None => stretches.push(from..to),
        }
    }
    let sample = |frame: usize| (frame * FRAME).min(samples.len());
    Some(stretches.into_iter().map(|it| sample(it.start)..sample(it.end)).collect())
}

#[expect(clippy::cast_precision_loss, reason = "a minute has half a million samples")]
fn root_mean_square(samples: &[f32]) -> f32 {
    let sum: f32 = samples.iter().map(|sample| sample * sample).sum();
    (sum / samples.len().max(1) as f32).sqrt()
}

fn level(samples: &mut [f32]) {
    let gain = LEVEL / root_mean_square(samples).max(f32::MIN_POSITIVE);
    for sample in samples {
        let loud = *sample * gain;
        let over = loud.abs() - KNEE;
        *sample = if over <= 0.0 {
            loud
        } else {
            (KNEE + (1.0 - KNEE) * (over / (1.0 - KNEE)).tanh()).copysign(loud)
        };
    }
}

#[expect(clippy::cast_precision_loss, reason = "fades are short")]
fn fade(samples: &mut [f32]) {
    for (at, sample) in samples.iter_mut().take(FADE_IN).enumerate() {
        *sample *= at as f32 / FADE_IN as f32;
    }
    for (at, sample) in samples.iter_mut().rev().take(FADE_OUT).enumerate() {
        *sample *= at as f32 / FADE_OUT as f32;
    }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "test signals are short")]
mod tests {
    use super::*;

    const RATE: u32 = 24_000;

    /// Tones at 24 kHz: hertz, amplitude, seconds.
    fn tones(parts: &[(f32, f32, f32)]) -> Pcm {
        let mut samples = Vec::new();
        for (hertz, amplitude, seconds) in parts {
            #[expect(clippy::cast_possible_truncation, reason = "a few seconds")]
            #[expect(clippy::cast_sign_loss, reason = "a length")]
            let count = (seconds * RATE as f32) as usize;
            samples.extend(
                (0..count).map(|n| amplitude * (2.0 * PI * hertz * n as f32 / RATE as f32).sin()),
            );
        }
        Pcm { rate: RATE, samples }
    }

    fn dbfs(spoken: &Spoken) -> f32 {
        let samples: Vec<f32> =
            spoken.samples().iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        20.0 * root_mean_square(&samples[LEAD..samples.len() - TAIL]).log10()
    }

    #[test]
    fn quiet_and_loud_audio_get_the_level_of_the_prompts() {
        for amplitude in [0.01, 0.1, 1.0] {
            let spoken = shape(&tones(&[(700.0, amplitude, 1.0)])).unwrap();
            assert!((dbfs(&spoken) + 20.0).abs() < 0.5, "{amplitude}: {}", dbfs(&spoken));
        }
    }

    #[test]
    fn peaks_are_bent_and_never_wrap() {
        let mut pcm = tones(&[(700.0, 0.02, 2.0)]);
        for sample in pcm.samples.iter_mut().skip(20_000).take(60) {
            *sample = 1.0;
        }
        let spoken = shape(&pcm).unwrap();
        let peak = spoken.samples().iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!((20_000..=32_768).contains(&peak), "{peak}");
    }

    #[test]
    fn silence_is_trimmed_pauses_are_shortened_and_a_tail_is_left() {
        let silence = |seconds| (1.0, 0.0, seconds);
        let sound = (700.0, 0.3, 0.5);
        let spoken = shape(&tones(&[
            silence(1.0),
            sound,
            silence(2.0),
            sound,
            silence(0.2),
            sound,
            silence(3.0),
        ]))
        .unwrap();
        // Half a second three times, the pauses of 0.4 and 0.2 s, lead and tail.
        assert!((spoken.seconds() - (1.5 + 0.6 + 0.3)).abs() < 0.1, "{spoken:?}");
        assert!(spoken.samples()[spoken.samples().len() - TAIL..].iter().all(|it| *it == 0));
    }

    #[test]
    fn hum_goes_and_speech_stays() {
        let hum = shape(&tones(&[(50.0, 0.3, 1.0), (700.0, 0.3, 1.0)])).unwrap();
        let middle = |from: usize| {
            let samples: Vec<f32> =
                hum.samples()[from..from + 4_000].iter().map(|it| f32::from(*it)).collect();
            root_mean_square(&samples)
        };
        assert!(middle(11_000) / middle(2_000) > 4.0);
    }

    #[test]
    fn what_says_nothing_or_too_much_is_refused() {
        let reason = |pcm: &Pcm| shape(pcm).unwrap_err().to_string();
        assert!(reason(&tones(&[(700.0, 0.0, 2.0)])).contains("silence"));
        assert!(reason(&Pcm { rate: 8_000, samples: Vec::new() }).contains("silence"));
        assert!(reason(&tones(&[(700.0, 0.1, 121.0)])).contains("longer"));
        assert!(shape_wav(b"ID3 an mp3".to_vec()).unwrap_err().to_string().contains("WAV"));
    }
}
