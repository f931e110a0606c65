use anyhow::{Context as _, Result};
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::Log;

/// Logs go to stderr; what commands print goes to stdout.
pub(crate) fn start(log: &Log) -> Result<()> {
    let level = std::env::var("RUST_LOG").unwrap_or_else(|_| log.level.clone());
    let filter = EnvFilter::try_new(&level)
        .with_context(|| format!("log.level {level:?} is not understood"))?
        // These crates log whole messages of customers at several levels.
        .add_directive("rsipstack=off".parse()?)
        .add_directive("serenity=off".parse()?)
        .add_directive("sqlx=warn".parse()?);
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let started = if log.format == "json" {
        builder.json().try_init()
    } else {
        use std::io::IsTerminal as _;
        builder.with_ansi(std::io::stderr().is_terminal()).try_init()
    };
    started.map_err(|error| anyhow::anyhow!("logging cannot start: {error}"))
}
