//! Russian postal addresses, written or told: a chain of places, streets and
//! houses next to each other.

use super::{
    PersonalData, Spans,
    address_words_ru::{
        FLATS, HOUSES, INSIDE_NAMES, REGIONS, SETTLEMENTS, STREET_TAILS, STREETS, VILLAGES,
    },
    digits::is_unit,
    numerals::is_digit_word,
    reading::Reading,
};

/// No address has more parts than this.
const MOST_PARTS: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// «ул. Ленина».
    Street,
    /// «улица ленина»: needs a house.
    ToldStreet,
    /// «Садовую,»: a street by its ending only.
    BareStreet,
    /// «дом 5», with its word.
    House,
    Flat,
    /// A number without a word.
    Bare,
    Village,
    /// City, region, post code.
    Place,
    /// «на» between house and street.
    Link,
}

pub(super) fn find(reading: &Reading<'_>, spans: &mut Spans) {
    let mut at = 0;
    while at < reading.len() {
        let parts = chain(reading, at);
        let end = accepted_end(reading, &parts);
        match end {
            Some(end) => {
                spans.claim(PersonalData::Address, reading.span(at..end));
                at = end;
            }
            None => at += 1,
        }
    }
}

/// Parts that follow each other, each with the word after it.
fn chain(reading: &Reading<'_>, from: usize) -> Vec<(Part, usize)> {
    let mut parts: Vec<(Part, usize)> = Vec::new();
    let mut at = from;
    while parts.len() < MOST_PARTS && at < reading.len() {
        if at > from && !is_joined(reading, at) {
            break;
        }
        let Some((part, next)) = part_at(reading, at, parts.last().map(|(part, _)| *part)) else {
            break;
        };
        parts.push((part, next));
        at = next;
    }
    parts
}

fn is_joined(reading: &Reading<'_>, at: usize) -> bool {
    let gap = reading.gap_before(at);
    gap.chars().count() <= 4
        && gap.chars().all(|c| {
            matches!(
                c,
                ' ' | ','
                    | '.'
                    | ';'
                    | '№'
                    | '-'
                    | '–'
                    | '/'
                    | '«'
                    | '»'
                    | '('
                    | '"'
                    | '\n'
                    | '\u{a0}'
            )
        })
        && !gap.contains("\n\n")
}

/// Where the address ends, if the parts make one.
fn accepted_end(reading: &Reading<'_>, parts: &[(Part, usize)]) -> Option<usize> {
    use Part::{Bare, BareStreet, Flat, House, Link, Place, Street, ToldStreet, Village};
    let mut kept = parts;
    while let [rest @ .., (Link | BareStreet | ToldStreet, _)] = kept {
        kept = rest;
    }
    let has = |wanted: &[Part]| kept.iter().any(|(part, _)| wanted.contains(part));
    let houses = kept.iter().filter(|(part, _)| matches!(part, House | Flat | Bare)).count();
    let named = kept.iter().any(|(part, _)| matches!(part, House | Flat));
    let starts_well = !matches!(kept.first(), Some((Bare | Link, _)) | None);
    let is_address = has(&[Street])
        || (has(&[ToldStreet]) && (named || houses >= 2 || bare_is_no_unit(reading, kept)))
        || (has(&[Village]) && named)
        || (has(&[BareStreet]) && (named || bare_is_no_unit(reading, kept)))
        || (has(&[House]) && has(&[Flat]))
        || matches!(kept, [(Flat, _)])
        || (has(&[Place]) && named && houses >= 2);
    (is_address && starts_well).then(|| kept.last().map(|(_, end)| *end)).flatten()
}

/// «улица ленина 5», not «улица холодно 5 градусов».
fn bare_is_no_unit(reading: &Reading<'_>, parts: &[(Part, usize)]) -> bool {
    parts.iter().any(|(part, end)| *part == Part::Bare && !is_unit(reading.plain(*end)))
}

