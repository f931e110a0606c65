//! English words for numbers, as in Britain: hundreds with "and".

mod clock;
mod money;
mod number;

pub use clock::{date, month, time_of_day, within};
pub use money::{Currency, money};
pub use number::{cardinal, counted, fraction, ordinal, year};

pub(crate) use clock::month_number;
pub(crate) use number::digit_word;
