//! What the edge counts, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// A snapshot of everything counted since the edge started.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counters {
            $($(#[$doc])* pub $name: u64,)*
        }

        #[derive(Default)]
        pub(crate) struct Counting {
            $(pub(crate) $name: Count,)*
        }

        impl Counting {
            pub(crate) fn snapshot(&self) -> Counters {
                Counters { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

#[derive(Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

counters! {
    /// Calls handed to the application.
    calls_offered,
    /// Calls answered and acknowledged.
    calls_answered,
    /// Calls we placed that were answered.
    calls_placed,
    /// Calls the caller gave up before an answer.
    calls_cancelled,
    /// Calls refused by the application's decision.
    calls_rejected,
    /// Calls told 503 because `max_calls` were in progress.
    refused_busy,
    /// Calls told 503 during shutdown.
    refused_shutting_down,
    /// Messages and connections from outside the allowed networks; no answer.
    dropped_stranger,
    /// Messages over the rate of their source; no answer.
    dropped_rate,
    /// Bytes that are no SIP message, or a broken one that must not be answered.
    dropped_malformed,
    /// Connections over the limit.
    dropped_connections,
    /// Broken requests told 400, 413, 416, 483, 505 or 513.
    refused_malformed,
    /// Requests whose method is not offered here: 405, 501 or 603.
    refused_method,
    /// Requests that require an extension we lack: 420.
    refused_extension,
    /// Requests for a dialog or transaction that does not exist: 481.
    refused_unknown_dialog,
    /// Registrations of desk phones made, refreshed or ended.
    registrations,
    /// Registrations with a wrong password, or by a source that guessed too often: 401, 403, 503.
    refused_proof,
}
