use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::Place;
use crate::{lifecycle, logging};

/// Runs Mostik.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    place: Place,
    /// Which part to run against a shared PostgreSQL
    #[arg(long, default_value = "all")]
    role: Role,
}

/// A part of Mostik.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    All,
    Phone,
    Worker,
    Web,
}

impl Role {
    /// Whether a process of this role does another role's work.
    pub(crate) fn does(self, part: Self) -> bool {
        self == Self::All || self == part
    }
}

impl Serve {
    pub(super) fn at(place: Place) -> Self {
        Self { place, role: Role::All }
    }

    pub(super) async fn run(self) -> Result<ExitCode> {
        let config = self.place.config()?;
        logging::start(&config.log)?;
        lifecycle::serve(config, &self.place.data, self.role).await?;
        Ok(ExitCode::SUCCESS)
    }
}
