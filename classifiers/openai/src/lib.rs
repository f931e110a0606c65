//! Root cause and acceptance stage by a language model behind any
//! OpenAI-compatible server.
//!
//! Only redacted text leaves. Whatever goes wrong (no connection, no time, an
//! answer outside the schema) the given fallback answers instead, so a
//! feedback never waits for somebody else's server.

mod answer;
mod bounded_http;
mod chat;
mod prompt;
mod root_cause;
mod settings;
mod stage;
mod thrift;
mod together;

pub use prompt::CauseGuide;
pub use root_cause::OpenAiRootCause;
pub use settings::{InvalidSettings, OpenAiSettings};
pub use stage::OpenAiStage;
