//! The word lists of `names_ru.txt` and `names_en.txt`, and the cases of
//! Russian names.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// A file of lists: a section begins with its title in brackets. Lists of
/// phrases are separated by `|`, lists of words by blanks.
pub(super) struct Lists(HashMap<&'static str, HashSet<String>>);

impl Lists {
    fn read(file: &'static str) -> Self {
        let mut lists: HashMap<_, HashSet<String>> = HashMap::new();
        let mut title = "";
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(begun) => title = begun,
                None => lists.entry(title).or_default().extend(entries(title, line)),
            }
        }
        Self(lists)
    }

    pub(super) fn has(&self, list: &str, word: &str) -> bool {
        self.0.get(list).is_some_and(|words| words.contains(word))
    }

    fn list(&self, list: &str) -> impl Iterator<Item = &str> {
        self.0.get(list).into_iter().flatten().map(String::as_str)
    }
}

fn entries(title: &str, line: &str) -> Vec<String> {
    const PHRASES: &[&str] =
        &["introductions", "people", "before people", "titles", "public names", "labels"];
    let plain = |entry: &str| entry.replace('ё', "е");
    if PHRASES.contains(&title) {
        line.split('|').filter(|phrase| !phrase.is_empty()).map(plain).collect()
    } else {
        line.split_whitespace().map(plain).collect()
    }
}

pub(super) static ENGLISH: LazyLock<Lists> =
    LazyLock::new(|| Lists::read(include_str!("names_en.txt")));
pub(super) static RUSSIAN: LazyLock<Lists> =
    LazyLock::new(|| Lists::read(include_str!("names_ru.txt")));

/// How sure a word by itself says that a person is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum GivenName {
    /// An ordinary word too: something else must say so.
    Ambiguous,
    /// «Саша»: clear when capitalised.
    Short,
    /// «наталья»: clear even in a transcript without capitals.
    Full,
}

static RUSSIAN_FORMS: LazyLock<HashMap<String, GivenName>> = LazyLock::new(|| {
    let mut forms = HashMap::new();
    let lists = [
        ("men", GivenName::Full),
        ("women", GivenName::Full),
        ("short names", GivenName::Short),
        ("ordinary words too", GivenName::Ambiguous),
    ];
    for (list, clearness) in lists {
        for form in RUSSIAN.list(list).flat_map(|name| cases(name, list == "women")) {
            let kept = forms.entry(form).or_insert(clearness);
            *kept = (*kept).min(clearness);
        }
    }
    forms
});

/// Whether a Russian word, lower-cased, is a given name in any case.
pub(super) fn russian_given_name(word: &str) -> Option<GivenName> {
    RUSSIAN_FORMS.get(word).copied()
}

/// A name in its six cases and the colloquial address («Саш»).
fn cases(name: &str, of_woman: bool) -> Vec<String> {
    let fleeting = match name {
        "лев" => Some("льв"),
        "павел" => Some("павл"),
        "петр" => Some("петр"),
        "любовь" => return ["любовь", "любови", "любовью"].map(str::to_owned).to_vec(),
        _ => None,
    };
    let mut letters = name.chars();
    let last = letters.next_back().unwrap_or_default();
    let stem = letters.as_str();
    let soft = stem.ends_with(['г', 'к', 'х', 'ж', 'ш', 'ч', 'щ']);
    let (stem, endings): (&str, &[&str]) = match last {
        'а' if soft => (stem, &["а", "и", "е", "у", "ой", "ей", "ою"]),
        'а' => (stem, &["а", "ы", "е", "у", "ой", "ою"]),
        'я' if stem.ends_with('и') => (stem, &["я", "и", "ю", "ей", "ею"]),
        'я' => (stem, &["я", "и", "е", "ю", "ей", "ею", "ь"]),
        'й' => (stem, &["й", "я", "ю", "ем", "е", "и"]),
        'ь' if of_woman => (stem, &["ь", "и", "ью"]),
        'ь' => (stem, &["ь", "я", "ю", "ем", "е"]),
        'о' | 'е' | 'и' | 'у' | 'э' => (name, &[""]),
        _ if of_woman => (name, &[""]),
        _ => (fleeting.unwrap_or(name), &["", "а", "у", "ом", "е"]),
    };
    let mut forms: Vec<String> = endings.iter().map(|ending| format!("{stem}{ending}")).collect();
    forms.push(name.to_owned());
    forms
}

