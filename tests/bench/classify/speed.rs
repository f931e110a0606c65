//! What answering the same texts costs on one core.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mostik_local::training::Example;
use serde_json::json;

use crate::peer::Peer;

/// How often all texts are asked about, so that starting hardly counts.
const TIMES: usize = 5;
/// Everything is measured on this core.
const CORE: &str = "0";

/// The texts, as files that each program reads.
pub(crate) struct Texts {
    folder: PathBuf,
    examples: Vec<Example>,
}

/// What one program took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    pub(crate) texts: usize,
    /// On the clock, and of the core: neighbours cost the first only.
    pub(crate) seconds: f64,
    pub(crate) core_seconds: f64,
    /// For one text alone: starting, mostly.
    pub(crate) start_seconds: f64,
}

impl Texts {
    pub(crate) fn write(examples: &[Example], folder: &Path) -> Self {
        let line =
            |example: &Example| format!("{}\n", json!({ "id": example.id, "text": example.text }));
        let lines: String = examples.iter().map(line).collect();
        fs::write(folder.join("all.jsonl"), lines.repeat(TIMES)).expect("a file");
        fs::write(folder.join("one.jsonl"), line(&examples[0])).expect("a file");
        Self { folder: folder.to_owned(), examples: examples.to_vec() }
    }
}

/// `mostik classify`, the program of `MOSTIK_BIN`.
pub(crate) fn mostik(texts: &Texts) -> Took {
    let program = std::env::var("MOSTIK_BIN").expect("MOSTIK_BIN names a release build");
    let words = |file: &str| {
        let (file, data) = (texts.folder.join(file), texts.folder.join("data"));
        let (file, data) = (file.display().to_string(), data.display().to_string());
        vec![program.clone(), "classify".into(), "--data".into(), data, file]
    };
    took(texts, &words("all.jsonl"), &words("one.jsonl"))
}

/// The same by a peer.
pub(crate) fn peer(peer: &Peer, model: &Path, texts: &Texts) -> Took {
    let (all, one) = (texts.folder.join("all.peer"), texts.folder.join("one.peer"));
    let repeated: Vec<Example> = (0..TIMES).flat_map(|_| texts.examples.iter().cloned()).collect();
    peer.write(&repeated, false, &all);
    peer.write(&texts.examples[..1], false, &one);
    took(texts, &peer.ask(model, &all), &peer.ask(model, &one))
}

fn took(texts: &Texts, all: &[String], one: &[String]) -> Took {
    let (start_seconds, _) = run(one);
    let (seconds, core_seconds) = run(all);
    Took { texts: texts.examples.len() * TIMES, seconds, core_seconds, start_seconds }
}

/// Seconds on the clock and of the core, as the shell counts them.
fn run(words: &[String]) -> (f64, f64) {
    let timed = "TIMEFORMAT='%R %U %S'; time \"$@\" > /dev/null 2> /dev/null";
    let told = Command::new("taskset")
        .args(["-c", CORE, "bash", "-c", timed, "bash"])
        .args(words)
        .env("OMP_NUM_THREADS", "1")
        .env("LC_ALL", "C")
        .output()
        .expect("taskset and bash");
    assert!(told.status.success(), "{} failed", words[0]);
    let told = String::from_utf8(told.stderr).expect("text");
    let numbers: Vec<f64> =
        told.split_whitespace().map(|number| number.parse().expect("a number")).collect();
    (numbers[0], numbers[1] + numbers[2])
}