fn part_at(reading: &Reading<'_>, at: usize, previous: Option<Part>) -> Option<(Part, usize)> {
    region(reading, at)
        .or_else(|| street_by_type(reading, at))
        .or_else(|| house(reading, at))
        .or_else(|| settlement(reading, at))
        .or_else(|| name_then_type(reading, at))
        .or_else(|| index(reading, at))
        .or_else(|| match previous {
            Some(
                Part::Street
                | Part::ToldStreet
                | Part::BareStreet
                | Part::House
                | Part::Flat
                | Part::Village
                | Part::Bare,
            ) => number(reading, at).map(|next| (Part::Bare, next)).or_else(|| link(reading, at)),
            Some(Part::Place) => city(reading, at),
            Some(Part::Link) => None,
            None => bare_street(reading, at).or_else(|| leading_city(reading, at)),
        })
}

/// «Московская область», «Ленинский р-н».
fn region(reading: &Reading<'_>, at: usize) -> Option<(Part, usize)> {
    let is_adjective = reading.is_capitalised(at) && ends_as_adjective(reading.plain(at));
    let next = reading.plain(at + 1);
    if !is_adjective || !reading.touches_previous(at + 1) || !REGIONS.contains(&next) {
        return None;
    }
    match next {
        "р" => (reading.plain(at + 2) == "н").then_some((Part::Place, at + 3)),
        "н" => None,
        _ => Some((Part::Place, at + 2)),
    }
}

/// «ул. Ново-Садовая», «улица ленина», «пр-т Мира».
fn street_by_type(reading: &Reading<'_>, at: usize) -> Option<(Part, usize)> {
    let mut next = type_at(reading, at)?;
    let abbreviated =
        reading.gap_before(next).starts_with('.') || reading.plain(at).chars().count() <= 3;
    let gap = reading.gap_before(next);
    if gap.contains([',', '\n', '!', '?', ':', ';']) || (gap.contains('.') && !abbreviated) {
        return None;
    }
    let start = next;
    let mut capitals = 0;
    while next < reading.len()
        && next < start + 5
        && (next == start || is_within_name(reading, next))
    {
        let word = reading.plain(next);
        if reading.is_number(next) {
            let ordinal =
                matches!(reading.plain(next + 1), "я" | "й" | "го" | "ая" | "лет" | "летия")
                    || reading.is_capitalised(next + 1);
            if !ordinal || next > start {
                break;
            }
        } else if reading.is_capitalised(next)
            && !HOUSES.contains(&word)
            && type_at(reading, next).is_none()
        {
            capitals += 1;
        } else if !INSIDE_NAMES.contains(&word)
            && (next == start || !matches!(word, "я" | "й" | "го" | "ая"))
        {
            break;
        }
        next += 1;
    }
    if capitals > 0 {
        return Some((Part::Street, next));
    }
    told_name(reading, start).map(|next| (Part::ToldStreet, next))
}

fn is_within_name(reading: &Reading<'_>, at: usize) -> bool {
    let gap = reading.gap_before(at);
    gap.len() <= 2 && gap.chars().all(|c| matches!(c, ' ' | '-' | '.' | '\u{a0}'))
}

/// One to three lower-case words before the house.
fn told_name(reading: &Reading<'_>, from: usize) -> Option<usize> {
    (from + 1..=from + 3).find(|next| {
        let is_name = (from..*next).all(|at| {
            let word = reading.plain(at);
            word.chars().count() >= 3
                && !reading.is_number(at)
                && !is_house_word(word)
                && !is_digit_word(word)
        });
        is_name
            && (*next == from + 1 || reading.touches_previous(next - 1))
            && (is_house_word(reading.plain(*next))
                || reading.is_number(*next)
                || is_digit_word(reading.plain(*next)))
    })
}

fn is_house_word(word: &str) -> bool {
    HOUSES.contains(&word) || FLATS.contains(&word)
}

