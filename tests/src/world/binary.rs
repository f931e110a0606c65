//! The real `mostik`, built once.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use crate::needs::repository;
use crate::process::Process;

const PATIENCE: Duration = Duration::from_mins(2);

/// The product's program: `MOSTIK_BIN`, else built beside the running test.
///
/// # Panics
/// When it cannot be built.
pub fn mostik() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    if let Some(given) = std::env::var_os("MOSTIK_BIN") {
        return given.into();
    }
    BUILT.get_or_init(build).clone()
}

fn build() -> PathBuf {
    // …/target/debug/deps/it-0123456789abcdef
    let test = std::env::current_exe().expect("a test is a program");
    let profile = test.ancestors().nth(2).expect("tests lie two folders deep").to_owned();
    let target = profile.parent().expect("a profile lies in a target folder");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "-q", "-p", "mostik-server", "--bin", "mostik", "--target-dir"])
        .arg(target)
        .current_dir(repository())
        .status()
        .expect("cargo");
    assert!(status.success(), "mostik does not build");
    profile.join("mostik")
}

/// Runs one command of `mostik` to its end, with `input` on standard input.
///
/// # Panics
/// When it does not end in two minutes.
pub async fn run(arguments: &[&str], input: &str) -> Output {
    run_for(arguments, input, PATIENCE).await
}

/// The same with a patience of its own.
///
/// # Panics
/// When it does not end in time.
pub async fn run_for(arguments: &[&str], input: &str, patience: Duration) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("in"), input).expect("the input");
    let create = |name: &str| std::fs::File::create(file(name)).expect("an output file");
    let (stdout, stderr) = (create("out"), create("err"));
    let stdin = std::fs::File::open(file("in")).expect("the input");
    let mut process = Process::start(&mostik().to_string_lossy(), |command| {
        command.args(arguments).current_dir(folder.path());
        command.stdin(Stdio::from(stdin)).stdout(stdout).stderr(stderr);
    });
    let status = process.end(patience).await;
    let read = |name: &str| std::fs::read(file(name)).expect("the output");
    Output { status, stdout: read("out"), stderr: read("err") }
}
