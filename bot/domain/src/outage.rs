use jiff::Timestamp;
use mostik_taxonomy::Language;
use serde::{Deserialize, Serialize};

use crate::Words;

/// Something is known to be broken: callers hear of it before anything else
/// (checklist #61–62), so that nobody waits to report what we know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// On which line it is told; on every line without.
    pub line: Option<String>,
    /// What callers hear.
    pub texts: OutageTexts,
    /// Who set it.
    pub set_by: String,
    /// When it was set.
    pub since: Timestamp,
    /// When it stops being told by itself.
    pub until: Option<Timestamp>,
}

/// What callers hear, where a voice is configured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageTexts {
    /// To those we speak Russian with.
    pub russian: Words,
    /// To those we speak English with.
    pub english: Words,
}

impl OutageTexts {
    /// The words for a language; none means the sentence that ships.
    pub fn of(&self, language: Language) -> Option<&Words> {
        let words = match language {
            Language::Russian => &self.russian,
            Language::English => &self.english,
        };
        (!words.is_blank()).then_some(words)
    }
}

impl Outage {
    /// Whether it is still told.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// What is told on a line: its own outage, else that of every line.
    pub fn on_line<'a>(all: &'a [Self], line: &str, now: Timestamp) -> Option<&'a Self> {
        let on = |wanted: Option<&str>| {
            all.iter().find(|it| it.line.as_deref() == wanted && it.holds(now))
        };
        on(Some(line)).or_else(|| on(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn outage(line: Option<&str>, until: Option<Timestamp>) -> Outage {
        let texts =
            OutageTexts { russian: "Сайт не работает".into(), english: " ".into() };
        let line = line.map(str::to_owned);
        Outage { line, texts, set_by: "Вера".into(), since: NOW, until }
    }

    #[test]
    fn the_outage_of_a_line_goes_before_that_of_every_line() {
        let all = [outage(None, None), outage(Some("support"), None)];
        assert_eq!(Outage::on_line(&all, "support", NOW), Some(&all[1]));
        assert_eq!(Outage::on_line(&all, "sales", NOW), Some(&all[0]));
        assert_eq!(Outage::on_line(&all[1..], "sales", NOW), None);
        let over = [outage(None, None), outage(Some("support"), Some(NOW))];
        assert_eq!(Outage::on_line(&over, "support", NOW), Some(&over[0]), "what is over is over");
    }

    #[test]
    fn without_words_the_shipped_sentence_is_told() {
        let texts = outage(None, None).texts;
        assert_eq!(texts.of(Language::Russian).map(Words::reveal), Some("Сайт не работает"));
        assert_eq!(texts.of(Language::English), None);
        assert!(!format!("{texts:?}").contains("Сайт"));
    }
}