/// Whether a Russian word ends as surnames do, in any case.
pub(super) fn is_surname(word: &str) -> bool {
    may_be_surname(word, 3) && ends_as_listed("surname endings", word)
}

/// Whether it ends as hardly anything but surnames does.
pub(super) fn is_surely_surname(word: &str) -> bool {
    may_be_surname(word, 5) && ends_as_listed("strong surname endings", word)
}

fn may_be_surname(word: &str, least: usize) -> bool {
    !word.is_ascii()
        && word.chars().count() >= least
        && !RUSSIAN.has("not surnames", word)
        && !RUSSIAN.has("never names", word)
        && !RUSSIAN.has("people", word)
        && !is_city(word)
}

/// «Ростов», «Ростову», «Ростовом».
fn is_city(word: &str) -> bool {
    endings(word).any(|(stem, ending)| {
        matches!(ending, "а" | "у" | "ом" | "ым" | "е") && RUSSIAN.has("cities like surnames", stem)
    }) || RUSSIAN.has("cities like surnames", word)
}

fn ends_as_listed(list: &str, word: &str) -> bool {
    endings(word).any(|(stem, ending)| stem.chars().count() >= 2 && RUSSIAN.has(list, ending))
}

/// Every way to cut a word into a beginning and an ending of up to five letters.
fn endings(word: &str) -> impl Iterator<Item = (&str, &str)> {
    word.char_indices().rev().take(5).map(|(at, _)| word.split_at(at))
}

/// «Иванович», «Петровной», «Ильича», «Михалычу».
pub(super) fn is_patronymic(word: &str) -> bool {
    const MEN: &[&str] = &[
        "ович",
        "евич",
        "ьич",
        "тич",
        "мич",
        "кич",
        "алыч",
        "аныч",
        "геич",
        "саныч",
        "палыч",
        "лаич",
        "реич",
    ];
    const WOMEN: &[&str] = &["овн", "евн", "иничн", "ьиничн"];
    const OF_MEN: &[&str] = &["", "а", "у", "ем", "е"];
    const OF_WOMEN: &[&str] = &["а", "ы", "е", "у", "ой", "ою"];
    let ends = |stems: &[&str], endings: &[&str]| {
        endings.iter().any(|ending| {
            word.strip_suffix(ending)
                .is_some_and(|stem| stems.iter().any(|known| stem.ends_with(known)))
        })
    };
    word.chars().count() >= 6
        && !matches!(word, "основной" | "основна" | "уровне" | "уровню")
        && (ends(MEN, OF_MEN) || ends(WOMEN, OF_WOMEN))
}

/// Whether a patronymic needs no name before it: its father's name is known.
pub(super) fn is_patronymic_of_known(word: &str) -> bool {
    const FATHERS: &[&str] = &[
        "иван",
        "петров",
        "сергее",
        "александр",
        "алексее",
        "андрее",
        "владимир",
        "николае",
        "михал",
        "михайл",
        "дмитри",
        "викторо",
        "юрье",
        "борисо",
        "анатолье",
        "василье",
        "евгенье",
        "валерье",
        "павлов",
        "степано",
        "палыч",
        "саныч",
    ];
    is_patronymic(word)
        && FATHERS.iter().any(|father| word.starts_with(father))
        && !word.ends_with("ское")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_every_case() {
        for word in [
            "анна",
            "анну",
            "анной",
            "сергей",
            "сергею",
            "петр",
            "павлом",
            "ольге",
            "дмитрием",
            "марии",
            "саше",
        ] {
            assert!(russian_given_name(word).is_some(), "{word}");
        }
        for word in ["заказ", "курьер", "деньги", "банк", "анн", "тебе"]
        {
            assert_eq!(russian_given_name(word), None, "{word}");
        }
        assert_eq!(russian_given_name("веру"), Some(GivenName::Ambiguous));
    }

    #[test]
    fn surnames_and_patronymics_are_known_by_their_endings() {
        assert!(is_surname("ахмедовым") && is_surname("петренко") && !is_surname("магазин"));
        assert!(is_surely_surname("кузнецова") && !is_surely_surname("ростову"));
        assert!(
            is_patronymic("сергеевной") && is_patronymic("михалычу") && !is_patronymic("основной")
        );
    }
}
