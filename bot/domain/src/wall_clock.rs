//! Moments as people say them: "today by 15:30", «в понедельник, 23 ноября, до 09:30».

use jiff::Zoned;
use mostik_taxonomy::Language;

const WEEKDAYS_RU: [&str; 7] = [
    "в понедельник",
    "во вторник",
    "в среду",
    "в четверг",
    "в пятницу",
    "в субботу",
    "в воскресенье",
];
const WEEKDAYS_EN: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS_RU: [&str; 12] = [
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
const MONTHS_EN: [&str; 12] = [
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

/// By when, seen from now; both on the company's wall clock.
pub(crate) fn by_when(language: Language, now: &Zoned, due: &Zoned) -> String {
    let time = format!("{:02}:{:02}", due.hour(), due.minute());
    let zone = offset(due);
    let days = (due.date() - now.date()).get_days();
    match (language, days) {
        (Language::Russian, 0) => format!("сегодня до {time} ({zone})"),
        (Language::Russian, 1) => format!("завтра до {time} ({zone})"),
        (Language::Russian, _) => {
            format!("{}, {}, до {time} ({zone})", weekday(&WEEKDAYS_RU, due), date(language, due))
        }
        (Language::English, 0) => format!("today by {time} ({zone})"),
        (Language::English, 1) => format!("tomorrow by {time} ({zone})"),
        (Language::English, _) => {
            format!(
                "on {}, {}, by {time} ({zone})",
                weekday(&WEEKDAYS_EN, due),
                date(language, due)
            )
        }
    }
}

/// Day and month: «21 ноября», "21 November".
pub(crate) fn date(language: Language, at: &Zoned) -> String {
    let months = match language {
        Language::Russian => &MONTHS_RU,
        Language::English => &MONTHS_EN,
    };
    let month = usize::try_from(at.month() - 1).unwrap_or_default();
    format!("{} {}", at.day(), months[month])
}

/// Day, month and time: «21 ноября, 15:30».
pub(crate) fn date_and_time(language: Language, at: &Zoned) -> String {
    format!("{}, {:02}:{:02} ({})", date(language, at), at.hour(), at.minute(), offset(at))
}

fn weekday<'a>(names: &[&'a str; 7], at: &Zoned) -> &'a str {
    names[usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or_default()]
}

/// As `UTC+3` or `UTC+5:30`: understood everywhere, unlike the zone's name.
fn offset(at: &Zoned) -> String {
    let minutes = at.offset().seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moscow(text: &str) -> Zoned {
        format!("{text}[Europe/Moscow]").parse().expect("a zoned time")
    }

    #[test]
    fn moments_are_said_as_people_say_them() {
        let now = moscow("2026-11-20T17:50");
        let cases = [
            ("2026-11-20T18:00", "сегодня до 18:00 (UTC+3)", "today by 18:00 (UTC+3)"),
            ("2026-11-21T09:05", "завтра до 09:05 (UTC+3)", "tomorrow by 09:05 (UTC+3)"),
            (
                "2026-11-23T09:20",
                "в понедельник, 23 ноября, до 09:20 (UTC+3)",
                "on Monday, 23 November, by 09:20 (UTC+3)",
            ),
        ];
        for (due, russian, english) in cases {
            assert_eq!(by_when(Language::Russian, &now, &moscow(due)), russian);
            assert_eq!(by_when(Language::English, &now, &moscow(due)), english);
        }
    }
}
