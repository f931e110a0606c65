//! The prompts by name.

use std::borrow::Cow;

use crate::{SpokenLanguage, SpokenPromise};

/// Something to play to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Prompt {
    /// In which language.
    pub language: SpokenLanguage,
    /// What is said.
    pub words: Words,
}

/// Waiting times that can be spoken, in minutes; others are told as the next longer one.
const SPOKEN_WAITS: [u8; 8] = [1, 2, 3, 5, 10, 15, 20, 30];

/// What a prompt says; the exact texts stand in `prompts/README.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Words {
    /// Hello, thanks for calling, this call is recorded.
    Welcome,
    /// Which key leads to this prompt's language; played to those who hear another one.
    LanguageHint,
    /// By when the caller will be answered.
    Promise(SpokenPromise),
    /// Say after the tone what went wrong, press `#` at the end.
    AfterTheTone,
    /// The tone itself.
    Tone,
    /// We cannot hear you yet: please tell us.
    NothingHeard,
    /// We did not hear you: please call again.
    GoodbyeUnheard,
    /// Thanks, it is written down and goes to those who can fix it.
    Thanks,
    /// We will call you back at this number; goodbye.
    CallBack,
    /// Your number is hidden, so please call us; goodbye.
    HiddenNumber,
    /// Sorry, we cannot record now; goodbye.
    Sorry,
    /// What is heard while waiting.
    Music,
    /// How it stands with what she told us last time.
    LastProblem,
    /// What is out of order.
    Outage,
    /// How we understood her.
    Understood,
    /// What it may be about instead, and by which keys.
    Topics,
    /// So many are before her in the queue.
    Ahead(u8),
    /// Waiting usually takes so many minutes.
    Minutes(u8),
    /// A prompt of those in `prompts/README.md`, by its name.
    Named(&'static str),
}

impl Words {
    /// Those that have a variant of their own.
    #[cfg(test)]
    pub(crate) fn fixed() -> impl Iterator<Item = Self> {
        let fixed = [
            Self::Welcome,
            Self::LanguageHint,
            Self::AfterTheTone,
            Self::Tone,
            Self::NothingHeard,
            Self::GoodbyeUnheard,
            Self::Thanks,
            Self::CallBack,
            Self::HiddenNumber,
            Self::Sorry,
        ];
        fixed.into_iter().chain(SpokenPromise::all().map(Self::Promise))
    }

    /// The name of the audio file, without its ending.
    pub fn file_stem(self) -> Cow<'static, str> {
        let name = match self {
            Self::Promise(SpokenPromise::WithinMinutes(minutes)) => {
                return format!("within_{minutes}").into();
            }
            Self::Promise(SpokenPromise::NextWorkingDay) => "next_working_day",
            Self::Welcome => "welcome",
            Self::LanguageHint => "language_hint",
            Self::AfterTheTone => "after_the_tone",
            Self::Tone => "tone",
            Self::NothingHeard => "nothing_heard",
            Self::GoodbyeUnheard => "goodbye_unheard",
            Self::Thanks => "thanks",
            Self::CallBack => "call_back",
            Self::HiddenNumber => "hidden_number",
            Self::Sorry => "sorry",
            Self::Music => "music",
            Self::LastProblem => "last_other",
            Self::Outage => "outage",
            Self::Understood => "understood_other",
            Self::Topics => "which_cause",
            Self::Ahead(ahead @ 0..=10) => return format!("ahead_{ahead}").into(),
            Self::Ahead(_) => "ahead_many",
            Self::Minutes(minutes) => match SPOKEN_WAITS.iter().find(|told| minutes <= **told) {
                Some(told) => return format!("wait_{told}").into(),
                None => "wait_long",
            },
            Self::Named(name) => name,
        };
        name.into()
    }
}
