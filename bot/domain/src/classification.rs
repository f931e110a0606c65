use jiff::Timestamp;
use mostik_taxonomy::{Confidence, MessageKind, RootCause};
use serde::{Deserialize, Serialize};

use crate::{Understanding, Words, as_text};

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
    /// What the words say beside the cause; none where nothing has read them.
    #[serde(default)]
    pub understanding: Option<Understanding>,
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
    /// The customer, by a key on the line or on her own page.
    Customer,
}

impl DecidedBy {
    /// The model's version, `operator` or `customer`.
    pub fn version(&self) -> &str {
        match self {
            Self::Model { version } => version,
            other => other.as_str(),
        }
    }

    /// `model`, `operator` or `customer`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Model { .. } => "model",
            Self::Operator { .. } => "operator",
            Self::Customer => "customer",
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
            understanding: None,
            at,
        }
    }

    /// An operator's decision: certain, and kept as training data.
    pub fn by_operator(root_cause: RootCause, name: &str, at: Timestamp) -> Self {
        Self::by_person(root_cause, DecidedBy::Operator { name: name.to_owned() }, at)
    }

    /// What a customer says her message is about: certain when she was asked on
    /// the line, and training data of another source. Said on her own page it
    /// moves nothing by itself.
    pub fn by_customer(root_cause: RootCause, at: Timestamp) -> Self {
        Self::by_person(root_cause, DecidedBy::Customer, at)
    }

    fn by_person(root_cause: RootCause, decided_by: DecidedBy, at: Timestamp) -> Self {
        Self {
            causes: vec![Cause { root_cause: root_cause.clone(), score: Confidence::FULL }],
            root_cause,
            confidence: Confidence::FULL,
            decided_by,
            evidence: Vec::new(),
            understanding: None,
            at,
        }
    }

    /// What the customer wants of us; as long as nobody has read it, something
    /// is wrong.
    pub fn kind(&self) -> MessageKind {
        self.understanding.as_ref().map_or(MessageKind::Complaint, |it| it.kind)
    }

    /// The same in the place of an earlier one: what was read beside the cause
    /// stays. A person who names a cause says thereby that something is wrong.
    #[must_use]
    pub fn after(self, earlier: Option<&Self>) -> Self {
        let kept = self.understanding.is_none();
        let understanding =
            self.understanding.or_else(|| earlier.and_then(|it| it.understanding.clone()));
        let after = Self { understanding, ..self };
        match &after.decided_by {
            DecidedBy::Operator { name } if kept && after.root_cause != RootCause::Other => {
                let name = name.clone();
                after.as_problem(&name)
            }
            _ => after,
        }
    }

    /// Praise or an offer that a person takes for a problem.
    #[must_use]
    pub fn as_problem(self, by: &str) -> Self {
        match self.kind() {
            MessageKind::Thanks | MessageKind::Review | MessageKind::Cooperation => {
                self.of_kind(MessageKind::Complaint, by)
            }
            MessageKind::Complaint | MessageKind::Question | MessageKind::Other => self,
        }
    }

    /// A person at the desk says what the customer wants.
    #[must_use]
    pub fn of_kind(self, kind: MessageKind, by: &str) -> Self {
        let understanding = self.understanding.unwrap_or_else(Understanding::unread);
        let kind_by = Some(by.to_owned());
        Self { understanding: Some(Understanding { kind, kind_by, ..understanding }), ..self }
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
