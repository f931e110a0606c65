//! The languages a line may be answered in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language the recogniser decides between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Russian, `ru`.
    #[serde(rename = "ru")]
    Russian,
    /// English, `en`.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Every language, in the order in which ties are decided.
    pub const ALL: [Self; 2] = [Self::Russian, Self::English];

    /// The ISO 639-1 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::English => "en",
        }
    }

    /// The English name, as OpenAI's verbose answer spells it.
    pub const fn english_name(self) -> &'static str {
        match self {
            Self::Russian => "russian",
            Self::English => "english",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A language code or name that is not one of [`Language::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language: use ru or en")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Reads a code (`ru`), a locale (`ru-RU`, `en_US`) or an English name, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let primary = text.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| {
                primary.eq_ignore_ascii_case(language.code())
                    || primary.eq_ignore_ascii_case(language.english_name())
            })
            .ok_or(UnknownLanguage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_locales_and_names_are_understood() {
        for (text, language) in [
            ("ru", Language::Russian),
            ("RU-ru", Language::Russian),
            ("Russian", Language::Russian),
            ("en_US", Language::English),
            ("english", Language::English),
        ] {
            assert_eq!(text.parse(), Ok(language), "{text}");
        }
        for text in ["", "-", "de", "rus", "русский"] {
            assert_eq!(text.parse::<Language>(), Err(UnknownLanguage), "{text}");
        }
    }
}
