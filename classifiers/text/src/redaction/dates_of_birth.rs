//! Dates of birth: a date is one only when words at its side say so.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{PersonalData, Spans, numerals::is_numeral, reading::Reading};
use crate::words::cut_at;

const MONTHS: &str = r"(?:январ[ьяе]|феврал[ьяе]|март[ае]?|апрел[ьяе]|ма[йяе]|июн[ьяе]|июл[ьяе]|август[ае]?|сентябр[ьяе]|октябр[ьяе]|ноябр[ьяе]|декабр[ьяе]|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?";

/// An ordinal as it is spoken: «двадцать третьего», "twenty third".
const SPOKEN_DAY: &str = r"(?:(?:двадцать|тридцать|twenty|thirty)[\s-])?(?:перво|второ|третье|четв[её]рто|пято|шесто|седьмо|восьмо|девято|десято|\p{L}{2,8}надцато|двадцато|тридцато)(?:го|е)|(?:(?:twenty|thirty)[\s-])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\p{L}{3,5}teenth|twentieth|thirtieth)";

/// A day, a month, and a year when one is told; at the beginning of a stretch.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let day = format!(r"(?:[0-9]{{1,2}}(?:-?(?:го|е|ое|st|nd|rd|th)\b)?|{SPOKEN_DAY})");
    let year = r"(?:,?\s(?:[0-9]{4}|'[0-9]{2})(?:-?го\b)?(?:\s?г(?:ода\b|\.|\b))?)?";
    super::compile(&format!(
        concat!(
            r"(?i)^(?:",
            r"[0-9]{{1,2}}\s?[./-]\s?[0-9]{{1,2}}\s?[./-]\s?(?:[0-9]{{4}}|[0-9]{{2}})\b",
            r"|[0-9]{{4}}[./-][0-9]{{1,2}}[./-][0-9]{{1,2}}\b",
            r"|[0-9]{{2}}\s[0-9]{{2}}\s[0-9]{{4}}\b",
            r"|{day}[\s-](?:of\s)?{months}{year}",
            r"|{months}\s(?:the\s)?{day}{year}",
            r")",
        ),
        day = day,
        months = MONTHS,
        year = year,
    ))
});

/// The year alone: «родился в 1987 году».
static YEAR: LazyLock<Regex> =
    LazyLock::new(|| super::compile(r"(?i)^(?:19|20)[0-9]{2}\b(?:\sгод[уа]\b|\s?г\b\.?)?"));

/// More than any date has.
const LONGEST_DATE: usize = 120;

/// How sure a word makes us that a date of birth follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    /// «дата рождения», "DOB".
    Field,
    /// «родилась», "born".
    Born,
    /// «мой день рождения»: also a day on which cakes are ordered.
    Birthday,
}

impl Cue {
    /// How many words may stand between.
    const fn reach(self) -> usize {
        match self {
            Self::Field => 5,
            Self::Born => 4,
            Self::Birthday => 3,
        }
    }
}

pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    for at in 0..reading.len() {
        if let Some(cue) = cue_at(reading, at) {
            for date in dates_after(reading, at, cue) {
                spans.claim(PersonalData::Order, date);
            }
        }
        if let Some(date) = date_before(reading, at) {
            spans.claim(PersonalData::Order, date);
        }
    }
}

fn cue_at(reading: &Reading<'_>, at: usize) -> Option<Cue> {
    let before = |back: usize| at.checked_sub(back).map_or("", |at| reading.plain(at));
    match reading.plain(at) {
        "рождения" if before(1).starts_with("дат") || before(1) == "год" => {
            Some(Cue::Field)
        }
        "рождения" if matches!(before(1), "день" | "дня") && !is_occasion(reading, at - 1) => {
            Some(Cue::Birthday)
        }
        "dob" | "birthdate" => Some(Cue::Field),
        "b" if before(1) == "o" && before(2) == "d" => Some(Cue::Field),
        "birth" if before(1) == "of" && matches!(before(2), "date" | "year") => Some(Cue::Field),
        "date" if before(1) == "birth" => Some(Cue::Field),
        "р" if before(1) == "д" && reading.gap_before(at).starts_with('.') => Some(Cue::Field),
        "birthday" | "bday" if !is_occasion(reading, at) => Some(Cue::Birthday),
        "родился" | "родилась" | "родились" | "рожден" | "рождена" | "born"
            if !is_of_things(reading, at) =>
        {
            Some(Cue::Born)
        }
        _ => None,
    }
}

