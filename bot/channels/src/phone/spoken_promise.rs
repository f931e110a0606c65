//! Which promise a caller hears: one that will be true, in words for which there is audio.

use jiff::{SignedDuration, Timestamp};
use mostik_domain::OfficeHours;
use mostik_gateway::SpokenPromise;

/// «Within N minutes» when the answer is due today and N, counted on the caller's own clock, can
/// be spoken (over a lunch break or before opening the next greater N); else «on the next working
/// day».
pub(super) fn choose(now: Timestamp, hours: &OfficeHours, minutes: u32) -> SpokenPromise {
    let due = hours.after(now, minutes);
    if hours.local(due).date() != hours.local(now).date() {
        return SpokenPromise::NextWorkingDay;
    }
    let wait = due.duration_since(now);
    SpokenPromise::MINUTES
        .into_iter()
        .find(|spoken| SignedDuration::from_mins(i64::from(*spoken)) >= wait)
        .map_or(SpokenPromise::NextWorkingDay, SpokenPromise::WithinMinutes)
}

/// By when the promise that was heard must be kept.
pub(super) fn due(
    heard: SpokenPromise,
    made_at: Timestamp,
    hours: &OfficeHours,
    minutes: u32,
) -> Timestamp {
    match heard {
        SpokenPromise::WithinMinutes(heard) => {
            made_at + SignedDuration::from_mins(i64::from(heard))
        }
        SpokenPromise::NextWorkingDay => hours.after(made_at, minutes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn the_spoken_promise_is_true_on_the_callers_clock() {
        use SpokenPromise::{NextWorkingDay, WithinMinutes};
        let hours = OfficeHours::new(
            "Europe/Moscow",
            &["Mon-Fri 09:00-13:00".into(), "Mon-Fri 14:00-18:00".into()],
            &[],
        )
        .expect("valid hours");
        // Moscow is three hours ahead of UTC; 3 November 2026 is a Tuesday.
        let cases = [
            ("2026-11-03T07:00:00Z", WithinMinutes(30), "open"),
            ("2026-11-03T09:45:00Z", WithinMinutes(120), "75 minutes over lunch"),
            ("2026-11-03T05:30:00Z", WithinMinutes(60), "half an hour before opening"),
            ("2026-11-03T14:45:00Z", NextWorkingDay, "a quarter of an hour before closing"),
            ("2026-11-06T17:00:00Z", NextWorkingDay, "Friday night"),
            ("2026-11-03T01:00:00Z", NextWorkingDay, "longer than can be spoken"),
        ];
        for (now, promise, why) in cases {
            let now = at(now);
            assert_eq!(choose(now, &hours, 30), promise, "{why}");
            let due = due(promise, now, &hours, 30);
            assert!(due >= hours.after(now, 30), "{why}");
        }
    }
}
