//! Call apps over `sip` and `media`: a caller is greeted, leaves a message, hears a promise and
//! becomes one [`CompletedCall`], handed to the [`CallHost`] at least once.
//!
//! This library knows nothing of the bot: whoever embeds it implements [`CallHost`].

pub mod call_back;
pub mod call_flow;
mod caller;
mod came_by;
mod config;
mod conversation;
mod deadlines;
mod delivery;
mod echo;
mod facts;
mod gateway;
mod host;
mod in_progress;
mod journal;
mod live_line;
mod notebook;
pub mod outgoing;
mod people;
mod progress;
mod promise;
mod prompt;
mod prompt_library;
mod prompt_texts;
mod reception;
mod recovery;
mod reoffer;
mod sentence;
pub mod studio;
mod switchboard;
mod termination;
mod timers;
mod turn;

pub use mostik_media::Clip;

pub use caller::{Caller, PressedKeys};
pub use came_by::{CameBy, UnknownWay};
pub use config::{EncryptionMode, GatewayConfig};
pub use facts::{AudioFacts, CallFacts, LadderStep};
pub use gateway::{Gateway, GatewayError, Lines};
pub use host::{
    ArrivedCall, CallApp, CallHost, CallPlan, CompletedCall, HostError, LeftMessage, Recording,
    Refusal,
};
pub use people::{
    CallOrder, CallProgress, Person, Reach, Staff, Stage, Talk, Understood, WaitEnd, Waited,
};
pub use promise::{SpokenLanguage, SpokenPromise, UnspokenPromise};
pub use prompt::{Prompt, Words};
pub use prompt_library::{PromptError, PromptLibrary};
pub use prompt_texts::PromptText;
pub use sentence::{Piece, Sentence};
pub use studio::{Entry, Studio, StudioPlan};
pub use termination::{MessageEnd, NoMessageEnd, NotAnswered, TalkEnd, Termination};
pub use turn::{Turn, TurnEnd};
