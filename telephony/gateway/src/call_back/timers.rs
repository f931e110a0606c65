//! The deadlines of one call-back.

use std::time::Duration;

use super::{CallBackOrder, flow::Timer};
use crate::deadlines::Deadlines;

/// A person says "hello, who is it" in less; a mailbox does not.
const LONG_SPEECH: Duration = Duration::from_secs(4);
/// Speech that pauses for so long has ended.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
/// Longer than [`PAUSE`]: what was our echo is known to be silent by then.
const ECHO: Duration = Duration::from_millis(1_700);
/// Mailboxes beep sooner than this after their last word.
const NO_BEEP: Duration = Duration::from_secs(3);
const MAILBOX_LIMIT: Duration = Duration::from_secs(30);
const NO_KEY: Duration = Duration::from_secs(8);
const NOTHING_SAID: Duration = Duration::from_secs(10);

/// How long each timer runs, and which do.
#[derive(Debug)]
pub(super) struct Timers {
    longest_call: Duration,
    longest_message: Duration,
    running: Deadlines<Timer>,
}

impl Timers {
    pub(super) const fn new(order: &CallBackOrder) -> Self {
        let (longest_call, longest_message) = (order.longest, order.max_message);
        Self { longest_call, longest_message, running: Deadlines::none() }
    }

    pub(super) fn start(&mut self, timer: Timer) {
        let after = match timer {
            Timer::LongSpeech => LONG_SPEECH,
            Timer::Echo => ECHO,
            Timer::NoBeep => NO_BEEP,
            Timer::MailboxLimit => MAILBOX_LIMIT,
            Timer::NoKey => NO_KEY,
            Timer::NothingSaid => NOTHING_SAID,
            Timer::MessageLimit => self.longest_message,
            Timer::CallLimit => self.longest_call,
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
    async fn a_timer_that_was_stopped_does_not_run_out() {
        let began = Instant::now();
        let mut timers = Timers::new(&CallBackOrder::example());
        timers.start(Timer::LongSpeech);
        timers.start(Timer::NoKey);
        timers.stop(Timer::LongSpeech);
        assert_eq!(timers.next().await, Timer::NoKey);
        assert_eq!(began.elapsed(), NO_KEY);
        assert!(ECHO > PAUSE);
    }
}
