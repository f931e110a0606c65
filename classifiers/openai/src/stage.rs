use std::sync::Arc;

use mostik_taxonomy::{Confidence, Pending, StageClassifier, StageVerdict};
use mostik_text::{cut_at, redact};
use serde_json::json;

use crate::{
    InvalidSettings, OpenAiSettings, answer,
    chat::{Chat, Form, NoAnswer},
    prompt,
};

/// Sent of one comment.
const BYTES_SENT: usize = 6_000;

/// Reads the acceptance stage off an owner's comment by a language model.
pub struct OpenAiStage {
    chat: Chat,
    form: Form,
    version: String,
    fallback: Arc<dyn StageClassifier>,
}

impl OpenAiStage {
    /// `fallback` answers whenever the model does not.
    pub fn new(
        settings: OpenAiSettings,
        fallback: Arc<dyn StageClassifier>,
    ) -> Result<Self, InvalidSettings> {
        let version = format!("openai/{}", settings.model);
        let form = Form {
            instructions: prompt::stage_instructions(),
            schema: prompt::stage_schema(),
            texts: 1,
            patience: 1,
        };
        Ok(Self { chat: Chat::new(settings)?, form, version, fallback })
    }

    async fn ask(&self, text: &str) -> Result<StageVerdict, NoAnswer> {
        let redacted = redact(text).text;
        let question = json!({ "text": cut_at(&redacted, BYTES_SENT) });
        let (stage, confidence) = self.chat.ask(&self.form, &question, answer::stage).await?;
        let confidence = Confidence::new(confidence);
        Ok(StageVerdict { stage, confidence, version: self.version.clone() })
    }
}

impl StageClassifier for OpenAiStage {
    fn stage<'a>(&'a self, text: &'a str) -> Pending<'a, StageVerdict> {
        Box::pin(async move {
            if !text.chars().any(char::is_alphabetic) {
                return self.fallback.stage(text).await;
            }
            match self.ask(text).await {
                Ok(verdict) => Ok(verdict),
                Err(why) => {
                    tracing::warn!(model = self.chat.model(), %why, "stage: the fallback answers");
                    self.fallback.stage(text).await
                }
            }
        })
    }
}
