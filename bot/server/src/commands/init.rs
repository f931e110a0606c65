use std::{fs::OpenOptions, io::Write as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::config::DEFAULT;

/// Writes the commented defaults.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Where to write it
    #[arg(default_value = "mostik.toml")]
    file: PathBuf,
}

impl Init {
    pub(super) fn run(self) -> Result<ExitCode> {
        let name = self.file.display();
        let mut file =
            OpenOptions::new().write(true).create_new(true).open(&self.file).with_context(
                || format!("cannot write {name} (an existing file is never replaced)"),
            )?;
        file.write_all(DEFAULT.as_bytes()).with_context(|| format!("cannot write {name}"))?;
        eprintln!("Wrote {name}. Change what you need, then: mostik serve --config {name}");
        Ok(ExitCode::SUCCESS)
    }
}
