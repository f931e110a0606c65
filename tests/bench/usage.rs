//! What a process takes from the machine, as the kernel counts it (proc(5)).

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A look at a process and all of its threads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    at: Instant,
    cpu: Duration,
    /// In memory, in MB.
    pub(crate) megabytes: u64,
    /// Open files and sockets.
    pub(crate) files: usize,
    pub(crate) threads: usize,
}

/// What a process took while it was watched.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Taken {
    /// Of one core, over the whole time.
    pub(crate) cpu_percent: f64,
    /// Of one core, in the busiest [`BETWEEN_LOOKS`].
    pub(crate) busiest_percent: f64,
    /// The most memory in use, in MB.
    pub(crate) megabytes: u64,
    /// The most open files and sockets.
    pub(crate) files: usize,
}

/// Looks at a process again and again.
#[derive(Debug)]
pub(crate) struct Watch {
    over: Arc<AtomicBool>,
    looking: JoinHandle<Taken>,
}

const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

impl Watch {
    /// Begins to look.
    pub(crate) fn start(process: u32) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&over);
        let looking = std::thread::spawn(move || {
            let first = Usage::of(process);
            let (mut last, mut taken) = (first, Taken::default());
            while !told.load(Ordering::Relaxed) {
                std::thread::park_timeout(BETWEEN_LOOKS);
                let now = Usage::of(process);
                if now.at.duration_since(last.at) >= BETWEEN_LOOKS {
                    let percent = now.percent_of_a_core_since(&last);
                    taken.busiest_percent = taken.busiest_percent.max(percent);
                    last = now;
                }
                taken.megabytes = taken.megabytes.max(now.megabytes);
                taken.files = taken.files.max(now.files);
            }
            Taken { cpu_percent: Usage::of(process).percent_of_a_core_since(&first), ..taken }
        });
        Self { over, looking }
    }

    /// Ends looking.
    pub(crate) fn stop(self) -> Taken {
        self.over.store(true, Ordering::Relaxed);
        self.looking.thread().unpark();
        self.looking.join().expect("the one who looks")
    }
}

/// Linux counts CPU time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

impl Usage {
    pub(crate) fn of(process: u32) -> Self {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // After the name, which may hold anything: utime and stime are fields 14 and 15.
        let fields: Vec<&str> =
            stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|it| it.parse::<u32>().ok()).unwrap_or(0);
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok())
            .unwrap_or(0_u64);
        Self {
            at: Instant::now(),
            cpu: TICK * (ticks(11) + ticks(12)),
            megabytes: kilobytes / 1024,
            files: fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count),
            threads: fs::read_dir(format!("/proc/{process}/task")).map_or(0, Iterator::count),
        }
    }

    pub(crate) fn percent_of_a_core_since(&self, earlier: &Self) -> f64 {
        let wall = self.at.duration_since(earlier.at).as_secs_f64();
        100.0 * self.cpu.saturating_sub(earlier.cpu).as_secs_f64() / wall.max(0.001)
    }
}
