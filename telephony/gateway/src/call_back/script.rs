//! The sentences of a call-back, made of prompts.

use mostik_media::Clip;

use super::CallBackOrder;
use crate::prompt_library::PromptLibrary;
use crate::{Prompt, Words};

/// What is said at once, without anybody answering in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sentence {
    /// Hello, who calls, and about which matter of hers.
    WhoCalls,
    /// What became of it.
    News,
    /// Is it solved? Which keys say so.
    DidWeSolveIt,
    /// We are glad; goodbye.
    Glad,
    /// We are sorry; say after the tone what is wrong.
    WhatIsWrong,
    /// Say after the tone what matters to you.
    TellUsMore,
    /// Nobody can talk to you now, but you may speak after the tone.
    NobodyButTellUs,
    /// The tone.
    Tone,
    /// It is taken up again; goodbye.
    GoesOn,
    /// No answer was heard; goodbye.
    NoAnswerTaken,
    /// Goodbye.
    Goodbye,
    /// Sorry, it cannot be recorded; goodbye.
    Sorry,
    /// For a voice mailbox, which others may hear: that we called, and no more than that it is
    /// fixed.
    ForTheMailbox,
}

impl Sentence {
    /// The prompts that say it, in their order.
    pub fn prompts(self, order: &CallBackOrder) -> Vec<Prompt> {
        let named: &[&'static str] = match self {
            Self::WhoCalls => &["we_call_back", order.topic.prompt()],
            Self::News => &[order.news.prompt()],
            Self::DidWeSolveIt => &["did_we_solve_it"],
            Self::Glad => &["glad"],
            Self::WhatIsWrong => &["what_is_wrong"],
            Self::TellUsMore => &["tell_us_more"],
            Self::NobodyButTellUs => &["nobody_away", "tell_us_more"],
            Self::GoesOn => &["goes_on"],
            Self::NoAnswerTaken => &["no_answer_taken"],
            Self::Goodbye => &["goodbye"],
            Self::ForTheMailbox => &[order.news.mailbox_prompt()],
            Self::Tone => return vec![order.prompt(Words::Tone)],
            Self::Sorry => return vec![order.prompt(Words::Sorry)],
        };
        named.iter().map(|name| order.prompt(Words::Named(name))).collect()
    }
}

/// A sentence as it is being said: what of it is still to come.
#[derive(Debug)]
pub struct Spoken(std::collections::VecDeque<Prompt>);

impl Spoken {
    /// All of it is still to come.
    pub fn new(sentence: Sentence, order: &CallBackOrder) -> Self {
        Self(sentence.prompts(order).into())
    }

    /// The next piece of audio; `None` at the end.
    pub(crate) fn next(&mut self, prompts: &PromptLibrary) -> Option<Clip> {
        while let Some(prompt) = self.0.pop_front() {
            if let Some(clip) = prompts.clip(prompt) {
                return Some(clip);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call_back::{News, Topic};
    use crate::{PromptLibrary, SpokenLanguage};

    const ALL: [Sentence; 13] = [
        Sentence::WhoCalls,
        Sentence::News,
        Sentence::DidWeSolveIt,
        Sentence::Glad,
        Sentence::WhatIsWrong,
        Sentence::TellUsMore,
        Sentence::NobodyButTellUs,
        Sentence::Tone,
        Sentence::GoesOn,
        Sentence::NoAnswerTaken,
        Sentence::Goodbye,
        Sentence::Sorry,
        Sentence::ForTheMailbox,
    ];

    #[test]
    fn every_sentence_is_there_in_both_languages_for_all_news_and_topics() {
        let prompts = PromptLibrary::load(None).expect("the prompts that ship");
        for language in [SpokenLanguage::Russian, SpokenLanguage::English] {
            for (news, topic) in
                News::ALL.into_iter().flat_map(|news| Topic::ALL.map(|t| (news, t)))
            {
                let order = CallBackOrder { language, topic, news, ..CallBackOrder::example() };
                for sentence in ALL {
                    for prompt in sentence.prompts(&order) {
                        assert_eq!(prompt.language, language);
                        assert!(prompts.clip(prompt).is_some(), "{prompt:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_mailbox_hears_nothing_of_the_matter() {
        let order = CallBackOrder { news: News::Declined, ..CallBackOrder::example() };
        let said = Sentence::ForTheMailbox.prompts(&order);
        assert_eq!(said, [order.prompt(Words::Named("mailbox"))]);
    }
}
