//! The table at the end.

use crate::swarm::Outcome;
use crate::usage::Taken;

/// One measurement.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) subject: &'static str,
    pub(crate) what: &'static str,
    /// Calls a second, or at one time.
    pub(crate) asked: u32,
    pub(crate) usage: Taken,
    pub(crate) outcome: Outcome,
    /// Recordings that are whole, of how many, and packets lost of how many, where the subject says.
    pub(crate) whole: Option<Whole>,
}

/// What was kept of the calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole {
    pub(crate) recordings: usize,
    pub(crate) of: u32,
    pub(crate) packets: Option<(u64, u64)>,
}

/// Prints all measurements as a Markdown table.
pub(crate) fn print(rows: &[Row]) {
    println!(
        "| who | what | asked | completed | failed | repeated | setup p50 / p99 ms | core % mean / \
         most | MB | files | whole recordings | lost packets |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for row in rows {
        let Row { subject, what, asked, usage, outcome, whole } = row;
        println!(
            "| {subject} | {what} | {asked} | {} | {} | {} | {:.1} / {:.1} | {:.1} / {:.1} | {} | {} | {} | {} |",
            outcome.completed,
            outcome.failed,
            outcome.retransmissions,
            outcome.setup_at(0.5),
            outcome.setup_at(0.99),
            usage.cpu_percent,
            usage.busiest_percent,
            usage.megabytes,
            usage.files,
            whole.map_or_else(String::new, |it| format!("{} of {}", it.recordings, it.of)),
            whole
                .and_then(|it| it.packets)
                .map_or_else(String::new, |(lost, of)| { format!("{lost} of {of}") }),
        );
    }
}
