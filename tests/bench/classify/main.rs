//! How fast and how well root causes are named: Mostik, and in the same run fastText's own program
//! and scikit-learn's TF-IDF with logistic regression, trained on the same lines.
//!
//! `tests/bench/classify/install`, then `MOSTIK_BIN=target/release/mostik cargo run --release -p
//! mostik-tests --bin bench-classify -- [--tenths 10] [--rounds 3]`. What it measures: `README.md`
//! beside the folder.

mod peer;
mod report;
mod speed;

use std::fs;
use std::path::{Path, PathBuf};

use mostik_local::training::{Example, Task, shipped_examples, tenth_of, train};
use mostik_local::{Answer, Evaluation};

use peer::Peer;
use report::Row;

/// The largest number of tenths that can be left out.
const TENTHS: u64 = 10;

#[derive(Debug)]
struct Options {
    /// How many tenths of the trades are left out, one after the other.
    tenths: u64,
    /// How often speed is measured; the best round counts.
    rounds: usize,
}

fn main() {
    let options = options(std::env::args().skip(1));
    let folder = tempfile::tempdir().expect("a folder");
    let peers = mostik_tests::needs::peers().join("text");
    assert!(peers.join("fasttext").exists(), "run tests/bench/classify/install first");
    let examples = shipped_examples(Task::RootCause).expect("the shipped lines");
    let peers = [Peer::fasttext(&peers), Peer::sklearn(&peers)];
    let mut rows = vec![Row::new("Mostik", ours(&examples, options.tenths))];
    for peer in &peers {
        rows.push(Row::new(peer.name(), left_out(peer, &examples, options.tenths, folder.path())));
    }
    let models: Vec<PathBuf> =
        peers.iter().map(|peer| peer.train(&examples, &folder.path().join("all"))).collect();
    let texts = speed::Texts::write(&examples, folder.path());
    for _ in 0..options.rounds {
        rows[0].ran(&speed::mostik(&texts));
        for ((peer, model), row) in peers.iter().zip(&models).zip(&mut rows[1..]) {
            row.ran(&speed::peer(peer, model, &texts));
        }
    }
    report::print(&rows);
}

/// Answers about trades that the models have not seen.
fn ours(examples: &[Example], tenths: u64) -> Evaluation {
    let validation = train(Task::RootCause, examples).validation;
    let answers = validation.answers().zip(examples);
    let chosen = answers.filter(|(_, example)| tenth_of(&example.trade) < tenths);
    Evaluation::new(Task::RootCause.classes(), chosen.map(|(answer, _)| answer).collect())
}

/// The same by a peer.
fn left_out(peer: &Peer, examples: &[Example], tenths: u64, folder: &Path) -> Evaluation {
    let mut answers: Vec<Answer> = Vec::new();
    for tenth in 0..tenths {
        let (seen, unseen): (Vec<Example>, Vec<Example>) =
            examples.iter().cloned().partition(|example| tenth_of(&example.trade) != tenth);
        let folder = folder.join(format!("{}-{tenth}", peer.name()));
        fs::create_dir_all(&folder).expect("a folder");
        let model = peer.train(&seen, &folder.join("seen"));
        answers.extend(peer.answers(&model, &unseen, &folder));
    }
    Evaluation::new(Task::RootCause.classes(), answers)
}

fn options(mut given: impl Iterator<Item = String>) -> Options {
    let mut options = Options { tenths: TENTHS, rounds: 3 };
    while let Some(name) = given.next() {
        let value = given.next().unwrap_or_else(|| panic!("{name} needs a value"));
        let number =
            || value.parse::<u64>().unwrap_or_else(|_| panic!("{name}: {value} is no number"));
        match name.as_str() {
            "--tenths" => options.tenths = number().clamp(1, TENTHS),
            "--rounds" => options.rounds = usize::try_from(number()).expect("a small number"),
            other => panic!("{other} is not known; use --tenths, --rounds"),
        }
    }
    options
}
