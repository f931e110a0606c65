//! Probabilities that mean what they say, from answers about unseen trades.

use mostik_taxonomy::Language;

use super::{Example, Task, validate::HeldOut};
use crate::model::Calibration;

/// Another company's texts are stranger to the model than another trade of the
/// same writer's, owners' comments more so than customers' messages: it has to be
/// less sure of them than validation says. A judgement, not a fit: real texts are
/// only measured with.
const fn stranger_than_validation(task: Task) -> f32 {
    match task {
        Task::RootCause => 1.45,
        Task::Stage => 1.8,
    }
}

/// What a stored model is calibrated with.
pub(super) fn for_strangers(task: Task, fitted: Calibration) -> Calibration {
    let raised = stranger_than_validation(task);
    Calibration { temperatures: fitted.temperatures.map(|fitted| fitted * raised), ..fitted }
}

/// The calibration under which the labels are least surprising.
pub(super) fn fit(examples: &[Example], held_out: &[HeldOut]) -> Calibration {
    let floors = (0..=4_u8).map(|step| 0.2 + 0.2 * f32::from(step));
    let candidates = floors.map(|strangeness_floor| {
        let (russian, first) = best(examples, held_out, Language::Russian, strangeness_floor);
        let (english, second) = best(examples, held_out, Language::English, strangeness_floor);
        (Calibration { temperatures: [russian, english], strangeness_floor }, first + second)
    });
    let least = candidates.reduce(|best, next| if next.1 < best.1 { next } else { best });
    least.map_or(Calibration { temperatures: [1.0; 2], strangeness_floor: 1.0 }, |(best, _)| best)
}

fn best(
    examples: &[Example],
    held_out: &[HeldOut],
    language: Language,
    strangeness_floor: f32,
) -> (f32, f64) {
    let temperatures = (4..=80_u8).map(|step| f32::from(step) * 0.05);
    let surprises = temperatures.map(|temperature| {
        let calibration = Calibration { temperatures: [temperature; 2], strangeness_floor };
        (temperature, surprise(examples, held_out, language, calibration))
    });
    surprises.reduce(|best, next| if next.1 < best.1 { next } else { best }).unwrap_or((1.0, 0.0))
}

/// Sum of squared distances between probabilities and labels (Brier 1950):
/// arithmetic only, unlike the logarithm.
fn surprise(
    examples: &[Example],
    held_out: &[HeldOut],
    language: Language,
    calibration: Calibration,
) -> f64 {
    let chosen = examples.iter().zip(held_out).filter(|(example, _)| example.language == language);
    chosen
        .map(|(example, answer)| {
            let odds = calibration.probabilities(&answer.scores, answer.familiarity, language);
            odds.iter()
                .enumerate()
                .map(|(class, odds)| {
                    let truth = if class == example.labels[0] { 1.0 } else { 0.0 };
                    let distance = f64::from(*odds) - truth;
                    distance * distance
                })
                .sum::<f64>()
        })
        .sum()
}
