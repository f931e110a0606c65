//! What a line may change of a call's flow: which parts greet, in which order, and what the keys
//! of the menu do.

use std::collections::BTreeMap;

/// How calls to a line go. Made by [`Script::new`], which refuses what would trap a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    greeting: Vec<Part>,
    menu: BTreeMap<char, Choice>,
    /// A call is handed on to colleagues at most so often.
    pub most_hand_ons: u8,
}

/// A part of the greeting. What does not apply to a call is left out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// How it stands with the problem that she told us about last time, if it is still open.
    LastProblem,
    /// That something is out of order, while it is.
    Outage,
    /// Hello; the call is recorded.
    Welcome,
    /// That our office is closed, while it is.
    Closed,
    /// How to change the language.
    Language,
    /// What the keys do; where there are people to talk to.
    Menu,
    /// That zero leads to a person; where there are people.
    Zero,
    /// By when she will be answered.
    Promise,
    /// What to do after the tone.
    AfterTheTone,
}

/// What a key of the menu does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// She leaves a message.
    Message,
    /// She talks to a person.
    Person,
    /// She hears the menu again.
    Again,
}

/// Why a flow is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// A call that begins without a word looks broken; it must also be said that it is recorded.
    #[error("the greeting has no \"welcome\", which says that the call is recorded")]
    NoWelcome,
    /// The same part twice.
    #[error("the greeting has the part {0:?} twice")]
    Twice(Part),
    /// Who hears the tone must know what to say.
    #[error("the greeting must end with \"after_the_tone\"")]
    NoInstruction,
    /// Keys without a word about them.
    #[error("the menu has keys, but the greeting has no \"menu\" that names them")]
    MenuUnheard,
    /// Nothing may take this key from a caller.
    #[error("the key {0} cannot be used in a menu: it leads to a person, or ends a message")]
    Reserved(char),
    /// Not on a telephone.
    #[error("{0:?} is no key of a telephone")]
    NoKey(char),
    /// A menu from which nobody gets anywhere.
    #[error("the menu has no key for a message")]
    NoMessage,
}

impl Part {
    /// All, in the order of the usual greeting.
    pub const ALL: [Self; 9] = [
        Self::LastProblem,
        Self::Outage,
        Self::Welcome,
        Self::Closed,
        Self::Language,
        Self::Menu,
        Self::Zero,
        Self::Promise,
        Self::AfterTheTone,
    ];
}

impl Default for Script {
    fn default() -> Self {
        let menu = [('1', Choice::Message), ('2', Choice::Person)].into();
        Self { greeting: Part::ALL.to_vec(), menu, most_hand_ons: 2 }
    }
}

impl Script {
    /// Takes a flow of one's own, or says what is wrong with it.
    pub fn new(greeting: Vec<Part>, menu: BTreeMap<char, Choice>) -> Result<Self, ScriptError> {
        if let Some(twice) = greeting
            .iter()
            .enumerate()
            .find_map(|(place, part)| greeting[..place].contains(part).then_some(*part))
        {
            return Err(ScriptError::Twice(twice));
        }
        if !greeting.contains(&Part::Welcome) {
            return Err(ScriptError::NoWelcome);
        }
        if greeting.last() != Some(&Part::AfterTheTone) {
            return Err(ScriptError::NoInstruction);
        }
        if !menu.is_empty() && !greeting.contains(&Part::Menu) {
            return Err(ScriptError::MenuUnheard);
        }
        for key in menu.keys() {
            match key {
                '0' | '#' => return Err(ScriptError::Reserved(*key)),
                '1'..='9' | '*' => {}
                _ => return Err(ScriptError::NoKey(*key)),
            }
        }
        if !menu.is_empty() && !menu.values().any(|choice| *choice == Choice::Message) {
            return Err(ScriptError::NoMessage);
        }
        Ok(Self { greeting, menu, ..Self::default() })
    }

    /// The same with another limit.
    #[must_use]
    pub fn handed_on_at_most(self, times: u8) -> Self {
        Self { most_hand_ons: times, ..self }
    }

    /// What the key does in the menu.
    pub fn choice(&self, key: char) -> Option<Choice> {
        self.menu.get(&key).copied()
    }

    pub(super) fn has(&self, part: Part) -> bool {
        self.greeting.contains(&part)
    }

    /// The parts after one, or all.
    pub(super) fn after(&self, part: Option<Part>) -> impl Iterator<Item = Part> {
        let place = |part| self.greeting.iter().position(|one| *one == part);
        let begin = match part {
            None => 0,
            Some(part) => place(part).map_or(self.greeting.len(), |place| place + 1),
        };
        self.greeting[begin..].iter().copied()
    }

    pub(super) fn is_before(&self, part: Part, other: Part) -> bool {
        let place = |part| self.greeting.iter().position(|one| *one == part);
        place(part) < place(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_trap_a_caller_is_refused() {
        use Part::{AfterTheTone, Menu, Promise, Welcome};
        let made = |greeting: &[Part], menu: &[(char, Choice)]| {
            Script::new(greeting.to_vec(), menu.iter().copied().collect()).err()
        };
        assert_eq!(made(&Part::ALL, &[('1', Choice::Message), ('9', Choice::Person)]), None);
        assert_eq!(made(&[Welcome, AfterTheTone], &[]), None);
        for (greeting, menu, why) in [
            (&[AfterTheTone][..], &[][..], ScriptError::NoWelcome),
            (&[Welcome, Welcome, AfterTheTone], &[], ScriptError::Twice(Welcome)),
            (&[Welcome, AfterTheTone, Promise], &[], ScriptError::NoInstruction),
            (&[Welcome, AfterTheTone], &[('1', Choice::Message)], ScriptError::MenuUnheard),
            (&[Welcome, Menu, AfterTheTone], &[('0', Choice::Message)], ScriptError::Reserved('0')),
            (&[Welcome, Menu, AfterTheTone], &[('x', Choice::Message)], ScriptError::NoKey('x')),
            (&[Welcome, Menu, AfterTheTone], &[('2', Choice::Person)], ScriptError::NoMessage),
        ] {
            assert_eq!(made(greeting, menu), Some(why), "{greeting:?} {menu:?}");
        }
    }
}
