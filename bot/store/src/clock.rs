use jiff::Timestamp;
use uuid::Uuid;

/// Time and identity, taken from outside so that tests can set both.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;

    /// A fresh UUID of version 7, so that ids sort by time.
    fn fresh_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
