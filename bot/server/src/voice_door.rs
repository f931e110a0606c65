//! What the phone line says aloud and no prompt says: put into spoken words, and made in time.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use mostik_channels::Voice;
use mostik_domain::{Language, spoken};
use mostik_speech::TextToSpeech;

use crate::wiring;

/// A voice with a caller's patience.
pub(crate) struct VoiceDoor {
    pub(crate) voice: Arc<dyn TextToSpeech>,
    pub(crate) patience: Duration,
}

#[async_trait]
impl Voice for VoiceDoor {
    async fn say(&self, text: &str, language: Language) -> Option<Vec<i16>> {
        let words = spoken::sentence(language, text);
        let voice = Arc::clone(&self.voice);
        // It is finished and kept for the next call, also when this one does not wait for it.
        let making = tokio::spawn(async move {
            voice
                .speak(&words, wiring::spoken(language))
                .await
                .map(|spoken| spoken.samples().to_vec())
        });
        match tokio::time::timeout(self.patience, making).await {
            Ok(Ok(Ok(samples))) => Some(samples),
            Ok(Ok(Err(error))) => {
                tracing::warn!(%error, "a sentence is not spoken");
                None
            }
            Ok(Err(_)) | Err(_) => None,
        }
    }
}
