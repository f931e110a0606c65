//! Looking at calls.

mod show;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::Place;

/// Look at a call.
#[derive(Debug, Args)]
pub(super) struct CallCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// How a call ended, how it sounded, and its SIP messages
    Show {
        /// As call_0123…
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

impl CallCommand {
    pub(super) async fn run(self) -> Result<ExitCode> {
        match self.what {
            What::Show { id, place } => show::run(&place, &id).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
