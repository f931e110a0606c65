//! Numbers told digit by digit in a transcript: «восемь девятьсот двенадцать
//! триста сорок пять шестьдесят семь восемьдесят девять», "four one five…".

use super::{PersonalData, Spans};
use crate::words::{Word, words};

/// A phone without its area code has seven digits; fewer may be a price.
const LEAST_DIGITS: usize = 7;
const LEAST_WORDS: usize = 5;

pub(super) fn find(text: &str, spans: &mut Spans) {
    let words = words(text);
    let mut at = 0;
    while at < words.len() {
        let run = words[at..].iter().take_while(|word| told(&word.plain).is_some()).count();
        claim_run(&words[at..at + run], spans);
        at += run.max(1);
    }
}

fn claim_run(run: &[Word], spans: &mut Spans) {
    let mut digits = 0;
    let mut room = 0;
    for told in run.iter().filter_map(|word| told(&word.plain)) {
        // «сорок пять» are two digits, «сорок» and «пять» after «восемь» three.
        if told < room {
            room = told;
        } else {
            digits += told;
            room = told;
        }
    }
    if let (Some(first), Some(last)) = (run.first(), run.last())
        && digits >= LEAST_DIGITS
        && run.len() >= LEAST_WORDS
    {
        spans.claim(PersonalData::Phone, first.span.start..last.span.end);
    }
}

/// How many digits a number word stands for.
fn told(word: &str) -> Option<usize> {
    const ONE: &[&str] = &[
        "ноль",
        "нуль",
        "один",
        "одна",
        "два",
        "две",
        "три",
        "четыре",
        "пять",
        "шесть",
        "семь",
        "восемь",
        "девять",
        "плюс",
        "zero",
        "oh",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "double",
        "plus",
    ];
    const TWO: &[&str] = &[
        "двадцать",
        "тридцать",
        "сорок",
        "пятьдесят",
        "шестьдесят",
        "семьдесят",
        "восемьдесят",
        "девяносто",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
    ];
    const THREE: &[&str] = &[
        "сто",
        "двести",
        "триста",
        "четыреста",
        "пятьсот",
        "шестьсот",
        "семьсот",
        "восемьсот",
        "девятьсот",
        "hundred",
    ];
    let teen = word.ends_with("надцать")
        || word == "десять"
        || word == "ten"
        || word.ends_with("teen")
        || word == "eleven"
        || word == "twelve";
    match word {
        _ if ONE.contains(&word) => Some(1),
        _ if TWO.contains(&word) || teen => Some(2),
        _ if THREE.contains(&word) => Some(3),
        _ => None,
    }
}
