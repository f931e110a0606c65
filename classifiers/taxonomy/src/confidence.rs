use std::fmt;

/// A calibrated probability from 0 to 1: among many answers given with 0.9,
/// nine in ten should be right.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Confidence(f32);

impl Confidence {
    /// Certain, as an operator's decision is.
    pub const FULL: Self = Self(1.0);

    /// Clamps to 0..=1; not-a-number becomes 0, the honest reading of it.
    pub fn new(value: f32) -> Self {
        if value.is_nan() { Self(0.0) } else { Self(value.clamp(0.0, 1.0)) }
    }

    /// The probability, 0 to 1.
    pub const fn value(self) -> f32 {
        self.0
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}

/// What may be done with an answer of a given confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Band {
    /// Sure enough to route without a person.
    Act,
    /// Shown to a person as a suggestion that one key confirms.
    Suggest,
    /// A person is asked with nothing suggested.
    Ask,
}

/// Where the bands begin. `act` is never below `suggest`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    act: Confidence,
    suggest: Confidence,
}

impl Thresholds {
    /// `None` when `act` is below `suggest`.
    pub fn new(act: f32, suggest: f32) -> Option<Self> {
        (act >= suggest)
            .then(|| Self { act: Confidence::new(act), suggest: Confidence::new(suggest) })
    }

    /// From which confidence on Mostik acts without a person.
    pub const fn act(&self) -> Confidence {
        self.act
    }

    /// … and from which one it suggests.
    pub const fn suggest(&self) -> Confidence {
        self.suggest
    }

    /// The band of an answer.
    pub fn band(&self, confidence: Confidence) -> Band {
        if confidence >= self.act {
            Band::Act
        } else if confidence >= self.suggest {
            Band::Suggest
        } else {
            Band::Ask
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_begin_at_their_thresholds() {
        let thresholds = Thresholds::new(0.8, 0.4).expect("ordered");
        let bands = [0.8, 0.79, 0.4, 0.39].map(|value| thresholds.band(Confidence::new(value)));
        assert_eq!(bands, [Band::Act, Band::Suggest, Band::Suggest, Band::Ask]);
    }

    #[test]
    fn nonsense_is_refused_or_made_harmless() {
        assert_eq!(Thresholds::new(0.3, 0.5), None);
        assert_eq!(Confidence::new(f32::NAN), Confidence::new(0.0));
        assert_eq!(Confidence::new(7.0), Confidence::FULL);
    }
}
