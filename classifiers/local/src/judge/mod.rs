//! What a message says beside its cause: its kind, how bad things are, how much
//! work an answer is, and whether the customer is about to leave. One layer over
//! what the message means, the signals of its words and its shape, and its words.

mod file;
mod inputs;
pub(crate) mod questions;
mod weights;

use std::sync::LazyLock;

use mostik_taxonomy::{Judgement, MessageJudge};

use crate::{features::Reading, hashing, model::InvalidModel, training::Task};

pub(crate) use inputs::{Inputs, NUMBERS, WORDS, fingerprint};
pub(crate) use weights::{JudgeWeights, Row, in_bytes, of_numbers};

const COMPILED_IN: &[u8] = include_bytes!("../../models/judge.bin");

/// Judges messages on this machine, in microseconds.
pub struct LocalJudge {
    weights: JudgeWeights,
    /// Of the lines that it has learnt from.
    data_hash: u64,
}

impl LocalJudge {
    /// The judge that ships with Mostik. A damaged one is a damaged binary: a
    /// test reads it.
    pub fn shipped() -> Option<&'static Self> {
        static SHIPPED: LazyLock<Option<LocalJudge>> =
            LazyLock::new(|| LocalJudge::from_bytes(COMPILED_IN).ok());
        SHIPPED.as_ref()
    }

    /// A judge as [`crate::training::train_judge`] makes it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidModel> {
        let (data_hash, weights) = file::read(bytes)?;
        Ok(Self { weights, data_hash })
    }

    pub(crate) const fn new(weights: JudgeWeights, data_hash: u64) -> Self {
        Self { weights, data_hash }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        file::write(self.data_hash, &self.weights)
    }

    /// `local/` and a fingerprint of what it has learnt.
    pub fn version(&self) -> String {
        format!("local/{:08x}", hashing::hash(1, &self.to_bytes()) >> 32)
    }

    /// Of the lines that it has learnt from.
    pub const fn data_hash(&self) -> u64 {
        self.data_hash
    }

    /// Judges what has been read for its cause: reading it twice would cost twice.
    pub(crate) fn judge_read(&self, text: &str, reading: &Reading) -> Judgement {
        self.weights.judgement(&Inputs::of(text, reading))
    }
}

impl MessageJudge for LocalJudge {
    fn judge(&self, text: &str) -> Judgement {
        self.judge_read(text, &Task::RootCause.read(text))
    }
}

impl MessageJudge for &'static LocalJudge {
    fn judge(&self, text: &str) -> Judgement {
        (**self).judge(text)
    }
}
