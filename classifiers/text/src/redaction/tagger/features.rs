//! What the reader sees of a word and its neighbours.

use super::super::{
    PersonalData, Spans,
    name_lists::{
        ENGLISH, GivenName, is_patronymic, is_surely_surname, is_surname, russian_given_name,
    },
    reading::Reading,
};
use super::{word_class::class_of, word_set::WordSet};

/// Weights are kept for so many features; a power of two.
pub(super) const BUCKETS: usize = 1 << 17;
/// Changes with everything here that changes what a weight belongs to.
pub(super) const VERSION: u64 = 1;

/// Words that are seen on either side.
const AROUND: usize = 3;

/// What the reader knows of words beside what it has learnt.
#[derive(Clone)]
pub(super) struct Vocabulary {
    /// Words that people write in small letters when they speak of nobody.
    pub(super) ordinary: WordSet,
    pub(super) given_names: WordSet,
    pub(super) surnames: WordSet,
}

/// A word as the reader sees it, in hashes and small codes.
#[derive(Clone, Default)]
pub(super) struct Token {
    word: u64,
    endings: [u64; 3],
    beginning: u64,
    /// How it is written: small, capitalised, in capitals, an initial, digits.
    shape: u64,
    /// What stands before it.
    gap: u64,
    /// What the rules take it for.
    ruled: u64,
    /// Whether the lists know it as a given name, or it ends like a surname.
    known: u64,
    /// Whether it is on the lists of given names and surnames.
    listed: u64,
    class: u64,
    ordinary: u64,
    /// Words from here to the end of the line, and from its beginning.
    line: [u64; 2],
    to_end: u64,
}

impl Token {
    /// What stands before the first word and after the last.
    fn nothing() -> Self {
        const NOTHING: u64 = 99;
        Self {
            shape: NOTHING,
            gap: NOTHING,
            ruled: NOTHING,
            known: NOTHING,
            listed: NOTHING,
            class: NOTHING,
            ordinary: NOTHING,
            ..Self::default()
        }
    }

    fn of(reading: &Reading<'_>, at: usize, spans: &Spans, vocabulary: &Vocabulary) -> Self {
        let plain = reading.plain(at);
        let word = if reading.is_number(at) {
            hash_of(3, &"#######"[..reading.raw(at).len().min(7)])
        } else {
            hash_of(4, plain)
        };
        let is_given = u64::from(vocabulary.given_names.has_name(plain));
        let is_surname = u64::from(vocabulary.surnames.has_name(plain));
        Self {
            word,
            endings: [2, 3, 4].map(|letters| hash_of(5, last(plain, letters))),
            beginning: hash_of(6, first(plain, 3)),
            shape: shape(reading, at),
            gap: gap(reading.gap_before(at), at),
            ruled: ruled(reading, spans, at),
            known: known(plain),
            listed: is_given + 2 * is_surname,
            class: class_of(reading, at),
            ordinary: u64::from(vocabulary.ordinary.has(plain)),
            line: [0, 0],
            to_end: few(reading.len() - at),
        }
    }
}

/// The words of a text as the reader sees them.
pub(super) fn tokens(reading: &Reading<'_>, spans: &Spans, vocabulary: &Vocabulary) -> Vec<Token> {
    let count = reading.len();
    let mut found: Vec<Token> =
        (0..count).map(|at| Token::of(reading, at, spans, vocabulary)).collect();
    let breaks = |at: usize| at == 0 || at == count || reading.gap_before(at).contains('\n');
    let mut begun = 0;
    for at in 1..=count {
        if breaks(at) {
            for (place, token) in (begun..at).zip(&mut found[begun..at]) {
                token.line = [few(place - begun), few(at - place)];
            }
            begun = at;
        }
    }
    found
}

/// A word and those around it.
type Near<'a> = [&'a Token; 2 * AROUND + 1];

/// The buckets of a word's features.
pub(super) fn features(tokens: &[Token], at: usize, into: &mut Vec<u32>) {
    let nothing = Token::nothing();
    let near: Near<'_> = std::array::from_fn(|offset| {
        (at + offset).checked_sub(AROUND).and_then(|at| tokens.get(at)).unwrap_or(&nothing)
    });
    into.clear();
    let mut buckets = Buckets(into);
    each_word(&near, &mut buckets);
    words_and_forms(&near, &mut buckets);
    forms(&near, &mut buckets);
    places(&near, &mut buckets);
    lists(&near, &mut buckets);
    classes(&near, &mut buckets);
}

