//! Which outside programs a test needs, and what happens when one is missing.
//!
//! Under plain `cargo test` a test whose peer is missing says `SKIPPED (needs sipp): name` and is
//! counted; under `tests/run` (which sets `MOSTIK_TESTS_STRICT=1`) a missing peer is a failure.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// Leaves the test when one of the named peers is missing, saying so.
///
/// ```ignore
/// #[tokio::test]
/// async fn a_call_is_answered() {
///     needs!("sipp");
///     …
/// }
/// ```
#[macro_export]
macro_rules! needs {
    ($($peer:expr),+ $(,)?) => {
        if !$crate::needs::are_here(&[$($peer),+]) {
            return;
        }
    };
}

/// Whether all `peers` are here; if not, the running test is reported as skipped.
///
/// # Panics
/// With `MOSTIK_TESTS_STRICT=1`, when one is missing.
pub fn are_here(peers: &[&str]) -> bool {
    let missing: Vec<&str> = peers.iter().copied().filter(|peer| !is_here(peer)).collect();
    if missing.is_empty() {
        return true;
    }
    let missing = missing.join(", ");
    assert!(
        std::env::var_os("MOSTIK_TESTS_STRICT").is_none_or(|it| it != "1"),
        "this test needs {missing}, and nothing is skipped here (MOSTIK_TESTS_STRICT)"
    );
    let thread = std::thread::current();
    say(&format!("SKIPPED (needs {missing}): {}", thread.name().unwrap_or("a test")));
    count_skipped();
    false
}

/// Whether one peer is on this machine. Known besides programs in the path: `pjsua2`,
/// `sipvicious`, `postgres`, `octokit-fixtures`, `whisper-base`.
pub fn is_here(peer: &str) -> bool {
    match peer {
        "pjsua2" => peers().join("venv/bin/python").exists() && python_has("pjsua2"),
        "sipvicious" => peers().join("venv/bin/sipvicious_svmap").exists(),
        "postgres" => crate::postgres::binaries().is_some(),
        "octokit-fixtures" => peers().join("node_modules/@octokit/fixtures").is_dir(),
        "whisper-base" => speech_models().join("whisper-base").is_dir(),
        program => find_program(program).is_some(),
    }
}

/// Where `tests/run` puts what it installs for the tests: `MOSTIK_PEERS`, else `target/peers`.
pub fn peers() -> PathBuf {
    std::env::var_os("MOSTIK_PEERS")
        .map_or_else(|| repository().join("target/peers"), PathBuf::from)
}

/// The speech models that `tests/run` fetched once, as the product lays them out:
/// `MOSTIK_MODELS`, else among the peers.
pub fn speech_models() -> PathBuf {
    std::env::var_os("MOSTIK_MODELS").map_or_else(|| peers().join("mostik/models"), PathBuf::from)
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// A program in the path.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Writes a line to standard error past libtest's capture, so that it is seen although the test
/// passes.
pub fn say(line: &str) {
    // Nothing useful can be done when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn python_has(module: &str) -> bool {
    Command::new(peers().join("venv/bin/python"))
        .args(["-c", &format!("import {module}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

static TALLY: Mutex<Option<ChildStdin>> = Mutex::new(None);

/// libtest has no "skipped at run time" and no last word for us: a small reader on a pipe sees the
/// end of this process and then says the total.
fn count_skipped() {
    const TOTAL: &str =
        r#"n=$(wc -l); echo "$((n)) skipped: their peers are missing (tests/run installs them)""#;
    let mut tally = TALLY.lock().unwrap_or_else(PoisonError::into_inner);
    if tally.is_none() {
        let reader = Command::new("sh")
            .args(["-c", TOTAL])
            .stdin(Stdio::piped())
            .stdout(std::io::stderr())
            .spawn();
        *tally = reader.ok().and_then(|mut reader| reader.stdin.take());
    }
    if let Some(pipe) = tally.as_mut() {
        let _ = writeln!(pipe, "skipped");
    }
}
