//! From samples to a transcript: language, windows, words, times.

use std::ops::Range;

use candle_core::Tensor;

use super::decoder::{Heard, Said};
use super::guard;
use super::mel::HOP;
use super::model::Model;
use super::rows;
use super::rules::Rules;
use super::search::{Found, Way, search};
use super::vocabulary::{Token, Vocabulary};
use super::windows::{Window, windows};
use crate::recording::{Pcm, resample, speech_spans};
use crate::{Language, Segment, SpeechError, Transcript};

/// Silence after the words, so that the model hears their end: 1.28 s, in frames of 10 ms.
const TAIL_FRAMES: usize = 128;
/// The shortest sound that is encoded, 5 s: on less, the model does not find its end.
const FEWEST_FRAMES: usize = 512;
/// Frames come in multiples of this, so that matrices have convenient sizes.
const FRAME_STEP: usize = 32;
/// What the line's language counts against the ear: as much as 4 to 1.
const HINT_LOG_ODDS: f32 = 1.386;
/// Nobody says more tokens in a second than this; more is a loop.
const TOKENS_PER_SECOND: f64 = 12.0;
/// Tokens that the shortest window may have.
const FEWEST_TOKENS: f64 = 16.0;
/// Temperatures at which a failed search is repeated, as in OpenAI's implementation but fewer.
const TEMPERATURES: [f32; 2] = [0.4, 0.8];

/// How one recording is recognised.
pub(crate) struct Task<'a> {
    pub(crate) hint: Language,
    /// Hypotheses that are kept side by side.
    pub(crate) beam: usize,
    /// Asked often; when it says true, the work is given up.
    pub(crate) abandoned: &'a (dyn Fn() -> bool + Sync),
}

/// Speech of this length, in seconds, without a word is listened to once more: longer than any
/// pause that a window has.
const UNHEARD: f64 = 2.0;
/// How often the rest of a window is listened to again.
const MOST_RETURNS: usize = 3;

/// A window that has been understood.
struct Understood {
    segments: Vec<Segment>,
    log_probability: f64,
    tokens: f64,
}

impl Understood {
    /// Takes in what was heard in a part of the same window.
    fn add(&mut self, part: Self) {
        self.segments.extend(part.segments);
        self.segments.sort_by(|a, b| a.start.total_cmp(&b.start));
        self.log_probability += part.log_probability;
        self.tokens += part.tokens;
    }
}

/// Words between two times of a window, in seconds.
struct Piece {
    times: Range<f64>,
    text: String,
}

/// What one search heard in a window, and whether the model doubts it.
struct Hearing {
    pieces: Vec<Piece>,
    understood: Understood,
    doubtful: bool,
}

/// Transcribes one recording.
pub(crate) fn recognise(
    model: &Model,
    pcm: &Pcm,
    task: &Task<'_>,
) -> Result<Transcript, SpeechError> {
    let seconds = pcm.seconds();
    #[expect(clippy::cast_possible_truncation, reason = "16,000")]
    let samples = resample(&pcm.samples, pcm.rate, super::mel::RATE as u32);
    let mut language = None;
    let mut understood = Vec::new();
    for window in windows(&samples, &speech_spans(&samples)) {
        let (spoken, result) = understand(model, &window, language, task)
            .map_err(|error| SpeechError::Failed { reason: error.to_string() })?;
        language = Some(spoken);
        understood.push(result);
    }
    if (task.abandoned)() {
        return Err(SpeechError::Failed { reason: "given up".into() });
    }
    // What was heard in nothing says nothing about the language.
    let spoken = understood.iter().any(|window| !window.segments.is_empty());
    let language = language.filter(|_| spoken).unwrap_or(task.hint);
    let tokens: f64 = understood.iter().map(|window| window.tokens).sum();
    let log_probability: f64 = understood.iter().map(|window| window.log_probability).sum();
    #[expect(clippy::cast_possible_truncation, reason = "a probability")]
    let confidence = if tokens > 0.0 { (log_probability / tokens).exp() as f32 } else { 0.0 };
    let segments: Vec<Segment> =
        understood.into_iter().flat_map(|window| window.segments).collect();
    Ok(Transcript::from_segments(language, seconds, confidence, segments))
}

