//! Root cause, acceptance stage and what else a message says, on this machine:
//! small linear models, compiled in, trained by this crate on lines written for
//! the purpose.
//!
//! `MODEL_CARD.md` and `UNDERSTANDING.md` say what was measured. `cargo run -p
//! mostik-local --bin mostik-train-local` makes the models of cause and stage and
//! the first card anew, `mostik-train-judge` the judge.

mod byte_weights;
mod concepts;
mod custom_causes;
pub mod encoder;
mod evaluation;
mod features;
mod hashing;
mod judge;
mod likeness;
mod markup;
mod meaning;
mod model;
mod pooling;
mod root_cause;
mod softmax;
mod stage;
pub mod training;
mod trie;

pub use custom_causes::{CustomCause, WithCustomCauses};
pub use evaluation::{Answer, ClassScore, Coverage, Evaluation};
pub use judge::LocalJudge;
pub use model::InvalidModel;
pub use root_cause::LocalRootCause;
pub use stage::LocalStage;
