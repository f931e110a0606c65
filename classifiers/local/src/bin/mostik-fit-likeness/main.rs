//! Fits the few numbers by which likeness is judged, and measures them:
//! `mostik-fit-likeness DIR`, where DIR holds `banking77_train.csv`,
//! `banking77_test.csv` (BANKING77, PolyAI, CC-BY-4.0) and `clinc150.json`
//! (CLINC150, Larson et al. 2019, CC-BY-3.0). Writes `likeness/weights.rs` and
//! the figures of `LIKENESS.md` of `mostik-text`; the same input gives the
//! same output. To be run again whenever the encoder changes.

mod draw;
mod fit;
mod measure;
mod report;
mod shuffle;
mod texts;

use std::{error::Error, fs, path::Path};

use fit::{Parts, fit};
use measure::Judged;
use texts::Labelled;

/// Draws of the measurement: means are over them.
const DRAWS: u64 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder of BANKING77 and CLINC150")?;
    let folder = Path::new(&folder);
    let text_crate = Path::new(env!("CARGO_MANIFEST_DIR")).join("../text");
    let material = Material {
        bank_train: texts::banking(&fs::read_to_string(folder.join("banking77_train.csv"))?)?,
        bank_test: texts::banking(&fs::read_to_string(folder.join("banking77_test.csv"))?)?,
        clinc: texts::clinc(&fs::read_to_string(folder.join("clinc150.json"))?)?,
        complaints: texts::complaints(&fs::read_to_string(
            text_crate.join("tests/likeness/complaints.jsonl"),
        )?)?,
    };
    let sets = material.judged();
    let joins = measure::threshold(sets.iter().map(|(_, judged)| judged))
        .ok_or("nothing may join by itself at all")?;
    let weights = fit(&material.everything(), Parts::All);
    fs::write(text_crate.join("src/likeness/weights.rs"), report::weights(&weights, joins))?;
    let words = material.bank(Parts::Words);
    let meaning = material.bank(Parts::Meaning);
    let path = text_crate.join("LIKENESS.md");
    let card = report::card(&fs::read_to_string(&path)?, &sets, &words, &meaning, joins);
    fs::write(path, &card)?;
    println!("{card}");
    Ok(())
}

struct Material {
    bank_train: Vec<Labelled>,
    bank_test: Vec<Labelled>,
    clinc: Vec<Labelled>,
    complaints: Vec<Labelled>,
}

impl Material {
    /// What the shipped numbers are fitted on.
    fn everything(&self) -> Vec<draw::Draw> {
        let mut draws = self.general();
        draws.extend((0..4).map(|seed| draw::bank(&self.bank_train, &self.bank_train, 100 + seed)));
        draws.extend((0..6).map(|seed| draw::complaints(&self.complaints, 0.75, 300 + seed)));
        draws
    }

    /// Everyday requests: what everything is fitted on beside the trade in question.
    fn general(&self) -> Vec<draw::Draw> {
        let sizes = [(60, 3), (60, 2), (30, 3), (12, 2), (60, 1), (6, 2)];
        let of = |(seed, (groups, each)): (u64, (usize, usize))| {
            draw::few(&self.clinc, &self.clinc, groups, each, (300, 150), 200 + seed)
        };
        (0..).zip(sizes).map(of).collect()
    }

    /// The bank's questions, judged by numbers fitted without the intents that
    /// are asked for.
    fn bank(&self, parts: Parts) -> Judged {
        let general = self.general();
        let own = |seed: u64| draw::complaints(&self.complaints, 0.75, 300 + seed);
        let general: Vec<_> = general.into_iter().chain((0..6_u64).map(own)).collect();
        let mut judged = Judged::default();
        for seed in 0..DRAWS {
            let asked = draw::bank(&self.bank_train, &self.bank_test, seed);
            let others: Vec<Labelled> = self
                .bank_train
                .iter()
                .filter(|line| !asked.groups.contains(&line.label))
                .cloned()
                .collect();
            let mut material = general.clone();
            material.push(draw::few(&others, &others, 13, 3, (300, 100), 400 + seed));
            judged.add(&asked, &fit(&material, parts));
        }
        judged
    }

    /// All sets with their titles, each judged by numbers fitted without its
    /// own intents or trades.
    fn judged(&self) -> Vec<(&'static str, Judged)> {
        let halves = self.halves();
        let mut sets = vec![("bank", self.bank(Parts::All))];
        for (title, language) in
            [("complaints, Russian", Some("ru")), ("complaints, English", Some("en"))]
        {
            sets.push((title, self.complaints_judged(&halves, language, 0.75)));
        }
        sets.push(("complaints, both", self.complaints_judged(&halves, None, 0.75)));
        sets.push(("complaints, half new", self.complaints_judged(&halves, None, 0.5)));
        sets
    }

    fn halves(&self) -> [(Vec<Labelled>, fit::Fitted); 2] {
        [false, true].map(|half| {
            let of = |half: bool| -> Vec<Labelled> {
                let lines = self.complaints.iter();
                lines.filter(|line| texts::in_half(&line.trade) == half).cloned().collect()
            };
            let mut material = self.general();
            material.extend((0..4).map(|s| draw::bank(&self.bank_train, &self.bank_train, 100 + s)));
            let other = of(!half);
            material.extend((0..6).map(|seed| draw::complaints(&other, 0.75, 300 + seed)));
            (of(half), fit(&material, Parts::All))
        })
    }

    fn complaints_judged(
        &self,
        halves: &[(Vec<Labelled>, fit::Fitted); 2],
        language: Option<&str>,
        known: f64,
    ) -> Judged {
        let mut judged = Judged::default();
        for (lines, weights) in halves {
            let lines: Vec<Labelled> = lines
                .iter()
                .filter(|line| language.is_none_or(|language| line.language == language))
                .cloned()
                .collect();
            for seed in 0..DRAWS {
                judged.add(&draw::complaints(&lines, known, seed), weights);
            }
        }
        judged
    }
}
