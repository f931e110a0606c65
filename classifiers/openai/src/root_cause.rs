use std::sync::Arc;

use mostik_taxonomy::{
    CauseScore, Classification, ClassifierError, Confidence, Language, Pending, PendingEach,
    RootCause, RootCauseClassifier,
};
use mostik_text::{cut_at, detect_language, redact};
use serde_json::{Value, json};

use crate::{
    CauseGuide, InvalidSettings, OpenAiSettings,
    answer::{self, Cause},
    chat::{Chat, Form, NoAnswer},
    prompt,
    together::{MOST_TOGETHER, PATIENCE_WITH_MANY},
};

/// Sent of one message; who writes more has said it by then.
const BYTES_SENT: usize = 8_000;

/// Names the root cause by a language model.
pub struct OpenAiRootCause {
    pub(crate) chat: Chat,
    form: Form,
    pub(crate) form_of_many: Form,
    pub(crate) causes: Vec<RootCause>,
    version: String,
    pub(crate) fallback: Arc<dyn RootCauseClassifier>,
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
        let form = Form {
            instructions: prompt::root_cause_instructions(added),
            schema: prompt::root_cause_schema(&causes),
            texts: 1,
            patience: 1,
        };
        let form_of_many = Form {
            instructions: prompt::root_causes_instructions(added),
            schema: prompt::root_causes_schema(&causes),
            texts: MOST_TOGETHER,
            patience: PATIENCE_WITH_MANY,
        };
        let version = format!("openai/{}", settings.model);
        let chat = Chat::new(settings)?;
        Ok(Self { chat, form, form_of_many, causes, version, fallback })
    }

    async fn ask(&self, text: &str, hint: Language) -> Result<Classification, NoAnswer> {
        let sent = sent(text);
        let check = |answer: &str| answer::cause(answer, &self.causes, &sent);
        let cause = self.chat.ask(&self.form, &question(&sent), check).await?;
        Ok(self.classification(text, cause, hint))
    }

    /// By the model, or else by the fallback.
    pub(crate) async fn one(
        &self,
        text: &str,
        hint: Language,
    ) -> Result<Classification, ClassifierError> {
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
    }

    /// What is told of a checked answer.
    pub(crate) fn classification(
        &self,
        text: &str,
        cause: Cause,
        hint: Language,
    ) -> Classification {
        let mut causes = vec![CauseScore {
            root_cause: cause.primary.clone(),
            score: Confidence::new(cause.confidence),
        }];
        causes.extend(cause.second.map(|second| CauseScore {
            root_cause: second,
            score: Confidence::new((1.0 - cause.confidence).min(cause.confidence)),
        }));
        Classification {
            language: detect_language(text, hint),
            root_cause: cause.primary,
            confidence: Confidence::new(cause.confidence),
            causes,
            evidence: cause.evidence,
            version: self.version.clone(),
            judgement: None,
        }
    }
}

/// What leaves of a message.
pub(crate) fn sent(text: &str) -> String {
    let redacted = redact(text).text;
    cut_at(&redacted, BYTES_SENT).to_owned()
}

/// How one text is asked about, and remembered.
pub(crate) fn question(sent: &str) -> Value {
    json!({ "text": sent })
}

impl RootCauseClassifier for OpenAiRootCause {
    fn classify<'a>(&'a self, text: &'a str, hint: Language) -> Pending<'a, Classification> {
        Box::pin(self.one(text, hint))
    }

    fn classify_each<'a>(
        &'a self,
        texts: &'a [&'a str],
        hint: Language,
    ) -> PendingEach<'a, Classification> {
        Box::pin(self.classify_together(texts, hint))
    }
}
