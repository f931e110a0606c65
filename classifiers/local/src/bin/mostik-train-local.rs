//! Makes the compiled-in models and the model card anew:
//! `mostik-train-local [--root-cause SET.jsonl]… [--stage SET.jsonl]…`, where the
//! files are labelled texts to measure with, never to train on. Without them the
//! card keeps what it says of real texts, as long as the model is the same.
//! Lines whose label deserves a second look go to the standard error.

use std::{error::Error, fmt::Write as _, fs, path::Path};

use mostik_local::{
    Answer, Evaluation, LocalRootCause, LocalStage,
    training::{Example, Task, read_examples, train},
};
use mostik_taxonomy::Language;

/// From which confidence on Mostik acts, and suggests, unless configured otherwise.
const ACT: f32 = 0.7;
const SUGGEST: f32 = 0.5;
const LANGUAGES: [(&str, Option<Language>); 3] = [
    ("Both languages", None),
    ("Russian", Some(Language::Russian)),
    ("English", Some(Language::English)),
];
/// So sure of another answer, a line is named for a second look.
const DOUBTFUL: f32 = 0.85;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let sets = |name: &str| -> Vec<&Path> {
        let options = arguments.iter().zip(arguments.iter().skip(1));
        options.filter(|(option, _)| *option == name).map(|(_, file)| Path::new(file)).collect()
    };
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let before = fs::read_to_string(crate_folder.join("MODEL_CARD.md"))?;
    let (words, figures) = before.split_at(before.find("## Measured").unwrap_or(before.len()));
    let mut card = words.to_owned();
    card.push_str("## Measured\n\nWritten by `mostik-train-local`.\n");
    for (task, file, measure) in [
        (Task::RootCause, "root_cause", sets("--root-cause")),
        (Task::Stage, "stage", sets("--stage")),
    ] {
        card.push_str(&make(task, file, crate_folder, &measure, figures)?);
    }
    fs::write(crate_folder.join("MODEL_CARD.md"), &card)?;
    println!("{card}");
    Ok(())
}

fn make(
    task: Task,
    name: &str,
    crate_folder: &Path,
    measure: &[&Path],
    figures_before: &str,
) -> Result<String, Box<dyn Error>> {
    let examples = mostik_local::training::shipped_examples(task)?;
    let trained = train(task, &examples);
    let file = crate_folder.join(format!("models/{name}.bin"));
    let is_as_before = fs::read(&file).is_ok_and(|before| before == trained.bytes);
    fs::write(file, &trained.bytes)?;
    for (at, answer) in trained.validation.doubtful(DOUBTFUL) {
        let classes = task.classes();
        let (label, found) = (&classes[answer.expected], &classes[answer.answered]);
        eprintln!("{}: {label}, answered {found}: {}", examples[at].id, examples[at].text);
    }
    let mut report = format!("\n### {name}: {} lines, whole trades left out\n\n", examples.len());
    let validated = |language| trained.validation.evaluation(task.classes(), language);
    report.push_str(&bands(LANGUAGES.map(|(title, language)| (title, validated(language)))));
    for (title, language) in LANGUAGES {
        writeln!(report, "{title}, {}", validated(language))?;
    }
    for set in measure {
        report.push_str(&measured(task, name, &trained.bytes, set)?);
    }
    if measure.is_empty() && is_as_before {
        report.push_str(&of_real_texts(name, figures_before));
    }
    Ok(report)
}

/// What a card says of a model and real texts.
fn of_real_texts(name: &str, figures: &str) -> String {
    let heading = format!("### {name}: real texts");
    let mut lines: Vec<&str> = figures.split_inclusive('\n').collect();
    let mut is_asked_for = false;
    lines.retain(|line| {
        if line.starts_with("### ") {
            is_asked_for = line.starts_with(&heading);
        }
        is_asked_for
    });
    let sections = lines.concat();
    if sections.is_empty() { sections } else { format!("{}\n\n", sections.trim_end()) }
}

/// How the model answers a set of texts from elsewhere.
fn measured(task: Task, name: &str, model: &[u8], set: &Path) -> Result<String, Box<dyn Error>> {
    let examples = read_examples(task, &fs::read_to_string(set)?)?;
    let title = set.file_stem().unwrap_or_default().to_string_lossy();
    let mut report = format!("### {name}: real texts, never trained on ({title})\n\n");
    let mut evaluations = Vec::new();
    for (title, language) in LANGUAGES {
        let chosen: Vec<&Example> =
            examples.iter().filter(|e| language.is_none_or(|l| l == e.language)).collect();
        if !chosen.is_empty() {
            let answers = answers(task, model, &chosen)?;
            evaluations.push((title, Evaluation::new(task.classes(), answers)));
        }
    }
    report.push_str(&bands(evaluations.iter().cloned()));
    for (title, evaluation) in evaluations {
        writeln!(report, "{title}, {evaluation}")?;
    }
    Ok(report)
}

/// What would be done with the answers, and how honest their confidence is.
fn bands(measured: impl IntoIterator<Item = (&'static str, Evaluation)>) -> String {
    let mut table = format!(
        "| | calibration error | act, from {ACT} on | suggest, from {SUGGEST} on | ask |\n|---|---|---|---|---|\n"
    );
    for (title, evaluation) in measured {
        let (act, both) = (evaluation.coverage(ACT), evaluation.coverage(SUGGEST));
        let share = both.share - act.share;
        let right = both.share * both.accuracy - act.share * act.accuracy;
        let accuracy = if share > 0.0 { right / share } else { 1.0 };
        // A String takes whatever is written to it.
        let _ = writeln!(
            table,
            "| {title} | {:.3} | {:.0} % of texts, {:.1} % right | {:.0} %, {:.1} % right | {:.0} % |",
            evaluation.calibration_error(),
            act.share * 100.0,
            act.accuracy * 100.0,
            share * 100.0,
            accuracy * 100.0,
            (1.0 - both.share) * 100.0,
        );
    }
    table.push('\n');
    table
}

fn answers(task: Task, model: &[u8], examples: &[&Example]) -> Result<Vec<Answer>, Box<dyn Error>> {
    let classes = task.classes();
    let place = |name: &str| classes.iter().position(|class| class == name).unwrap_or(0);
    let answer = |example: &&Example, name: &str, confidence: f32| Answer {
        expected: example.labels[0],
        answered: place(name),
        confidence,
    };
    Ok(match task {
        Task::RootCause => {
            let classifier = LocalRootCause::from_bytes(model)?;
            examples
                .iter()
                .map(|example| {
                    let found = classifier.classify_now(&example.text, example.language);
                    answer(example, found.root_cause.as_str(), found.confidence.value())
                })
                .collect()
        }
        Task::Stage => {
            let classifier = LocalStage::from_bytes(model)?;
            examples
                .iter()
                .map(|example| {
                    let found = classifier.stage_now(&example.text);
                    answer(example, found.stage.as_str(), found.confidence.value())
                })
                .collect()
        }
    })
}
