use std::{
    collections::HashMap, fs::File, io::BufReader, path::PathBuf, process::ExitCode, time::Instant,
};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use futures::{StreamExt as _, TryStreamExt as _};
use mostik_domain::Thresholds;
use mostik_local::{Answer, Coverage, Evaluation, training::Task};
use mostik_taxonomy::Language;
use serde::Deserialize;
use serde_json::json;

use super::{Place, classify::Engine, lines};
use crate::{config::Config, wiring};

/// Wrong lines that are told; more would not fit a line.
const TOLD: usize = 5;
/// Labelled by hand: more lines than this are none.
const MOST_LINES: usize = 1_000_000;

/// A classifier beside labels.
#[derive(Debug, Args)]
#[command(
    after_help = "A line is {\"text\":\"…\",\"label\":\"delivery\"}; with several \"labels\" the \
                        first is the primary one.\nFigures go to stdout; exit status 1 names \
                        every line that cannot be used."
)]
pub(super) struct Eval {
    /// What is judged
    what: What,
    /// Labelled lines
    file: PathBuf,
    /// Who decides; by default as configured
    #[arg(long)]
    classifier: Option<Engine>,
    /// Print JSON for programs instead of tables
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// What can be learnt and measured.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum What {
    /// Customers' messages
    RootCause,
    /// Owners' comments
    Stage,
}

impl What {
    pub(super) const fn task(self) -> Task {
        match self {
            Self::RootCause => Task::RootCause,
            Self::Stage => Task::Stage,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::RootCause => "root-cause",
            Self::Stage => "stage",
        }
    }
}

/// A labelled line; whatever else it says is passed over.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    lang: Option<String>,
    text: String,
    label: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
}

/// A text and the place of its primary label among the classes.
pub(super) struct Labelled {
    /// When the line says it.
    pub(super) language: Option<Language>,
    pub(super) text: String,
    pub(super) label: usize,
}

/// What a classifier answered, and who it was.
struct Judged {
    answers: Vec<Answer>,
    classes: Vec<String>,
    seconds: f64,
    version: String,
}

impl Eval {
    pub(super) fn run(self, runtime: &tokio::runtime::Runtime) -> Result<ExitCode> {
        let config = Engine::chosen(self.classifier, self.place.config()?);
        let classes = match self.what {
            What::RootCause => config.root_causes()?,
            What::Stage => Task::Stage.classes(),
        };
        let labelled = read(&self.file, &classes)?;
        let _entered = runtime.enter();
        let judged = runtime.block_on(self.judge(&config, classes, labelled))?;
        let thresholds = config.thresholds()?;
        let told = if self.json {
            format!("{}\n", for_programs(&judged, thresholds))
        } else {
            for_people(&judged, thresholds)
        };
        lines::tell(&told)?;
        Ok(ExitCode::SUCCESS)
    }

    async fn judge(
        &self,
        config: &Config,
        mut classes: Vec<String>,
        labelled: Vec<Labelled>,
    ) -> Result<Judged> {
        let hint = config.language()?;
        let (causes, stages) = (
            wiring::root_causes(config, &self.place.data)?,
            wiring::stages(config, &self.place.data)?,
        );
        let what = self.what;
        let begun = Instant::now();
        let answered = futures::stream::iter(labelled).map(|line| {
            let (causes, stages) = (causes.clone(), stages.clone());
            tokio::spawn(async move {
                Ok::<_, anyhow::Error>(match what {
                    What::RootCause => {
                        let hint = line.language.unwrap_or(hint);
                        let found = causes.classify(&line.text, hint).await?;
                        let name = found.root_cause.as_str().to_owned();
                        (line.label, name, found.confidence, found.version)
                    }
                    What::Stage => {
                        let found = stages.stage(&line.text).await?;
                        (line.label, found.stage.to_string(), found.confidence, found.version)
                    }
                })
            })
        });
        let answered = answered.buffered(Engine::threads(config)).map(|joined| joined?);
        let answered: Vec<_> = answered.try_collect().await?;
        let seconds = begun.elapsed().as_secs_f64();
        let mut versions: HashMap<&str, usize> = HashMap::new();
        let mut answers = Vec::with_capacity(answered.len());
        for (expected, name, confidence, version) in &answered {
            let place = classes.iter().position(|class| class == name).unwrap_or_else(|| {
                classes.push(name.clone());
                classes.len() - 1
            });
            let confidence = confidence.value();
            answers.push(Answer { expected: *expected, answered: place, confidence });
            *versions.entry(version).or_default() += 1;
        }
        let mut versions: Vec<_> = versions.into_iter().collect();
        versions.sort_by_key(|(version, count)| (std::cmp::Reverse(*count), *version));
        let version = match versions.as_slice() {
            [(only, _)] => (*only).to_owned(),
            several => {
                let each = several.iter().map(|(version, count)| format!("{version} ({count})"));
                each.collect::<Vec<_>>().join(", ")
            }
        };
        Ok(Judged { answers, classes, seconds, version })
    }
}

