use jiff::Timestamp;
use mostik_taxonomy::Language;
use serde::{Deserialize, Serialize};

use crate::{CustomerId, Words, as_text};

/// A person who wrote or called. Recognised by address, never asked for a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Identity within Mostik.
    pub id: CustomerId,
    /// The name the customer gave or the channel shows; for greeting.
    pub name: Option<Words>,
    /// The language last used.
    #[serde(with = "as_text")]
    pub language: Language,
    /// When first heard of.
    pub first_seen: Timestamp,
}

/// Where a customer can be recognised and perhaps answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// What sort of address it is.
    pub kind: AddressKind,
    /// In the channel's own form: a SIP URI without parameters, a Discord user
    /// id, a mailbox in lower case.
    pub value: Words,
    /// True when the channel vouches for it (the person wrote from it). An
    /// address that was only claimed in a form is never called or written to.
    pub proved: bool,
}

/// The sorts of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// SIP URI or E.164 number of a caller.
    Sip,
    /// Discord user id (a snowflake).
    Discord,
    /// Telegram user id.
    Telegram,
    /// Mailbox.
    Email,
    /// A phone number written into a form.
    Phone,
}

impl AddressKind {
    /// The name stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sip => "sip",
            Self::Discord => "discord",
            Self::Telegram => "telegram",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// What a customer wrote into a form about herself. Nobody vouches for it: it
/// recognises no one and is never written to or called by Mostik; an operator may
/// use it by hand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Claimed {
    /// Mailbox as written.
    pub email: Option<Words>,
    /// Phone number as written.
    pub phone: Option<Words>,
}

/// How a feedback can be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnPath {
    /// Write or ring there. For Discord `room` is the channel it was said in.
    Reply {
        /// Whom.
        address: Address,
        /// In which room of the channel, where it has rooms.
        room: Option<String>,
    },
    /// Only by the customer's own page.
    None(NoReturnPath),
}

/// Why a customer cannot be answered directly: a visible state, not a null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoReturnPath {
    /// The caller withheld the number.
    AnonymousCaller,
    /// The web form was sent; the customer has the link of the page.
    OwnPageOnly,
}
