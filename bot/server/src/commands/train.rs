use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use clap::Args;
use jiff::Timestamp;
use mostik_domain::{DecidedBy, RootCause};
use mostik_local::{
    LocalRootCause, LocalStage,
    training::{Example, Retrained, Task, shipped_examples, train_with_own_lines},
};

use super::{
    Place,
    eval::{self, What},
    lines,
};
use crate::{
    data_folder::DataFolder,
    own_models::{Manifest, OwnModels, SHIPPED},
    wiring,
};

/// Own lines are one trade of their own.
const OWN_TRADE: &str = "own";
/// The newest decisions made at the desk; older ones say little about today.
const MOST_DECISIONS: u32 = 20_000;

/// A company's own words.
#[derive(Debug, Args)]
#[command(after_help = "A line is {\"text\":\"…\",\"label\":\"delivery\"}. Every training starts \
from the shipped lines, so name all your files each time. A model is kept when it answers more of \
your lines, held out, than the version in use, by more than chance would bring, and shipped trades \
no more than a point worse; otherwise the exit status is 1. A running mostik uses a new version \
from the next message on.")]
pub(super) struct Train {
    /// What is learnt
    what: What,
    /// Labelled lines
    files: Vec<PathBuf>,
    /// Learn from the causes that operators, and customers on their pages, named
    #[arg(long)]
    from_desk: bool,
    /// List the versions
    #[arg(long, conflicts_with_all = ["files", "from_desk", "rollback"])]
    list: bool,
    /// Go back to a version, by default the one before ("shipped": the compiled-in one)
    #[arg(long, value_name = "VERSION", num_args = 0..=1, conflicts_with_all = ["files", "from_desk"])]
    #[expect(clippy::option_option, reason = "not asked for, asked for, and to which")]
    rollback: Option<Option<String>>,
    #[command(flatten)]
    place: Place,
}

