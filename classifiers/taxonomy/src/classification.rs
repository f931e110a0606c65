use crate::{AcceptanceStage, Confidence, Judgement, Language, RootCause};

/// One candidate cause and its calibrated probability.
#[derive(Debug, Clone, PartialEq)]
pub struct CauseScore {
    /// The candidate.
    pub root_cause: RootCause,
    /// Its probability, 0 to 1.
    pub score: Confidence,
}

/// A classifier's answer about one message.
#[derive(Clone, PartialEq)]
pub struct Classification {
    /// Language of the message.
    pub language: Language,
    /// The primary cause.
    pub root_cause: RootCause,
    /// Calibrated probability of `root_cause`.
    pub confidence: Confidence,
    /// Every cause that is likely enough to show, best first; never empty.
    pub causes: Vec<CauseScore>,
    /// The customer's words that decided it, most telling first. Personal data
    /// may be among them: redact before they leave the company.
    pub evidence: Vec<String>,
    /// Which classifier decided, with its version, as `local/3` or `openai/gpt-x`.
    pub version: String,
    /// What else the message says, from a classifier that has read that too; else
    /// a [`MessageJudge`](crate::MessageJudge) tells.
    pub judgement: Option<Judgement>,
}

impl std::fmt::Debug for Classification {
    /// Leaves the customer's words out, so that a log line may carry it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Classification")
            .field("root_cause", &self.root_cause)
            .field("confidence", &self.confidence)
            .field("evidence", &format_args!("{} words", self.evidence.len()))
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// A classifier's answer about one comment of the owner team.
#[derive(Debug, Clone, PartialEq)]
pub struct StageVerdict {
    /// The stage that the comment shows; `NoSignal` when it shows none.
    pub stage: AcceptanceStage,
    /// Calibrated probability of `stage`.
    pub confidence: Confidence,
    /// Which classifier decided, with its version.
    pub version: String,
}
