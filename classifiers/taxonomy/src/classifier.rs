use std::{fmt, future::Future, pin::Pin, time::Duration};

use crate::{Classification, Judgement, Language, StageVerdict};

/// A future that a trait object can return.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, ClassifierError>> + Send + 'a>>;

/// The same for many texts: one result for each, in their order.
pub type PendingEach<'a, T> =
    Pin<Box<dyn Future<Output = Vec<Result<T, ClassifierError>>> + Send + 'a>>;

/// Finds the root cause of a customer's message.
pub trait RootCauseClassifier: Send + Sync {
    /// `text` is the customer's words or a transcript without punctuation;
    /// `hint` the language of the inbox, used when the text does not tell.
    fn classify<'a>(&'a self, text: &'a str, hint: Language) -> Pending<'a, Classification>;

    /// Many messages that have come together, as when history is imported. One
    /// after the other, unless a classifier has a cheaper way.
    fn classify_each<'a>(
        &'a self,
        texts: &'a [&'a str],
        hint: Language,
    ) -> PendingEach<'a, Classification> {
        Box::pin(async move {
            let mut found = Vec::with_capacity(texts.len());
            for text in texts {
                found.push(self.classify(text, hint).await);
            }
            found
        })
    }
}

/// Judges what a customer's message says beside its cause.
pub trait MessageJudge: Send + Sync {
    /// `text` is the customer's words or a transcript without punctuation, in
    /// any language; an empty one is of no kind and nothing is bad about it.
    fn judge(&self, text: &str) -> Judgement;
}

/// Finds the acceptance stage that a comment of the owner team shows.
pub trait StageClassifier: Send + Sync {
    /// `text` is one comment on an issue, in any markup.
    fn stage<'a>(&'a self, text: &'a str) -> Pending<'a, StageVerdict>;
}

/// Why a classifier gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClassifierError {
    /// Worth trying again, not sooner than after this time.
    RetryAfter(Duration, String),
    /// Will fail again with the same input.
    GiveUp(String),
}

impl fmt::Display for ClassifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RetryAfter(after, why) => write!(f, "{why}; may be retried after {after:?}"),
            Self::GiveUp(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for ClassifierError {}
