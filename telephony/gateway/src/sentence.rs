//! Sentences that the host puts together for one call.

use mostik_media::Clip;

use crate::{Prompt, PromptLibrary, SpokenLanguage, Words};

/// Something to be said, in whichever language the call has come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentence {
    /// To those who are spoken to in Russian.
    pub russian: Vec<Piece>,
    /// In English.
    pub english: Vec<Piece>,
}

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A prompt of those in `prompts/README.md`, by its name.
    Prompt(&'static str),
    /// Audio that was made for this call.
    Clip(Clip),
}

impl Sentence {
    /// The same prompts in both languages.
    pub fn of_prompts(names: &[&'static str]) -> Self {
        let pieces: Vec<Piece> = names.iter().copied().map(Piece::Prompt).collect();
        Self { russian: pieces.clone(), english: pieces }
    }

    /// As audio; `None` when there is nothing to be said.
    pub(crate) fn clip(&self, prompts: &PromptLibrary, language: SpokenLanguage) -> Option<Clip> {
        let pieces = match language {
            SpokenLanguage::Russian => &self.russian,
            SpokenLanguage::English => &self.english,
        };
        let mut clips = pieces.iter().filter_map(|piece| match piece {
            Piece::Prompt(name) => prompts.clip(Prompt { language, words: Words::Named(name) }),
            Piece::Clip(clip) => Some(clip.clone()),
        });
        let first = clips.next()?;
        let rest: Vec<Clip> = clips.collect();
        if rest.is_empty() {
            return Some(first);
        }
        let together: Vec<i16> =
            [first].iter().chain(&rest).flat_map(Clip::samples).copied().collect();
        Some(Clip::from_samples(together))
    }
}
