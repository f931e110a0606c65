//! How many calls of ours there may be: of all, and to one customer.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use mostik_domain::CustomerId;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Customers that are remembered; more are not called in a day.
const MOST_CUSTOMERS: usize = 20_000;

/// Counts calls. The counts live as long as the process; what is tried at all is counted in the
/// store, notice by notice.
#[derive(Debug)]
pub(super) struct Caps {
    per_hour: usize,
    per_customer_per_day: usize,
    all: VecDeque<Timestamp>,
    by_customer: HashMap<CustomerId, Vec<Timestamp>>,
}

impl Caps {
    pub(super) fn new(per_hour: usize, per_customer_per_day: usize) -> Self {
        let (all, by_customer) = (VecDeque::new(), HashMap::new());
        Self { per_hour, per_customer_per_day, all, by_customer }
    }

    /// Counts one more call, or says when there is room for it.
    pub(super) fn take(&mut self, customer: CustomerId, now: Timestamp) -> Result<(), Timestamp> {
        let fresh = |at: &Timestamp, span: SignedDuration| now.duration_since(*at) < span;
        while self.all.front().is_some_and(|at| !fresh(at, HOUR)) {
            self.all.pop_front();
        }
        if self.by_customer.len() >= MOST_CUSTOMERS {
            self.by_customer.retain(|_, calls| calls.iter().any(|at| fresh(at, DAY)));
        }
        if self.all.len() >= self.per_hour {
            return Err(self.all.front().map_or(now + HOUR, |at| *at + HOUR));
        }
        if self.by_customer.len() >= MOST_CUSTOMERS {
            return Err(now + HOUR);
        }
        let hers = self.by_customer.entry(customer).or_default();
        hers.retain(|at| fresh(at, DAY));
        if hers.len() >= self.per_customer_per_day {
            return Err(hers.first().map_or(now + DAY, |at| *at + DAY));
        }
        hers.push(now);
        self.all.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).expect("a time")
    }

    fn customer(number: u128) -> CustomerId {
        CustomerId::new(Uuid::from_u128(number))
    }

    #[test]
    fn an_hour_has_so_many_calls() {
        let mut caps = Caps::new(2, 10);
        assert_eq!(caps.take(customer(1), at(0)), Ok(()));
        assert_eq!(caps.take(customer(2), at(10)), Ok(()));
        assert_eq!(caps.take(customer(3), at(20)), Err(at(60)));
        assert_eq!(caps.take(customer(3), at(59)), Err(at(60)));
        assert_eq!(caps.take(customer(3), at(60)), Ok(()));
        assert_eq!(caps.take(customer(4), at(61)), Err(at(70)));
    }

    #[test]
    fn a_customer_is_called_so_often_a_day() {
        let mut caps = Caps::new(100, 2);
        for minute in [0, 60] {
            assert_eq!(caps.take(customer(1), at(minute)), Ok(()));
        }
        assert_eq!(caps.take(customer(1), at(120)), Err(at(24 * 60)));
        assert_eq!(caps.take(customer(2), at(120)), Ok(()));
        assert_eq!(caps.take(customer(1), at(24 * 60)), Ok(()));
    }

    #[test]
    fn a_refusal_costs_nothing() {
        let mut caps = Caps::new(1, 1);
        assert_eq!(caps.take(customer(1), at(0)), Ok(()));
        for minute in 1..60 {
            assert_eq!(caps.take(customer(1), at(minute)), Err(at(60)));
        }
        assert_eq!(caps.take(customer(2), at(60)), Ok(()));
    }
}
