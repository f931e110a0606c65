//! Classifiers of others, trained and asked by their own programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mostik_local::Answer;
use mostik_local::training::{Example, Task};
use serde_json::{Value, json};

/// As fastText's tutorial for supervised text ends up with, and letters for typing errors.
const FASTTEXT: &str =
    "-epoch 25 -lr 0.5 -wordNgrams 2 -minn 2 -maxn 5 -dim 100 -bucket 200000 -thread 1 -verbose 0";

/// Somebody else's classifier.
#[derive(Debug)]
pub(crate) struct Peer {
    kind: Kind,
    program: PathBuf,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    FastText,
    Sklearn,
}

impl Peer {
    pub(crate) fn fasttext(folder: &Path) -> Self {
        Self { kind: Kind::FastText, program: folder.join("fasttext") }
    }

    pub(crate) fn sklearn(folder: &Path) -> Self {
        Self { kind: Kind::Sklearn, program: folder.join("venv/bin/python") }
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self.kind {
            Kind::FastText => "fastText",
            Kind::Sklearn => "scikit-learn",
        }
    }

    /// The model of these lines.
    pub(crate) fn train(&self, examples: &[Example], place: &Path) -> PathBuf {
        let lines = place.with_extension(self.name());
        self.write(examples, true, &lines);
        let mut command = Command::new(&self.program);
        let model = match self.kind {
            Kind::FastText => {
                command.arg("supervised").arg("-input").arg(&lines).arg("-output").arg(place);
                command.args(FASTTEXT.split(' '));
                place.with_extension("bin")
            }
            Kind::Sklearn => {
                let model = place.with_extension("pickle");
                command.arg(script()).arg("train").arg(&lines).arg(&model);
                model
            }
        };
        let trained = command.stdout(Stdio::null()).status().expect("the peer starts");
        assert!(trained.success(), "{} could not be trained", self.name());
        model
    }

    /// Asks about a file written by [`Self::write`]; the answers go to standard output.
    pub(crate) fn ask(&self, model: &Path, lines: &Path) -> Vec<String> {
        let (model, lines) = (model.display().to_string(), lines.display().to_string());
        let program = self.program.display().to_string();
        match self.kind {
            Kind::FastText => {
                vec![program, "predict-prob".into(), model, lines]
            }
            Kind::Sklearn => {
                vec![program, script().display().to_string(), "answer".into(), model, lines]
            }
        }
    }

    pub(crate) fn answers(&self, model: &Path, unseen: &[Example], folder: &Path) -> Vec<Answer> {
        let lines = folder.join("unseen");
        self.write(unseen, false, &lines);
        let words = self.ask(model, &lines);
        let told = Command::new(&words[0]).args(&words[1..]).output().expect("the peer starts");
        let told = String::from_utf8(told.stdout).expect("text");
        let classes = Task::RootCause.classes();
        let answers: Vec<Answer> = told
            .lines()
            .zip(unseen)
            .map(|(line, example)| {
                let (label, confidence) = self.answer(line);
                let answered = classes.iter().position(|class| *class == label);
                let answered = answered.expect("a known label");
                Answer { expected: example.labels[0], answered, confidence }
            })
            .collect();
        assert_eq!(answers.len(), unseen.len(), "{} left lines unanswered", self.name());
        answers
    }

    fn answer(&self, line: &str) -> (String, f32) {
        match self.kind {
            Kind::FastText => {
                let (label, confidence) = line.split_once(' ').expect("a label and a number");
                let label = label.trim_start_matches("__label__").to_owned();
                (label, confidence.parse::<f32>().expect("a number").clamp(0.0, 1.0))
            }
            Kind::Sklearn => {
                let answer: Value = serde_json::from_str(line).expect("JSON");
                let confidence = answer["confidence"].to_string().parse().expect("a number");
                (answer["label"].as_str().expect("a label").to_owned(), confidence)
            }
        }
    }

    /// Lines as the peer reads them.
    pub(crate) fn write(&self, examples: &[Example], labelled: bool, to: &Path) {
        let classes = Task::RootCause.classes();
        let line = |example: &Example| {
            let label = &classes[example.labels[0]];
            match self.kind {
                Kind::FastText if labelled => {
                    format!("__label__{label} {}\n", spaced(&example.text))
                }
                Kind::FastText => format!("{}\n", spaced(&example.text)),
                Kind::Sklearn => format!("{}\n", json!({ "text": example.text, "label": label })),
            }
        };
        let lines: String = examples.iter().map(line).collect();
        fs::write(to, lines).expect("a file");
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/classify/sklearn_peer.py")
}

/// fastText takes words as they stand between spaces: lower case, marks apart.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 8);
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            spaced.push(letter);
        } else if letter.is_whitespace() {
            spaced.push(' ');
        } else {
            spaced.extend([' ', letter, ' ']);
        }
    }
    spaced
}
