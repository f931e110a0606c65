//! Placing a test call, and looking at calls.

mod dial;
pub(in crate::commands) mod placed;
mod show;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::Place;

/// Place a test call, or look at a call.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct CallCommand {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    test: dial::TestCall,
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
            Some(What::Show { id, place }) => show::run(&place, &id).await?,
            None => self.test.run().await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