/// «на день рождения», "for my birthday": what is wanted for it, not when it is.
fn is_occasion(reading: &Reading<'_>, at: usize) -> bool {
    (1..=2).any(|back| {
        at.checked_sub(back).is_some_and(|at| {
            matches!(
                reading.plain(at),
                "на" | "к" | "ко" | "до" | "после" | "for" | "by" | "before" | "after"
            )
        })
    })
}

/// An idea or a company is born too.
fn is_of_things(reading: &Reading<'_>, at: usize) -> bool {
    const THINGS: &[&str] = &[
        "иде",
        "мысл",
        "баг",
        "ошибк",
        "проект",
        "компани",
        "фирм",
        "магазин",
        "бренд",
        "решени",
        "традиц",
        "слух",
        "план",
        "idea",
        "thought",
        "bug",
        "project",
        "compan",
        "firm",
        "shop",
        "store",
        "brand",
        "feature",
        "plan",
        "tradition",
        "rumour",
        "rumor",
        "product",
    ];
    (at.saturating_sub(3)..(at + 3).min(reading.len()))
        .any(|near| THINGS.iter().any(|thing| reading.plain(near).starts_with(thing)))
}

/// The date that a cue announces, and those it is compared with: «14.03.1978,
/// а надо 14.03.1987».
fn dates_after(reading: &Reading<'_>, cue_at: usize, cue: Cue) -> Vec<Range<usize>> {
    const MOST: usize = 3;
    let mut dates: Vec<Range<usize>> = Vec::new();
    let mut at = cue_at + 1;
    while dates.len() < MOST {
        let found =
            if dates.is_empty() { announced(reading, at, cue) } else { compared(reading, at) };
        let Some(date) = found else { break };
        at = reading.words.partition_point(|word| word.span.start < date.end);
        dates.push(date);
    }
    dates
}

fn announced(reading: &Reading<'_>, from: usize, cue: Cue) -> Option<Range<usize>> {
    for at in from..(from + cue.reach() + 1).min(reading.len()) {
        let gap = reading.gap_before(at);
        let breaks = if at == from { gap.contains(['!', '?', ';']) } else { ends_clause(gap) };
        if breaks || gap.len() > 8 {
            return None;
        }
        if let Some(date) = date_at(reading, at, cue) {
            return Some(date);
        }
        let strays = ends_clause(gap)
            || reading.is_number(at)
            || is_since(reading.plain(at))
            || (cue == Cue::Birthday && !is_of_birthday(reading.plain(at)));
        if strays {
            return None;
        }
    }
    None
}

/// A colon and a dash lead on; whatever ends a clause does not.
fn ends_clause(gap: &str) -> bool {
    gap.contains(['.', '!', '?', ';', ',', '…'])
}

/// The date is then of something else: «не меняется с 14.03.2024».
fn is_since(word: &str) -> bool {
    matches!(
        word,
        "с" | "со"
            | "после"
            | "до"
            | "от"
            | "вчера"
            | "сегодня"
            | "заказ"
            | "since"
            | "after"
            | "until"
            | "till"
            | "from"
            | "by"
            | "before"
            | "yesterday"
            | "today"
            | "order"
    )
}

fn is_of_birthday(word: &str) -> bool {
    matches!(
        word,
        "у" | "меня" | "мой" | "это" | "is" | "was" | "on" | "the" | "сына" | "дочери" | "мамы"
    )
}

fn compared(reading: &Reading<'_>, from: usize) -> Option<Range<usize>> {
    const REACH: usize = 6;
    for at in from..(from + REACH).min(reading.len()) {
        if reading.gap_before(at).contains(['!', '?', '\n']) {
            return None;
        }
        if at > from
            && let Some(date) = date_at(reading, at, Cue::Field)
        {
            return Some(date);
        }
        let compares = matches!(
            reading.plain(at),
            "а" | "надо"
                | "нужно"
                | "должно"
                | "быть"
                | "не"
                | "вместо"
                | "правильно"
                | "правильная"
                | "верно"
                | "на"
                | "самом"
                | "деле"
                | "это"
                | "or"
                | "not"
                | "instead"
                | "of"
                | "should"
                | "be"
                | "is"
                | "it"
                | "but"
                | "correct"
                | "rather"
        );
        if !compares {
            return None;
        }
    }
    None
}