/// Reads labelled lines; every wrong one is named.
pub(super) fn read(path: &std::path::Path, classes: &[String]) -> Result<Vec<Labelled>> {
    let name = path.display();
    let mut input =
        BufReader::new(File::open(path).with_context(|| format!("cannot read {name}"))?);
    let (mut labelled, mut wrong) = (Vec::new(), Vec::new());
    let mut number = 0_usize;
    while let Some(bytes) =
        lines::next_line(&mut input).with_context(|| format!("cannot read {name}"))?
    {
        number += 1;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match labelled_line(&bytes, classes) {
            Ok(line) => labelled.push(line),
            Err(why) => wrong.push(format!("line {number}: {why}")),
        }
        if labelled.len() > MOST_LINES {
            bail!("{name} has more than {MOST_LINES} lines");
        }
    }
    if !wrong.is_empty() {
        let more = wrong.len().saturating_sub(TOLD);
        wrong.truncate(TOLD);
        let more = if more > 0 { format!("; and {more} more lines") } else { String::new() };
        bail!("{name}, {}{more}", wrong.join("; "));
    }
    if labelled.is_empty() {
        bail!("{name} has no labelled line");
    }
    Ok(labelled)
}

fn labelled_line(bytes: &[u8], classes: &[String]) -> Result<Labelled, String> {
    let line: Line = lines::parse(bytes)?;
    let first = line.labels.into_iter().next().or(line.label).ok_or("no label")?;
    let label = classes.iter().position(|class| *class == first).ok_or_else(|| {
        let shown: String = first.chars().take(40).collect();
        format!("the label {shown:?} is not one of {}", classes.join(", "))
    })?;
    let language = match line.lang {
        None => None,
        Some(code) => Some(
            code.parse().map_err(|error: mostik_taxonomy::UnknownLanguage| error.to_string())?,
        ),
    };
    Ok(Labelled { language, text: line.text, label })
}

impl Judged {
    fn evaluation(&self) -> Evaluation {
        Evaluation::new(self.classes.clone(), self.answers.clone())
    }

    fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "at most a million")]
        let count = self.answers.len() as f64;
        count / self.seconds.max(1e-9)
    }
}

fn at(evaluation: &Evaluation, thresholds: Thresholds) -> [(&'static str, f32, Coverage); 2] {
    [("act", thresholds.act()), ("suggest", thresholds.suggest())]
        .map(|(name, threshold)| (name, threshold.value(), evaluation.coverage(threshold.value())))
}

/// Tables in Markdown.
fn for_people(judged: &Judged, thresholds: Thresholds) -> String {
    let evaluation = judged.evaluation();
    let mut told = vec![
        format!("{} texts by {}", judged.answers.len(), judged.version),
        String::new(),
        format!("accuracy           {:.3}", evaluation.accuracy()),
        format!("macro-F1           {:.3}", evaluation.macro_f1()),
        format!("calibration error  {:.3}", evaluation.calibration_error()),
        format!("texts per second   {:.0}", judged.per_second()),
    ];
    for (name, threshold, Coverage { share, accuracy }) in at(&evaluation, thresholds) {
        told.push(format!(
            "{:<18} {:.1} % of texts, {:.1} % of them right",
            format!("{name} (≥ {threshold:.2})"),
            share * 100.0,
            accuracy * 100.0
        ));
    }
    told.extend([String::new(), "| label | texts | precision | recall | F1 |".into()]);
    told.push("|---|---|---|---|---|".into());
    for (class, score) in judged.classes.iter().zip(evaluation.class_scores()) {
        let (precision, recall, f1) = (score.precision, score.recall, score.f1);
        told.push(format!(
            "| {class} | {} | {precision:.3} | {recall:.3} | {f1:.3} |",
            score.count
        ));
    }
    told.extend([
        String::new(),
        format!("| label ↓ answered → | {} |", judged.classes.join(" | ")),
        format!("|---|{}", "---|".repeat(judged.classes.len())),
    ]);
    for (class, row) in judged.classes.iter().zip(evaluation.confusion()) {
        let row: Vec<_> = row.iter().map(usize::to_string).collect();
        told.push(format!("| {class} | {} |", row.join(" | ")));
    }
    told.push(String::new());
    told.join("\n")
}

fn for_programs(judged: &Judged, thresholds: Thresholds) -> serde_json::Value {
    let evaluation = judged.evaluation();
    let classes: serde_json::Map<_, _> = judged
        .classes
        .iter()
        .zip(evaluation.class_scores())
        .map(|(class, score)| {
            let (precision, recall) = (rounded(score.precision), rounded(score.recall));
            let f1 = rounded(score.f1);
            (
                class.clone(),
                json!({ "texts": score.count, "precision": precision, "recall": recall, "f1": f1 }),
            )
        })
        .collect();
    let coverage: serde_json::Map<_, _> = at(&evaluation, thresholds)
        .into_iter()
        .map(|(name, threshold, Coverage { share, accuracy })| {
            let of = json!({ "threshold": rounded(threshold), "share": rounded(share), "accuracy": rounded(accuracy) });
            (name.to_owned(), of)
        })
        .collect();
    json!({
        "texts": judged.answers.len(),
        "version": judged.version,
        "accuracy": rounded(evaluation.accuracy()),
        "macro_f1": rounded(evaluation.macro_f1()),
        "calibration_error": rounded(evaluation.calibration_error()),
        "messages_per_second": judged.per_second().round(),
        "coverage": coverage,
        "classes": classes,
        "confusion": { "labels": judged.classes, "rows": evaluation.confusion() },
    })
}

/// Four digits: more would claim a precision that no measurement here has.
pub(super) fn rounded(value: f32) -> f64 {
    (f64::from(value) * 10_000.0).round() / 10_000.0
}
