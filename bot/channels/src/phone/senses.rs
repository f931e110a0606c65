//! What the phone line needs of others to understand a caller and to speak to her.

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use mostik_domain::{Language, RootCause};

/// Listens to a message while its caller is still on the line.
#[async_trait]
pub trait Ears: Send + Sync {
    /// What the recording is about; `None` when that cannot be told. The caller waits only a few
    /// seconds for it, but what was heard is not lost by taking longer.
    async fn listen(&self, recording: &Path, language: Language) -> Option<Heard>;
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The likeliest cause.
    pub cause: RootCause,
    /// What happened, in a few of her own words; to be spoken only where there is a voice.
    pub gist: Option<mostik_domain::Words>,
}

/// Speaks what no shipped prompt says.
#[async_trait]
pub trait Voice: Send + Sync {
    /// 8 kHz samples; `None` when there is no audio of it in time.
    async fn say(&self, text: &str, language: Language) -> Option<Vec<i16>>;
}

/// Both, where they are there.
#[derive(Clone, Default)]
pub struct Senses {
    /// Without them nothing is read back.
    pub ears: Option<Arc<dyn Ears>>,
    /// Without it only shipped prompts are heard.
    pub voice: Option<Arc<dyn Voice>>,
}

impl std::fmt::Debug for Senses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Senses")
            .field("ears", &self.ears.is_some())
            .field("voice", &self.voice.is_some())
            .finish()
    }
}
