//! Trunks: carriers and PBXs that we register with, that bring calls and take ours.

mod config;
mod directory;
mod presence;
mod register;
mod seen;
mod status;
mod task;
mod timing;

pub use config::{TrunkConfig, TrunkConfigError};
pub use status::{TrunkFailure, TrunkState, TrunkStatus};

pub(crate) use directory::{Directory, Trunk};
pub(crate) use task::Keeper;
