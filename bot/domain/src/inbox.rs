use std::{fmt, str::FromStr};

use mostik_taxonomy::Language;
use serde::{Deserialize, Serialize};

use crate::as_text;

/// The ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Our own SIP gateway.
    Phone,
    /// Discord bot.
    Discord,
    /// Telegram bot.
    Telegram,
    /// Mailbox.
    Email,
    /// Web form and widget.
    Web,
}

impl Channel {
    /// All, in the order of the picture in the README.
    pub const ALL: [Self; 5] = [Self::Phone, Self::Discord, Self::Telegram, Self::Email, Self::Web];

    /// The name used in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Discord => "discord",
            Self::Telegram => "telegram",
            Self::Email => "email",
            Self::Web => "web",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.as_str() == text)
            .ok_or_else(|| format!("unknown channel {text:?}"))
    }
}

/// The name of an inbox: the channel and the place within it, as
/// `phone:support`, `discord:main`, `web:form`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InboxId(String);

impl InboxId {
    /// Joins the channel and the place within it.
    pub fn new(channel: Channel, place: &str) -> Self {
        Self(format!("{channel}:{place}"))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InboxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One configured way in: a phone number, a Discord server, a web form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// Unique name.
    pub id: InboxId,
    /// Its channel.
    pub channel: Channel,
    /// The language used until the customer shows another.
    #[serde(with = "as_text")]
    pub language: Language,
}
