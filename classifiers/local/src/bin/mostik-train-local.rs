//! Makes the compiled-in models and the model card anew:
//! `mostik-train-local [--root-cause DEV.jsonl] [--stage DEV.jsonl]`, where the
//! two files are labelled texts to measure with, never to train on. Lines whose
//! label deserves a second look go to the standard error.

use std::{error::Error, fmt::Write as _, fs, path::Path};

use mostik_local::{
    Answer, Evaluation, LocalRootCause, LocalStage,
    training::{Example, Task, read_examples, train},
};
use mostik_taxonomy::Language;

/// So sure of another answer, a line is named for a second look.
const DOUBTFUL: f32 = 0.85;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1).cloned()
    };
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut card = fs::read_to_string(crate_folder.join("MODEL_CARD.md"))?;
    if let Some(measured) = card.find("## Measured") {
        card.truncate(measured);
    }
    card.push_str("## Measured\n\nWritten by `mostik-train-local`.\n");
    for (task, file, measure) in [
        (Task::RootCause, "root_cause", option("--root-cause")),
        (Task::Stage, "stage", option("--stage")),
    ] {
        card.push_str(&make(task, file, crate_folder, measure.as_deref())?);
    }
    fs::write(crate_folder.join("MODEL_CARD.md"), &card)?;
    println!("{card}");
    Ok(())
}

fn make(
    task: Task,
    name: &str,
    crate_folder: &Path,
    measure: Option<&str>,
) -> Result<String, Box<dyn Error>> {
    let examples = mostik_local::training::shipped_examples(task)?;
    let trained = train(task, &examples);
    fs::write(crate_folder.join(format!("models/{name}.bin")), &trained.bytes)?;
    for (at, answer) in trained.validation.doubtful(DOUBTFUL) {
        let classes = task.classes();
        let (label, found) = (&classes[answer.expected], &classes[answer.answered]);
        eprintln!("{}: {label}, answered {found}: {}", examples[at].id, examples[at].text);
    }
    let mut report = format!("\n### {name}: {} lines, whole trades left out\n\n", examples.len());
    for (title, language) in [
        ("Both languages", None),
        ("Russian", Some(Language::Russian)),
        ("English", Some(Language::English)),
    ] {
        writeln!(report, "{title}, {}", trained.validation.evaluation(task.classes(), language))?;
    }
    if let Some(measure) = measure {
        let examples = read_examples(task, &fs::read_to_string(measure)?)?;
        write!(report, "### {name}: real texts, never trained on\n\n")?;
        for (title, language) in [
            ("Both languages", None),
            ("Russian", Some(Language::Russian)),
            ("English", Some(Language::English)),
        ] {
            let chosen: Vec<&Example> =
                examples.iter().filter(|e| language.is_none_or(|l| l == e.language)).collect();
            let answers = answers(task, &trained.bytes, &chosen)?;
            if !chosen.is_empty() {
                writeln!(report, "{title}, {}", Evaluation::new(task.classes(), answers))?;
            }
        }
    }
    Ok(report)
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
