use std::{fmt, str::FromStr};

/// How far the owner team has come in accepting a problem. Stages are about
/// teams and issues, never about a person, and may move back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum AcceptanceStage {
    /// Nobody reacted yet. Silence is not denial.
    #[default]
    NoSignal,
    /// «Как ты смеешь мне говорить, что что-то не так?»
    Anger,
    /// «Это не важная проблема. Основная часть функций работает нормально.»
    Denial,
    /// «Я понял, но у нас и так много проблем.»
    Comprehension,
    /// «Это реально проблема. Я и не подозревал, что это так влияет.»
    Acceptance,
    /// «Нам нужно это исправить прямо сейчас.»
    Evangelism,
}

impl AcceptanceStage {
    /// All stages in their order, `NoSignal` first.
    pub const ALL: [Self; 6] = [
        Self::NoSignal,
        Self::Anger,
        Self::Denial,
        Self::Comprehension,
        Self::Acceptance,
        Self::Evangelism,
    ];

    /// The name used in the API and on the command line; `NoSignal` is `none`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSignal => "none",
            Self::Anger => "anger",
            Self::Denial => "denial",
            Self::Comprehension => "comprehension",
            Self::Acceptance => "acceptance",
            Self::Evangelism => "evangelism",
        }
    }
}

impl fmt::Display for AcceptanceStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is none of the stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownStage(pub String);

impl fmt::Display for UnknownStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown stage {:?}: expected none, anger, denial, comprehension, acceptance or evangelism",
            self.0
        )
    }
}

impl std::error::Error for UnknownStage {}

impl FromStr for AcceptanceStage {
    type Err = UnknownStage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.as_str() == text)
            .ok_or_else(|| UnknownStage(text.to_owned()))
    }
}
