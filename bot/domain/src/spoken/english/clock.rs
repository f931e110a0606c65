use super::number::{cardinal, counted, ordinal, year as said_year};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A time of day by the clock of 24 hours: "two thirty p.m.", "six p.m.", "noon". None when there is
/// no such time.
pub fn time_of_day(hour: u8, minute: u8) -> Option<String> {
    if hour > 24 || minute > 59 || (hour == 24 && minute > 0) {
        return None;
    }
    let half = if (12..24).contains(&hour) { "p.m." } else { "a.m." };
    let twelve = match hour % 12 {
        0 => 12,
        other => other,
    };
    let hours = cardinal(u64::from(twelve));
    Some(match (hour, minute) {
        (0 | 24, 0) => "midnight".to_owned(),
        (12, 0) => "noon".to_owned(),
        (_, 0) => format!("{hours} {half}"),
        (_, 1..=9) => format!("{hours} oh {} {half}", cardinal(u64::from(minute))),
        _ => format!("{hours} {} {half}", cardinal(u64::from(minute))),
    })
}

/// A date: "the twenty-first of November", with its year "…, twenty twenty-six". None when there is
/// no such day.
pub fn date(day: u8, month_number: u8, year: Option<u16>) -> Option<String> {
    // A leap year stands for any year.
    let first = jiff::civil::Date::new(
        year.map_or(2_000, |year| i16::try_from(year).unwrap_or(2_000)),
        i8::try_from(month_number).ok()?,
        1,
    );
    if day == 0 || i8::try_from(day).ok()? > first.ok()?.days_in_month() {
        return None;
    }
    let said = format!("the {} of {}", ordinal(u64::from(day)), month(month_number)?);
    Some(match year {
        None => said,
        Some(year) => format!("{said}, {}", said_year(u64::from(year))),
    })
}

/// A month by its number from 1.
pub fn month(number: u8) -> Option<&'static str> {
    MONTHS.get(usize::from(number).checked_sub(1)?).copied()
}

/// The number of a month by its name.
pub(crate) fn month_number(name: &str) -> Option<u8> {
    let at = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))?;
    u8::try_from(at + 1).ok()
}

/// Within how long: "half an hour", "one hour and fifteen minutes".
pub fn within(minutes: u64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, 30) => "within half an hour".to_owned(),
        (0, _) => format!("within {}", counted(rest, "minute", None)),
        (_, 0) => format!("within {}", counted(hours, "hour", None)),
        (_, _) => {
            format!("within {} and {}", counted(hours, "hour", None), counted(rest, "minute", None))
        }
    }
}
