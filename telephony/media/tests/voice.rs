//! Voice detection on synthetic speech, noise and tones.

use std::time::Duration;

use mostik_media::{Clip, VoiceDetector, VoiceEvent, has_speech};

const RATE: usize = 8_000;
const SPEECH: [&[u8]; 2] = [include_bytes!("speech/ru.wav"), include_bytes!("speech/en.wav")];

fn speech() -> Vec<Vec<i16>> {
    SPEECH.map(|wav| Clip::from_wav(wav).expect("a prompt").samples().to_vec()).to_vec()
}

/// Even noise from a small generator, so that every run hears the same.
fn noise(seconds: usize, amplitude: i32) -> Vec<i16> {
    let mut state = 7_u32;
    (0..seconds * RATE)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let unit = i32::try_from(state >> 16).expect("16 bits") - 32_768;
            i16::try_from(unit * amplitude / 32_768).expect("small")
        })
        .collect()
}

/// Events with the second in which they came.
fn listen(samples: &[i16]) -> Vec<(f64, VoiceEvent)> {
    let mut detector = VoiceDetector::new(Duration::from_secs(3));
    let mut heard = Vec::new();
    for (index, frame) in samples.chunks(160).enumerate() {
        let at = f64::from(u32::try_from(index).expect("short")) * 0.02;
        heard.extend(detector.push(frame).map(|event| (at, event)));
    }
    heard
}

#[test]
fn speech_starts_soon_and_ends_after_three_seconds_of_silence() {
    for said in speech() {
        let seconds = Clip::from_samples(said.clone()).seconds();
        let line = [said, vec![0; 5 * RATE]].concat();
        let heard = listen(&line);
        let [(began, VoiceEvent::SpeechStarted), (ended, VoiceEvent::SilenceAfterSpeech)] =
            heard[..]
        else {
            panic!("{heard:?}")
        };
        assert!(began < 1.0, "{heard:?}");
        assert!((seconds + 2.2..seconds + 3.3).contains(&ended), "{seconds} {heard:?}");
    }
}

#[test]
fn comfort_noise_is_silence_under_and_after_speech() {
    for said in speech() {
        let hiss = noise(said.len() / RATE + 6, 400);
        let mut line = hiss.clone();
        line.iter_mut().zip(&said).for_each(|(sample, voice)| *sample += *voice / 2);
        let kinds: Vec<VoiceEvent> = listen(&line).into_iter().map(|(_, event)| event).collect();
        assert_eq!(kinds, [VoiceEvent::SpeechStarted, VoiceEvent::SilenceAfterSpeech]);
        assert!(!has_speech(&hiss));
    }
}

#[test]
fn a_pause_for_thought_is_not_the_end() {
    let said = speech().remove(0);
    let line = [&said[..], &vec![0; 2 * RATE], &said, &vec![0; 5 * RATE]].concat();
    let kinds: Vec<VoiceEvent> = listen(&line).into_iter().map(|(_, event)| event).collect();
    assert_eq!(kinds, [VoiceEvent::SpeechStarted, VoiceEvent::SilenceAfterSpeech]);
}

#[test]
fn silence_noise_and_clicks_are_not_speech() {
    assert!(!has_speech(&vec![0; 10 * RATE]));
    assert!(!has_speech(&noise(10, 1_500)));
    let mut clicks = vec![0; 10 * RATE];
    clicks.iter_mut().step_by(RATE / 2).for_each(|sample| *sample = 20_000);
    assert!(!has_speech(&clicks));
}

#[test]
fn quiet_speech_is_speech() {
    for said in speech() {
        let quiet: Vec<i16> = said.iter().map(|sample| sample / 16).collect();
        assert!(has_speech(&quiet));
    }
}
