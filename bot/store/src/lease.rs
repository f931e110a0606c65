use jiff::Timestamp;
use mostik_domain::{Job, JobId, Step};

/// A job handed to one worker until a time. The attempt number fences: a commit
/// under an older attempt is refused, so a worker that was away too long cannot
/// store what another has done meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job's identity.
    pub id: JobId,
    /// What to do.
    pub job: Job,
    /// From 1; above 1 an earlier attempt may have got as far as the outside call.
    pub attempt: u32,
    /// How many attempts before this one came to nothing only because somebody else was quicker.
    pub overtaken: u32,
    /// When another worker may take it.
    pub until: Timestamp,
}

/// What becomes of a leased job that was not committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Release {
    /// Try again then.
    RetryAt {
        /// Not before.
        at: Timestamp,
        /// Why it failed, without personal data.
        why: String,
    },
    /// Try again then, and do not count the attempt among the failures: somebody else was
    /// quicker.
    Overtaken {
        /// Not before.
        at: Timestamp,
        /// By what, without personal data.
        why: String,
    },
    /// Give the lease back unused (shutdown): the attempt does not count.
    Unused,
    /// A person must look; shown at the desk with "run again".
    Dead {
        /// Why, without personal data.
        why: String,
    },
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JobState {
    /// Waits for its time or a worker.
    Ready,
    /// A worker has it.
    Leased,
    /// Done; kept so that its key stays taken.
    Done,
    /// Failed for good.
    Dead,
}

impl JobState {
    /// All.
    pub const ALL: [Self; 4] = [Self::Ready, Self::Leased, Self::Done, Self::Dead];

    /// The name stored, and shown in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Leased => "leased",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }
}

/// A job as the desk shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Identity.
    pub id: JobId,
    /// What to do.
    pub job: Job,
    /// Where it stands.
    pub state: JobState,
    /// Attempts begun.
    pub attempts: u32,
    /// Not before.
    pub run_at: Timestamp,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// How many jobs of a step stand where, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingJobs {
    /// The step.
    pub step: Step,
    /// Where they stand.
    pub state: JobState,
    /// How many.
    pub count: u64,
}
