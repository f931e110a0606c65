//! Text to speech behind one trait, [`TextToSpeech`]: what a line says that no shipped prompt says.

mod cache;
mod error;
mod openai;
mod program;
mod shape;
mod spoken;
mod text;
mod text_to_speech;

pub use cache::{CacheOptions, CachedSpeech};
pub use error::VoiceError;
pub use openai::{OpenAiSpeech, OpenAiSpeechOptions};
pub use program::{ProgramOptions, SpeechProgram};
pub use spoken::Spoken;
pub use text::LONGEST_TEXT;
pub use text_to_speech::TextToSpeech;
