//! OpenAI's Whisper in pure Rust (Radford and others, 2022, "Robust Speech Recognition via
//! Large-Scale Weak Supervision"), with candle for the matrix products.

mod decoder;
mod encoder;
mod few_rows;
mod giving_way;
mod guard;
mod layers;
mod local;
mod mel;
mod model;
mod recognise;
mod rows;
mod rules;
mod search;
mod vocabulary;
mod weights;
mod windows;

pub use local::{LocalOptions, LocalWhisper};
