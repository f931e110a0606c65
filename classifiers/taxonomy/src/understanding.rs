//! What the words of a message say beside its root cause.

use std::{fmt, str::FromStr};

/// A word that names none of the values that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    what: &'static str,
    known: Vec<&'static str>,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no such {}: use one of {}", self.what, self.known.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

macro_rules! named_values {
    ($($(#[$doc:meta])* $name:ident: $what:literal {
        $($(#[$value_doc:meta])* $value:ident = $text:literal,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$value_doc])* $value,)*
        }

        impl $name {
            /// Every value, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$value,)*];

            /// As it is stored and shown to programs.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($text => Ok(Self::$value),)*
                    _ => Err(UnknownWord { what: $what, known: vec![$($text),*] }),
                }
            }
        }
    )*};
}

named_values! {
    /// What a customer wants of us.
    MessageKind: "kind of message" {
        /// Wants to know something, or asks for help or a service.
        Question = "question",
        /// Something is wrong.
        Complaint = "complaint",
        /// Praise, for the person or team praised.
        Thanks = "thanks",
        /// Tells of goods, service or staff for others to read.
        Review = "review",
        /// Offers cooperation; goes to the management.
        Cooperation = "cooperation",
        /// Says nothing of these: a greeting, a silence.
        Other = "other",
    }
    /// How soon somebody must look at it; a later one is more urgent.
    Criticality: "criticality" {
        /// Nothing is lost by waiting: a typo, an idea, a question, praise.
        Low = "low",
        /// Something of the customer's does not go as it should.
        Normal = "normal",
        /// Money, access, a home or a day is at stake.
        High = "high",
        /// Health, safety, theft, a stopped business, or minutes left.
        Critical = "critical",
    }
    /// What it takes to answer; a later one takes more.
    Complexity: "complexity" {
        /// A prepared answer will do.
        Simple = "simple",
        /// One problem to look into.
        Normal = "normal",
        /// Several problems, a long history, or a dispute.
        Complex = "complex",
    }
    /// How likely the customer is to leave over how contacts went: one in three
    /// leaves after one bad contact, nine in ten after two or three.
    ContactRisk: "contact risk" {
        /// Tells of no bad contact.
        Low = "low",
        /// Tells of one, or of leaving.
        Raised = "raised",
        /// Tells of several, or of one and of telling others.
        High = "high",
    }
    /// What a message names.
    Mentioned: "mention" {
        /// A product, plan or service by its name.
        Product = "product",
        /// The number of an order, booking, contract or the like.
        Order = "order",
    }
}

/// What a message says beside its cause, as far as one of a few words tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// What the customer wants of us.
    pub kind: MessageKind,
    /// How bad it is for the customer now.
    pub criticality: Criticality,
    /// What it takes to answer.
    pub complexity: Complexity,
    /// How likely the customer is to leave over how contacts went.
    pub contact_risk: ContactRisk,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_and_no_other() {
        for kind in MessageKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        for risk in ContactRisk::ALL {
            assert_eq!(risk.to_string().parse(), Ok(*risk));
        }
        let refused = "urgent".parse::<Criticality>().expect_err("no criticality of ours");
        assert!(refused.to_string().contains("low, normal, high, critical"), "{refused}");
    }

    #[test]
    fn degrees_go_up() {
        assert!(Criticality::ALL.is_sorted());
        assert!(Complexity::ALL.is_sorted());
        assert!(ContactRisk::ALL.is_sorted());
    }
}
