//! Moments and stretches of time as people say them.

use jiff::{Timestamp, civil::Date};
use mostik_domain::{Language, OfficeHours};

use super::Wording;

const MONTHS_RU: [&str; 12] = [
    "янв.",
    "февр.",
    "марта",
    "апр.",
    "мая",
    "июня",
    "июля",
    "авг.",
    "сент.",
    "окт.",
    "нояб.",
    "дек.",
];
const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A moment, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct When {
    /// For machines: RFC 3339.
    pub(crate) iso: String,
    /// On the company's clock: «21 нояб., 15:30».
    pub(crate) absolute: String,
    /// Seen from now: «5 мин назад».
    pub(crate) relative: String,
    /// True when it is over.
    pub(crate) past: bool,
}

impl Wording {
    /// A moment on the company's clock, seen from now.
    pub(crate) fn when(&self, at: Timestamp, now: Timestamp, hours: &OfficeHours) -> When {
        let seconds = at.as_second() - now.as_second();
        When {
            iso: at.to_string(),
            absolute: self.absolute(at, now, hours),
            relative: self.relative(seconds),
            past: seconds <= 0,
        }
    }

    fn absolute(&self, at: Timestamp, now: Timestamp, hours: &OfficeHours) -> String {
        let (at, now) = (hours.local(at), hours.local(now));
        let year = if at.year() == now.year() { String::new() } else { format!(" {}", at.year()) };
        format!("{}{year}, {:02}:{:02}", self.day_of_month(at.date()), at.hour(), at.minute())
    }

    /// «16 нояб. 2026», "16 Nov 2026".
    pub(crate) fn day(&self, date: Date) -> String {
        format!("{} {}", self.day_of_month(date), date.year())
    }

    fn day_of_month(&self, date: Date) -> String {
        let month = usize::try_from(date.month() - 1).unwrap_or_default();
        let month = match self.language {
            Language::Russian => MONTHS_RU[month],
            Language::English => MONTHS_EN[month],
        };
        format!("{} {month}", date.day())
    }

    /// `seconds` from now; negative lies behind.
    fn relative(&self, seconds: i64) -> String {
        let length = seconds.abs();
        if length < MINUTE {
            return match self.language {
                Language::Russian => "только что".into(),
                Language::English => "just now".into(),
            };
        }
        let stretch = self.stretch(length);
        match (self.language, seconds < 0) {
            (Language::Russian, true) => format!("{stretch} назад"),
            (Language::Russian, false) => format!("через {stretch}"),
            (Language::English, true) => format!("{stretch} ago"),
            (Language::English, false) => format!("in {stretch}"),
        }
    }

    /// A length of time in its largest unit.
    fn stretch(&self, seconds: i64) -> String {
        match self.language {
            Language::Russian if seconds < HOUR => format!("{} мин", seconds / MINUTE),
            Language::Russian if seconds < DAY => format!("{} ч", seconds / HOUR),
            Language::Russian => {
                let days = seconds / DAY;
                format!("{days} {}", russian_plural(days, ["день", "дня", "дней"]))
            }
            Language::English if seconds < HOUR => format!("{} min", seconds / MINUTE),
            Language::English if seconds < DAY => format!("{} h", seconds / HOUR),
            Language::English => {
                let days = seconds / DAY;
                format!("{days} day{}", if days == 1 { "" } else { "s" })
            }
        }
    }

    /// «3 обращения», "3 reports".
    pub(crate) fn reports(&self, count: u64) -> String {
        self.counted(count, ["обращение", "обращения", "обращений"], ["report", "reports"])
    }

    /// «3 клиента», "3 customers".
    pub(crate) fn customers(&self, count: u64) -> String {
        self.counted(count, ["клиент", "клиента", "клиентов"], ["customer", "customers"])
    }

    fn counted(&self, count: u64, russian: [&str; 3], english: [&str; 2]) -> String {
        let word = match self.language {
            Language::Russian => {
                russian_plural(i64::try_from(count).unwrap_or(i64::MAX), russian).to_owned()
            }
            Language::English => english[usize::from(count != 1)].to_owned(),
        };
        format!("{count} {word}")
    }
}

/// One, few, many (Unicode CLDR plural rules for Russian).
fn russian_plural(count: i64, [one, few, many]: [&str; 3]) -> &str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_reads_as_people_say_it() {
        let (ru, en) = (Wording::of(Language::Russian), Wording::of(Language::English));
        for (seconds, russian, english) in [
            (0, "только что", "just now"),
            (-59, "только что", "just now"),
            (-60, "1 мин назад", "1 min ago"),
            (1800, "через 30 мин", "in 30 min"),
            (-7300, "2 ч назад", "2 h ago"),
            (86_400, "через 1 день", "in 1 day"),
            (-3 * 86_400, "3 дня назад", "3 days ago"),
            (-11 * 86_400, "11 дней назад", "11 days ago"),
            (-21 * 86_400, "21 день назад", "21 days ago"),
        ] {
            assert_eq!(ru.relative(seconds), russian);
            assert_eq!(en.relative(seconds), english);
        }
        assert_eq!(ru.reports(22), "22 обращения");
        assert_eq!(en.reports(1), "1 report");
        assert_eq!(ru.customers(112), "112 клиентов");
        let monday = jiff::civil::date(2026, 11, 16);
        assert_eq!(
            (ru.day(monday), en.day(monday)),
            ("16 нояб. 2026".into(), "16 Nov 2026".into())
        );
    }

    #[test]
    fn the_clock_is_the_companys() {
        let hours = OfficeHours::new("Europe/Moscow", &["Mon-Fri 09:00-18:00".into()], &[])
            .expect("valid hours");
        let at: Timestamp = "2026-11-21T21:30:00Z".parse().expect("a timestamp");
        let when = Wording::of(Language::Russian).when(at, at, &hours);
        assert_eq!(when.absolute, "22 нояб., 00:30");
        let later: Timestamp = "2027-01-02T00:00:00Z".parse().expect("a timestamp");
        assert_eq!(
            Wording::of(Language::English).when(at, later, &hours).absolute,
            "22 Nov 2026, 00:30"
        );
    }
}
