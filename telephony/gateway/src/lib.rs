//! Call apps over `sip` and `media`: a caller is greeted, leaves a message, hears a promise and
//! becomes one [`CompletedCall`], handed to the [`CallHost`] at least once.
//!
//! This library knows nothing of the bot: whoever embeds it implements [`CallHost`].

mod caller;
mod config;
mod host;
mod promise;
mod termination;

pub use caller::{Caller, PressedKeys};
pub use config::GatewayConfig;
pub use host::{
    ArrivedCall, CallHost, CallPlan, CompletedCall, HostError, PacketCounts, Recording, Refusal,
};
pub use promise::{SpokenLanguage, SpokenPromise, UnspokenPromise};
pub use termination::{MessageEnd, NoMessageEnd, Termination};
