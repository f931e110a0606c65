use super::{Case, Noun, cardinal::counted, nouns};

/// A currency with its coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currency {
    /// ₽.
    Rouble,
    /// $.
    Dollar,
    /// €.
    Euro,
}

impl Currency {
    /// The noun of its notes.
    pub(crate) const fn note(self) -> &'static Noun {
        match self {
            Self::Rouble => &nouns::ROUBLE,
            Self::Dollar => &nouns::DOLLAR,
            Self::Euro => &nouns::EURO,
        }
    }

    const fn coin(self) -> &'static Noun {
        match self {
            Self::Rouble => &nouns::KOPECK,
            Self::Dollar | Self::Euro => &nouns::CENT,
        }
    }
}

/// A sum: «сто двадцать один рубль», «девяносто девять рублей девяносто копеек». `coins` are
/// hundredths, said when there are any.
pub fn money(notes: u64, coins: u8, currency: Currency, case: Case) -> String {
    let said = counted(notes, currency.note(), case);
    match coins {
        0 => said,
        _ => format!("{said} {}", counted(u64::from(coins), currency.coin(), case)),
    }
}
