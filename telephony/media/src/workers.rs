//! The threads that carry all calls: one a core, each with one clock for all of its calls.
//!
//! A call is visited when a packet of it is due. Nothing else wakes anybody up: what arrives
//! waits in its socket, what the call is told waits in its channel. The calls of a worker are
//! spread over the packet time, so that neither we nor the network see them all at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::leg::{Leg, Scratch};

/// One step of a worker's clock.
const STEP: Duration = Duration::from_millis(5);
/// A call is visited every so many steps: 20 ms, the time of a usual packet.
const STEPS: usize = 4;
/// A worker that is further behind than this was stopped (a suspended machine) and forgets it.
const MOST_BEHIND: Duration = Duration::from_secs(5);
/// How nice the threads are to others, from -20 (not at all) to 19.
const AUDIO_PRIORITY: i32 = -10;
/// More threads than this help no telephone exchange.
const MOST_WORKERS: usize = 8;

/// Starts threads as calls need them; they end when nothing is left to carry.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    running: Mutex<Vec<Worker>>,
}

#[derive(Debug)]
struct Worker {
    /// Unbounded, because every leg in it has taken one of a bounded number of port pairs.
    arrivals: Sender<Leg>,
    carried: Arc<AtomicUsize>,
}

impl Workers {
    /// Hands a call to the worker with the fewest. Without any thread (the system has none to
    /// give) the leg is dropped, and its call sees that the events have ended.
    pub(crate) fn carry(&self, leg: Leg) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = running.iter().any(|worker| worker.carried.load(Ordering::Relaxed) == 0);
        if !idle && running.len() < most_workers() {
            match start() {
                Ok(worker) => running.push(worker),
                Err(error) => tracing::error!(%error, "no further thread for audio"),
            }
        }
        let least = running.iter().min_by_key(|worker| worker.carried.load(Ordering::Relaxed));
        if let Some(worker) = least {
            worker.carried.fetch_add(1, Ordering::Relaxed);
            if worker.arrivals.send(leg).is_err() {
                tracing::error!("a thread for audio has died");
            }
        }
    }
}

fn most_workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().min(MOST_WORKERS))
}

fn start() -> std::io::Result<Worker> {
    let (arrivals, incoming) = mpsc::channel();
    let carried = Arc::new(AtomicUsize::new(0));
    let round = Round { incoming, carried: Arc::clone(&carried), groups: Default::default() };
    std::thread::Builder::new().name("audio".into()).spawn(move || {
        come_first();
        round.run();
    })?;
    Ok(Worker { arrivals, carried })
}

/// Late audio is lost audio, while recognition, pages and whatever else the machine does may
/// wait. Only a privileged process may say so; any other one shares as it always did.
fn come_first() {
    // On Linux this is the calling thread alone.
    if let Err(error) = rustix::process::setpriority_process(None, AUDIO_PRIORITY) {
        tracing::debug!(%error, "audio has no priority over other work");
    }
}

/// One worker's calls, in groups that are visited one after the other.
struct Round {
    incoming: Receiver<Leg>,
    carried: Arc<AtomicUsize>,
    groups: [Vec<Leg>; STEPS],
}

impl Round {
    fn run(mut self) {
        let mut scratch = Scratch::default();
        // Between calls the thread sleeps; when nobody can send any more, it ends.
        while let Ok(leg) = self.incoming.recv() {
            self.admit(leg);
            self.carry(&mut scratch);
        }
    }

    fn carry(&mut self, scratch: &mut Scratch) {
        let mut due = Instant::now();
        let mut step = 0;
        while self.groups.iter().any(|group| !group.is_empty()) {
            while let Ok(leg) = self.incoming.try_recv() {
                self.admit(leg);
            }
            self.visit(step, due, scratch);
            step = (step + 1) % STEPS;
            due += STEP;
            let now = Instant::now();
            if now > due + MOST_BEHIND {
                due = now;
            }
            std::thread::sleep(due.saturating_duration_since(now));
        }
    }

    fn admit(&mut self, leg: Leg) {
        if let Some(smallest) = self.groups.iter_mut().min_by_key(|group| group.len()) {
            smallest.push(leg);
        }
    }

    fn visit(&mut self, step: usize, due: Instant, scratch: &mut Scratch) {
        let (group, between) = (step, (step + STEPS / 2) % STEPS);
        let carried = |groups: &[Vec<Leg>]| groups.iter().map(Vec::len).sum::<usize>();
        let before = carried(&self.groups);
        self.groups[group].retain_mut(|leg| survives(leg, due, scratch));
        self.groups[between].retain_mut(|leg| !leg.in_a_hurry() || survives(leg, due, scratch));
        self.carried.fetch_sub(before - carried(&self.groups), Ordering::Relaxed);
    }
}

/// Visits a call. An error of ours in one call must not end the hundreds beside it.
fn survives(leg: &mut Leg, due: Instant, scratch: &mut Scratch) -> bool {
    let visit = std::panic::AssertUnwindSafe(|| leg.visit(due, scratch));
    std::panic::catch_unwind(visit).unwrap_or_else(|_| {
        tracing::error!("the audio of a call broke off");
        *scratch = Scratch::default();
        false
    })
}
