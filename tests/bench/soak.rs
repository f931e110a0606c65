//! Calls come and go for many minutes: whatever a call leaves behind adds up.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::PATIENCE;
use crate::subject::Subject;
use crate::swarm::{Plan, Swarm};
use crate::usage::Usage;

const EVERY: Duration = Duration::from_mins(1);
const PER_SECOND: u32 = 10;
const SPEAKS: Duration = Duration::from_secs(20);
/// After the last call: for what waits for repeated messages (RFC 3261: 32 s), and a look.
const AFTERWARDS: Duration = Duration::from_secs(45);
/// Of the first full minutes, by so much may the last ones be higher.
const FLAT: f64 = 1.1;

/// Ten calls come each second and speak for twenty; says whether nothing grew.
pub(crate) async fn soak(subject: &Subject, minutes: u32, folder: &Path) -> bool {
    let plan = Plan {
        calls: PER_SECOND * 60 * minutes,
        at_once: PER_SECOND * 60,
        per_second: PER_SECOND,
        speaks: SPEAKS,
        with_sound: true,
        presses_a_key: subject.wants_a_key(),
        ..subject.plan()
    };
    let before = subject.recordings();
    println!("| minute | core % | MB | files | threads |\n|---|---|---|---|---|");
    let mut looks = Looks::begin(subject.process());
    let over = Swarm::start(&plan, folder).over(PATIENCE + EVERY * (minutes + 1));
    tokio::pin!(over);
    let outcome = loop {
        tokio::select! {
            outcome = &mut over => break outcome,
            () = tokio::time::sleep(EVERY) => looks.look(),
        }
    };
    tokio::time::sleep(AFTERWARDS).await;
    let at_rest = Usage::of(subject.process());
    println!("| at rest | | {} | {} | {} |", at_rest.megabytes, at_rest.files, at_rest.threads);
    let whole = subject.whole_recordings(&before, SPEAKS, plan.calls).await;
    println!(
        "\n{} of {} calls completed, {} failed, setup p50 / p99 {:.1} / {:.1} ms; {} recordings \
         whole; lost packets: {:?}",
        outcome.completed,
        plan.calls,
        outcome.failed,
        outcome.setup_at(0.5),
        outcome.setup_at(0.99),
        whole.recordings,
        whole.packets,
    );
    for short in subject.short_recordings(SPEAKS).await {
        println!("short: {short}");
    }
    looks.are_flat()
}

struct Looks {
    process: u32,
    began: Instant,
    seen: Vec<Usage>,
}

impl Looks {
    fn begin(process: u32) -> Self {
        Self { process, began: Instant::now(), seen: vec![Usage::of(process)] }
    }

    fn look(&mut self) {
        let now = Usage::of(self.process);
        let percent = self.seen.last().map_or(0.0, |last| now.percent_of_a_core_since(last));
        let minute = self.began.elapsed().as_secs() / 60;
        println!(
            "| {minute} | {percent:.1} | {} | {} | {} |",
            now.megabytes, now.files, now.threads
        );
        self.seen.push(now);
    }

    /// The highest of the last third against the highest of the first third, without the first
    /// minute, in which everything begins.
    fn are_flat(&self) -> bool {
        let steady = self.seen.get(2..).unwrap_or_default();
        let third = steady.len().div_ceil(3);
        let (first, last) = (&steady[..third], &steady[steady.len() - third..]);
        let highest =
            |of: &[Usage], what: fn(&Usage) -> u64| of.iter().map(what).max().unwrap_or(0);
        let grew = |name: &str, what: fn(&Usage) -> u64| {
            let (early, late) = (highest(first, what), highest(last, what));
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let flat = third > 0 && late as f64 <= early as f64 * FLAT;
            println!("{name}: {early} early, {late} late: {}", if flat { "flat" } else { "GROWS" });
            flat
        };
        let flat = [
            grew("MB", |look| look.megabytes),
            grew("files", |look| look.files as u64),
            grew("threads", |look| look.threads as u64),
        ];
        flat.iter().all(|flat| *flat)
    }
}
