//! Is somebody speaking? A small neural detector (earshot), smoothed into two events.

use std::time::Duration;

use crate::attention::Attention;

/// The detector wants 256 samples at 16 kHz: 16 ms.
const FRAME: usize = 128;
const FRAME_MS: u64 = 16;
/// Voice this quiet is comfort noise or a neighbour: about -52 dBFS.
const AUDIBLE_RMS: u64 = 80;
/// So many voiced frames among the last [`WINDOW`] begin speech: clicks and keys do not.
const FRAMES_TO_BEGIN: u32 = 8;
/// So many keep it going: a cough or a hiss after the last word does not.
const FRAMES_TO_GO_ON: u32 = 4;
const WINDOW: u32 = 16;

/// What the detector noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoiceEvent {
    /// Somebody began to speak, or spoke again after a reported silence.
    SpeechStarted,
    /// Somebody had spoken and has been silent for the whole time given.
    SilenceAfterSpeech,
}

/// Listens to a line of samples at 8 kHz. Its clock is the samples themselves.
pub struct VoiceDetector {
    attention: Attention,
    pending: Vec<i16>,
    /// The last frames, newest in the lowest bit: 1 is voice.
    recent: u32,
    silence_frames: u64,
    silent_for: u64,
    speaking: bool,
}

impl std::fmt::Debug for VoiceDetector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VoiceDetector").field("speaking", &self.speaking).finish_non_exhaustive()
    }
}

impl VoiceDetector {
    /// Reports [`VoiceEvent::SilenceAfterSpeech`] after `silence`.
    pub fn new(silence: Duration) -> Self {
        let silence_ms = u64::try_from(silence.as_millis()).unwrap_or(u64::MAX);
        Self {
            attention: Attention::new(),
            pending: Vec::with_capacity(4 * FRAME),
            recent: 0,
            silence_frames: silence_ms / FRAME_MS,
            silent_for: 0,
            speaking: false,
        }
    }

    /// Listens on, and says what changed last.
    pub fn push(&mut self, samples: &[i16]) -> Option<VoiceEvent> {
        self.pending.extend_from_slice(samples);
        let mut event = None;
        let mut taken = 0;
        while let Some(frame) = self.pending.get(taken..taken + FRAME) {
            let mut at_8_khz = [0; FRAME];
            at_8_khz.copy_from_slice(frame);
            taken += FRAME;
            event = self.frame(&at_8_khz).or(event);
        }
        self.pending.drain(..taken);
        event
    }

    fn frame(&mut self, frame: &[i16; FRAME]) -> Option<VoiceEvent> {
        let voiced = if audible(frame) {
            self.attention.is_voice(frame, self.speaking)
        } else {
            self.attention.quiet(frame);
            false
        };
        self.recent = ((self.recent << 1) | u32::from(voiced)) & ((1 << WINDOW) - 1);
        let voiced_lately = self.recent.count_ones();
        if voiced && voiced_lately >= FRAMES_TO_GO_ON {
            self.silent_for = 0;
        } else {
            self.silent_for += 1;
        }
        if !self.speaking && voiced_lately >= FRAMES_TO_BEGIN {
            self.speaking = true;
            self.attention.line_changed();
            return Some(VoiceEvent::SpeechStarted);
        }
        if self.speaking && self.silent_for >= self.silence_frames {
            self.speaking = false;
            self.attention.line_changed();
            return Some(VoiceEvent::SilenceAfterSpeech);
        }
        None
    }
}

/// Whether the frame is louder than [`AUDIBLE_RMS`], without a root or a float.
fn audible(frame: &[i16; FRAME]) -> bool {
    let energy: u64 =
        frame.iter().map(|sample| u64::from(i32::from(*sample).pow(2).unsigned_abs())).sum();
    energy > AUDIBLE_RMS * AUDIBLE_RMS * FRAME as u64
}

/// Does anybody speak in a whole recording?
pub fn has_speech(samples: &[i16]) -> bool {
    let mut detector = VoiceDetector::new(Duration::MAX);
    samples.chunks(8_000).any(|second| detector.push(second).is_some())
}
