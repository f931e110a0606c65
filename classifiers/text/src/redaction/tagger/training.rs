//! From marked messages and lists to a reader.

use std::collections::{HashMap, HashSet};

use super::{
    super::{by_rules, reading::Reading},
    Label, Marked,
    features::{Vocabulary, hash_of, seen, tokens},
    figures::Figures,
    model::Tagger,
    perceptron::{Example, fit},
    word_set::WordSet,
};
use crate::words::{Word, words};

/// Of the other texts so many are learnt from.
const IMPERSONAL_EVERY: usize = 5;
/// A word is ordinary that stands in small letters in so many texts.
const ORDINARY_FROM: usize = 3;

/// What is known beside the marked messages.
pub struct Lists {
    /// Texts about other things, from which the words of every day are known.
    pub texts: Vec<String>,
    /// Lower case, between blanks.
    pub given_names: String,
    /// Lower case, between blanks.
    pub surnames: String,
}

impl Lists {
    pub(super) fn names(&self) -> [&str; 2] {
        [&self.given_names, &self.surnames]
    }

    fn vocabulary(&self) -> Vocabulary {
        let names = |list: &str| list.replace('ё', "е").to_lowercase();
        Vocabulary {
            ordinary: WordSet::of(ordinary_words(&self.texts).iter().map(String::as_str)),
            given_names: WordSet::of(names(&self.given_names).split_whitespace()),
            surnames: WordSet::of(names(&self.surnames).split_whitespace()),
        }
    }

    /// Some of the texts, without a listed name and with nothing that a rule
    /// finds: what people write is mostly not about anybody.
    fn impersonal(&self, vocabulary: &Vocabulary) -> Vec<Example> {
        let some = self.texts.iter().step_by(IMPERSONAL_EVERY);
        let unmarked = some.map(|text| Marked { text: text.clone(), marks: Vec::new() });
        let impersonal = unmarked.filter(|line| {
            let reading = Reading::of(&line.text);
            let is_named = |word: &Word| {
                vocabulary.given_names.has_name(&word.plain)
                    && !vocabulary.ordinary.has(&word.plain)
            };
            by_rules(&reading).in_order(&line.text).is_empty()
                && !reading.words.iter().any(is_named)
        });
        impersonal.map(|line| example(&line, vocabulary)).collect()
    }
}

/// A reader that has learnt from marked messages, as bytes.
pub fn train(lines: &[Marked], lists: &Lists) -> Vec<u8> {
    let vocabulary = lists.vocabulary();
    let others = lists.impersonal(&vocabulary);
    let examples: Vec<Example> = lines.iter().map(|line| example(line, &vocabulary)).collect();
    let all: Vec<&Example> = examples.iter().chain(&others).collect();
    let lines = fingerprint(lines, lists.names(), &vocabulary);
    Tagger { lines, weights: fit(&all), vocabulary }.to_bytes()
}

/// How much is found in messages that were not learnt from, a tenth at a time.
pub fn cross_validate(lines: &[Marked], lists: &Lists) -> Figures {
    const PARTS: usize = 10;
    let vocabulary = lists.vocabulary();
    let others = lists.impersonal(&vocabulary);
    let examples: Vec<Example> = lines.iter().map(|line| example(line, &vocabulary)).collect();
    let mut figures = Figures::default();
    for part in 0..PARTS {
        let learnt = examples.iter().enumerate().filter(|(at, _)| at % PARTS != part);
        let learnt: Vec<&Example> = learnt.map(|(_, example)| example).chain(&others).collect();
        let tagger = Tagger { vocabulary: vocabulary.clone(), weights: fit(&learnt), lines: 0 };
        lines.iter().skip(part).step_by(PARTS).for_each(|line| figures.add(line, &tagger));
    }
    figures
}

/// Changes with the marked messages, the lists of names, and what is seen of
/// some of the messages: with the rules.
pub(super) fn fingerprint(lines: &[Marked], names: [&str; 2], vocabulary: &Vocabulary) -> u64 {
    const SEEN_EVERY: usize = 10;
    let names = names.iter().fold(0, |hash, list| hash_of(hash, list));
    let told = lines.iter().fold(names, |hash, line| {
        let marks = line.marks.iter().map(|(label, span)| format!("{label:?}{span:?}"));
        hash_of(hash, &marks.fold(line.text.clone(), |told, mark| told + &mark))
    });
    let some = lines.iter().step_by(SEEN_EVERY);
    some.fold(told, |hash, line| hash.rotate_left(1) ^ seen(&example(line, vocabulary).0))
}

fn ordinary_words(texts: &[String]) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for text in texts {
        let small = words(text)
            .into_iter()
            .filter(|word| text[word.span.clone()].starts_with(char::is_lowercase))
            .map(|word| word.plain);
        for word in small.collect::<HashSet<String>>() {
            *counts.entry(word).or_default() += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| *count >= ORDINARY_FROM).map(|(word, _)| word).collect()
}

fn example(line: &Marked, vocabulary: &Vocabulary) -> Example {
    let reading = Reading::of(&line.text);
    let tokens = tokens(&reading, &by_rules(&reading), vocabulary);
    let label = |at: usize| {
        let word = &reading.words[at].span;
        let mark =
            line.marks.iter().find(|(_, span)| span.start < word.end && word.start < span.end);
        mark.map_or(Label::Nothing, |(label, _)| *label)
    };
    let labels = (0..tokens.len()).map(label).collect();
    (tokens, labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_is_learnt_and_the_same_lines_make_the_same_bytes() {
        let told = ["Zorbla", "Mirfen", "Tukvar", "Pelodin"];
        let lines: String = told
            .iter()
            .flat_map(|name| {
                [
                    format!("please ask {{n:{name}}} to ring\n"),
                    format!("the box of {name}mol is torn\n"),
                ]
            })
            .collect();
        let lines = Marked::read_all(&lines).expect("marks that can be read");
        let texts = vec!["please ask us to ring when the box is torn".to_owned(); ORDINARY_FROM];
        let lists = Lists { texts, given_names: "pelodin".to_owned(), surnames: String::new() };
        let bytes = train(&lines, &lists);
        assert_eq!(bytes, train(&lines, &lists));
        let tagger = Tagger::from_bytes(&bytes).expect("what was trained can be read");
        let labels = |text: &str| {
            let reading = Reading::of(text);
            tagger.labels(&tokens(&reading, &by_rules(&reading), &tagger.vocabulary))
        };
        let (name, nothing) = (Label::Name, Label::Nothing);
        assert_eq!(
            labels("please ask Quimbor to ring"),
            [nothing, nothing, name, nothing, nothing]
        );
        assert_eq!(labels("the box of Quimbormol is torn"), [nothing; 6]);
        let fingerprint = |lines, names| fingerprint(lines, names, &tagger.vocabulary);
        assert_eq!(tagger.lines, fingerprint(&lines, lists.names()));
        assert_ne!(tagger.lines, fingerprint(&lines, ["", ""]));
        assert_ne!(tagger.lines, fingerprint(&lines[1..], lists.names()));
    }
}
