//! The only binary: reads the configuration, wires the parts, runs them.

mod board_ledger;
mod commands;
pub mod config;
mod data_folder;
mod doors;
mod forgetting;
mod lifecycle;
mod line_watch;
mod live_models;
mod logging;
mod own_models;
mod own_prompts;
mod prompt_code;
mod readiness;
mod studio_door;
mod voice_door;
mod wiring;

pub use commands::run;
