//! Calling a customer back: who calls and why, the news, whether it is solved, and her own words.
//!
//! [`flow`] decides, without sockets and clocks; the rest carries its decisions into a call.

mod conducting;
mod desk;
mod events;
pub mod flow;
mod notes;
mod order;
mod outcome;
mod recording;
mod script;
mod timers;

pub use desk::{CallBacks, CallBacksWaiting, NotTaken};
pub use order::{CallBackOrder, News, Topic};
pub use outcome::{CallBackReport, Outcome, SurveyAnswer};
pub use script::{Sentence, Spoken};

pub(crate) use conducting::conduct;
pub(crate) use notes::not_placed;
