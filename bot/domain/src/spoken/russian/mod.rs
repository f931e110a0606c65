//! Russian words for numbers, in the case and gender that the sentence demands.

mod cardinal;
mod clock;
mod money;
mod noun;
mod ordinal;

pub use cardinal::{cardinal, counted, fraction};
pub use clock::{date, month, through, time_of_day, within};
pub use money::{Currency, money};
pub use noun::{Noun, nouns};
pub use ordinal::{ordinal, year};

pub(crate) use cardinal::digit_word;
pub(crate) use clock::{and_a_half, month_number};

/// Падеж.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Case {
    /// Именительный: кто? что?
    Nominative,
    /// Родительный: кого? чего?
    Genitive,
    /// Дательный: кому? чему?
    Dative,
    /// Винительный: кого? что?
    Accusative,
    /// Творительный: кем? чем?
    Instrumental,
    /// Предложный: о ком? о чём?
    Prepositional,
}

impl Case {
    /// Every case, in the order of grammars.
    pub const ALL: [Self; 6] = [
        Self::Nominative,
        Self::Genitive,
        Self::Dative,
        Self::Accusative,
        Self::Instrumental,
        Self::Prepositional,
    ];

    /// The form of this case among six in the order of [`Self::ALL`].
    const fn of<'a>(self, forms: &[&'a str; 6]) -> &'a str {
        forms[self as usize]
    }
}

/// Род.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// Мужской.
    Masculine,
    /// Женский.
    Feminine,
    /// Средний.
    Neuter,
}