/// Understands a window to its end: now and then the model stops amid the speech, as if nobody
/// said more.
fn understand(
    model: &Model,
    window: &Window,
    language: Option<Language>,
    task: &Task<'_>,
) -> candle_core::Result<(Language, Understood)> {
    let (language, mut hearing) = hear(model, window, language, task)?;
    let mut left = unheard(&hearing.pieces, window.seconds());
    for _ in 0..MOST_RETURNS {
        let Some(times) = left.pop().filter(|_| !(task.abandoned)()) else { break };
        let (_, again) = hear(model, &window.part(&times), Some(language), task)?;
        let before: Vec<&str> = hearing.pieces.iter().map(|piece| piece.text.as_str()).collect();
        let new: Vec<&str> = again.pieces.iter().map(|piece| piece.text.as_str()).collect();
        if again.doubtful || guard::was_said(&before.join(" "), &new.join(" ")) {
            continue;
        }
        let further = unheard(&again.pieces, times.end - times.start);
        left.extend(further.iter().map(|part| times.start + part.start..times.start + part.end));
        hearing.understood.add(again.understood);
    }
    Ok((language, hearing.understood))
}

/// Stretches of a window in which no word was heard although somebody speaks, the first one last.
/// Where no word was heard at all, there is nothing to be heard.
fn unheard(pieces: &[Piece], seconds: f64) -> Vec<Range<f64>> {
    let Some(first) = pieces.first() else { return Vec::new() };
    let ends = pieces.iter().map(|piece| piece.times.end);
    let starts = pieces.iter().skip(1).map(|piece| piece.times.start).chain([seconds]);
    let mut stretches = vec![0.0..first.times.start];
    stretches.extend(ends.zip(starts).map(|(end, start)| end..start));
    stretches.retain(|times| times.end - times.start >= UNHEARD);
    stretches.reverse();
    stretches
}

