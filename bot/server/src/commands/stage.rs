use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use mostik_local::LocalStage;
use serde_json::json;

use super::{classify::rounded, lines};

/// Owner-side comments to stages.
#[derive(Debug, Args)]
pub(super) struct Stage {
    /// A file of lines {"id","text"}, or texts; without any, standard input
    input: Vec<String>,
}

impl Stage {
    pub(super) fn run(self) -> Result<ExitCode> {
        let model = LocalStage::new()?;
        lines::each(&self.input, |line, out| {
            let verdict = model.stage_now(&line.text);
            let answer = json!({
                "id": line.id,
                "stage": verdict.stage.as_str(),
                "confidence": rounded(verdict.confidence),
            });
            lines::answer(out, &answer)
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
