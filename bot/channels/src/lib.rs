//! The ways in and back out: phone, Discord, web.
//!
//! A channel listens into [`Intake`] and sends notices. It acknowledges upstream only after the
//! message is stored.

mod capture;
mod channel;
mod discord;
mod phone;

#[cfg(test)]
mod shelf;
#[cfg(test)]
mod shelf_phone;

pub use capture::{CaptureError, DetectLanguage, Intake, LONGEST_TEXT};
pub use channel::{Channel, Outgoing, SendError, Sent};
pub use discord::{Discord, DiscordConfig, DiscordHealth};
pub use phone::{
    CallBackPlan, CallMatter, CallerBack, Ears, Heard, MayNot, NoNumber, Phone, PhoneLine,
    RingsCustomers, Rung, Senses, Target, Voice, WhomToCall,
};
