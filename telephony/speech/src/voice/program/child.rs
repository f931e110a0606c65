//! One run of a program: its folder, its pipes, its limits, its end.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use crate::{Language, VoiceError};

/// More is no sentence: a minute at 48 kHz is 5.8 MB.
const LARGEST_OUTPUT: usize = 10 << 20;
/// So much of its complaints is looked at.
const LONGEST_COMPLAINT: usize = 4 << 10;
/// So much of a complaint is told.
const TOLD: usize = 120;
/// The configuration's secrets may come by variables that begin so; they are not for the program.
const OUR_VARIABLES: &str = "MOSTIK_";

/// A program that runs; dropping it kills the program and all it has started.
pub(super) struct Child {
    process: tokio::process::Child,
    group: Group,
    out: Option<PathBuf>,
    /// The program's working folder, readable by us alone; gone with this.
    _folder: TempDir,
}

/// The program's process group, killed when this is dropped.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0.take() {
            // It may be gone already.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Child {
    /// Starts the program in a process group and a folder of its own. `line` is written into a file
    /// only where the arguments ask for it.
    pub(super) fn start(
        arguments: &[String],
        language: Language,
        line: &str,
    ) -> Result<Self, VoiceError> {
        let folder = TempDir::new().map_err(|error| failed("no folder for its audio", &error))?;
        let out = folder.path().join("spoken.wav");
        let text = folder.path().join("text");
        let uses = |place: &str| arguments.iter().any(|argument| argument.contains(place));
        if uses("{text}") {
            std::fs::write(&text, line).map_err(|error| failed("no file for the text", &error))?;
        }
        let (out_name, text_name) = (out.to_string_lossy(), text.to_string_lossy());
        let mut filled = arguments.iter().map(|argument| {
            let argument = argument.replace("{language}", language.code());
            argument.replace("{out}", &out_name).replace("{text}", &text_name)
        });
        let mut command = Command::new(filled.next().unwrap_or_default());
        command
            .args(filled)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with(OUR_VARIABLES) {
                command.env_remove(name);
            }
        }
        let process = command.spawn().map_err(|error| failed("it cannot be started", &error))?;
        let id = process.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        limit_files(id);
        Ok(Self { process, group: Group(id), out: uses("{out}").then_some(out), _folder: folder })
    }

    /// Gives it the text and takes its audio.
    pub(super) async fn audio_of(mut self, line: &str) -> Result<Vec<u8>, VoiceError> {
        let (stdin, stdout, stderr) =
            (self.process.stdin.take(), self.process.stdout.take(), self.process.stderr.take());
        let give = async move {
            if let Some(mut stdin) = stdin {
                // A program that reads nothing says so by its audio, or the lack of it.
                let _ = stdin.write_all(line.as_bytes()).await;
                let _ = stdin.write_all(b"\n").await;
            }
        };
        let ((), output, complaint, status) = tokio::join!(
            give,
            read_bounded(stdout, LARGEST_OUTPUT),
            read_bounded(stderr, LONGEST_COMPLAINT),
            self.process.wait(),
        );
        // All pipes are closed and the program is reaped: its number may belong to others now.
        self.group.0 = None;
        let status = status.map_err(|error| failed("its end is unknown", &error))?;
        let (output, complaint) = (bounded_output(output)?, complaint.unwrap_or_default().bytes);
        if !status.success() {
            return Err(VoiceError::Failed { reason: ending(status, &complaint, line) });
        }
        match &self.out {
            None => Ok(output),
            Some(out) => self.written(out).await.map_err(|error| VoiceError::BadAudio {
                reason: format!("{}{}", unreadable(&error), quoted(&complaint, line)),
            }),
        }
    }

    async fn written(&self, out: &Path) -> io::Result<Vec<u8>> {
        // A pipe in its place would never open, a device never end.
        if !tokio::fs::symlink_metadata(out).await?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let file = tokio::fs::File::open(out).await?;
        let read = read_bounded(Some(file), LARGEST_OUTPUT).await?;
        if read.cut { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(read.bytes) }
    }
}

/// No file it writes may grow beyond what we would read; one that it began in its very first moments
/// is refused when it is read.
#[cfg(target_os = "linux")]
fn limit_files(process: Option<Pid>) {
    use rustix::process::{Resource, Rlimit, prlimit};
    let largest = u64::try_from(LARGEST_OUTPUT).ok();
    let limit = Rlimit { current: largest, maximum: largest };
    if let Err(error) = prlimit(process, Resource::Fsize, limit)
        && process.is_some()
    {
        tracing::debug!(%error, "the voice program's files are not limited");
    }
}

/// Elsewhere only the time limit bounds its files.
#[cfg(not(target_os = "linux"))]
fn limit_files(_process: Option<Pid>) {}

#[derive(Default)]
struct Read {
    bytes: Vec<u8>,
    cut: bool,
}

/// Reads to the end and keeps at most `most` bytes; the rest is read and thrown away up to a second
/// such share, so that a program that talks a little too much is not stopped by a full pipe.
async fn read_bounded(source: Option<impl AsyncRead + Unpin>, most: usize) -> io::Result<Read> {
    let Some(mut source) = source else { return Ok(Read::default()) };
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    (&mut source).take(limit).read_to_end(&mut bytes).await?;
    let rest = tokio::io::copy(&mut source.take(limit), &mut tokio::io::sink()).await?;
    Ok(Read { bytes, cut: rest > 0 })
}

fn bounded_output(output: io::Result<Read>) -> Result<Vec<u8>, VoiceError> {
    let read = output.map_err(|error| failed("its output cannot be read", &error))?;
    if read.cut {
        let reason = format!("it is larger than {} MB", LARGEST_OUTPUT >> 20);
        return Err(VoiceError::BadAudio { reason });
    }
    Ok(read.bytes)
}

fn failed(what: &str, error: &io::Error) -> VoiceError {
    VoiceError::Failed { reason: format!("{what}: {}", error.kind()) }
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it wrote no file".into(),
        kind => format!("its file cannot be read: {kind}"),
    }
}

fn ending(status: ExitStatus, complaint: &[u8], line: &str) -> String {
    format!("it ended with {status}{}", quoted(complaint, line))
}

/// The first line of its complaint, unless it repeats a word of the text.
fn quoted(complaint: &[u8], line: &str) -> String {
    let text = String::from_utf8_lossy(complaint);
    let Some(first) = text.lines().map(str::trim).find(|line| !line.is_empty()) else {
        return String::new();
    };
    let told: String = first.chars().filter(|letter| !letter.is_control()).take(TOLD).collect();
    if repeats(first, line) {
        return format!(" ({} bytes of complaint)", complaint.len());
    }
    format!(": {told}")
}

/// Whether a number, or a word of three letters or more, stands in both.
fn repeats(complaint: &str, line: &str) -> bool {
    let complaint = complaint.to_lowercase();
    let line = line.to_lowercase();
    line.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() >= 3 || word.chars().any(|it| it.is_ascii_digit()))
        .any(|word| complaint.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_told_without_the_customers_words() {
        let told = |complaint: &str| quoted(complaint.as_bytes(), "Анна, заказ 77 у курьера");
        assert_eq!(told("\nSIOD ERROR: unbound variable\nmore"), ": SIOD ERROR: unbound variable");
        assert_eq!(told("cannot say АННА"), " (19 bytes of complaint)");
        assert_eq!(told("bad token 77"), " (12 bytes of complaint)");
        assert_eq!(told(""), "");
        assert_eq!(told("x\u{1b}[31mred").len(), ": x[31mred".len());
        assert!(told(&"e".repeat(9_000)).len() < 130);
    }
}
