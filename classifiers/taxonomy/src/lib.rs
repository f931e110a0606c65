//! The words that classifiers and the bot share: what can be the cause of a
//! complaint, how far an owner team has come, and how sure we are.
//!
//! This crate depends on nothing, so that a classifier can be written, tested
//! and replaced without the bot.

mod acceptance_stage;
mod classification;
mod classifier;
mod confidence;
mod language;
mod root_cause;
mod understanding;

pub use acceptance_stage::{AcceptanceStage, UnknownStage};
pub use classification::{CauseScore, Classification, StageVerdict};
pub use classifier::{
    ClassifierError, MessageJudge, Pending, PendingEach, RootCauseClassifier, StageClassifier,
};
pub use confidence::{Band, Confidence, Thresholds};
pub use language::{Language, UnknownLanguage};
pub use root_cause::{InvalidCause, RootCause};
pub use understanding::{
    Complexity, ContactRisk, Criticality, Judgement, Mentioned, MessageKind, UnknownWord,
};
