//! The deadlines of one call.

use std::time::Duration;

use crate::{
    call_flow::{MOST_TAKES, Timer},
    deadlines::Deadlines,
};

/// How long nobody may speak before she is asked again.
const NOTHING_SAID: Duration = Duration::from_secs(10);
/// What a call may last beyond its message: greetings in two languages, thanks, a while on hold.
const BESIDE_THE_MESSAGE: Duration = Duration::from_mins(4);

/// A key is waited for so long after what it would answer.
const KEY: Duration = Duration::from_secs(4);
/// Nobody waits longer for us to understand her than so long after her last word.
const UNDERSTANDING: Duration = Duration::from_secs(3);
/// The longest conversation.
const TALKING: Duration = Duration::from_hours(2);

/// How long each timer runs, and which do.
#[derive(Debug)]
pub(crate) struct Timers {
    longest_message: Duration,
    longest_wait: Duration,
    running: Deadlines<Timer>,
}

impl Timers {
    pub(crate) const fn new(longest_message: Duration, longest_wait: Duration) -> Self {
        Self { longest_message, longest_wait, running: Deadlines::none() }
    }

    pub(crate) fn start(&mut self, timer: Timer) {
        let after = match timer {
            Timer::NothingSaid => NOTHING_SAID,
            Timer::MessageLimit => self.longest_message,
            Timer::CallLimit => self.longest_message * MOST_TAKES + BESIDE_THE_MESSAGE,
            Timer::Key => KEY,
            Timer::Understanding => UNDERSTANDING,
            Timer::Waiting => self.longest_wait,
            Timer::Talking => TALKING,
        };
        self.running.start(timer, after);
    }

    pub(crate) fn stop(&mut self, timer: Timer) {
        self.running.stop(timer);
    }

    /// Waits for the next timer to run out; for ever when none runs. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Timer {
        self.running.next().await
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn timers_run_out_in_their_order_and_can_be_started_anew() {
        let began = Instant::now();
        let mut timers = Timers::new(Duration::from_secs(15), Duration::from_mins(10));
        timers.start(Timer::CallLimit);
        timers.start(Timer::MessageLimit);
        timers.start(Timer::NothingSaid);
        tokio::time::advance(Duration::from_secs(6)).await;
        timers.start(Timer::NothingSaid);
        let mut order = Vec::new();
        for _ in 0..3 {
            order.push((timers.next().await, began.elapsed().as_secs()));
        }
        assert_eq!(
            order,
            [(Timer::MessageLimit, 15), (Timer::NothingSaid, 16), (Timer::CallLimit, 285)]
        );
    }
}