/// A fingerprint of what is seen of all words: it changes with the rules, the
/// lists and the kinds of words.
pub(super) fn seen(tokens: &[Token]) -> u64 {
    let mut found = Vec::new();
    let all = (0..tokens.len()).fold(begin(8), |state, at| {
        features(tokens, at, &mut found);
        found.iter().fold(state, |state, bucket| step(state, u64::from(*bucket)))
    });
    finish(all)
}

/// Collects features; each has a number that no other has.
struct Buckets<'a>(&'a mut Vec<u32>);

impl Buckets<'_> {
    fn add(&mut self, feature: u64, parts: &[u64]) {
        self.0.push(bucket(feature, parts));
    }
}

fn each_word(near: &Near<'_>, to: &mut Buckets<'_>) {
    for (feature, near) in (10..).zip(near) {
        to.add(feature, &[near.word]);
    }
    for (feature, near) in (20..).step_by(5).zip(&near[1..=5]) {
        to.add(feature, &[near.shape, near.gap]);
        to.add(feature + 1, &[near.ruled]);
        to.add(feature + 2, &[near.known]);
        to.add(feature + 3, &[near.ordinary, near.shape]);
        to.add(feature + 4, &[near.listed, near.shape]);
    }
    for (feature, near) in (50..).step_by(5).zip(&near[2..=4]) {
        for (feature, ending) in (feature..).zip(near.endings) {
            to.add(feature, &[ending]);
        }
        to.add(feature + 3, &[near.beginning]);
    }
}

fn words_and_forms([_, before2, before, here, after, ..]: &Near<'_>, to: &mut Buckets<'_>) {
    to.add(70, &[before.word, here.word]);
    to.add(71, &[here.word, after.word]);
    to.add(72, &[before2.word, before.word]);
    to.add(74, &[before.word, here.shape]);
    to.add(75, &[here.shape, after.word]);
    to.add(78, &[before.word, here.ordinary, here.gap]);
    to.add(79, &[before.word, here.ordinary, here.shape]);
    to.add(80, &[before2.word, before.word, here.ordinary]);
    to.add(90, &[here.ruled, here.word]);
    to.add(94, &[before2.word, here.ordinary, here.shape]);
}

fn forms([_, before2, before, here, after, ..]: &Near<'_>, to: &mut Buckets<'_>) {
    to.add(73, &[before.shape, here.shape, after.shape]);
    to.add(76, &[here.known, here.shape, after.shape]);
    to.add(77, &[here.ordinary, here.shape, here.gap, here.known]);
    to.add(81, &[before.ruled, here.shape, here.gap, here.ordinary]);
    to.add(82, &[before.known, here.shape, here.gap, here.ordinary]);
    to.add(83, &[here.ordinary, after.ordinary, here.shape, after.shape, after.gap]);
    to.add(84, &[before.ordinary, here.ordinary, after.ordinary, here.shape]);
    to.add(88, &[here.endings[1], here.shape, here.ordinary]);
    to.add(89, &[before.ruled, here.ruled, after.ruled]);
    to.add(93, &[before2.shape, before.shape, here.shape, here.gap]);
}

/// Where the word stands in its line and in the message.
fn places([_, _, before, here, after, ..]: &Near<'_>, to: &mut Buckets<'_>) {
    to.add(85, &[here.line[0], here.line[1], here.shape, here.ordinary]);
    to.add(86, &[here.to_end, here.shape, here.ordinary, here.gap]);
    to.add(87, &[before.word, here.line[0], here.line[1]]);
    to.add(95, &[here.shape, here.gap, after.gap, here.ordinary, here.line[1]]);
}

fn lists([_, _, before, here, after, ..]: &Near<'_>, to: &mut Buckets<'_>) {
    to.add(91, &[before.word, here.known, here.ordinary]);
    to.add(92, &[here.known, after.word]);
    to.add(96, &[here.listed, here.shape, here.ordinary, here.gap]);
    to.add(97, &[before.listed, here.listed, here.shape, here.gap]);
    to.add(98, &[here.listed, after.listed, here.shape, after.gap]);
    to.add(99, &[before.word, here.listed, here.ordinary]);
}

