//! What the prompts that ship say, and the numbers by which they are called.

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::{PromptLibrary, SpokenLanguage};

/// One shipped prompt in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromptText {
    /// Three digits, to be dialled when it is recorded by phone: 101 and on in Russian, 501 and on in
    /// English. A number never changes its meaning: new prompts go to the end of `texts.tsv`.
    pub number: u16,
    /// In which language.
    pub language: SpokenLanguage,
    /// Its name, the same in every language.
    pub name: &'static str,
    /// What it says, as it ships.
    pub text: &'static str,
}

impl PromptText {
    /// The file that replaces it, within the folder of replacements: `ru/welcome.wav`.
    pub fn file(&self) -> PathBuf {
        PathBuf::from(self.language.code()).join(format!("{}.wav", self.name))
    }
}

/// The number before a language's first prompt.
const fn before_first(language: SpokenLanguage) -> u16 {
    match language {
        SpokenLanguage::Russian => 100,
        SpokenLanguage::English => 500,
    }
}

static TEXTS: LazyLock<Vec<PromptText>> =
    LazyLock::new(|| read(include_str!("../prompts/texts.tsv")));

impl PromptLibrary {
    /// Every spoken prompt with its words, ordered by number.
    pub fn texts() -> &'static [PromptText] {
        &TEXTS
    }

    /// The prompt of that number.
    pub fn text_by_number(number: u16) -> Option<&'static PromptText> {
        TEXTS.iter().find(|text| text.number == number)
    }
}

/// Lines of language, name and text. A name's place among the names is its number in each language.
fn read(table: &'static str) -> Vec<PromptText> {
    let mut names: Vec<&str> = Vec::new();
    let mut texts = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.splitn(3, '\t');
        let (Some(code), Some(name), Some(text)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let place = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        let language = SpokenLanguage::ALL.into_iter().find(|language| language.code() == code);
        if let (Some(language), Ok(place)) = (language, u16::try_from(place)) {
            let number = before_first(language) + 1 + place;
            texts.push(PromptText { number, language, name, text });
        }
    }
    texts.sort_by_key(|text| text.number);
    texts
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn numbers_never_change_their_meaning() {
        // What people have dialled: a line put into the middle of texts.tsv breaks this.
        for (number, file) in [
            (101, "ru/welcome.wav"),
            (501, "en/welcome.wav"),
            (113, "ru/nothing_heard.wav"),
            (119, "ru/closed.wav"),
            (519, "en/closed.wav"),
            (160, "ru/ahead_many.wav"),
            (213, "ru/studio_restored.wav"),
            (613, "en/studio_restored.wav"),
        ] {
            let text = PromptLibrary::text_by_number(number).expect("a prompt");
            assert_eq!(text.file(), PathBuf::from(file), "{number}");
        }
        for number in [0, 100, 500, 999] {
            assert_eq!(PromptLibrary::text_by_number(number), None);
        }
    }

    #[test]
    fn every_prompt_has_its_words_and_a_number_in_each_language() {
        let texts = PromptLibrary::texts();
        for language in SpokenLanguage::ALL {
            let of_language = texts.iter().filter(|text| text.language == language);
            assert_eq!(of_language.count(), PromptLibrary::spoken().count());
        }
        assert!(texts.iter().all(|text| (101..1_000).contains(&text.number)));
        assert!(texts.windows(2).all(|pair| pair[0].number < pair[1].number));
        assert!(texts.iter().all(|text| !text.text.trim().is_empty()));
    }

    #[test]
    fn the_readme_says_what_the_prompts_say() {
        let mut table = String::new();
        for russian in PromptLibrary::texts().iter().filter(|it| it.number < 500) {
            let english = PromptLibrary::text_by_number(russian.number + 400).expect("its twin");
            let PromptText { number, name, text, .. } = russian;
            writeln!(
                table,
                "| {number} | {} | `{name}` | {text} | {} |",
                number + 400,
                english.text
            )
            .expect("memory");
        }
        let readme = include_str!("../prompts/README.md");
        assert!(readme.contains(&table), "the table in prompts/README.md should be:\n{table}");
    }
}
