//! How much personal data `redact` finds in sentences written for this
//! purpose, and how many other words it takes along. The rules were written
//! with the misses of one half in sight; those of the other half were only counted.
//!
//! `REDACTION.md` holds the figures. After a change of the rules it is written
//! anew with `MOSTIK_WRITE_CARDS=1 cargo test -p mostik-text --test redaction`.

use std::{collections::BTreeMap, fmt::Write, fs, ops::Range, path::Path};

use mostik_text::{PersonalData, redact, words};
use serde::Deserialize;

/// What [`Kind::is_numeric`] kinds and e-mails must reach.
const LEAST_OF_NUMBERS: f64 = 0.98;
const LEAST_OF_NAMES_AND_ADDRESSES: f64 = 0.90;
const MOST_TOUCHED: f64 = 0.02;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Phone,
    Card,
    Email,
    Name,
    Handle,
    Address,
    Order,
    Passport,
    Tax,
    Birth,
    Account,
    Ip,
    Plate,
    /// May be taken or left.
    Either,
}

impl Kind {
    const fn is_numeric(self) -> bool {
        !matches!(self, Self::Name | Self::Address | Self::Either)
    }

    const fn tag(self) -> PersonalData {
        match self {
            Self::Phone => PersonalData::Phone,
            Self::Card => PersonalData::Card,
            Self::Email => PersonalData::Email,
            Self::Name | Self::Handle | Self::Either => PersonalData::Name,
            Self::Address => PersonalData::Address,
            _ => PersonalData::Order,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Half {
    Tuned,
    Held,
}

/// A sentence and the personal data in it, in the order of the text.
#[derive(Deserialize)]
struct Sentence {
    half: Half,
    text: String,
    personal: Vec<(Kind, String)>,
}

impl Sentence {
    fn spans(&self) -> Vec<(Kind, Range<usize>)> {
        let mut from = 0;
        let mut place = |value: &str| {
            let start = from + self.text[from..].find(value).expect("what is marked is there");
            from = start + value.len();
            start..from
        };
        self.personal.iter().map(|(kind, value)| (*kind, place(value))).collect()
    }
}

#[derive(Default, Clone, Copy)]
struct Count {
    all: u32,
    hidden: u32,
    rightly_named: u32,
}

impl Count {
    fn recall(self) -> f64 {
        f64::from(self.hidden) / f64::from(self.all.max(1))
    }

    fn plus(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            hidden: self.hidden + other.hidden,
            rightly_named: self.rightly_named + other.rightly_named,
        }
    }
}

#[derive(Default)]
struct Measured {
    sentences: u32,
    kinds: BTreeMap<Kind, Count>,
    other_words: u32,
    touched: u32,
}

impl Measured {
    fn touched_share(&self) -> f64 {
        f64::from(self.touched) / f64::from(self.other_words.max(1))
    }

    fn numbers(&self) -> Count {
        let numeric = self.kinds.iter().filter(|(kind, _)| kind.is_numeric());
        numeric.fold(Count::default(), |sum, (_, count)| sum.plus(*count))
    }

    fn of(&self, kind: Kind) -> Count {
        self.kinds.get(&kind).copied().unwrap_or_default()
    }
}

fn sentences(language: &str) -> Vec<Sentence> {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/redaction_{language}.jsonl"));
    let lines = fs::read_to_string(file).expect("the test set is part of the crate");
    lines.lines().map(|line| serde_json::from_str(line).expect("a sentence")).collect()
}

fn measure(language: &str, half: Half) -> Measured {
    let mut measured = Measured::default();
    for sentence in sentences(language).iter().filter(|sentence| sentence.half == half) {
        measured.sentences += 1;
        add(sentence, &mut measured);
    }
    measured
}

fn add(sentence: &Sentence, measured: &mut Measured) {
    let found = redact(&sentence.text).found;
    let wanted = sentence.spans();
    for (kind, span) in wanted.iter().filter(|(kind, _)| *kind != Kind::Either) {
        let is_hidden = |at: usize| found.iter().any(|found| found.span.contains(&at));
        let hidden = sentence.text[span.clone()]
            .char_indices()
            .all(|(at, letter)| !letter.is_alphanumeric() || is_hidden(span.start + at));
        let named = found.iter().any(|found| {
            found.kind == kind.tag() && found.span.start < span.end && span.start < found.span.end
        });
        let count = measured.kinds.entry(*kind).or_default();
        count.all += 1;
        count.hidden += u32::from(hidden);
        count.rightly_named += u32::from(hidden && named);
        if !hidden && sentence.half == Half::Tuned {
            println!("missed {kind:?} {:?}: {:?}", &sentence.text[span.clone()], sentence.text);
        }
    }
    for word in words(&sentence.text) {
        let meets = |span: &Range<usize>| span.start < word.span.end && word.span.start < span.end;
        if wanted.iter().any(|(_, span)| meets(span)) {
            continue;
        }
        measured.other_words += 1;
        if found.iter().any(|found| meets(&found.span)) {
            measured.touched += 1;
            if sentence.half == Half::Tuned {
                println!("touched {:?}: {:?}", &sentence.text[word.span], sentence.text);
            }
        }
    }
}

#[test]
fn personal_data_is_found_and_other_words_stay() {
    for language in ["ru", "en"] {
        for half in [Half::Held, Half::Tuned] {
            let measured = measure(language, half);
            let (numbers, names, addresses) = (
                measured.numbers().recall(),
                measured.of(Kind::Name).recall(),
                measured.of(Kind::Address).recall(),
            );
            let reached = format!(
                "{language} {half:?}: numbers {numbers:.3}, names {names:.3}, addresses {addresses:.3}, touched {:.4}",
                measured.touched_share()
            );
            println!("{reached}");
            assert!(measured.sentences >= 150, "{reached}");
            assert!(numbers >= LEAST_OF_NUMBERS, "{reached}");
            assert!(names >= LEAST_OF_NAMES_AND_ADDRESSES, "{reached}");
            assert!(addresses >= LEAST_OF_NAMES_AND_ADDRESSES, "{reached}");
            assert!(measured.touched_share() < MOST_TOUCHED, "{reached}");
        }
    }
}

#[test]
fn the_card_says_what_is_measured() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("REDACTION.md");
    let card = card();
    if std::env::var_os("MOSTIK_WRITE_CARDS").is_some() {
        fs::write(&file, &card).expect("the card can be written");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == card,
        "REDACTION.md is not of these rules; write it anew with MOSTIK_WRITE_CARDS=1"
    );
}

fn card() -> String {
    let mut card = String::from(
        "# How much personal data is found\n\n\
         Generated by `tests/redaction.rs` from `tests/redaction_{ru,en}.jsonl`: invented sentences in the style of \
         messages, e-mails with signatures and transcripts; more than a third are without personal data and full of \
         what looks like it. The misses of the *held* half were never looked at while the rules were written, but one author wrote \
         both the sentences and the rules: expect somewhat less on other people's words.\n\n\
         *Hidden* means that no letter and no digit of it remains; *rightly named* that the mark says what it was. \
         Handles are marked `[name]`; passports, tax numbers, dates of birth, accounts, IP addresses and number plates `[order]`.\n",
    );
    for language in ["ru", "en"] {
        for half in [Half::Held, Half::Tuned] {
            add_table(&mut card, language, half);
        }
    }
    card
}

fn add_table(card: &mut String, language: &str, half: Half) {
    let measured = measure(language, half);
    let half = if half == Half::Held { "held" } else { "tuned" };
    let _ = write!(
        card,
        "\n## {language}, {half} half: {} sentences\n\n| kind | pieces | hidden | rightly named |\n|---|--:|--:|--:|\n",
        measured.sentences
    );
    let rows =
        measured.kinds.iter().map(|(kind, count)| (format!("{kind:?}").to_lowercase(), *count));
    for (name, count) in
        rows.chain([("**all numbers, e-mails, handles**".to_owned(), measured.numbers())])
    {
        let named = f64::from(count.rightly_named) / f64::from(count.all.max(1));
        let _ = writeln!(card, "| {name} | {} | {:.3} | {named:.3} |", count.all, count.recall());
    }
    let _ = writeln!(
        card,
        "\nOther words touched: {} of {}, {:.2} %.",
        measured.touched,
        measured.other_words,
        measured.touched_share() * 100.0
    );
}

/// A megabyte is cut to what is kept; within it no text may take more than
/// linear time. The bound is a hundred times what is usual.
#[test]
fn a_megabyte_of_anything_is_soon_done() {
    const MEGABYTE: usize = 1 << 20;
    let units = [
        "1",
        "@",
        "А",
        "A",
        "1 ",
        "a@b",
        "A B ",
        "Анна ",
        "ул ",
        "г. А, ",
        "собака точка ",
        "1 High ",
        "пять ",
        "1.1.",
        "１",
        "٣ ",
        "* ",
        "4276 ** ",
        "x",
        "родился ",
        "дата рождения 1",
        "ник ",
        "ник a_",
        "my username is ",
        "заканчивается на ",
    ];
    for unit in units {
        let text = unit.repeat(MEGABYTE / unit.len());
        let start = std::time::Instant::now();
        let redacted = redact(&text);
        let took = start.elapsed();
        println!("{unit:?}: {took:?}");
        assert!(redacted.cut, "{unit:?}");
        assert!(took < std::time::Duration::from_secs(20), "{unit:?}: {took:?}");
    }
}
