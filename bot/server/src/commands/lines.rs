//! JSONL in, JSONL out, one line at a time, so that files of any size stream.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _, Write},
    path::PathBuf,
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

/// Longer lines are no messages.
const LONGEST_LINE: u64 = 1 << 20;

/// One text to work on.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    /// Comes back with the answer, whatever it is.
    #[serde(default)]
    pub(super) id: serde_json::Value,
    /// The text.
    pub(super) text: String,
}

/// Reads one file of JSONL, plain arguments, or standard input, and hands on each text.
pub(super) fn each(
    arguments: &[String],
    mut take: impl FnMut(Line, &mut dyn Write) -> Result<()>,
) -> Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let texts = match arguments {
        [] => from(BufReader::new(io::stdin().lock()), "standard input", &mut out, &mut take),
        [file] if is_file_name(file) => {
            let opened = File::open(file).with_context(|| format!("cannot read {file}"))?;
            from(BufReader::new(opened), file, &mut out, &mut take)
        }
        texts => texts.iter().enumerate().try_for_each(|(number, text)| {
            let line = Line { id: (number + 1).into(), text: text.clone() };
            take(line, &mut out)
        }),
    };
    // Who reads us may have heard enough: `mostik classify … | head`.
    match texts.and_then(|()| Ok(out.flush()?)) {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        other => other,
    }
}

/// A lone argument that names a file is read; anything else is a text.
fn is_file_name(argument: &str) -> bool {
    PathBuf::from(argument).is_file()
        || [".jsonl", ".json"].iter().any(|ending| argument.ends_with(ending))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
}

fn from(
    mut input: impl BufRead,
    name: &str,
    out: &mut dyn Write,
    take: &mut impl FnMut(Line, &mut dyn Write) -> Result<()>,
) -> Result<()> {
    let mut bytes = Vec::new();
    for number in 1_u64.. {
        bytes.clear();
        let read = input.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            break;
        }
        if bytes.len() as u64 > LONGEST_LINE {
            bail!("{name}, line {number}: longer than {LONGEST_LINE} bytes");
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let line: Line = serde_json::from_slice(&bytes).map_err(|error| {
            anyhow::anyhow!("{name}, line {number}: not like {{\"id\",\"text\"}}: {error}")
        })?;
        take(line, out)?;
    }
    Ok(())
}

/// Writes one answer as a line.
pub(super) fn answer(out: &mut dyn Write, answer: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *out, answer).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}
