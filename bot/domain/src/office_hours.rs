use jiff::{SignedDuration, Timestamp, ToSpan, Zoned, civil, tz::TimeZone};

/// When people are there to answer. A promise counts only these minutes.
#[derive(Debug, Clone)]
pub struct OfficeHours {
    time_zone: TimeZone,
    /// Open spans of each weekday, Monday first, in order and apart.
    week: [Vec<Span>; 7],
    holidays: Vec<civil::Date>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    opens: civil::Time,
    closes: civil::Time,
}

/// What is wrong with configured office hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfficeHoursError {
    /// Not like `Mon-Fri 09:00-18:00`.
    #[error("office hours {0:?} are not like \"Mon-Fri 09:00-18:00\"")]
    Form(String),
    /// Not a name of the time zone database.
    #[error("time zone {0:?} is not known: use a name like \"Europe/Moscow\"")]
    TimeZone(String),
    /// No minute in the week is open.
    #[error("office hours are empty: nobody would ever answer")]
    Empty,
    /// Not a date.
    #[error("holiday {0:?} is not a date like \"2027-01-01\"")]
    Holiday(String),
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A year: beyond it a promise is no promise. Guards against calendars that
/// consist of holidays only.
const LOOK_AHEAD_DAYS: usize = 366;

impl OfficeHours {
    /// `rules` as `Mon-Fri 09:00-18:00` or `Sat 10:00-14:00`; several rules for
    /// one day make a lunch break; `holidays` as `2027-01-01`.
    pub fn new(
        time_zone: &str,
        rules: &[String],
        holidays: &[String],
    ) -> Result<Self, OfficeHoursError> {
        let zone = TimeZone::get(time_zone)
            .map_err(|_| OfficeHoursError::TimeZone(time_zone.to_owned()))?;
        let mut week: [Vec<Span>; 7] = Default::default();
        for rule in rules {
            let (days, span) =
                parse_rule(rule).ok_or_else(|| OfficeHoursError::Form(rule.clone()))?;
            for day in days {
                week[day].push(span);
                week[day].sort_unstable();
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(OfficeHoursError::Empty);
        }
        let holidays = holidays
            .iter()
            .map(|day| day.parse().map_err(|_| OfficeHoursError::Holiday(day.clone())))
            .collect::<Result<_, _>>()?;
        Ok(Self { time_zone: zone, week, holidays })
    }

    /// Whether somebody is there.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let local = at.to_zoned(self.time_zone.clone());
        self.spans(local.date())
            .iter()
            .any(|span| span.opens <= local.time() && local.time() < span.closes)
    }

    /// The moment at which `minutes` of office time will have passed.
    pub fn after(&self, from: Timestamp, minutes: u32) -> Timestamp {
        let mut left = SignedDuration::from_mins(i64::from(minutes));
        let start = from.to_zoned(self.time_zone.clone());
        let mut day = start.date();
        for _ in 0..LOOK_AHEAD_DAYS {
            for span in self.spans(day) {
                let (Some(opens), Some(closes)) =
                    (self.at(day, span.opens), self.at(day, span.closes))
                else {
                    continue;
                };
                let begins = opens.max(from);
                if begins >= closes {
                    continue;
                }
                let open = closes.duration_since(begins);
                if left <= open {
                    return begins + left;
                }
                left -= open;
            }
            day = day.saturating_add(1.day());
        }
        from + SignedDuration::from_mins(i64::from(minutes))
    }

    /// The local wall clock, for telling a person.
    pub fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.time_zone.clone())
    }

    fn spans(&self, day: civil::Date) -> &[Span] {
        if self.holidays.contains(&day) {
            return &[];
        }
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
        &self.week[weekday]
    }

    fn at(&self, day: civil::Date, time: civil::Time) -> Option<Timestamp> {
        day.to_datetime(time).to_zoned(self.time_zone.clone()).ok().map(|zoned| zoned.timestamp())
    }
}

fn parse_rule(rule: &str) -> Option<(std::ops::RangeInclusive<usize>, Span)> {
    let (days, hours) = rule.trim().split_once(' ')?;
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let index = |name: &str| DAYS.iter().position(|day| day.eq_ignore_ascii_case(name));
    let days = index(first)?..=index(last)?;
    let (opens, closes) = hours.trim().split_once('-')?;
    let span = Span { opens: parse_time(opens)?, closes: parse_time(closes)? };
    (!days.is_empty() && span.opens < span.closes).then_some((days, span))
}

/// `HH:MM`; `24:00` is the last moment of the day.
fn parse_time(text: &str) -> Option<civil::Time> {
    if text == "24:00" {
        return Some(civil::Time::MAX);
    }
    civil::Time::strptime("%H:%M", text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moscow() -> OfficeHours {
        OfficeHours::new(
            "Europe/Moscow",
            &["Mon-Fri 09:00-13:00".into(), "Mon-Fri 14:00-18:00".into()],
            &["2026-11-04".into()],
        )
        .expect("valid")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn a_promise_counts_office_minutes_only() {
        let hours = moscow();
        // Moscow is three hours ahead of UTC all year.
        let cases = [
            ("2026-11-03T07:00:00Z", "2026-11-03T07:30:00Z"), // morning
            ("2026-11-03T09:45:00Z", "2026-11-03T11:15:00Z"), // over lunch
            ("2026-11-03T14:50:00Z", "2026-11-05T06:20:00Z"), // over night and a holiday
            ("2026-11-06T20:00:00Z", "2026-11-09T06:30:00Z"), // over the week-end
        ];
        for (made, due) in cases {
            assert_eq!(hours.after(at(made), 30), at(due), "made at {made}");
        }
    }

    #[test]
    fn open_and_closed() {
        let hours = moscow();
        assert!(hours.is_open(at("2026-11-03T07:00:00Z")));
        assert!(!hours.is_open(at("2026-11-03T10:30:00Z")), "lunch");
        assert!(!hours.is_open(at("2026-11-04T07:00:00Z")), "holiday");
    }

    #[test]
    fn wrong_hours_are_refused_with_the_reason() {
        for wrong in
            ["", "Mon", "Mon 9-18", "Mon 18:00-09:00", "Fri-Mon 09:00-18:00", "Xyz 09:00-10:00"]
        {
            let result = OfficeHours::new("Europe/Moscow", &[wrong.to_owned()], &[]);
            assert_eq!(result.err(), Some(OfficeHoursError::Form(wrong.to_owned())));
        }
        assert!(OfficeHours::new("Mars/Olympus", &[], &[]).is_err());
        assert_eq!(OfficeHours::new("UTC", &[], &[]).err(), Some(OfficeHoursError::Empty));
    }
}
