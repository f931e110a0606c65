use jiff::Timestamp;
use mostik_taxonomy::{Confidence, RootCause};
use serde::{Deserialize, Serialize};

use crate::{Words, as_text};

/// What brought a feedback about, who says so, how surely, and by which words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// The primary cause.
    #[serde(with = "as_text")]
    pub root_cause: RootCause,
    /// Probability of `root_cause`, 0 to 1.
    #[serde(with = "confidence")]
    pub confidence: Confidence,
    /// All likely causes, best first.
    pub causes: Vec<Cause>,
    /// Model or person.
    pub decided_by: DecidedBy,
    /// The customer's words that decided it.
    pub evidence: Vec<Words>,
    /// When.
    pub at: Timestamp,
}

/// A candidate cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// The candidate.
    #[serde(with = "as_text")]
    pub root_cause: RootCause,
    /// Its probability, 0 to 1.
    #[serde(with = "confidence")]
    pub score: Confidence,
}

/// Who named the cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DecidedBy {
    /// A classifier.
    Model {
        /// As `local/3`.
        version: String,
    },
    /// A person at the desk.
    Operator {
        /// Name of the signed-in user.
        name: String,
    },
}

impl DecidedBy {
    /// The model's version, or `operator`.
    pub fn version(&self) -> &str {
        match self {
            Self::Model { version } => version,
            Self::Operator { .. } => "operator",
        }
    }
}

impl Classification {
    /// A classifier's answer, as the bot keeps it.
    pub fn by_model(answer: mostik_taxonomy::Classification, at: Timestamp) -> Self {
        Self {
            root_cause: answer.root_cause,
            confidence: answer.confidence,
            causes: answer
                .causes
                .into_iter()
                .map(|cause| Cause { root_cause: cause.root_cause, score: cause.score })
                .collect(),
            decided_by: DecidedBy::Model { version: answer.version },
            evidence: answer.evidence.into_iter().map(Words::from).collect(),
            at,
        }
    }

    /// An operator's decision: certain, and kept as training data.
    pub fn by_operator(root_cause: RootCause, name: &str, at: Timestamp) -> Self {
        Self {
            causes: vec![Cause { root_cause: root_cause.clone(), score: Confidence::FULL }],
            root_cause,
            confidence: Confidence::FULL,
            decided_by: DecidedBy::Operator { name: name.to_owned() },
            evidence: Vec::new(),
            at,
        }
    }
}

/// Serialises a [`Confidence`] as its number.
pub(crate) mod confidence {
    use mostik_taxonomy::Confidence;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
    pub(crate) fn serialize<S: Serializer>(value: &Confidence, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f32(value.value())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Confidence, D::Error> {
        f32::deserialize(from).map(Confidence::new)
    }
}
