//! How closely voice is listened for. A neural score of every 16 ms frame is most of the price of
//! a call, and most frames do not need one: quiet ones are no voice, and in the middle of speech
//! (or of steady noise) a short sample twice a second tells the same.

use earshot::Detector;

/// Scores above this are voice (the detector's own recommendation).
const VOICE_SCORE: f32 = 0.5;
/// While sampling, one cycle: about half a second.
const CYCLE: u32 = 32;
/// So many frames at its beginning are scored,
const SAMPLE: u32 = 8;
/// and the first of them only give the detector its context again.
const WARM_UP: u32 = 3;
/// Voiced frames of one sample that call for a closer look.
const SUSPICIOUS: u32 = 2;
/// After so many scored frames in one state of the line nothing sudden is expected: 1.5 s.
const SETTLED: u32 = 96;
/// So many frames of a closer look: 0.8 s.
const CLOSER_LOOK: u32 = 48;

/// Scores frames, or says what the last scores let expect.
pub(crate) struct Attention {
    detector: Box<Detector>,
    last_sample: i16,
    /// Frames that are still scored one by one.
    close: u32,
    position: u32,
    scored: u32,
    voiced: u32,
    expected: bool,
}

impl Attention {
    pub(crate) fn new() -> Self {
        Self {
            detector: Detector::default_boxed(),
            last_sample: 0,
            close: SETTLED,
            position: 0,
            scored: 0,
            voiced: 0,
            expected: false,
        }
    }

    /// The line changed (speech began or ended): listens closely for a while.
    pub(crate) fn line_changed(&mut self) {
        self.close = SETTLED;
    }

    /// Whether an audible frame of 128 samples is voice. While nobody `speaking` is known of, a
    /// sample that sounds like voice is followed by a closer look.
    pub(crate) fn is_voice(&mut self, frame: &[i16], speaking: bool) -> bool {
        if self.close > 0 {
            self.close -= 1;
            self.position = 0;
            self.expected = self.score(frame);
            return self.expected;
        }
        let position = self.position;
        self.position = (position + 1) % CYCLE;
        if position == 0 {
            (self.scored, self.voiced) = (0, 0);
        }
        if position < SAMPLE {
            let voiced = self.score(frame);
            if position >= WARM_UP {
                self.scored += 1;
                self.voiced += u32::from(voiced);
                self.expected = self.voiced * 2 > self.scored;
            }
            if !speaking && self.voiced >= SUSPICIOUS {
                self.close = CLOSER_LOOK;
            }
        }
        self.expected
    }

    /// A frame too quiet for voice: it needs no score, but it passes time and leaves a gap.
    pub(crate) fn quiet(&mut self, frame: &[i16]) {
        self.last_sample = frame.last().copied().unwrap_or(0);
        if self.close == 0 {
            self.position = (self.position + 1) % CYCLE;
        }
    }

    fn score(&mut self, frame: &[i16]) -> bool {
        let doubled = self.at_16_khz(frame);
        self.detector.predict_i16(&doubled) > VOICE_SCORE
    }

    /// Straight lines between the samples: the images above 4 kHz are 20 dB down where telephone
    /// speech has its energy, which the detector's scores do not notice.
    fn at_16_khz(&mut self, frame: &[i16]) -> [i16; 256] {
        let mut doubled = [0; 256];
        for (pair, sample) in doubled.chunks_exact_mut(2).zip(frame) {
            pair[0] = self.last_sample.midpoint(*sample);
            pair[1] = *sample;
            self.last_sample = *sample;
        }
        doubled
    }
}
