//! From labels to what is taken.

use std::{collections::HashSet, ops::Range};

use super::{
    super::{
        PersonalData, Spans, numerals::is_digit_word, reading::Reading, references::is_of_goods,
    },
    Label,
    features::tokens,
    model::Tagger,
    word_class::class_of,
};
use crate::words::{Word, words};

/// Claims what the rules have left.
pub(in crate::redaction) fn claim(tagger: &Tagger, reading: &Reading<'_>, spans: &mut Spans) {
    let labels = tagger.labels(&tokens(reading, spans, &tagger.vocabulary));
    let mut at = 0;
    while at < labels.len() {
        let label = labels[at];
        let length = (at + 1..labels.len())
            .take_while(|next| labels[*next] == label && !reading.gap_before(*next).contains('\n'))
            .count()
            + 1;
        if let Some(kind) = label.kind() {
            claim_piece(tagger, reading, spans, kind, at..at + length);
        }
        at += length;
    }
    claim_again(tagger, reading, &labels, spans);
}

fn claim_piece(
    tagger: &Tagger,
    reading: &Reading<'_>,
    spans: &mut Spans,
    kind: PersonalData,
    words: Range<usize>,
) {
    if kind == PersonalData::Address && !leads_to_a_door(reading, words.clone()) {
        return;
    }
    let words = without_loose_ends(reading, tagger, words);
    for free in spans.free_of(reading.span(words)) {
        let piece = &reading.text[free.clone()];
        if has_digits_enough(kind, piece) && !is_harmless(reading, spans, &free) {
            spans.claim(kind, free);
        }
    }
}

/// An address has a house, a street, or at least the name of a place.
fn leads_to_a_door(reading: &Reading<'_>, mut words: Range<usize>) -> bool {
    words.any(|at| matches!(class_of(reading, at), 1..=6) || reading.is_capitalised(at))
}

/// Dates, prices, sums and numbers of goods are the same for everybody.
fn is_harmless(reading: &Reading<'_>, spans: &Spans, piece: &Range<usize>) -> bool {
    spans.is_harmless(piece)
        || is_reckoned(&reading.text[piece.clone()])
        || is_of_goods(&reading.text[..piece.start])
}

/// "2 + 2 = 4", "1:5000", "14:30".
fn is_reckoned(piece: &str) -> bool {
    let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
    let ratio = piece.match_indices(':').any(|(at, _)| {
        digit(piece[..at].chars().next_back()) && digit(piece[at + 1..].chars().next())
    });
    ratio || piece.contains('=')
}

/// A number has digits, spoken or written: letters alone are left to those who
/// know what they stand beside, and so are years.
fn has_digits_enough(kind: PersonalData, piece: &str) -> bool {
    let least = match kind {
        PersonalData::Card => 8,
        PersonalData::Phone => 6,
        PersonalData::Order => 1,
        _ => return true,
    };
    let words = words(piece);
    let digits = |word: &Word| match word.plain.as_str() {
        "0" => word.span.len(),
        plain => usize::from(is_digit_word(plain)),
    };
    let mut told = words.iter().filter(|word| digits(word) > 0);
    let is_year = match (told.next(), told.next()) {
        (Some(only), None) => {
            let written = &piece[only.span.clone()];
            written.len() == 4 && (written.starts_with("19") || written.starts_with("20"))
        }
        _ => false,
    };
    !is_year && words.iter().map(digits).sum::<usize>() >= least
}

/// What leads to an address or away from it is no part of it: "to 12 High
/// Street not", «квартира 3 ждём».
fn without_loose_ends(
    reading: &Reading<'_>,
    tagger: &Tagger,
    mut words: Range<usize>,
) -> Range<usize> {
    const LINKS: &[&str] = &[
        "to", "from", "at", "is", "in", "on", "the", "and", "not", "but", "из", "на", "по", "в",
        "от", "и", "но", "не", "это", "там",
    ];
    let is_link = |at: usize| LINKS.contains(&reading.plain(at));
    let is_everyday = |at: usize| {
        class_of(reading, at) == 0
            && !reading.is_capitalised(at)
            && tagger.vocabulary.ordinary.has(reading.plain(at))
    };
    let ends_loosely = |at: usize| is_everyday(at) && matches!(class_of(reading, at - 1), 1..=3);
    while words.len() > 1 && is_link(words.start) {
        words.start += 1;
    }
    while words.len() > 1 && (is_link(words.end - 1) || ends_loosely(words.end - 1)) {
        words.end -= 1;
    }
    words
}

/// Somebody who is named once is the same person in the next sentence.
fn claim_again(tagger: &Tagger, reading: &Reading<'_>, labels: &[Label], spans: &mut Spans) {
    const LEAST_LETTERS: usize = 4;
    let is_telling = |at: &usize| {
        let plain = reading.plain(*at);
        plain.chars().count() >= LEAST_LETTERS && !tagger.vocabulary.ordinary.has(plain)
    };
    let named = (0..labels.len()).filter(|at| labels[*at] == Label::Name).filter(is_telling);
    let names: HashSet<&str> = named.map(|at| reading.plain(at)).collect();
    for at in (0..labels.len()).filter(|at| names.contains(reading.plain(*at))) {
        spans.claim(PersonalData::Name, reading.span(at..at + 1));
    }
}
