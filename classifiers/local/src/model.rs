//! A linear model as it is stored: quantised weights, a calibration per
//! language, and the words it learnt from, so that it knows what it does not
//! know.

use std::fmt;

use mostik_taxonomy::Language;

use crate::{
    byte_weights::{ByteWeights, Sums},
    concepts::Lexicon,
    encoder::Encoder,
    features::{self, BUCKETS, Reading},
    hashing,
    meaning::MeaningWeights,
    pooling,
    softmax::softmax,
};

const MAGIC: &[u8; 8] = b"mostik-2";
/// Bits for four times as many stems as the lines have, so that a strange one is
/// seldom taken for known.
const KNOWN_BYTES: usize = 1 << 15;
/// More classes than a desk could have owner teams.
const MOST_CLASSES: usize = 32;

/// The class of a text in which nothing speaks for another one.
pub(crate) const RESTING: &str = "other";

/// How scores become honest probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Calibration {
    /// Divides the scores, for each of [`Language::ALL`].
    pub(crate) temperatures: [f32; 2],
    /// What remains of the scores when no word of the text is known.
    pub(crate) strangeness_floor: f32,
}

/// A trained model.
pub(crate) struct Model {
    pub(crate) classes: Vec<String>,
    pub(crate) bias: Vec<f32>,
    pub(crate) scales: Vec<f32>,
    pub(crate) weights: ByteWeights,
    pub(crate) meaning: MeaningWeights,
    pub(crate) known: Vec<u8>,
    pub(crate) calibration: Calibration,
    /// Of the training lines, so that a test sees when they have changed.
    pub(crate) data_hash: u64,
    pub(crate) fingerprint: u64,
}

/// Bytes that are not a model of this version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidModel(pub(crate) &'static str);

impl InvalidModel {
    pub(crate) const UNKNOWN_CLASS: Self = Self("it answers with a class of another taxonomy");
}

impl fmt::Display for InvalidModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a model that this version can use: {}", self.0)
    }
}

impl std::error::Error for InvalidModel {}

/// What the weights depend on besides the data.
pub(crate) fn fingerprint(lexicon: &Lexicon) -> u64 {
    lexicon.fingerprint() ^ hashing::hash(features::VERSION, MAGIC) ^ Encoder::fingerprint()
}

impl Model {
    /// What the features of a text add up to; by words only when asked for.
    pub(crate) fn sums(&self, reading: &Reading, words: bool) -> Sums {
        self.weights.sums(reading, self.resting().is_some(), words)
    }

    fn resting(&self) -> Option<usize> {
        self.classes.iter().position(|class| class == RESTING)
    }

    /// The scores of all classes, before calibration.
    fn scores(&self, reading: &Reading, sums: &Sums) -> Vec<f32> {
        let resting = self.resting();
        let scaled = |sums: &[f32]| -> Vec<f32> {
            let numbers = self.scales.iter().zip(&self.bias).cycle();
            sums.iter().zip(numbers).map(|(sum, (scale, bias))| sum * scale + bias).collect()
        };
        let mut scores = scaled(sums.whole());
        if let Some(resting) = resting {
            let sentences = scaled(sums.sentences());
            scores = pooling::pooled(scores, &sentences, resting, pooling::SENTENCE_SHARE);
        }
        for (score, meant) in scores.iter_mut().zip(self.meaning.scores(&reading.meaning, resting))
        {
            *score += meant;
        }
        scores
    }

    /// Calibrated probabilities of all classes; uniform for a text without words.
    pub(crate) fn probabilities(
        &self,
        reading: &Reading,
        sums: &Sums,
        language: Language,
    ) -> Vec<f32> {
        let scores = self.scores(reading, sums);
        self.calibration.probabilities(&scores, self.familiarity(reading), language)
    }

    /// The share of the text's words that training has seen, 0 to 1.
    pub(crate) fn familiarity(&self, reading: &Reading) -> f32 {
        familiarity(&self.known, reading)
    }

