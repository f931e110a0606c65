//! How numbers, times, dates, sums and whole sentences are said aloud, in Russian and in English.
//!
//! What customers read and what they hear comes from the same templates (checklist #17):
//! [`sentence`] turns the written text of a notice into words that any voice reads rightly.

pub mod english;
mod pieces;
pub mod russian;
mod sentence;
mod spelling;

pub use pieces::pieces;
pub use sentence::{LONGEST_TEXT, sentence};
pub use spelling::{phone_number, reference};

#[cfg(test)]
mod tests;
