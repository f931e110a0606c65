use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::lines;

/// Texts without personal data.
#[derive(Debug, Args)]
pub(super) struct Redact {
    /// A file of lines {"id","text"}, or texts; without any, standard input
    input: Vec<String>,
}

impl Redact {
    pub(super) fn run(self) -> Result<ExitCode> {
        lines::answer_each(&self.input, lines::cores(), |line| {
            let text = mostik_text::redact(&line.text).text;
            lines::answer(&json!({ "id": line.id, "text": text }))
        })
    }
}
