use std::time::Duration;

use secrecy::SecretString;

/// Where the language model is, and how long it is worth waiting for.
#[derive(Debug, Clone)]
pub struct OpenAiSettings {
    /// Address up to and without `/chat/completions`, as `https://api.openai.com/v1`.
    pub base_url: String,
    /// Sent as a bearer token; may be empty for a server of one's own.
    pub api_key: SecretString,
    /// The model's name at that server.
    pub model: String,
    /// For one classification, all attempts together.
    pub time_limit: Duration,
    /// How often one question is sent at most; at least 1.
    pub attempts: u32,
    /// How many questions may be under way at once; at least 1.
    pub concurrent: usize,
    /// How many requests may be sent in any hour, repeated ones too; beyond
    /// them the fallback answers. 0 for no bound.
    pub requests_per_hour: u32,
}

impl OpenAiSettings {
    /// With the usual limits: ten seconds, two attempts, eight at once.
    pub fn new(
        base_url: impl Into<String>,
        api_key: SecretString,
        model: impl Into<String>,
    ) -> Self {
        Self {
            base_url: base_url.into(),
            api_key,
            model: model.into(),
            time_limit: Duration::from_secs(10),
            attempts: 2,
            concurrent: 8,
            requests_per_hour: 0,
        }
    }

    pub(crate) fn check(&self) -> Result<(), InvalidSettings> {
        let known = self.base_url.starts_with("https://") || self.base_url.starts_with("http://");
        if !known {
            return Err(InvalidSettings::Address);
        }
        if self.model.trim().is_empty() {
            return Err(InvalidSettings::Model);
        }
        if self.time_limit.is_zero() || self.attempts == 0 || self.concurrent == 0 {
            return Err(InvalidSettings::Limits);
        }
        Ok(())
    }
}

/// Settings with which no question could be asked.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
pub enum InvalidSettings {
    /// `base_url` is no web address.
    #[error("the address of the language model must begin with http:// or https://")]
    Address,
    /// No model is named.
    #[error("the language model has no name")]
    Model,
    /// A limit of zero.
    #[error("time limit, attempts and concurrent questions must be more than zero")]
    Limits,
    /// A cause without a description: the model could not know it.
    #[error("the cause {0} needs a description")]
    Undescribed(String),
    /// The HTTP client could not be made.
    #[error("cannot speak HTTP: {0}")]
    Http(String),
}
