//! How often people at the desk, and customers, name the cause that the model
//! had named: by week and cause.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use mostik_taxonomy::RootCause;

use crate::OfficeHours;

/// A cause that a person named after the model had named one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// When the person did.
    pub at: Timestamp,
    /// What the model had said last before that.
    pub said: RootCause,
    /// What the person named.
    pub named: RootCause,
    /// The customer named it; otherwise an operator.
    pub by_customer: bool,
}

/// The judgements of one week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekOfJudgements {
    /// The week's Monday, on the company's clock.
    pub monday: Date,
    /// How many.
    pub named: u64,
    /// How many of them named what the model had said.
    pub agreed: u64,
    /// How many of them customers made.
    pub by_customers: u64,
    /// By what the model had said, in the order of the causes.
    pub causes: Vec<ConfusedCause>,
}

/// What became of one cause that the model named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusedCause {
    /// What the model had said.
    pub said: RootCause,
    /// How often people judged that.
    pub named: u64,
    /// How often they named the same.
    pub agreed: u64,
    /// What they named instead, the most frequent first.
    pub instead: Vec<(RootCause, u64)>,
}

/// By week, the newest first; weeks without a judgement are left out.
pub fn by_week(judgements: &[Judgement], hours: &OfficeHours) -> Vec<WeekOfJudgements> {
    let mut weeks: BTreeMap<Date, Vec<&Judgement>> = BTreeMap::new();
    for judgement in judgements {
        weeks.entry(monday(hours, judgement.at)).or_default().push(judgement);
    }
    weeks.into_iter().rev().map(|(monday, made)| week(monday, &made)).collect()
}

/// The Monday of a moment's week, on the company's clock.
pub fn monday(hours: &OfficeHours, at: Timestamp) -> Date {
    let day = hours.local(at).date();
    day.iso_week_date().first_of_week().map_or(day, jiff::civil::ISOWeekDate::date)
}

fn week(monday: Date, made: &[&Judgement]) -> WeekOfJudgements {
    let mut said: BTreeMap<&RootCause, BTreeMap<&RootCause, u64>> = BTreeMap::new();
    for judgement in made {
        *said.entry(&judgement.said).or_default().entry(&judgement.named).or_default() += 1;
    }
    let causes: Vec<_> = said.into_iter().map(|(said, named)| confused(said, named)).collect();
    WeekOfJudgements {
        monday,
        named: causes.iter().map(|cause| cause.named).sum(),
        agreed: causes.iter().map(|cause| cause.agreed).sum(),
        by_customers: made.iter().map(|it| u64::from(it.by_customer)).sum(),
        causes,
    }
}

fn confused(said: &RootCause, named: BTreeMap<&RootCause, u64>) -> ConfusedCause {
    let all = named.values().sum();
    let agreed = named.get(said).copied().unwrap_or_default();
    let mut instead: Vec<_> = named
        .into_iter()
        .filter(|(cause, _)| *cause != said)
        .map(|(cause, count)| (cause.clone(), count))
        .collect();
    instead.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    ConfusedCause { said: said.clone(), named: all, agreed, instead }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(at: &str, said: RootCause, named: RootCause) -> Judgement {
        Judgement { at: at.parse().expect("a time"), said, named, by_customer: false }
    }

    #[test]
    fn weeks_begin_on_monday_on_the_companys_clock() {
        let hours = OfficeHours::new("Europe/Moscow", &["Mon-Sun 00:00-24:00".into()], &[]);
        let hours = hours.expect("valid hours");
        // 23:30 in Moscow on Sunday, then 00:30 on Monday.
        let sunday = judged("2026-11-15T20:30:00Z", RootCause::Other, RootCause::Delivery);
        let monday = judged("2026-11-15T21:30:00Z", RootCause::Other, RootCause::Other);
        let later = judged("2026-11-20T10:00:00Z", RootCause::Other, RootCause::Copy);
        let again = Judgement { by_customer: true, ..later.clone() };
        let weeks = by_week(&[sunday, monday, later, again], &hours);
        let mondays: Vec<_> = weeks.iter().map(|week| week.monday.to_string()).collect();
        assert_eq!(mondays, ["2026-11-16", "2026-11-09"]);
        let newest = &weeks[0];
        assert_eq!((newest.named, newest.agreed, newest.by_customers), (3, 1, 1));
        assert_eq!(newest.causes.len(), 1);
        assert_eq!(newest.causes[0].instead, [(RootCause::Copy, 2)]);
        assert_eq!(weeks[1].causes[0].instead, [(RootCause::Delivery, 1)]);
    }

    #[test]
    fn a_week_at_the_turn_of_the_year_is_one_week() {
        let hours = OfficeHours::new("UTC", &["Mon-Sun 00:00-24:00".into()], &[]);
        let hours = hours.expect("valid hours");
        let old = judged("2026-12-31T10:00:00Z", RootCause::Copy, RootCause::Copy);
        let new = judged("2027-01-01T10:00:00Z", RootCause::Copy, RootCause::Copy);
        let weeks = by_week(&[old, new], &hours);
        assert_eq!(weeks.len(), 1);
        assert_eq!((weeks[0].named, weeks[0].agreed), (2, 2));
    }
}
