//! What a caller is told about when she will be answered, as far as there is audio for it.

use serde::{Deserialize, Serialize};

/// A language in which the gateway can speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SpokenLanguage {
    /// Russian, the default of a line.
    #[serde(rename = "ru")]
    Russian,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl SpokenLanguage {
    /// Every language, in the order of their keys on the phone.
    pub const ALL: [Self; 2] = [Self::Russian, Self::English];

    /// The ISO 639-1 code, also the name of the prompts' folder.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Russian => "ru",
            Self::English => "en",
        }
    }
}

/// A promise for which a prompt exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpokenPromise {
    /// «в течение … минут»: one of [`SpokenPromise::MINUTES`]; made by [`SpokenPromise::within`].
    WithinMinutes(u16),
    /// «на следующий рабочий день»: told outside office hours.
    NextWorkingDay,
}

/// No prompt says this number of minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no prompt says {0} minutes: choose one of 10, 15, 20, 30, 45, 60, 120, 240")]
pub struct UnspokenPromise(pub u16);

impl SpokenPromise {
    /// The response times a prompt exists for, in minutes.
    pub const MINUTES: [u16; 8] = [10, 15, 20, 30, 45, 60, 120, 240];

    /// A promise of an answer within `minutes`, refused when no prompt says it.
    pub fn within(minutes: u16) -> Result<Self, UnspokenPromise> {
        if Self::MINUTES.contains(&minutes) {
            Ok(Self::WithinMinutes(minutes))
        } else {
            Err(UnspokenPromise(minutes))
        }
    }

    /// The nearest promise that can be spoken and promises no more than this one.
    #[must_use]
    pub fn rounded_up(self) -> Self {
        match self {
            Self::WithinMinutes(minutes) => Self::MINUTES
                .into_iter()
                .find(|spoken| *spoken >= minutes)
                .map_or(Self::NextWorkingDay, Self::WithinMinutes),
            Self::NextWorkingDay => Self::NextWorkingDay,
        }
    }

    /// Every promise that can be spoken.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::MINUTES.into_iter().map(Self::WithinMinutes).chain([Self::NextWorkingDay])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_recorded_minutes_can_be_promised() {
        assert_eq!(SpokenPromise::within(30), Ok(SpokenPromise::WithinMinutes(30)));
        assert_eq!(SpokenPromise::within(31), Err(UnspokenPromise(31)));
        assert_eq!(SpokenPromise::all().count(), 9);
    }

    #[test]
    fn an_unspoken_promise_becomes_a_longer_one() {
        let rounded = |minutes| SpokenPromise::WithinMinutes(minutes).rounded_up();
        assert_eq!(rounded(30), SpokenPromise::WithinMinutes(30));
        assert_eq!(rounded(31), SpokenPromise::WithinMinutes(45));
        assert_eq!(rounded(241), SpokenPromise::NextWorkingDay);
    }
}
