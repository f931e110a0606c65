//! One request and its response, as far as a contract looks at them.

use serde_json::Value;

/// The media type of bytes that no schema describes.
pub(super) const BINARY: &str = "application/octet-stream";

/// A body as it crossed the wire.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// No bytes at all.
    #[default]
    Empty,
    /// JSON, or a form turned into an object of its fields.
    Json {
        /// The media type without parameters, for instance `application/json`.
        media_type: String,
        /// What was sent.
        value: Value,
    },
    /// Bytes without an inner form, for instance audio: `application/octet-stream`.
    Binary,
    /// Bytes that are not what their media type promised.
    Unreadable(String),
}

impl Body {
    /// A JSON body of type `application/json`.
    pub fn json(value: Value) -> Self {
        Self::Json { media_type: "application/json".to_owned(), value }
    }

    /// The value, when there is a readable one.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Json { value, .. } => Some(value),
            Self::Empty | Self::Binary | Self::Unreadable(_) => None,
        }
    }

    /// Reads raw bytes by their `Content-Type`; a type that is neither JSON nor absent is
    /// unreadable.
    pub fn read(content_type: Option<&str>, bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        let media_type =
            content_type.and_then(|it| it.split(';').next()).unwrap_or("").trim().to_lowercase();
        if media_type == BINARY {
            return Self::Binary;
        }
        if !(media_type == "application/json" || media_type.ends_with("+json")) {
            return Self::Unreadable(format!("a body of type «{media_type}»"));
        }
        match serde_json::from_slice(bytes) {
            Ok(value) => Self::Json { media_type, value },
            Err(error) => Self::Unreadable(format!("JSON that cannot be read: {error}")),
        }
    }
}

/// One request and its response.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path as requested, with the vendor's prefix, without the query.
    pub path: String,
    /// Query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    /// What was sent.
    pub request: Body,
    /// The HTTP status of the answer.
    pub status: u16,
    /// What was answered.
    pub response: Body,
}
