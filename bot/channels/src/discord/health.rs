use std::fmt;

/// How the Discord bot stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscordHealth {
    /// `run` was not called.
    NotStarted,
    /// On the way.
    Connecting,
    /// Hears everything.
    Connected,
    /// Tries again soon.
    Waiting {
        /// What went wrong.
        why: String,
    },
    /// A person must change something.
    Refused {
        /// What to do.
        why: String,
    },
    /// `run` is over.
    Stopped,
}

impl DiscordHealth {
    /// Whether messages are heard at once.
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Connected)
    }
}

impl fmt::Display for DiscordHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted => f.write_str("not started"),
            Self::Connecting => f.write_str("connecting"),
            Self::Connected => f.write_str("connected"),
            Self::Waiting { why } => write!(f, "trying again soon: {why}"),
            Self::Refused { why } => write!(f, "refused: {why}"),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}
