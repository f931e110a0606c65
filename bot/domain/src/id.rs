//! Identifiers carry their kind, so that one cannot be taken for another in
//! code, in a link or in a support mail.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not an id that begins with {prefix}_")]
pub struct ParseIdError {
    prefix: &'static str,
    given: String,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// The letters before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a fresh UUID, version 7 wherever order by time matters.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The greatest id there is.
            pub const LAST: Self = Self(Uuid::max());

            /// The smallest id that was made at this time or later, where ids are UUIDs of
            /// version 7 (RFC 9562 section 5.7): those begin with their milliseconds.
            pub fn first_since(time: Timestamp) -> Self {
                let milliseconds = u128::try_from(time.as_millisecond()).unwrap_or(0);
                Self(Uuid::from_u128((milliseconds & 0xffff_ffff_ffff) << 80))
            }

            /// The UUID without its kind.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|hex| hex.len() == 32)
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or_else(|| ParseIdError {
                        prefix: $prefix,
                        given: text.chars().take(60).collect(),
                    })
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseIdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    )*};
}

ids! {
    /// A person.
    CustomerId = "cu";
    /// One customer's correspondence through one inbox.
    ConversationId = "cv";
    /// One thing said or written.
    MessageId = "msg";
    /// One phone call.
    CallId = "call";
    /// One problem voiced by one customer.
    FeedbackId = "fb";
    /// Something told that must be kept.
    PromiseId = "pm";
    /// One thing told to a customer.
    NoticeId = "no";
    /// Many feedbacks about the same thing.
    ProblemId = "pr";
    /// What was filed with an owner team.
    IssueId = "is";
    /// One piece of evidence for an acceptance stage.
    SignalId = "sg";
    /// An issue on the built-in board.
    BoardIssueId = "bi";
    /// A unit of work in the queue.
    JobId = "job";
    /// Someone who may sign in.
    UserId = "us";
    /// A kept place in a line's queue.
    CallBackId = "cb";
    /// Something that the desk asks of the phone.
    OrderId = "or";
}

/// A short code a customer may quote but never has to (checklist #12, #144).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference(String);

impl Reference {
    /// Letters and digits that are not mistaken for one another when read aloud
    /// (Crockford's base 32).
    const ALPHABET: &'static [u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// Eight characters from the random bits of the id, as `K7Q2-MD8X`.
    pub fn of(feedback: FeedbackId) -> Self {
        let bits = feedback.uuid().as_u128();
        let mut code = String::with_capacity(9);
        for position in 0..8 {
            if position == 4 {
                code.push('-');
            }
            let index = usize::try_from((bits >> (5 * position)) & 31).unwrap_or_default();
            code.push(char::from(Self::ALPHABET[index]));
        }
        Self(code)
    }

    /// The code with its hyphen.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_refuses_another_kind() {
        let id = FeedbackId::new(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().parse::<ProblemId>().is_err());
        assert!("fb_".parse::<FeedbackId>().is_err());
        assert!("fb_{00000000000000000000000000000007}".parse::<FeedbackId>().is_err());
    }

    #[test]
    fn a_reference_has_eight_characters_that_read_aloud_well() {
        let reference = Reference::of(FeedbackId::new(Uuid::from_u128(u128::MAX)));
        assert_eq!(reference.as_str(), "ZZZZ-ZZZZ");
    }
}
