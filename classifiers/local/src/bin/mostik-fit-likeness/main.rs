//! Fits the few numbers by which likeness is judged, and measures them:
//! `mostik-fit-likeness DIR`, where DIR holds `banking77_train.csv`,
//! `banking77_test.csv` (BANKING77, PolyAI, CC-BY-4.0) and `clinc150.json`
//! (CLINC150, Larson et al. 2019, CC-BY-3.0). Writes `likeness/weights.rs` and
//! the figures of `LIKENESS.md` of `mostik-text`. To be run again whenever the
//! encoder changes.

mod causes;
mod draw;
mod fit;
mod measure;
mod report;
mod shuffle;
mod texts;

use std::{error::Error, fs, path::Path};

use causes::Causes;
use draw::Draw;
use fit::{Parts, fit};
use measure::Judged;
use mostik_text::likeness::Weights;
use texts::Labelled;

/// Draws of the measurement: means are over them.
const DRAWS: u64 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give the folder of BANKING77 and CLINC150")?;
    let folder = Path::new(&folder);
    let text_crate = Path::new(env!("CARGO_MANIFEST_DIR")).join("../text");
    let material = Material::new(
        texts::banking(&fs::read_to_string(folder.join("banking77_train.csv"))?)?,
        &texts::banking(&fs::read_to_string(folder.join("banking77_test.csv"))?)?,
        &texts::clinc(&fs::read_to_string(folder.join("clinc150.json"))?)?,
        texts::complaints(&fs::read_to_string(
            text_crate.join("tests/likeness/complaints.jsonl"),
        )?)?,
    )?;
    let sets = material.judged();
    let joins = measure::threshold(&sets.iter().map(|(_, judged)| judged))
        .ok_or("nothing may join by itself at all")?;
    let weights = fit(&material.everything(), Parts::All);
    fs::write(text_crate.join("src/likeness/weights.rs"), report::weights(&weights, joins))?;
    let parts = [
        ("bank, words alone", material.bank(Parts::Words)),
        ("bank, meaning alone", material.bank(Parts::Meaning)),
    ];
    let path = text_crate.join("LIKENESS.md");
    let card = report::card(&fs::read_to_string(&path)?, &sets, &parts, joins);
    fs::write(path, &card)?;
    println!("{card}");
    Ok(())
}

/// Everything that is fitted or measured with.
struct Material {
    bank_train: Vec<Labelled>,
    complaints: Vec<Labelled>,
    causes: Causes,
    /// Everyday requests, which belong to everything that is fitted.
    everyday: Vec<Draw>,
    /// What is measured, each with draws of the intents that it does not know.
    bank: Vec<(Draw, Vec<Draw>)>,
}

impl Material {
    fn new(
        bank_train: Vec<Labelled>,
        bank_test: &[Labelled],
        clinc: &[Labelled],
        complaints: Vec<Labelled>,
    ) -> Result<Self, Box<dyn Error>> {
        let everyday = (0..).zip([(60, 3), (12, 2)]).map(|(seed, (groups, each))| {
            draw::few(clinc, clinc, groups, each, (300, 150), 200 + seed)
        });
        let everyday = everyday.collect();
        let bank = (0..DRAWS).map(|seed| {
            let asked = draw::bank(&bank_train, bank_test, seed);
            let others: Vec<Labelled> = bank_train
                .iter()
                .filter(|line| !asked.groups.contains(&line.label))
                .cloned()
                .collect();
            let others = [13, 13, 15, 15]
                .into_iter()
                .zip(1000 * (seed + 1)..)
                .map(|(groups, seed)| draw::few(&others, &others, groups, 3, (300, 100), seed));
            let others = others.collect();
            (asked, others)
        });
        let bank = bank.collect();
        let causes = Causes::of(&complaints)?;
        Ok(Self { bank_train, complaints, causes, everyday, bank })
    }

    /// What the shipped numbers are fitted on.
    fn everything(&self) -> Vec<Draw> {
        let mut draws = self.beside(&self.complaints);
        draws.extend((1..4).map(|seed| draw::bank(&self.bank_train, &self.bank_train, 100 + seed)));
        draws
    }

    /// Everyday requests, bank questions, and some complaints.
    fn beside(&self, complaints: &[Labelled]) -> Vec<Draw> {
        let mut draws = self.everyday.clone();
        draws.push(draw::bank(&self.bank_train, &self.bank_train, 100));
        draws.extend(
            (0..6).map(|seed| draw::complaints(complaints, &self.causes, 0.75, 300 + seed)),
        );
        draws
    }

    /// The bank's questions, judged by numbers fitted without the intents that
    /// are asked for.
    fn bank(&self, parts: Parts) -> Judged {
        let mut judged = Judged::default();
        for (asked, others) in &self.bank {
            let mut material = self.everyday.clone();
            material.extend(others.iter().cloned());
            judged.add(asked, &fit(&material, parts));
        }
        judged
    }

    /// All sets with their titles, each judged by numbers fitted without its
    /// own intents or trades.
    fn judged(&self) -> Vec<(&'static str, Judged)> {
        let halves = self.halves();
        let complaints =
            |language, known| complaints_judged(&halves, &self.causes, language, known);
        vec![
            ("bank", self.bank(Parts::All)),
            ("complaints, Russian", complaints(Some("ru"), 0.75)),
            ("complaints, English", complaints(Some("en"), 0.75)),
            ("complaints, both languages", complaints(None, 0.75)),
            ("complaints, half of the problems new", complaints(None, 0.5)),
        ]
    }

    /// Half of the trades with numbers fitted without them, and the other half.
    fn halves(&self) -> [(Vec<Labelled>, Weights); 2] {
        [false, true].map(|half| {
            let (lines, other): (Vec<Labelled>, Vec<Labelled>) =
                self.complaints.iter().cloned().partition(|it| texts::in_half(&it.trade) == half);
            (lines, fit(&self.beside(&other), Parts::All))
        })
    }
}

fn complaints_judged(
    halves: &[(Vec<Labelled>, Weights); 2],
    causes: &Causes,
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
            judged.add(&draw::complaints(&lines, causes, known, seed), weights);
        }
    }
    judged
}
