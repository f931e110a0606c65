//! The prompts by name.

use crate::{SpokenLanguage, SpokenPromise};

/// Something to play to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Prompt {
    /// In which language.
    pub language: SpokenLanguage,
    /// What is said.
    pub words: Words,
}

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
}

impl Words {
    /// Every prompt there is.
    pub fn all() -> impl Iterator<Item = Self> {
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
    pub fn file_stem(self) -> String {
        match self {
            Self::Welcome => "welcome".into(),
            Self::LanguageHint => "language_hint".into(),
            Self::Promise(SpokenPromise::WithinMinutes(minutes)) => format!("within_{minutes}"),
            Self::Promise(SpokenPromise::NextWorkingDay) => "next_working_day".into(),
            Self::AfterTheTone => "after_the_tone".into(),
            Self::Tone => "tone".into(),
            Self::NothingHeard => "nothing_heard".into(),
            Self::GoodbyeUnheard => "goodbye_unheard".into(),
            Self::Thanks => "thanks".into(),
            Self::CallBack => "call_back".into(),
            Self::HiddenNumber => "hidden_number".into(),
            Self::Sorry => "sorry".into(),
        }
    }
}
