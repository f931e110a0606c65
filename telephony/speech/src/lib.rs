//! Speech to text behind one trait, [`SpeechToText`], and text to speech behind another,
//! [`TextToSpeech`].
//!
//! Two recognisers stand behind the first: [`LocalWhisper`], which runs OpenAI's Whisper on this machine
//! in pure Rust, and [`OpenAiTranscription`], which asks an OpenAI-compatible server.
//! A [`Recording`] goes in, already checked and bounded; a [`Transcript`] comes out.
//! Two voices stand behind the second: [`OpenAiSpeech`], a server, and [`SpeechProgram`], any program
//! of this machine; [`CachedSpeech`] keeps what either has spoken.
//! [`ModelStore`] fetches, checks and lists the models that the local recogniser needs.

mod error;
mod http;
mod language;
mod models;
mod openai;
mod openai_transport;
mod recording;
mod speech_to_text;
#[cfg(test)]
mod test_server;
mod transcript;
mod transcript_file;
mod voice;
mod whisper;

pub use error::{Advice, SpeechError};
pub use language::{Language, UnknownLanguage};
pub use models::{ModelError, ModelInfo, ModelStore, Progress, Source, Sources};
pub use openai::{OpenAiOptions, OpenAiTranscription};
pub use recording::{Recording, RecordingError};
pub use speech_to_text::SpeechToText;
pub use transcript::{Segment, Transcript};
pub use transcript_file::FileTranscript;
pub use voice::{
    CacheOptions, CachedSpeech, LONGEST_TEXT, OpenAiSpeech, OpenAiSpeechOptions, ProgramOptions,
    SpeechProgram, Spoken, TextToSpeech, VoiceError,
};
pub use whisper::{LocalOptions, LocalWhisper};
