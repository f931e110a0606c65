//! Transcription by an OpenAI-compatible server (`POST /audio/transcriptions`).

mod answer;

use std::time::Duration;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::InputSource;
use async_openai::types::audio::{
    AudioInput, AudioResponseFormat, CreateTranscriptionRequest, TranscriptionInclude,
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::openai_transport::{BoundedTransport, Failure};
use crate::{Language, Recording, SpeechError, SpeechToText, Transcript, http};
use answer::Answer;

/// Where and how to ask.
#[derive(Clone, Debug)]
pub struct OpenAiOptions {
    /// The API's address with its version: `https://api.openai.com/v1`.
    pub base_url: String,
    /// The key, if the server wants one.
    pub key: Option<SecretString>,
    /// The model: `whisper-1`, `gpt-4o-transcribe`, or what the server calls its own.
    pub model: String,
    /// How long one recording may take.
    pub time_limit: Duration,
}

/// A recogniser behind HTTP.
pub struct OpenAiTranscription {
    client: Client<OpenAIConfig>,
    model: String,
    time_limit: Duration,
}

impl OpenAiTranscription {
    /// Half an hour of speech with every word's details stays far below this many bytes.
    const LARGEST_ANSWER: usize = 4 << 20;
    /// How long to wait when the server does not say.
    const RETRY: Duration = Duration::from_secs(30);

    /// Prepares a client; nothing is sent yet.
    pub fn new(options: OpenAiOptions) -> Result<Self, SpeechError> {
        let client = http::client()
            .connect_timeout(options.time_limit.min(Duration::from_secs(10)))
            .timeout(options.time_limit)
            .build()
            .map_err(|error| SpeechError::Failed { reason: http::reason(&error) })?;
        let key = options.key.as_ref().map_or("none", |key| key.expose_secret());
        let config = OpenAIConfig::new()
            .with_api_base(options.base_url.trim_end_matches('/'))
            .with_api_key(key);
        let transport = BoundedTransport::new(client, Self::LARGEST_ANSWER);
        let client = Client::with_config(config).with_http_service(transport);
        Ok(Self { client, model: options.model, time_limit: options.time_limit })
    }

    /// OpenAI's newer models know only the plain answer, but tell each token's probability.
    fn speaks_plain_json(&self) -> bool {
        self.model.starts_with("gpt-")
    }

    fn request(
        &self,
        recording: &Recording,
        language: Option<Language>,
    ) -> CreateTranscriptionRequest {
        let plain = self.speaks_plain_json();
        CreateTranscriptionRequest {
            file: AudioInput {
                source: InputSource::VecU8 {
                    filename: "recording.wav".into(),
                    vec: recording.wav().to_vec(),
                },
            },
            model: self.model.clone(),
            language: language.map(|language| language.code().into()),
            response_format: Some(if plain {
                AudioResponseFormat::Json
            } else {
                AudioResponseFormat::VerboseJson
            }),
            include: plain.then(|| vec![TranscriptionInclude::Logprobs]),
            ..CreateTranscriptionRequest::default()
        }
    }

    async fn ask(
        &self,
        recording: &Recording,
        language: Option<Language>,
    ) -> Result<Answer, SpeechError> {
        let body = self
            .client
            .audio()
            .transcription()
            .create_raw(self.request(recording, language))
            .await
            .map_err(|error| explain(&error))?;
        Answer::read(&body)
            .ok_or_else(|| SpeechError::Refused { reason: "its answer is no transcript".into() })
    }

    async fn ask_until_known(
        &self,
        recording: &Recording,
        hint: Language,
    ) -> Result<Transcript, SpeechError> {
        let answer = self.ask(recording, None).await?;
        // A short Russian recording is easily taken for a neighbour's language, and then spelt so.
        let answer = if answer.is_in_foreign_language() {
            self.ask(recording, Some(hint)).await?
        } else {
            answer
        };
        Ok(answer.transcript(hint, recording.seconds()))
    }
}

#[async_trait]
impl SpeechToText for OpenAiTranscription {
    async fn transcribe(
        &self,
        recording: &Recording,
        hint: Language,
    ) -> Result<Transcript, SpeechError> {
        tokio::time::timeout(self.time_limit, self.ask_until_known(recording, hint))
            .await
            .unwrap_or(Err(SpeechError::TooSlow { limit: self.time_limit }))
    }

    fn name(&self) -> String {
        format!("{} (openai)", self.model)
    }

    fn ready(&self) -> bool {
        true
    }
}

fn explain(error: &OpenAIError) -> SpeechError {
    match Failure::of(error) {
        Failure::Passing(reason) => {
            SpeechError::Unavailable { reason, retry_after: OpenAiTranscription::RETRY }
        }
        Failure::Lasting(reason) => SpeechError::Refused { reason },
        Failure::Unsendable => {
            SpeechError::Failed { reason: "the request could not be made".into() }
        }
    }
}

#[cfg(test)]
mod tests;
