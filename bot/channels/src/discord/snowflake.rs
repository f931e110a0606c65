//! Discord's ids carry their time
//! (<https://discord.com/developers/docs/reference#snowflakes>).

use jiff::{SignedDuration, Timestamp};

/// The first second of 2015, in milliseconds since 1970.
const EPOCH: i64 = 1_420_070_400_000;

/// Bits below the milliseconds.
const BELOW_TIME: u32 = 22;

/// The smallest id that could be given at that time; 0 before 2015.
pub(super) fn first_at(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond() - EPOCH).unwrap_or_default() << BELOW_TIME
}

/// The id as much earlier; 0 when there is none.
pub(super) fn earlier(id: u64, by: SignedDuration) -> u64 {
    let by = u64::try_from(by.as_millis()).unwrap_or_default() << BELOW_TIME;
    id.saturating_sub(by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentations_example_is_right() {
        let id = 175_928_847_299_117_063;
        let at: Timestamp = "2016-04-30T11:18:25.796Z".parse().expect("a timestamp");
        assert_eq!(first_at(at), id >> BELOW_TIME << BELOW_TIME);
        let second_before = at - SignedDuration::from_secs(1);
        assert_eq!(earlier(first_at(at), SignedDuration::from_secs(1)), first_at(second_before));
        assert_eq!(first_at(Timestamp::MIN), 0);
        assert_eq!(earlier(5, SignedDuration::from_hours(1)), 0);
    }
}
