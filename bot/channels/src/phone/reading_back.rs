//! How we understood a caller, put into words that she can confirm by one key.

use mostik_domain::{Language, RootCause, Words};
use mostik_gateway::{LeftMessage, Piece, Sentence, Understood};

use super::{
    Heard, Phone,
    meeting::{language_of, spoken_in},
};

/// What it may be about, by the keys 1 to 5, as the prompt `which_cause` names them.
const TOPICS: [RootCause; 5] =
    [RootCause::Pricing, RootCause::Design, RootCause::Copy, RootCause::Delivery, RootCause::Other];

impl Phone {
    pub(super) async fn read_back(&self, message: &LeftMessage) -> Option<Understood> {
        let ears = self.senses.ears.as_ref()?;
        let language = language_of(message.language);
        let heard = ears.listen(&message.recording, language).await?;
        let (understood, is_it) = prompts_of(&heard.cause)?;
        let mut said = Sentence::of_prompts(&[understood]);
        if let Some(gist) = self.gist(&heard, language).await {
            let pieces = vec![gist, Piece::Prompt(is_it)];
            match spoken_in(language) {
                mostik_gateway::SpokenLanguage::Russian => said.russian = pieces,
                mostik_gateway::SpokenLanguage::English => said.english = pieces,
            }
        }
        Some(Understood {
            topic: heard.cause.to_string(),
            said,
            topics: TOPICS.iter().map(ToString::to_string).collect(),
            topics_said: Sentence::of_prompts(&["which_cause"]),
        })
    }

    /// «Мы поняли вас так: посылка не пришла.»
    async fn gist(&self, heard: &Heard, language: Language) -> Option<Piece> {
        let gist = heard.gist.as_ref()?;
        let said = match language {
            Language::Russian => format!("Мы поняли вас так: {}.", gist.reveal()),
            Language::English => format!("This is how we understood you: {}.", gist.reveal()),
        };
        self.spoken(&Words::new(said), language).await.map(Piece::Clip)
    }
}

/// What says it by itself, and what asks after her own words; none ships for a company's own cause.
const fn prompts_of(cause: &RootCause) -> Option<(&'static str, &'static str)> {
    Some(match cause {
        RootCause::Pricing => ("understood_pricing", "is_it_pricing"),
        RootCause::Design => ("understood_design", "is_it_design"),
        RootCause::Copy => ("understood_copy", "is_it_copy"),
        RootCause::Delivery => ("understood_delivery", "is_it_delivery"),
        RootCause::Other => ("understood_other", "is_it_other"),
        RootCause::Custom(_) => return None,
    })
}
