//! How much the phone line carries: Mostik, and in the same run a peer that records too.
//!
//! `cargo run --release -p mostik-tests --bin bench-line -- [--calls 500] [--seconds 30]
//! [--per-second 300] [--peer PATH-OF-RUSTPBX]`, or `--soak MINUTES`, or `--secure CALLS`. What it
//! measures, and what not: `README.md`.

mod report;
mod rustpbx;
mod secure;
mod soak;
mod subject;
mod swarm;
mod usage;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use report::Row;
use subject::Subject;
use swarm::{Plan, Swarm};
use usage::Watch;

/// Beyond the length of a call.
const PATIENCE: Duration = Duration::from_mins(3);

#[derive(Debug)]
struct Options {
    calls: u32,
    seconds: u32,
    per_second: u32,
    peer: Option<PathBuf>,
    soak: Option<u32>,
    secure: Option<u32>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = options(std::env::args().skip(1));
    let folder = tempfile::tempdir().expect("a folder");
    if let Some(calls) = options.secure {
        let speaks = Duration::from_secs(options.seconds.into());
        secure::secure(calls, speaks, folder.path()).await;
        return ExitCode::SUCCESS;
    }
    if let Some(minutes) = options.soak {
        let flat = soak::soak(&Subject::mostik().await, minutes, folder.path()).await;
        return if flat { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let mut rows = Vec::new();
    let mut subjects = vec![Subject::mostik().await];
    if let Some(program) = &options.peer {
        subjects.push(Subject::rustpbx(program, &folder.path().join("rustpbx")).await);
    }
    for subject in &subjects {
        let folder = folder.path().join(subject.name());
        rows.push(signalling(subject, &options, &folder.join("signalling")).await);
        rows.push(recorded(subject, &options, &folder.join("recorded")).await);
    }
    report::print(&rows);
    ExitCode::SUCCESS
}

/// Calls that are answered and ended at once.
async fn signalling(subject: &Subject, options: &Options, folder: &Path) -> Row {
    let plan = Plan {
        calls: options.per_second * options.seconds,
        at_once: options.per_second * 4,
        per_second: options.per_second,
        speaks: Duration::ZERO,
        with_sound: false,
        presses_a_key: false,
        ..subject.plan()
    };
    measure("calls a second", subject, &plan, folder).await
}

/// Calls that speak and are recorded, all at one time.
async fn recorded(subject: &Subject, options: &Options, folder: &Path) -> Row {
    let speaks = Duration::from_secs(options.seconds.into());
    let plan = Plan {
        calls: options.calls,
        at_once: options.calls,
        // All are up before the first one ends.
        per_second: (options.calls * 3 / options.seconds).max(10),
        speaks,
        with_sound: true,
        presses_a_key: subject.wants_a_key(),
        ..subject.plan()
    };
    let before = subject.recordings();
    let mut row = measure("recorded calls", subject, &plan, folder).await;
    row.whole = Some(subject.whole_recordings(&before, speaks, plan.calls).await);
    row
}

async fn measure(what: &'static str, subject: &Subject, plan: &Plan, folder: &Path) -> Row {
    let watch = Watch::start(subject.process());
    let outcome = Swarm::start(plan, folder).over(PATIENCE + plan.speaks).await;
    Row {
        subject: subject.name(),
        what,
        asked: if plan.with_sound { plan.at_once } else { plan.per_second },
        usage: watch.stop(),
        outcome,
        whole: None,
    }
}

fn options(mut given: impl Iterator<Item = String>) -> Options {
    let mut options =
        Options { calls: 500, seconds: 30, per_second: 300, peer: None, soak: None, secure: None };
    while let Some(name) = given.next() {
        let value = given.next().unwrap_or_else(|| panic!("{name} needs a value"));
        let number = || value.parse().unwrap_or_else(|_| panic!("{name}: {value} is no number"));
        match name.as_str() {
            "--calls" => options.calls = number(),
            "--seconds" => options.seconds = number(),
            "--per-second" => options.per_second = number(),
            "--soak" => options.soak = Some(number()),
            "--secure" => options.secure = Some(number()),
            "--peer" => options.peer = Some(value.into()),
            other => panic!(
                "{other} is not known; use --calls, --seconds, --per-second, --peer, --soak, --secure"
            ),
        }
    }
    options
}
