//! What to call back about, and how.

use std::fmt;
use std::time::Duration;

use mostik_sip::Route;

use super::flow::After;
use crate::outgoing::OutgoingOrder;
use crate::{Caller, Prompt, SpokenLanguage, Words};

/// What became of a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum News {
    /// It is with those who can fix it.
    Received,
    /// The team says that it is a problem.
    Accepted,
    /// The team says that it is fixed.
    Fixed,
    /// It will not be changed.
    Declined,
    /// We are late.
    Delayed,
    /// It was closed a week ago.
    FollowUp,
    /// Thanks for kind words.
    Thanked,
}

impl News {
    /// All there are.
    pub const ALL: [Self; 7] = [
        Self::Received,
        Self::Accepted,
        Self::Fixed,
        Self::Declined,
        Self::Delayed,
        Self::FollowUp,
        Self::Thanked,
    ];

    /// What comes after it.
    pub const fn after(self) -> After {
        match self {
            Self::Fixed | Self::FollowUp => After::Survey,
            Self::Declined => After::HerWords,
            Self::Received | Self::Accepted | Self::Delayed | Self::Thanked => After::Goodbye,
        }
    }

    pub(super) const fn prompt(self) -> &'static str {
        match self {
            Self::Received => "news_received",
            Self::Accepted => "news_accepted",
            Self::Fixed => "news_fixed",
            Self::Declined => "news_declined",
            Self::Delayed => "news_delayed",
            Self::FollowUp => "news_follow_up",
            Self::Thanked => "news_thanked",
        }
    }

    pub(super) const fn mailbox_prompt(self) -> &'static str {
        match self {
            Self::Fixed => "mailbox_fixed",
            _ => "mailbox",
        }
    }
}

/// What the matter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Prices or payment.
    Pricing,
    /// How things are made.
    Design,
    /// What is written.
    Copy,
    /// Delivery.
    Delivery,
    /// Something else.
    Other,
}

impl Topic {
    /// All there are.
    pub const ALL: [Self; 5] =
        [Self::Pricing, Self::Design, Self::Copy, Self::Delivery, Self::Other];

    pub(super) const fn prompt(self) -> &'static str {
        match self {
            Self::Pricing => "about_pricing",
            Self::Design => "about_design",
            Self::Copy => "about_copy",
            Self::Delivery => "about_delivery",
            Self::Other => "about_other",
        }
    }
}

/// A call-back to place. Whoever orders it has made sure that this address may be called.
///
/// Personal data: `Debug` prints lengths only.
#[derive(Clone)]
pub struct CallBackOrder {
    /// What it is placed for, as the one who orders it calls it; comes back in the report.
    pub about: String,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// Our line that she had called.
    pub line: String,
    /// Whom to call: a `sip:` address or a number.
    pub to: String,
    /// Which way.
    pub route: Route,
    /// Who calls: an address or a number; `None` takes the trunk's own.
    pub from: Option<String>,
    /// The name shown on the phone that rings.
    pub display_name: Option<String>,
    /// How long it may ring.
    pub ring_for: Duration,
    /// The longest call, from its answer.
    pub longest: Duration,
    /// The longest message that is recorded.
    pub max_message: Duration,
    /// The language of everything that is said.
    pub language: SpokenLanguage,
    /// What the matter is about.
    pub topic: Topic,
    /// What became of it.
    pub news: News,
}

impl CallBackOrder {
    pub(super) const fn prompt(&self, words: Words) -> Prompt {
        Prompt { language: self.language, words }
    }

    pub(super) fn outgoing(&self) -> OutgoingOrder {
        OutgoingOrder {
            from: self.from.clone(),
            display_name: self.display_name.clone(),
            ring_for: self.ring_for,
            ..OutgoingOrder::new(self.to.clone(), self.route.clone())
        }
    }

    /// Her address, as that of a caller.
    pub(super) fn callee(&self) -> Caller {
        self.outgoing().callee()
    }

    #[cfg(test)]
    pub(super) fn example() -> Self {
        Self {
            about: "nt_1".into(),
            attempt: 1,
            line: "support".into(),
            to: "sip:+74951234567@example.net".into(),
            route: Route::Trunk("main".into()),
            from: None,
            display_name: None,
            ring_for: Duration::from_secs(30),
            longest: Duration::from_mins(5),
            max_message: Duration::from_mins(2),
            language: SpokenLanguage::Russian,
            topic: Topic::Delivery,
            news: News::Fixed,
        }
    }
}

impl fmt::Debug for CallBackOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallBackOrder")
            .field("about", &self.about)
            .field("attempt", &self.attempt)
            .field("to_chars", &self.to.chars().count())
            .field("route", &self.route)
            .field("news", &self.news)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_whom_we_call() {
        let shown = format!("{:?}", CallBackOrder::example());
        assert!(!shown.contains("4951234567") && !shown.contains("example.net"), "{shown}");
    }

    #[test]
    fn the_callee_is_told_like_a_caller() {
        let callee = CallBackOrder::example().callee();
        assert_eq!((callee.user.as_str(), callee.host.as_str()), ("+74951234567", "example.net"));
        let number = CallBackOrder { to: "+7495".into(), ..CallBackOrder::example() };
        assert_eq!(number.callee().user, "+7495");
    }
}