fn date_at(reading: &Reading<'_>, at: usize, cue: Cue) -> Option<Range<usize>> {
    let start = reading.words.get(at)?.span.start;
    let rest = cut_at(&reading.text[start..], LONGEST_DATE);
    if let Some(date) = DATE.find(rest) {
        let has_year = date.as_str().bytes().filter(u8::is_ascii_digit).count() >= 5;
        let end = start + date.end();
        return match spoken_year(reading, end) {
            Some(year) => Some(start..year),
            None if cue == Cue::Birthday && !has_year => None,
            None => Some(start..end),
        };
    }
    let of_person = cue == Cue::Field || is_somebody(reading, at);
    let year = YEAR.find(rest).filter(|_| of_person && cue != Cue::Birthday)?;
    Some(start..start + year.end())
}

/// «родился я в 1987», "I was born in 1987"; other things are born without a person.
fn is_somebody(reading: &Reading<'_>, year: usize) -> bool {
    (2..=5).filter_map(|back| year.checked_sub(back)).any(|at| {
        matches!(reading.plain(at), "i" | "im" | "he" | "she")
            || (at + 3 >= year && reading.plain(at).starts_with("роди"))
    })
}

/// The end of «тысяча девятьсот восемьдесят седьмого года» after a date.
fn spoken_year(reading: &Reading<'_>, from: usize) -> Option<usize> {
    const MOST_WORDS: usize = 7;
    let first = reading.words.partition_point(|word| word.span.start < from);
    let belongs = |at: usize| {
        let gap = reading.gap_before(at);
        (gap == " " || (at == first && gap.len() <= 2) || gap == "-")
            && (is_numeral(reading.plain(at)) || is_year_word(reading.plain(at)))
    };
    let last = (first..(first + MOST_WORDS).min(reading.len()))
        .take_while(|at| belongs(*at))
        .filter(|at| reading.plain(*at) != "and")
        .last();
    last.filter(|last| *last > first).map(|last| reading.words[last].span.end)
}

fn is_year_word(word: &str) -> bool {
    const ORDINALS: &[&str] = &[
        "перв",
        "втор",
        "третьего",
        "четверт",
        "пят",
        "шест",
        "седьм",
        "восьм",
        "девят",
        "десят",
        "двадцат",
        "тридцат",
        "сороков",
        "тысяч",
        "двухтысячн",
    ];
    let spoken = word.ends_with("ого") || word.ends_with("его");
    matches!(
        word,
        "года" | "две" | "thousand" | "nineteen" | "and" | "hundred" | "тысяча" | "тысячи"
    ) || (spoken
        && (word.ends_with("надцатого")
            || word.ends_with("десятого")
            || ORDINALS.iter().any(|ordinal| word.starts_with(ordinal))))
}

/// «14.03.1987 г.р.», «1987 года рождения».
fn date_before(reading: &Reading<'_>, at: usize) -> Option<Range<usize>> {
    let year_word = at.checked_sub(1)?;
    let says_so = match reading.plain(at) {
        "рождения" => matches!(reading.plain(year_word), "года" | "г"),
        "р" => {
            reading.plain(year_word) == "г" && matches!(reading.gap_before(at), "." | ". " | "/")
        }
        _ => false,
    };
    let year = year_word.checked_sub(1).filter(|year| says_so && reading.is_number(*year))?;
    let is_year = matches!(reading.raw(year), raw if raw.len() == 4 && (raw.starts_with("19") || raw.starts_with("20")));
    if !is_year || reading.gap_before(year_word).len() > 2 {
        return None;
    }
    let start = reading.words[year].span.start;
    let earliest = (1..=2).filter_map(|back| year.checked_sub(back)).find_map(|from| {
        let written = &reading.text[reading.words[from].span.start..reading.words[year].span.end];
        let whole = DATE.find(written).is_some_and(|date| date.end() == written.len());
        whole.then(|| reading.words[from].span.start)
    });
    Some(earliest.unwrap_or(start)..reading.words[year].span.end)
}
