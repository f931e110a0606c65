use std::{io::IsTerminal as _, process::ExitCode};

use anyhow::Result;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use mostik_speech::{ModelInfo, ModelStore};

use super::Place;
use crate::{data_folder::DataFolder, wiring};

/// Which models there are.
#[derive(Debug, Args)]
pub(super) struct Models {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Download a model, or go on where a download broke off, and verify it
    Get {
        /// As listed, for instance whisper-base
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

impl Models {
    pub(super) async fn run(self) -> Result<ExitCode> {
        match self.command {
            Some(Command::Get { name, place }) => get(&name, &place).await,
            None => list(&self.place),
        }
    }
}

fn list(place: &Place) -> Result<ExitCode> {
    let store = store(place)?;
    for ModelInfo { name, source, licence, bytes, checksum, present } in store.list() {
        let here = if present { "here" } else { "not here" };
        let megabytes = bytes / 1_000_000;
        println!(
            "{name}: speech, {here}, {megabytes} MB, {licence}\n  {source}\n  sha256 {checksum}"
        );
    }
    for (name, version) in wiring::compiled_in_models()? {
        println!("{name}: text, compiled in, {version}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn get(name: &str, place: &Place) -> Result<ExitCode> {
    let bar = ProgressBar::new(0);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    bar.set_style(ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}")?);
    let shown = bar.clone();
    let folder = store(place)?
        .get(name, move |progress| {
            shown.set_length(progress.total);
            shown.set_position(progress.received);
        })
        .await?;
    bar.finish_and_clear();
    eprintln!("{name} is here, whole and verified: {}", folder.display());
    Ok(ExitCode::SUCCESS)
}

fn store(place: &Place) -> Result<ModelStore> {
    Ok(wiring::models(&place.config()?, &DataFolder::open(&place.data)?))
}
