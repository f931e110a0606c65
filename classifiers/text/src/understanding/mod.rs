//! What can be read off a message beside its cause: the products and orders it
//! names, and signals of what kind it is, how bad things are, how many sides the
//! matter has and how contacts went. What the signals add up to is learnt
//! (`mostik-local`).

mod mentions;
mod signals;

pub use mentions::{Mention, mentions};
pub use mostik_taxonomy::Mentioned;
pub use signals::{SIGNALS, signals};
