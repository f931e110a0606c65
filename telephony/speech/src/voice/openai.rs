//! Speech by an OpenAI-compatible server (`POST /audio/speech`).

use std::time::Duration;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::types::audio::{CreateSpeechRequest, SpeechModel, SpeechResponseFormat, Voice};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use super::shape::shape_wav;
use super::text::sayable;
use crate::openai_transport::{BoundedTransport, Failure};
use crate::{Language, Spoken, TextToSpeech, VoiceError, http};

/// Where and how to ask.
#[derive(Clone, Debug)]
pub struct OpenAiSpeechOptions {
    /// The API's address with its version: `https://api.openai.com/v1`.
    pub base_url: String,
    /// The key, if the server wants one.
    pub key: Option<SecretString>,
    /// The model: `gpt-4o-mini-tts`, `tts-1`, or what the server calls its own.
    pub model: String,
    /// The voice for each language, by the server's name of it (`alloy`); a language without one is
    /// not spoken.
    pub voices: Vec<(Language, String)>,
    /// How long one text may take.
    pub time_limit: Duration,
}

/// A voice behind HTTP.
pub struct OpenAiSpeech {
    client: Client<OpenAIConfig>,
    model: String,
    voices: Vec<(Language, String)>,
    time_limit: Duration,
}

impl OpenAiSpeech {
    /// A minute at 24 kHz is 2.9 MB.
    const LARGEST_ANSWER: usize = 10 << 20;
    /// How long to wait when the server does not say.
    const RETRY: Duration = Duration::from_secs(30);

    /// Prepares a client; nothing is sent yet.
    pub fn new(options: OpenAiSpeechOptions) -> Result<Self, VoiceError> {
        let OpenAiSpeechOptions { base_url, key, model, voices, time_limit } = options;
        let client = http::client()
            .connect_timeout(time_limit.min(Duration::from_secs(10)))
            .timeout(time_limit)
            .build()
            .map_err(|error| VoiceError::Failed { reason: http::reason(&error) })?;
        let key = key.as_ref().map_or("none", |key| key.expose_secret());
        let config =
            OpenAIConfig::new().with_api_base(base_url.trim_end_matches('/')).with_api_key(key);
        let transport = BoundedTransport::new(client, Self::LARGEST_ANSWER);
        let client = Client::with_config(config).with_http_service(transport);
        Ok(Self { client, model, voices, time_limit })
    }

    fn voice_of(&self, language: Language) -> Option<&str> {
        let found = self.voices.iter().find(|(of, name)| *of == language && !name.is_empty());
        found.map(|(_, name)| name.as_str())
    }

    async fn ask(&self, request: CreateSpeechRequest) -> Result<Spoken, VoiceError> {
        let answer = self.client.audio().speech().create(request).await;
        let file = answer.map_err(|error| match Failure::of(&error) {
            Failure::Passing(reason) => {
                VoiceError::Unavailable { reason, retry_after: Self::RETRY }
            }
            Failure::Lasting(reason) => VoiceError::Refused { reason },
            Failure::Unsendable => {
                VoiceError::Failed { reason: "the request could not be made".into() }
            }
        })?;
        shaped(file.bytes.to_vec()).await
    }
}

/// Shapes on a thread that may be busy for some milliseconds.
pub(super) async fn shaped(file: Vec<u8>) -> Result<Spoken, VoiceError> {
    tokio::task::spawn_blocking(|| shape_wav(file))
        .await
        .map_err(|_| VoiceError::Failed { reason: "its audio could not be worked on".into() })?
}

#[async_trait]
impl TextToSpeech for OpenAiSpeech {
    async fn speak(&self, text: &str, language: Language) -> Result<Spoken, VoiceError> {
        let voice = self.voice_of(language).ok_or(VoiceError::NoVoice(language))?;
        let request = CreateSpeechRequest {
            input: sayable(text)?,
            model: SpeechModel::Other(self.model.clone()),
            voice: Voice::Other(voice.to_owned()),
            response_format: Some(SpeechResponseFormat::Wav),
            ..CreateSpeechRequest::default()
        };
        tokio::time::timeout(self.time_limit, self.ask(request))
            .await
            .unwrap_or(Err(VoiceError::TooSlow { limit: self.time_limit }))
    }

    fn voice(&self, language: Language) -> Option<String> {
        self.voice_of(language).map(|voice| format!("openai/{}/{voice}", self.model))
    }

    fn name(&self) -> String {
        format!("{} (openai)", self.model)
    }
}

#[cfg(test)]
mod tests;
