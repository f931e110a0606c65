//! The table at the end.

use mostik_local::Evaluation;

use crate::speed::Took;

/// One classifier.
#[derive(Debug)]
pub(crate) struct Row {
    who: &'static str,
    unseen: Evaluation,
    best: Option<Took>,
    least_start: f64,
}

impl Row {
    pub(crate) fn new(who: &'static str, unseen: Evaluation) -> Self {
        Self { who, unseen, best: None, least_start: f64::INFINITY }
    }

    /// Keeps the round that took least of the core.
    pub(crate) fn ran(&mut self, took: &Took) {
        self.least_start = self.least_start.min(took.start_seconds);
        if self.best.is_none_or(|best| took.core_seconds < best.core_seconds) {
            self.best = Some(*took);
        }
    }

    fn per_core_second(&self) -> f64 {
        self.best.map_or(0.0, |took| count(took.texts) / took.core_seconds.max(1e-3))
    }
}

/// Prints all measurements as a Markdown table; speed beside that of the first row.
pub(crate) fn print(rows: &[Row]) {
    println!(
        "| who | macro-F1, trades unseen | accuracy | calibration error | texts a second of one core \
         | on the clock | beside Mostik | start, ms |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let ours = rows.first().map_or(0.0, Row::per_core_second);
    for row in rows {
        let (least, most) = row.unseen.macro_f1_interval();
        let clock = row.best.map_or(0.0, |took| count(took.texts) / took.seconds.max(1e-3));
        println!(
            "| {} | {:.3} ({least:.3} to {most:.3}) | {:.3} | {:.3} | {:.0} | {clock:.0} | {:.2} | {:.0} |",
            row.who,
            row.unseen.macro_f1(),
            row.unseen.accuracy(),
            row.unseen.calibration_error(),
            row.per_core_second(),
            row.per_core_second() / ours.max(1e-3),
            row.least_start * 1_000.0,
        );
    }
}

fn count(texts: usize) -> f64 {
    f64::from(u32::try_from(texts).unwrap_or(u32::MAX))
}
