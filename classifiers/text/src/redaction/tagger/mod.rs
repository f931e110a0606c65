//! Personal data that no rule names but its surroundings give away: a reader
//! that has learnt from marked messages, asked after the rules and told what
//! they found. It only adds to that: letting it give back names which the rules
//! suppose lost one name in ten of another writer's.

mod claims;
mod features;
mod figures;
mod marked;
mod model;
mod perceptron;
mod training;
mod word_class;
mod word_set;

use std::sync::LazyLock;

use super::PersonalData;

pub(super) use claims::claim;
pub(super) use model::Tagger;

pub use figures::Figures;
pub use marked::{InvalidMark, Marked};
pub use training::{Lists, cross_validate, train};

const COMPILED_IN: &[u8] = include_bytes!("../../../models/personal_data.bin");

/// What a word is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Nothing personal.
    Nothing,
    /// A person's name.
    Name,
    /// A postal address.
    Address,
    /// A telephone number.
    Phone,
    /// A payment card.
    Card,
    /// An e-mail address.
    Email,
    /// A number that leads to records.
    Order,
    /// A nickname or the address of a profile.
    Handle,
}

impl Label {
    /// All labels; a label's place is its number.
    pub const ALL: [Self; 8] = [
        Self::Nothing,
        Self::Name,
        Self::Address,
        Self::Phone,
        Self::Card,
        Self::Email,
        Self::Order,
        Self::Handle,
    ];

    const fn kind(self) -> Option<PersonalData> {
        match self {
            Self::Nothing => None,
            Self::Name | Self::Handle => Some(PersonalData::Name),
            Self::Address => Some(PersonalData::Address),
            Self::Phone => Some(PersonalData::Phone),
            Self::Card => Some(PersonalData::Card),
            Self::Email => Some(PersonalData::Email),
            Self::Order => Some(PersonalData::Order),
        }
    }
}

/// The reader that ships with Mostik. A damaged one is a damaged binary: a test
/// reads it.
pub(super) fn shipped() -> Option<&'static Tagger> {
    static SHIPPED: LazyLock<Option<Tagger>> =
        LazyLock::new(|| Tagger::from_bytes(COMPILED_IN).ok());
    SHIPPED.as_ref()
}

/// Whether the shipped reader has learnt from these marked messages and lists
/// of names, with the rules as they are.
pub fn has_learnt_from(lines: &[Marked], lists: &Lists) -> bool {
    shipped().is_some_and(|tagger| {
        tagger.lines == training::fingerprint(lines, lists.names(), &tagger.vocabulary)
    })
}
