//! Times, dates and spans of time.

use super::cardinal::{cardinal, counted};
use super::ordinal::{ordinal, year as said_year};
use super::{Case, Gender, nouns};

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// A time of day: «четырнадцать часов тридцать минут», in the genitive as after «до», in the
/// accusative as after «в». None when there is no such time.
pub fn time_of_day(hour: u8, minute: u8, case: Case) -> Option<String> {
    if hour > 24 || minute > 59 || (hour == 24 && minute > 0) {
        return None;
    }
    if matches!((hour, minute), (0 | 24, 0)) {
        let midnight = ["полночь", "полуночи", "полуночи", "полночь", "полночью", "полуночи"];
        return Some(case.of(&midnight).to_owned());
    }
    let hours = counted(u64::from(hour), &nouns::HOUR, case);
    Some(match minute {
        0 => hours,
        _ => format!("{hours} {}", counted(u64::from(minute), &nouns::MINUTE, case)),
    })
}

/// A date: «двадцать первое ноября» (nominative), «двадцать первого ноября две тысячи двадцать
/// шестого года» (genitive, as for "on the 21st"). None when there is no such day.
pub fn date(day: u8, month_number: u8, year: Option<u16>, case: Case) -> Option<String> {
    // A leap year stands for any year.
    let days = jiff::civil::Date::new(
        year.map_or(2_000, |year| i16::try_from(year).unwrap_or(2_000)),
        i8::try_from(month_number).ok()?,
        1,
    );
    if day == 0 || i8::try_from(day).ok()? > days.ok()?.days_in_month() {
        return None;
    }
    let day = ordinal(u64::from(day), case, Gender::Neuter);
    let month = month(month_number)?;
    Some(match year {
        None => format!("{day} {month}"),
        Some(year) => format!("{day} {month} {}", said_year(u64::from(year), Case::Genitive)),
    })
}

/// A month by its number from 1, in the genitive: «ноября».
pub fn month(number: u8) -> Option<&'static str> {
    MONTHS.get(usize::from(number).checked_sub(1)?).copied()
}

/// The number of a month by its name in the genitive.
pub(crate) fn month_number(name: &str) -> Option<u8> {
    let at = MONTHS.iter().position(|month| *month == name)?;
    u8::try_from(at + 1).ok()
}

/// After how long: «через полчаса», «через час», «через две минуты», «через час пятнадцать минут».
pub fn through(minutes: u64) -> String {
    format!("через {}", span(minutes, Case::Accusative))
}

/// Within how long: «в течение получаса», «в течение двух часов».
pub fn within(minutes: u64) -> String {
    format!("в течение {}", span(minutes, Case::Genitive))
}

fn span(minutes: u64, case: Case) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    let hours_said = match hours {
        1 => nouns::HOUR.singular(case).to_owned(),
        _ => counted(hours, &nouns::HOUR, case),
    };
    let genitive = case == Case::Genitive;
    match (hours, rest) {
        (0, 30) => if genitive { "получаса" } else { "полчаса" }.to_owned(),
        (1, 30) => if genitive { "полутора часов" } else { "полтора часа" }.to_owned(),
        (0, 1) => nouns::MINUTE.singular(case).to_owned(),
        (0, _) => counted(rest, &nouns::MINUTE, case),
        (_, 0) => hours_said,
        _ => format!("{hours_said} {}", counted(rest, &nouns::MINUTE, case)),
    }
}

/// Half of what is counted: «полтора часа», «полутора минут», «два с половиной часа».
pub(crate) fn and_a_half(whole: u64, noun: &super::Noun, case: Case) -> String {
    let direct = matches!(case, Case::Nominative | Case::Accusative);
    if whole == 1 {
        let half = match (direct, noun.gender) {
            (true, Gender::Feminine) => "полторы",
            (true, _) => "полтора",
            (false, _) => "полутора",
        };
        // «Полтора часа», «к полутора часам».
        return format!("{half} {}", noun.after(if direct { 2 } else { 5 }, case));
    }
    let number = cardinal(whole, case, noun.gender);
    format!("{number} с половиной {}", noun.after(whole, case))
}
