//! A desk drawn by chance: some problems known by a few messages each, and
//! messages of which some are about them and some about something new.

use std::collections::BTreeMap;

use mostik_local::encoder::Encoder;
use mostik_taxonomy::RootCause;
use mostik_text::likeness::{Evidence, Meanings, Ranking};

use crate::{causes::Causes, shuffle::Chance, texts::Labelled};

/// What speaks for each known problem, for each message that is asked about.
#[derive(Clone)]
pub(crate) struct Draw {
    /// Labels of the known problems.
    pub(crate) groups: Vec<String>,
    pub(crate) asked: Vec<Asked>,
}

#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) evidence: Vec<Evidence>,
    /// The place of the right problem; none when it is a new one.
    pub(crate) right: Option<usize>,
}

/// The protocol for BANKING77: 60 intents known by three questions each, 450
/// questions about them, 150 about the other 17.
pub(crate) fn bank(examples: &[Labelled], asked: &[Labelled], seed: u64) -> Draw {
    few(examples, asked, 60, 3, (450, 150), seed)
}

/// `groups` labels known by `each` of `examples`; of `asked` so many about
/// them and so many about the other labels.
pub(crate) fn few(
    examples: &[Labelled],
    asked: &[Labelled],
    groups: usize,
    each: usize,
    (known, new): (usize, usize),
    seed: u64,
) -> Draw {
    let mut chance = Chance(seed);
    let by_label = by_label(examples, &mut chance);
    let mut labels: Vec<&str> = by_label.keys().copied().collect();
    chance.shuffle(&mut labels);
    labels.truncate(groups);
    let problems: Vec<Vec<&str>> =
        labels.iter().map(|label| by_label[label].iter().copied().take(each).collect()).collect();
    let mut about: Vec<(&str, Option<usize>)> = asked
        .iter()
        .map(|line| (line.text.as_str(), labels.iter().position(|label| *label == line.label)))
        .filter(|(text, right)| right.is_none_or(|right| !problems[right].contains(text)))
        .collect();
    chance.shuffle(&mut about);
    let (mut olds, mut news): (Vec<_>, Vec<_>) =
        about.into_iter().partition(|(_, right)| right.is_some());
    olds.truncate(known);
    news.truncate(new);
    olds.append(&mut news);
    drawn(&labels, &problems, &olds, |_, _| 0.0)
}

/// A share of the problems known by all of their messages but one, which is
/// asked about; all messages of the other problems are new.
pub(crate) fn complaints(lines: &[Labelled], causes: &Causes, known: f64, seed: u64) -> Draw {
    let mut chance = Chance(seed);
    let by_label = by_label(lines, &mut chance);
    let mut labels: Vec<&str> = by_label.keys().copied().collect();
    chance.shuffle(&mut labels);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a hundred problems"
    )]
    let kept = (labels.len() as f64 * known) as usize;
    let new = labels.split_off(kept);
    let problems: Vec<Vec<&str>> =
        labels.iter().map(|label| by_label[label][1..].to_vec()).collect();
    let olds = labels.iter().enumerate().map(|(at, label)| (by_label[label][0], Some(at)));
    let news = new.iter().flat_map(|label| by_label[label].iter().map(|text| (*text, None)));
    let asked: Vec<_> = olds.chain(news).collect();
    let named: Vec<RootCause> = problems.iter().map(|texts| causes.of_problem(texts)).collect();
    drawn(&labels, &problems, &asked, |text, problem| causes.share(text, &named[problem]) - 0.5)
}

fn by_label<'a>(lines: &'a [Labelled], chance: &mut Chance) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut by_label: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in lines {
        by_label.entry(&line.label).or_default().push(&line.text);
    }
    for texts in by_label.values_mut() {
        chance.shuffle(texts);
    }
    by_label
}

fn drawn(
    labels: &[&str],
    problems: &[Vec<&str>],
    asked: &[(&str, Option<usize>)],
    agreement: impl Fn(&str, usize) -> f32,
) -> Draw {
    let encoder = Encoder::shipped();
    let meanings = encoder.as_ref().map(|encoder| encoder as &dyn Meanings);
    let ranking = Ranking::of(problems.iter().map(|texts| texts.iter().copied()), meanings);
    let judge = |(text, right): &(&str, Option<usize>)| Asked {
        evidence: ranking.evidence(text, |problem| agreement(text, problem)),
        right: *right,
    };
    Draw {
        groups: labels.iter().map(|&label| label.to_owned()).collect(),
        asked: asked.iter().map(judge).collect(),
    }
}