impl Train {
    /// Learning takes all cores for a minute or so.
    pub(super) fn run(self, runtime: &tokio::runtime::Runtime) -> Result<ExitCode> {
        let task = self.what.task();
        let models = OwnModels::of(&self.place.data, task);
        if self.list {
            return list(&models);
        }
        if let Some(to) = &self.rollback {
            let name = models.roll_back(to.as_deref())?;
            eprintln!(
                "{} uses {name} now; a running mostik from the next message on",
                self.what.name()
            );
            return Ok(ExitCode::SUCCESS);
        }
        let own = self.own_lines(runtime)?;
        eprintln!("learning from {} lines and the shipped ones…", own.len());
        let (used, in_use) = models.to_beat(task)?;
        let trained = train_with_own_lines(task, &shipped_examples(task)?, &own, &in_use)?;
        let kept = self.kept(&models, &trained, own.len())?;
        report(&trained, kept.as_deref(), &used)?;
        Ok(if kept.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn own_lines(&self, runtime: &tokio::runtime::Runtime) -> Result<Vec<Example>> {
        let task = self.what.task();
        let mut own = Vec::new();
        for file in &self.files {
            let lines = eval::read(file, &task.classes())?.into_iter().zip(1_u32..);
            own.extend(lines.map(|(line, number)| {
                let language = line.language.unwrap_or_else(|| spoken(&line.text));
                let id = format!("{}:{number}", file.display());
                example(id, language, line.text, line.label)
            }));
        }
        if self.from_desk {
            if task != Task::RootCause {
                bail!("people at the desk name root causes only: give files of labelled comments");
            }
            own.extend(runtime.block_on(self.lines_of_desk(&task.classes()))?);
        }
        if own.is_empty() {
            bail!("nothing to learn from: name files of labelled lines, or use --from-desk");
        }
        Ok(own)
    }

    async fn lines_of_desk(&self, classes: &[String]) -> Result<Vec<Example>> {
        let (config, data) = (self.place.config()?, DataFolder::open(&self.place.data)?);
        let stores = wiring::stores(&config, &data).await?;
        let taught = stores.store.taught(MOST_DECISIONS).await?;
        let (mut own, mut custom, mut by_customers) = (Vec::new(), 0_usize, 0_usize);
        for (feedback, named) in taught {
            let Some(text) = feedback.text else { continue };
            if matches!(named.root_cause, RootCause::Custom(_)) {
                custom += 1;
                continue;
            }
            let name = named.root_cause.as_str();
            if let Some(label) = classes.iter().position(|class| class == name) {
                let (id, text) = (feedback.id.to_string(), text.reveal().to_owned());
                own.push(example(id, feedback.language, text, label));
                by_customers += usize::from(named.decided_by == DecidedBy::Customer);
            }
        }
        eprintln!(
            "at the desk {} causes were named, on their own pages customers named {by_customers}",
            own.len() - by_customers
        );
        if custom > 0 {
            eprintln!(
                "{custom} decisions name causes of your own: put some as examples into [[cause]]"
            );
        }
        Ok(own)
    }

    fn kept(&self, models: &OwnModels, trained: &Retrained, own: usize) -> Result<Option<String>> {
        if !trained.is_better() {
            return Ok(None);
        }
        let version = match self.what.task() {
            Task::RootCause => LocalRootCause::from_bytes(&trained.bytes)?.version().to_owned(),
            Task::Stage => LocalStage::from_bytes(&trained.bytes)?.version().to_owned(),
        };
        let used = models.current()?;
        if let Some(current) = models.list()?.into_iter().find(|kept| kept.name == used)
            && current.own_lines > own
        {
            eprintln!(
                "note: {used} had learnt {} lines, this one {own}; --rollback goes back",
                current.own_lines
            );
        }
        // Makes the folder with rights for its owner only.
        DataFolder::open(&self.place.data)?;
        let manifest = Manifest {
            name: String::new(),
            version,
            at: Timestamp::now(),
            own_lines: own,
            own_before: trained.own_before.macro_f1(),
            own_after: trained.own_after.macro_f1(),
            shipped_before: trained.shipped_before.macro_f1(),
            shipped_after: trained.shipped_after.macro_f1(),
        };
        models.keep(&trained.bytes, &trained.own_answers, manifest).map(Some)
    }
}

fn spoken(text: &str) -> mostik_taxonomy::Language {
    mostik_text::detect_language(text, mostik_taxonomy::Language::default())
}

fn example(id: String, language: mostik_taxonomy::Language, text: String, label: usize) -> Example {
    Example { id, language, trade: OWN_TRADE.to_owned(), text, labels: vec![label] }
}

fn report(trained: &Retrained, kept: Option<&str>, used: &str) -> Result<()> {
    let line = |what: &str, before: &mostik_local::Evaluation, after: &mostik_local::Evaluation| {
        format!(
            "| {what} | {:.3} → {:.3} | {:.3} → {:.3} |\n",
            before.accuracy(),
            after.accuracy(),
            before.macro_f1(),
            after.macro_f1()
        )
    };
    let end = match kept {
        Some(name) => format!("Kept as {name}, and in use in place of {used}."),
        None => why_not(trained, used),
    };
    lines::tell(&format!(
        "| not seen before | accuracy | macro-F1 |\n|---|---|---|\n{}{}\n{end}\n",
        line(&format!("your lines, {used} → new"), &trained.own_before, &trained.own_after),
        line(
            "shipped trades, without → with your lines",
            &trained.shipped_before,
            &trained.shipped_after
        ),
    ))
}

/// Both scores beside each other, and what was asked of the new one.
fn why_not(trained: &Retrained, used: &str) -> String {
    let (before, after) = (&trained.own_before, &trained.own_after);
    let (without, with) = (trained.shipped_before.macro_f1(), trained.shipped_after.macro_f1());
    let mut why = Vec::new();
    if !trained.is_better_on_own_lines() {
        why.push(format!(
            "of your lines {used} answers {:.1} % rightly (macro-F1 {:.3}), the new model {:.1} % ({:.3}): {} more and {} no longer{}",
            before.accuracy() * 100.0,
            before.macro_f1(),
            after.accuracy() * 100.0,
            after.macro_f1(),
            trained.gained,
            trained.lost,
            if trained.gained > trained.lost { ", which may be chance" } else { "" }
        ));
    }
    if trained.forgets_trades() {
        why.push(format!(
            "on shipped trades it falls from macro-F1 {without:.3} to {with:.3}, more than a point"
        ));
    }
    format!("Not kept, {used} stays in use: {}.", why.join("; "))
}

fn list(models: &OwnModels) -> Result<ExitCode> {
    let current = models.current()?;
    let mark = |name: &str| if name == current { "*" } else { " " };
    let mut told = vec![format!("{} {SHIPPED}: compiled in\n", mark(SHIPPED))];
    told.extend(models.list()?.into_iter().map(|kept| {
        format!(
            "{} {}: {}, {}, {} lines of your own, macro-F1 on them {:.3} → {:.3}, on shipped trades {:.3} → {:.3}\n",
            mark(&kept.name),
            kept.name,
            kept.version,
            kept.at.strftime("%Y-%m-%d %H:%M UTC"),
            kept.own_lines,
            kept.own_before,
            kept.own_after,
            kept.shipped_before,
            kept.shipped_after
        )
    }));
    lines::tell(&told.concat())?;
    Ok(ExitCode::SUCCESS)
}