/// The word after the type of a street.
fn type_at(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let word = reading.plain(at);
    let hyphenated = STREET_TAILS.iter().any(|(head, tail)| {
        word == *head && reading.plain(at + 1) == *tail && reading.gap_before(at + 1) == "-"
    });
    if hyphenated {
        return Some(at + 2);
    }
    let short = matches!(word, "пр" | "пл" | "пер" | "ш" | "ул" | "бул" | "наб");
    let is_type = STREETS.contains(&word)
        && (!short || word == "ул" || reading.gap_before(at + 1).starts_with('.'));
    is_type.then_some(at + 1)
}

/// «Ленинский проспект», «1-я Парковая улица», «Большая Морская улица».
fn name_then_type(reading: &Reading<'_>, at: usize) -> Option<(Part, usize)> {
    let mut start = at;
    if reading.is_number(at) && matches!(reading.plain(at + 1), "я" | "й" | "ая") {
        start = at + 2;
    }
    for words in 1..=2 {
        let end = start + words;
        let Some(after) = type_at(reading, end) else { continue };
        let joined = (start + 1..=end).all(|at| is_within_name(reading, at));
        let adjective = ends_as_adjective(reading.plain(end - 1));
        if joined && adjective && (start..end).all(|at| reading.is_capitalised(at)) {
            return Some((Part::Street, after));
        }
        let told = (start..end).all(|at| {
            ends_as_adjective(reading.plain(at)) && reading.plain(at).chars().count() > 5
        });
        let numbered = is_house_word(reading.plain(after))
            || reading.is_number(after)
            || is_digit_word(reading.plain(after));
        if joined && told && numbered {
            return Some((Part::ToldStreet, after));
        }
    }
    None
}

fn ends_as_adjective(word: &str) -> bool {
    ["ая", "ий", "ый", "ой", "ое", "ую", "ого", "ом", "ей", "яя"]
        .iter()
        .any(|ending| word.ends_with(ending))
}

/// «на Садовую, 15», «Профсоюзную, д. 104».
fn bare_street(reading: &Reading<'_>, at: usize) -> Option<(Part, usize)> {
    let led = matches!(
        reading.plain(at.wrapping_sub(1)),
        "на" | "по" | "с" | "адресу" | "адрес" | "у" | "к"
    );
    let follows = reading.gap_before(at + 1).trim_end() == ","
        && (reading.is_number(at + 1) || is_house_word(reading.plain(at + 1)));
    (led && reading.is_capitalised(at) && follows && ends_as_adjective(reading.plain(at)))
        .then_some((Part::BareStreet, at + 1))
}

fn house(reading: &Reading<'_>, at: usize) -> Option<(Part, usize)> {
    let word = reading.plain(at);
    let kind = if FLATS.contains(&word) {
        Part::Flat
    } else if HOUSES.contains(&word) {
        Part::House
    } else {
        return None;
    };
    if !is_joined(reading, at + 1) {
        return None;
    }
    let next = number(reading, at + 1)?;
    (!is_unit(reading.plain(next)) || kind == Part::Flat).then_some((kind, next))
}

/// `106Б`, `45/2`, `7-54`, «двадцать пять».
fn number(reading: &Reading<'_>, at: usize) -> Option<usize> {
    if reading.is_number(at) {
        if reading.raw(at).len() > 4 {
            return None;
        }
        let mut next = at + 1;
        if is_house_letter(reading, next) {
            next += 1;
        }
        while next < at + 5
            && matches!(reading.gap_before(next), "/" | "-" | "к" | " / ")
            && reading.is_number(next)
        {
            next += 1;
            if is_house_letter(reading, next) {
                next += 1;
            }
        }
        return Some(next);
    }
    let told =
        (at..reading.len()).take(3).take_while(|at| is_digit_word(reading.plain(*at))).count();
    (told > 0).then_some(at + told)
}