/// Listens to a window once.
fn hear(
    model: &Model,
    window: &Window,
    language: Option<Language>,
    task: &Task<'_>,
) -> candle_core::Result<(Language, Hearing)> {
    let heard = listen(model, window)?;
    let mut said = vec![model.decoder.silent()];
    let words = &model.vocabulary;
    let state = model.decoder.step(&heard, &mut said, &[words.start])?;
    let mut first = model.decoder.scores(&state)?;
    let language = language.unwrap_or_else(|| spoken_language(words, &first, task.hint));
    rows::log_softmax(&mut first);
    let no_speech = first.get(words.no_speech as usize).map_or(0.0, |p| p.exp());
    model.decoder.step(&heard, &mut said, &[words.language(language)])?;
    let state = model.decoder.step(&heard, &mut said, &[words.transcribe])?;
    let Some(prompt) = said.pop() else { candle_core::bail!("no hypothesis") };
    let found = find(model, window, &heard, (&prompt, &state), task)?;
    let text = words.text(&found.tokens);
    let mut pieces = Vec::new();
    if !guard::is_invented(&text, found.mean_log_probability, no_speech) {
        pieces = pieces_of(words, &found.tokens, window.seconds());
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred tokens")]
    let tokens = if pieces.is_empty() { 0.0 } else { (found.tokens.len() + 1) as f64 };
    let log_probability = f64::from(found.mean_log_probability) * tokens;
    let log_probability = if tokens > 0.0 { log_probability } else { 0.0 };
    let segments = pieces.iter().map(|piece| segment(piece, window)).collect();
    let doubtful = guard::is_doubtful(found.mean_log_probability, no_speech);
    let understood = Understood { segments, log_probability, tokens };
    Ok((language, Hearing { pieces, understood, doubtful }))
}

fn segment(piece: &Piece, window: &Window) -> Segment {
    let (start, end) = window.real_times(piece.times.start, piece.times.end);
    Segment { start, end, text: piece.text.clone() }
}

/// Encodes a window no longer than its sound: the encoder's cost grows with the length.
fn listen(model: &Model, window: &Window) -> candle_core::Result<Heard> {
    let longest = model.encoder.longest() * 2;
    let frames = (window.samples.len().div_ceil(HOP) + TAIL_FRAMES)
        .max(FEWEST_FRAMES)
        .next_multiple_of(FRAME_STEP)
        .min(longest);
    let spectrogram = model.mel.spectrogram(&window.samples, frames);
    model.decoder.hear(&model.encoder.forward(&spectrogram)?)
}

/// Searches; when the result is a loop or a guess, searches again at random and takes the best.
fn find(
    model: &Model,
    window: &Window,
    heard: &Heard,
    (prompt, state): (&Said, &Tensor),
    task: &Task<'_>,
) -> candle_core::Result<Found> {
    let rules = Rules::new(model, window.seconds() + 0.5);
    #[expect(clippy::cast_possible_truncation, reason = "a window has 30 seconds at most")]
    #[expect(clippy::cast_sign_loss, reason = "lengths are positive")]
    let longest = (FEWEST_TOKENS + TOKENS_PER_SECOND * window.seconds()) as usize;
    let longest = longest.min(model.decoder.longest() / 2);
    let draws = (1..).zip(TEMPERATURES).map(|(seed, temperature)| Way::Draw { temperature, seed });
    let mut attempts: Vec<(bool, Found)> = Vec::new();
    for way in std::iter::once(Way::Beam(task.beam)).chain(draws) {
        let start = (prompt.clone(), state.clone());
        let found = search(model, &rules, heard, start, way, longest, task.abandoned)?;
        let text = model.vocabulary.text(&found.tokens);
        let looping = guard::is_loop(&text) || guard::is_too_fast(&text, window.seconds());
        let good = !looping && !guard::is_unsure(found.mean_log_probability);
        attempts.push((looping, found));
        if good || (task.abandoned)() {
            break;
        }
    }
    attempts
        .into_iter()
        .max_by(|(a_loops, a), (b_loops, b)| {
            b_loops.cmp(a_loops).then(a.mean_log_probability.total_cmp(&b.mean_log_probability))
        })
        .map(|(_, found)| found)
        .ok_or_else(|| candle_core::Error::Msg("no attempt".into()))
}

fn spoken_language(words: &Vocabulary, scores: &[f32], hint: Language) -> Language {
    let score = |language: Language| {
        let heard = scores.get(words.language(language) as usize).copied().unwrap_or(f32::MIN);
        if language == hint { heard + HINT_LOG_ODDS } else { heard }
    };
    let best = Language::ALL.into_iter().max_by(|a, b| score(*a).total_cmp(&score(*b)));
    best.unwrap_or(hint)
}

/// Parts tokens at their timestamps.
fn pieces_of(words: &Vocabulary, tokens: &[Token], seconds: f64) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0.0;
    let mut text: Vec<Token> = Vec::new();
    let mut close = |text: &mut Vec<Token>, times: Range<f64>| {
        let words = words.text(text);
        text.clear();
        if words.chars().any(char::is_alphanumeric) {
            pieces.push(Piece { times, text: words.trim().to_owned() });
        }
    };
    for &token in tokens {
        match words.seconds(token) {
            Some(time) => {
                close(&mut text, start..time);
                start = time;
            }
            None => text.push(token),
        }
    }
    close(&mut text, start..seconds);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(times: &[Range<f64>]) -> Vec<Piece> {
        times.iter().map(|times| Piece { times: times.clone(), text: "слово".into() }).collect()
    }

    #[test]
    fn speech_without_words_is_noticed_and_pauses_are_not() {
        let heard = pieces(&[0.0..4.0, 5.0..8.5]);
        assert_eq!(unheard(&heard, 13.7), [8.5..13.7]);
        assert_eq!(unheard(&heard, 9.5), []);
        assert_eq!(unheard(&pieces(&[2.5..4.0, 7.0..8.0]), 12.0), [8.0..12.0, 4.0..7.0, 0.0..2.5]);
        assert_eq!(unheard(&[], 20.0), [], "silence and music");
    }
}
