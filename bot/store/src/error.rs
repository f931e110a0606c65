use std::time::Duration;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed it since it was read: read again and decide again.
    #[error("{what} was changed meanwhile")]
    Conflict {
        /// As `feedback fb_…`.
        what: String,
    },
    /// The lease ran out and another worker may have the job: its result must not be stored.
    #[error("the lease of {job} ran out")]
    LeaseLost {
        /// As `job_…`.
        job: String,
    },
    /// What a change refers to is not there.
    #[error("{what} is not there")]
    NotFound {
        /// As `problem pr_…`.
        what: String,
    },
    /// The database is busy or out of reach.
    #[error("the database is out of reach: {why}")]
    Unavailable {
        /// The driver's words.
        why: String,
    },
    /// The database says something that cannot be.
    #[error("the database holds something unexpected: {why}")]
    Corrupt {
        /// What.
        why: String,
    },
}

impl StoreError {
    /// After how long trying the same again makes sense; `None` when it does not.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Conflict { .. } => Some(Duration::ZERO),
            Self::Unavailable { .. } => Some(Duration::from_secs(1)),
            Self::LeaseLost { .. } | Self::NotFound { .. } | Self::Corrupt { .. } => None,
        }
    }
}