fn is_house_letter(reading: &Reading<'_>, at: usize) -> bool {
    let word = reading.plain(at);
    let mut letters = word.chars();
    let (first, more) = (letters.next(), letters.next());
    if reading.gap_before(at).is_empty()
        && first.is_some()
        && more.is_none()
        && !reading.is_number(at)
    {
        return !reading.gap_before(at + 1).is_empty() || at + 1 == reading.len();
    }
    let single = matches!((first, more), (Some('а'..='е' | 'a'..='e'), None));
    single
        && (reading.gap_before(at).is_empty()
            || (reading.gap_before(at) == " "
                && reading.is_capitalised(at)
                && !reading.begins_sentence(at + 1)))
}

/// «г. Химки», «деревня Малые Вязёмы», «СНТ «Берёзка»».
fn settlement(reading: &Reading<'_>, at: usize) -> Option<(Part, usize)> {
    let word = reading.plain(at);
    if !SETTLEMENTS.contains(&word) {
        return None;
    }
    let short = word.chars().count() == 1;
    if short && !reading.gap_before(at + 1).starts_with('.') {
        return None;
    }
    let mut next = at + 1;
    while next < at + 4 && reading.is_capitalised(next) && is_place_name(reading, at, next) {
        next += 1;
    }
    let kind = if VILLAGES.contains(&word) { Part::Village } else { Part::Place };
    if next > at + 1 {
        return Some((kind, next));
    }
    let told = !short && kind == Part::Village && told_settlement(reading, at + 1);
    told.then_some((kind, at + 2))
}

fn is_place_name(reading: &Reading<'_>, kind: usize, at: usize) -> bool {
    let gap = reading.gap_before(at);
    gap.chars().count() <= 2
        && gap
            .chars()
            .all(|c| matches!(c, ' ' | '-' | '\u{a0}' | '«' | '"') || (c == '.' && at == kind + 1))
        && type_at(reading, at).is_none()
}

fn told_settlement(reading: &Reading<'_>, at: usize) -> bool {
    let next = reading.plain(at + 1);
    reading.plain(at).chars().count() > 3
        && (type_at(reading, at + 1).is_some() || is_house_word(next))
}

/// «Санкт-Петербург,» between other parts.
fn city(reading: &Reading<'_>, at: usize) -> Option<(Part, usize)> {
    let mut next = at;
    while next < at + 3
        && reading.is_capitalised(next)
        && (next == at || reading.gap_before(next) == "-")
    {
        next += 1;
    }
    let ends = reading.gap_before(next).starts_with(',')
        || (reading.gap_before(next) == " " && name_then_type(reading, next).is_some());
    (next > at && ends).then_some((Part::Place, next))
}

fn index(reading: &Reading<'_>, at: usize) -> Option<(Part, usize)> {
    let named = usize::from(reading.plain(at) == "индекс");
    let is_index = reading.is_number(at + named) && reading.raw(at + named).len() == 6;
    let city = reading.gap_before(at + 1) == " " && reading.is_capitalised(at + 1);
    let followed = named == 1 || city || reading.gap_before(at + 1).starts_with(',');
    let part = if named == 1 { Part::Street } else { Part::Place };
    (is_index && followed).then_some((part, at + named + 1))
}

fn link(reading: &Reading<'_>, at: usize) -> Option<(Part, usize)> {
    (matches!(reading.plain(at), "на" | "по") && type_at(reading, at + 1).is_some())
        .then_some((Part::Link, at + 1))
}

/// «в Казань, ул. Баумана»: a city that a street follows.
fn leading_city(reading: &Reading<'_>, at: usize) -> Option<(Part, usize)> {
    let (part, next) = city(reading, at)?;
    let opens = reading.begins_sentence(at) && !reading.gap_before(at).contains(':');
    let street = type_at(reading, next).is_some() || name_then_type(reading, next).is_some();
    (!opens && street).then_some((part, next))
}