    /// How much more one word speaks for a class than for the best other one,
    /// for every word of the reading.
    pub(crate) fn word_contributions(&self, sums: &Sums, class: usize) -> Vec<f32> {
        #[expect(clippy::cast_precision_loss, reason = "at most 32 classes")]
        let others = (self.classes.len() - 1).max(1) as f32;
        let share = |of: usize| if of == class { 1.0 } else { -1.0 / others };
        let shares: Vec<f32> =
            self.scales.iter().enumerate().map(|(of, scale)| scale * share(of)).collect();
        let lead = |word: &[f32]| word.iter().zip(&shares).map(|(sum, share)| sum * share).sum();
        sums.words().map(lead).collect()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(BUCKETS * self.classes.len() + KNOWN_BYTES + 256);
        bytes.extend(MAGIC);
        bytes.extend(self.fingerprint.to_le_bytes());
        bytes.extend(self.data_hash.to_le_bytes());
        for value in self.calibration.temperatures {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(self.calibration.strangeness_floor.to_le_bytes());
        bytes.push(u8::try_from(self.classes.len()).unwrap_or(u8::MAX));
        for ((name, bias), scale) in self.classes.iter().zip(&self.bias).zip(&self.scales) {
            bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
            bytes.extend(name.as_bytes());
            bytes.extend(bias.to_le_bytes());
            bytes.extend(scale.to_le_bytes());
        }
        bytes.extend(self.meaning.numbers().flat_map(f32::to_le_bytes));
        bytes.extend(&self.known);
        bytes.extend(self.weights.iter().map(i8::cast_unsigned));
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8], lexicon: &Lexicon) -> Result<Self, InvalidModel> {
        let mut reader = Reader(bytes);
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(InvalidModel("it does not begin like one"));
        }
        let fingerprint = reader.u64()?;
        if fingerprint != self::fingerprint(lexicon) {
            return Err(InvalidModel("it was trained with other features"));
        }
        let data_hash = reader.u64()?;
        let temperatures = [reader.f32()?, reader.f32()?];
        let strangeness_floor = reader.f32()?;
        if temperatures.iter().any(|value| *value <= 0.0) {
            return Err(InvalidModel("its calibration is not positive"));
        }
        let calibration = Calibration { temperatures, strangeness_floor };
        let count = usize::from(reader.u8()?);
        if !(2..=MOST_CLASSES).contains(&count) {
            return Err(InvalidModel("it has too few or too many classes"));
        }
        let (mut classes, mut bias, mut scales) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..count {
            let length = usize::from(reader.u8()?);
            let name = std::str::from_utf8(reader.take(length)?);
            classes.push(name.map_err(|_| InvalidModel("a class has no name"))?.to_owned());
            bias.push(reader.f32()?);
            scales.push(reader.f32()?);
        }
        let numbers = (0..MeaningWeights::size(count)).map(|_| reader.f32());
        let meaning = MeaningWeights::new(numbers.collect::<Result<_, _>>()?, count);
        let known = reader.take(KNOWN_BYTES)?.to_vec();
        let weights: Vec<i8> =
            reader.take(BUCKETS * count)?.iter().map(|byte| byte.cast_signed()).collect();
        if !reader.0.is_empty() {
            return Err(InvalidModel("something follows it"));
        }
        Ok(Self {
            classes,
            bias,
            scales,
            weights: ByteWeights::new(&weights, count),
            meaning,
            known,
            calibration,
            data_hash,
            fingerprint,
        })
    }
}

impl Calibration {
    /// Probabilities of scores for a text of that familiarity.
    pub(crate) fn probabilities(
        &self,
        scores: &[f32],
        familiarity: f32,
        language: Language,
    ) -> Vec<f32> {
        let temperature = match language {
            Language::Russian => self.temperatures[0],
            Language::English => self.temperatures[1],
        };
        let floor = self.strangeness_floor;
        let trust = if familiarity > 0.0 { floor + (1.0 - floor) * familiarity } else { 0.0 };
        softmax(&scores.iter().map(|score| score * trust / temperature).collect::<Vec<_>>())
    }
}

/// An empty table of known words.
pub(crate) fn no_known_words() -> Vec<u8> {
    vec![0; KNOWN_BYTES]
}

/// Notes the words of a reading as known.
pub(crate) fn know(known: &mut [u8], reading: &Reading) {
    let slots = known.len() * 8;
    for word in &reading.words {
        let slot = features::known_word_slot(&word.plain, slots);
        known[slot / 8] |= 1 << (slot % 8);
    }
}

/// The share of known words that say something: numbers are known to nobody.
pub(crate) fn familiarity(known: &[u8], reading: &Reading) -> f32 {
    let slots = known.len() * 8;
    let telling = reading.words.iter().filter(|word| word.plain != "0");
    let (mut seen, mut all) = (0_u16, 0_u16);
    for word in telling.take(2_000) {
        let slot = features::known_word_slot(&word.plain, slots);
        all += 1;
        seen += u16::from(known[slot / 8] >> (slot % 8) & 1);
    }
    if all == 0 { 0.0 } else { f32::from(seen) / f32::from(all) }
}

/// Takes numbers off the beginning of bytes.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], InvalidModel> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or(InvalidModel("it is cut short"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], InvalidModel> {
        self.take(N)?.try_into().map_err(|_| InvalidModel("it is cut short"))
    }

    fn u8(&mut self) -> Result<u8, InvalidModel> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, InvalidModel> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn f32(&mut self) -> Result<f32, InvalidModel> {
        let value = f32::from_le_bytes(self.array()?);
        if value.is_finite() { Ok(value) } else { Err(InvalidModel("a number is not finite")) }
    }
}
