//! What callers in these stories hear and say.

use std::time::Duration;

use mostik_tests::needs::repository;
use mostik_tests::phones::{CallPlan, Ending, Sound};

/// Somebody is always there: the promise told in a call is the same at every hour of the day.
pub(crate) const ALWAYS_OPEN: &str = "[company]\noffice_hours = [\"Mon-Sun 00:00-24:00\"]\n";

/// After the tone, so that not a syllable is lost.
const BREATH: Duration = Duration::from_millis(700);

/// A complaint that ships with the product: `ru-delivery-1`, `en-pricing`, …
pub(crate) fn complaint(name: &str) -> Sound {
    Sound::read(&repository().join(format!("bot/server/demo/{name}.wav")))
}

/// What the line says: `ru/welcome`, `tone`, …
pub(crate) fn prompt(name: &str) -> Sound {
    Sound::read(&repository().join(format!("telephony/gateway/prompts/{name}.wav")))
}

/// Everything that a Russian line says up to and with the tone, always open.
pub(crate) fn greeting() -> Sound {
    ["ru/welcome", "en/language_hint", "ru/within_30", "ru/after_the_tone", "tone"]
        .into_iter()
        .fold(Sound::silence(Duration::ZERO), |before, name| before.then(&prompt(name)))
}

/// Hears the greeting to its end, says this, and hangs up.
pub(crate) fn says(uri: &str, words: &Sound) -> CallPlan {
    let until_the_tone = greeting().length() + BREATH;
    CallPlan::to(uri).says_after(until_the_tone, words).ending(Ending::AfterSpeech)
}
