//! The command line. JSON goes to stdout, everything else to stderr.

mod call;
mod classify;
mod demo;
mod doctor;
mod eval;
mod init;
mod lines;
mod models;
mod prompts;
mod redact;
mod serve;
mod stage;
mod train;
mod transcribe;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config};

pub(crate) use serve::Role;

/// A customer's call or message becomes an issue with the team that can fix its cause.
#[derive(Debug, Parser)]
#[command(name = "mostik", version, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    place: Place,
}

/// Where the configuration and the data are.
#[derive(Debug, Clone, Args)]
struct Place {
    /// The configuration; without it everything has its default
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the database, recordings and models are kept
    #[arg(long, value_name = "DIR", default_value = "mostik-data")]
    data: PathBuf,
}

impl Place {
    fn config(&self) -> Result<Config> {
        let file = self.config.as_deref().or_else(|| {
            let here = Path::new("mostik.toml");
            here.is_file().then_some(here)
        });
        config::load(file, &|name| std::env::var(name).ok())
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything (this is also what plain `mostik` does)
    Serve(serve::Serve),
    /// A small day on this machine: real calls, messages, owners who react
    Demo(demo::Demo),
    /// Write a commented mostik.toml
    Init(init::Init),
    /// Check configuration, database, trackers, channels and the phone line
    Doctor(doctor::Doctor),
    /// Name the root cause of messages: JSONL {"id","text"} or plain arguments
    Classify(classify::Classify),
    /// Name the acceptance stage of owner-side comments: JSONL {"id","text"} or arguments
    Stage(stage::Stage),
    /// Measure a classifier on labelled lines: JSONL {"text","label"}
    Eval(eval::Eval),
    /// Learn from lines of your own, or from corrections made at the desk
    Train(train::Train),
    /// Write down what WAV files say
    Transcribe(transcribe::Transcribe),
    /// Replace personal data: JSONL {"id","text"} or plain arguments
    Redact(redact::Redact),
    /// List the speech and text models, or get one
    Models(models::Models),
    /// List what the phone line says, and replace any of it: set, say, record, remove
    Prompts(prompts::Prompts),
    /// Place a test call (call sip:… --play FILE --keys 1), or look at one (call show ID)
    Call(call::CallCommand),
}

/// Runs the command that the arguments name. Exit status: 0 done, 1 a failure
/// that is said in one line on stderr, 2 wrong use.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => {
            let status = if error.use_stderr() { 2 } else { 0 };
            // Nothing is left to be told when even stderr is closed.
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    match carry_out(line) {
        Ok(status) => status,
        Err(error) => {
            eprintln!("mostik: {}", one_line(&error));
            ExitCode::FAILURE
        }
    }
}

fn one_line(error: &anyhow::Error) -> String {
    format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn carry_out(line: CommandLine) -> Result<ExitCode> {
    let command = line.command.unwrap_or(Command::Serve(serve::Serve::at(line.place)));
    match command {
        Command::Serve(serve) => runtime()?.block_on(serve.run()),
        Command::Demo(demo) => runtime()?.block_on(demo.run()),
        Command::Init(init) => init.run(),
        Command::Doctor(doctor) => runtime()?.block_on(doctor.run()),
        Command::Classify(classify) => classify.run(&runtime()?),
        Command::Stage(stage) => stage.run(&runtime()?),
        Command::Eval(eval) => eval.run(&runtime()?),
        Command::Train(train) => train.run(&runtime()?),
        Command::Transcribe(transcribe) => runtime()?.block_on(transcribe.run()),
        Command::Redact(redact) => redact.run(),
        Command::Models(models) => runtime()?.block_on(models.run()),
        Command::Prompts(prompts) => runtime()?.block_on(prompts.run()),
        Command::Call(call) => runtime()?.block_on(call.run()),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    // One crypto provider for all clients: rustls refuses to guess between two.
    // An error only means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot start")
}
