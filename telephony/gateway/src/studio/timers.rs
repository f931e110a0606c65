//! The deadlines of one studio call.

use std::time::Duration;

use super::flow::Timer;
use crate::deadlines::Deadlines;

/// Who looks for a number in a list needs a while.
const NO_KEY: Duration = Duration::from_secs(20);
/// The longest prompt.
pub(super) const LONGEST_TAKE: Duration = Duration::from_mins(1);
const LONGEST_CALL: Duration = Duration::from_mins(10);

/// How long each timer runs, and which do.
#[derive(Debug)]
pub(super) struct Timers {
    running: Deadlines<Timer>,
}

impl Timers {
    pub(super) const fn none() -> Self {
        Self { running: Deadlines::none() }
    }

    pub(super) fn start(&mut self, timer: Timer) {
        let after = match timer {
            Timer::NoKey => NO_KEY,
            Timer::Take => LONGEST_TAKE,
            Timer::Call => LONGEST_CALL,
        };
        self.running.start(timer, after);
    }

    pub(super) fn stop(&mut self, timer: Timer) {
        self.running.stop(timer);
    }

    /// Waits for the next timer to run out; for ever when none runs. Cancel-safe.
    pub(super) async fn next(&mut self) -> Timer {
        self.running.next().await
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_call_of_ten_minutes_has_room_for_a_take_of_one() {
        let began = Instant::now();
        let mut timers = Timers::none();
        timers.start(Timer::Call);
        timers.start(Timer::Take);
        timers.start(Timer::NoKey);
        timers.stop(Timer::NoKey);
        let mut order = Vec::new();
        for _ in 0..2 {
            order.push((timers.next().await, began.elapsed().as_secs()));
        }
        assert_eq!(order, [(Timer::Take, 60), (Timer::Call, 600)]);
    }
}
