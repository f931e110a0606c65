//! A small day on this machine, with nothing made up on the way: real SIP
//! calls, real HTTP requests, the same pages that people use.

mod day;
mod phone;

use std::{io::IsTerminal as _, net::TcpListener, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::Args;

use super::Role;
use crate::{config, lifecycle, logging};

/// Shows Mostik at work in a temporary folder.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// End after the story instead of leaving the desk open
    #[arg(long)]
    no_look: bool,
    /// Where speech models are kept
    #[arg(long, value_name = "DIR", default_value = "mostik-data/models")]
    models: PathBuf,
}

impl Demo {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let folder = TemporaryFolder::new()?;
        let (web, sip) = (free_port()?, free_port()?);
        std::fs::create_dir_all(&self.models)
            .with_context(|| format!("cannot make {}", self.models.display()))?;
        let models = self.models.canonicalize()?;
        let file = folder.0.join("mostik.toml");
        let text = format!(
            "[web]\nlisten = \"127.0.0.1:{web}\"\npublic_rate_per_minute = 0\n\
             [sip]\nlisten = [\"udp:127.0.0.1:{sip}\"]\nrtp_ports = \"42000-42999\"\n\
             [speech]\nmodels_folder = \"{}\"\n[log]\nlevel = \"warn\"\n",
            models.display()
        );
        std::fs::write(&file, text)?;
        let config = config::load(Some(&file), &|_| None)?;
        logging::start(&config.log)?;
        let data = folder.0.join("data");
        let running = lifecycle::start(config, &data, Role::All).await?;
        let told = day::live(web, sip, &data, &models).await;
        if told.is_ok() && !self.no_look && std::io::stdin().is_terminal() {
            eprintln!(
                "\nThe desk stays open for a look. Ctrl-C ends the demo and removes its folder."
            );
            running.announce();
            tokio::signal::ctrl_c().await?;
        }
        running.stop().await?;
        told?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Asked from the system and given back: somebody else could take it in
/// between, and the start would say so.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new() -> Result<Self> {
        let name = format!("mostik-demo-{}", uuid::Uuid::new_v4().simple());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("The folder {} could not be removed: {error}", self.0.display());
        }
    }
}