fn classes(near: &Near<'_>, to: &mut Buckets<'_>) {
    for (feature, near) in (100..).zip(near) {
        to.add(feature, &[near.class]);
    }
    let [before3, before2, before, here, after, after2, after3] = near;
    to.add(110, &[before.class, here.class, after.class]);
    to.add(111, &[here.class, after.class, after2.class]);
    to.add(112, &[before2.class, before.class, here.class]);
    to.add(113, &[here.class, after.class, after2.class, after3.class]);
    to.add(114, &[before3.class, before2.class, before.class, here.class]);
    to.add(115, &[before.class, here.class, here.ordinary, here.gap]);
    to.add(116, &[here.class, before.ruled, after.ruled]);
    to.add(117, &[before.word, here.class]);
    to.add(118, &[here.class, after.word]);
    to.add(119, &[before2.ruled, before.ruled, here.class, here.gap]);
}

fn shape(reading: &Reading<'_>, at: usize) -> u64 {
    let letters = reading.raw(at).chars().count();
    if reading.is_number(at) {
        10 + few(letters)
    } else if reading.is_all_capitals(at) {
        1
    } else if reading.is_capitalised(at) {
        if letters == 1 { 2 } else { 3 }
    } else if letters == 1 {
        4
    } else {
        5
    }
}

fn gap(gap: &str, at: usize) -> u64 {
    let signs =
        ['\n', ':', '"', '«', '(', ')', '@', '_', ',', '.', '!', '?', '/', '-', '—', '#', '№', '<'];
    if let Some(found) = signs.iter().position(|sign| gap.contains(*sign)) {
        return 10 + found as u64;
    }
    match gap {
        _ if at == 0 => 0,
        "" => 1,
        " " => 2,
        _ => 3,
    }
}

fn ruled(reading: &Reading<'_>, spans: &Spans, at: usize) -> u64 {
    let span = reading.span(at..at + 1);
    match spans.kind_at(&span) {
        None => u64::from(spans.is_harmless(&span)) * 7,
        Some(PersonalData::Name) => 1,
        Some(PersonalData::Address) => 2,
        Some(PersonalData::Phone) => 3,
        Some(PersonalData::Card) => 4,
        Some(PersonalData::Email) => 5,
        Some(PersonalData::Order) => 6,
    }
}

fn known(plain: &str) -> u64 {
    if plain.is_ascii() {
        return if ENGLISH.has("given names", plain) {
            1
        } else if ENGLISH.has("ordinary words too", plain)
            || ENGLISH.has("never capital alone", plain)
        {
            2
        } else {
            u64::from(ENGLISH.has("never names", plain)) * 3
        };
    }
    match russian_given_name(plain) {
        Some(GivenName::Full) => 4,
        Some(GivenName::Short) => 5,
        Some(GivenName::Ambiguous) => 6,
        None if is_patronymic(plain) => 7,
        None if is_surely_surname(plain) => 8,
        None => u64::from(is_surname(plain)) * 9,
    }
}

fn few(count: usize) -> u64 {
    count.min(5) as u64
}

fn first(word: &str, letters: usize) -> &str {
    word.char_indices().nth(letters).map_or(word, |(at, _)| &word[..at])
}

fn last(word: &str, letters: usize) -> &str {
    word.char_indices().rev().nth(letters - 1).map_or(word, |(at, _)| &word[at..])
}

/// FNV-1a: never changes with a library or a machine.
pub(super) fn hash_of(seed: u64, text: &str) -> u64 {
    finish(text.bytes().fold(begin(seed), |state, byte| step(state, u64::from(byte))))
}

fn bucket(kind: u64, parts: &[u64]) -> u32 {
    let hash = finish(parts.iter().fold(begin(kind), |state, part| step(state, *part)));
    u32::try_from(hash % BUCKETS as u64).unwrap_or(0)
}

const fn begin(seed: u64) -> u64 {
    0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

const fn step(state: u64, part: u64) -> u64 {
    let state = (state ^ part).wrapping_mul(0x0000_0100_0000_01b3);
    state ^ (state >> 31)
}

const fn finish(value: u64) -> u64 {
    let value = (value ^ (value >> 32)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value ^ (value >> 29)
}
