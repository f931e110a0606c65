use std::sync::Arc;

use mostik_taxonomy::{
    CauseScore, Classification, Confidence, Language, Pending, RootCause, RootCauseClassifier,
};
use mostik_text::{cut_at, detect_language, redact};
use serde_json::json;

use crate::{
    CauseGuide, InvalidSettings, OpenAiSettings, answer,
    chat::{Chat, NoAnswer},
    prompt,
};

/// Sent of one message; who writes more has said it by then.
const BYTES_SENT: usize = 8_000;

/// Names the root cause by a language model.
pub struct OpenAiRootCause {
    chat: Chat,
    causes: Vec<RootCause>,
    version: String,
    fallback: Arc<dyn RootCauseClassifier>,
}

impl OpenAiRootCause {
    /// Knows the built-in causes and the `added` ones; `fallback` answers
    /// whenever the model does not.
    pub fn new(
        settings: OpenAiSettings,
        added: &[CauseGuide],
        fallback: Arc<dyn RootCauseClassifier>,
    ) -> Result<Self, InvalidSettings> {
        if let Some(silent) = added.iter().find(|cause| cause.description.trim().is_empty()) {
            return Err(InvalidSettings::Undescribed(silent.root_cause.to_string()));
        }
        let mut causes = RootCause::BUILT_IN.to_vec();
        causes.extend(added.iter().map(|cause| cause.root_cause.clone()));
        let instructions = prompt::root_cause_instructions(added);
        let schema = prompt::root_cause_schema(&causes);
        let version = format!("openai/{}", settings.model);
        Ok(Self { chat: Chat::new(settings, instructions, schema)?, causes, version, fallback })
    }

    async fn ask(&self, text: &str, hint: Language) -> Result<Classification, NoAnswer> {
        let redacted = redact(text).text;
        let sent = cut_at(&redacted, BYTES_SENT);
        let check = |answer: &str| answer::cause(answer, &self.causes, sent);
        let cause = self.chat.ask(&json!({ "text": sent }), check).await?;
        let mut causes = vec![CauseScore {
            root_cause: cause.primary.clone(),
            score: Confidence::new(cause.confidence),
        }];
        causes.extend(cause.second.map(|second| CauseScore {
            root_cause: second,
            score: Confidence::new((1.0 - cause.confidence).min(cause.confidence)),
        }));
        Ok(Classification {
            language: detect_language(text, hint),
            root_cause: cause.primary,
            confidence: Confidence::new(cause.confidence),
            causes,
            evidence: cause.evidence,
            version: self.version.clone(),
        })
    }
}

impl RootCauseClassifier for OpenAiRootCause {
    fn classify<'a>(&'a self, text: &'a str, hint: Language) -> Pending<'a, Classification> {
        Box::pin(async move {
            if !text.chars().any(char::is_alphabetic) {
                return self.fallback.classify(text, hint).await;
            }
            match self.ask(text, hint).await {
                Ok(classification) => Ok(classification),
                Err(why) => {
                    tracing::warn!(model = self.chat.model(), %why, "root cause: the fallback answers");
                    self.fallback.classify(text, hint).await
                }
            }
        })
    }
}
