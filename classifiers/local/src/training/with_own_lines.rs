//! A company's own lines beside the shipped ones, and whether they help.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
};

use mostik_taxonomy::Language;

use super::{
    Example, OwnAnswers, Task, calibrate, fit_model,
    validate::{HeldOut, answer_by_others, tenth_of},
};
use crate::{
    InvalidModel, LocalRootCause, LocalStage,
    evaluation::{Answer, Evaluation},
    features::Reading,
    hashing,
    model::{self, Model},
};

/// Each own line counts like one more for so many shipped lines: fifty own lines
/// are then heard as one line in thirty, which changes what is said of their
/// words and does not drown out other trades.
const SHIPPED_LINES_AN_OWN_LINE_OUTWEIGHS: usize = 1_400;
/// How many times a part of the own lines, and a tenth of the shipped trades, is left out.
const PARTS: u64 = 4;
/// Fewer lines tell nothing about whether they help.
pub const FEWEST_OWN_LINES: usize = 10;
/// More would take hours; nobody corrects so much.
pub const MOST_OWN_LINES: usize = 50_000;
/// What the score on shipped trades may lose.
const MAY_LOSE: f32 = 0.01;

/// A model that has learnt lines of one company, and what that has brought.
pub struct Retrained {
    /// The model as it is stored.
    pub bytes: Vec<u8>,
    /// The own lines answered by the model in use, none by one that has learnt it.
    pub own_before: Evaluation,
    /// The own lines answered by models that have not seen them, only the others.
    pub own_after: Evaluation,
    /// Shipped trades answered by models without them and without the own lines.
    pub shipped_before: Evaluation,
    /// The same trades answered by models without them, but with own lines.
    pub shipped_after: Evaluation,
    /// What to compare the next training with.
    pub own_answers: OwnAnswers,
    /// Own lines that are answered rightly now and were not before.
    pub gained: usize,
    /// … and those that were and are not any more.
    pub lost: usize,
}

impl Retrained {
    /// Whether own lines are answered better, and other trades hardly worse.
    pub fn is_better(&self) -> bool {
        self.is_better_on_own_lines() && !self.forgets_trades()
    }

    /// Whether own lines are answered better than by the model in use, by more
    /// than a throw of coins for each difference would bring (McNemar 1947).
    pub fn is_better_on_own_lines(&self) -> bool {
        let score = |of: &Evaluation| f32::midpoint(of.macro_f1(), of.accuracy());
        let more = self.gained.saturating_sub(self.lost);
        more * more > self.gained + self.lost && score(&self.own_after) > score(&self.own_before)
    }

    /// Whether shipped trades lose more than own lines may cost them.
    pub fn forgets_trades(&self) -> bool {
        self.shipped_after.macro_f1() + MAY_LOSE < self.shipped_before.macro_f1()
    }
}

/// Why own lines cannot be learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CannotLearn {
    /// Too few or too many lines.
    Count(usize),
    /// The model in use does not read.
    InUse(InvalidModel),
}

impl std::fmt::Display for CannotLearn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(count) => write!(
                f,
                "{count} different lines: between {FEWEST_OWN_LINES} and {MOST_OWN_LINES} are needed"
            ),
            Self::InUse(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for CannotLearn {}

/// The model that a new one has to be better than.
#[derive(Debug, Clone, Default)]
pub struct InUse {
    /// As it is stored; none for the shipped one.
    pub bytes: Option<Vec<u8>>,
    /// How the lines that it has learnt were answered before.
    pub answers: OwnAnswers,
}

/// Trains on the shipped lines and, counted more, on `own` ones, and compares
/// what comes of it with the model in use. Deterministic.
pub fn train_with_own_lines(
    task: Task,
    shipped: &[Example],
    own: &[Example],
    in_use: &InUse,
) -> Result<Retrained, CannotLearn> {
    let texts: BTreeSet<&str> = own.iter().map(|example| example.text.trim()).collect();
    if !(FEWEST_OWN_LINES..=MOST_OWN_LINES).contains(&texts.len()) {
        return Err(CannotLearn::Count(texts.len()));
    }
    let own_before = in_use.answer(task, own).map_err(CannotLearn::InUse)?;
    let lines = Lines::of(task, shipped, own);
    let (with, without) = lines.left_out();
    let all: Vec<usize> = (0..lines.examples.len()).collect();
    let answered: Vec<usize> = with.iter().map(|(at, _)| *at).collect();
    let examples: Vec<Example> = answered.iter().map(|at| lines.examples[*at].clone()).collect();
    let held_out: Vec<HeldOut> = with.into_iter().map(|(_, held_out)| held_out).collect();
    let calibration = calibrate::fit(&examples, &held_out);
    let odds = |at: usize, of: &HeldOut| {
        let Example { language, labels, .. } = &lines.examples[at];
        let odds = calibration.probabilities(&of.scores, of.familiarity, *language);
        Answer::best_of(&odds, labels[0])
    };
    let after = || answered.iter().zip(&held_out);
    let evaluation = |answers: Vec<Answer>| Evaluation::new(task.classes(), answers);
    let is_own = |at: usize| at >= lines.shipped;
    let own_after = after().filter(|(at, _)| is_own(**at)).map(|(at, of)| (*at, odds(*at, of)));
    // In the order of the lines, as they were answered before.
    let own_after: Vec<Answer> = own_after.collect::<BTreeMap<_, _>>().into_values().collect();
    let own_answers = own.iter().zip(&own_after).collect();
    let (gained, lost) = differences(&own_before, &own_after);
    let own_before = Evaluation::new(task.classes(), own_before);
    let shipped_after = after().filter(|(at, _)| !is_own(**at)).map(|(at, of)| odds(*at, of));
    let shipped_before = without.iter().map(|(at, of)| odds(*at, of));
    let (own_after, shipped_after, shipped_before) = (
        evaluation(own_after),
        evaluation(shipped_after.collect()),
        evaluation(shipped_before.collect()),
    );
    let calibration = calibrate::for_strangers(task, calibration);
    let bytes = lines.model(&all, calibration).to_bytes();
    Ok(Retrained {
        bytes,
        own_before,
        own_after,
        shipped_before,
        shipped_after,
        own_answers,
        gained,
        lost,
    })
}

/// How many answers have become right, and how many wrong.
fn differences(before: &[Answer], after: &[Answer]) -> (usize, usize) {
    let is_right = |answer: &Answer| answer.answered == answer.expected;
    let pairs = || before.iter().map(is_right).zip(after.iter().map(is_right));
    (
        pairs().filter(|pair| *pair == (false, true)).count(),
        pairs().filter(|pair| *pair == (true, false)).count(),
    )
}

/// The class that a model answers for a line, and how sure it is.
type Judge = Box<dyn Fn(&Example) -> (usize, f32)>;

impl InUse {
    /// The own lines as it answers those it has never seen, and as models that
    /// had not seen them answered the others.
    fn answer(&self, task: Task, own: &[Example]) -> Result<Vec<Answer>, InvalidModel> {
        let classes = task.classes();
        let names = classes.clone();
        let place = move |name: &str| names.iter().position(|class| class == name).unwrap_or(0);
        let fresh: Judge = match task {
            Task::RootCause => {
                let model = match &self.bytes {
                    Some(bytes) => LocalRootCause::from_bytes(bytes)?,
                    None => LocalRootCause::new()?,
                };
                Box::new(move |example| {
                    let found = model.classify_now(&example.text, example.language);
                    (place(found.root_cause.as_str()), found.confidence.value())
                })
            }
            Task::Stage => {
                let model = match &self.bytes {
                    Some(bytes) => LocalStage::from_bytes(bytes)?,
                    None => LocalStage::new()?,
                };
                Box::new(move |example| {
                    let found = model.stage_now(&example.text);
                    (place(found.stage.as_str()), found.confidence.value())
                })
            }
        };
        let answers = own.iter().map(|example| {
            let known = self.answers.of(&example.text, classes.len());
            let (answered, confidence) = known.unwrap_or_else(|| fresh(example));
            Answer { expected: example.labels[0], answered, confidence }
        });
        Ok(answers.collect())
    }
}

/// Shipped lines, then own ones, and to which part each belongs.
struct Lines {
    task: Task,
    examples: Vec<Example>,
    readings: Vec<Reading>,
    shipped: usize,
    parts: Vec<u64>,
}

type Answers = Vec<(usize, HeldOut)>;

impl Lines {
    fn of(task: Task, shipped: &[Example], own: &[Example]) -> Self {
        let examples: Vec<Example> = shipped.iter().chain(own).cloned().collect();
        let readings = read(task, &examples);
        let mut parts: Vec<u64> = shipped.iter().map(|example| tenth_of(&example.trade)).collect();
        parts.extend(own_parts(own));
        Self { task, examples, readings, shipped: shipped.len(), parts }
    }

    fn is_in(&self, at: usize, part: u64) -> bool {
        self.parts[at] == part
    }

    /// Each part answered by models that have not seen it: with the own lines
    /// of the other parts, and without any (then only shipped lines are answered).
    fn left_out(&self) -> (Answers, Answers) {
        let runs: Vec<(u64, bool)> =
            (0..PARTS).flat_map(|part| [(part, true), (part, false)]).collect();
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for some in runs.chunks(threads) {
            let found = thread::scope(|scope| {
                let run = |(part, own): &(u64, bool)| {
                    let (part, own) = (*part, *own);
                    (own, scope.spawn(move || self.leave_out(part, own)))
                };
                let running: Vec<_> = some.iter().map(run).collect();
                let join = |(own, thread): (bool, thread::ScopedJoinHandle<'_, Answers>)| {
                    (own, thread.join().unwrap_or_default())
                };
                running.into_iter().map(join).collect::<Vec<_>>()
            });
            for (own, answers) in found {
                if own { with.extend(answers) } else { without.extend(answers) }
            }
        }
        (with, without)
    }

    fn leave_out(&self, part: u64, with_own: bool) -> Answers {
        let of_interest = |at: &usize| with_own || *at < self.shipped;
        let (left_out, others): (Vec<usize>, Vec<usize>) =
            (0..self.examples.len()).filter(of_interest).partition(|at| self.is_in(*at, part));
        let (classes, others) = (self.task.classes(), self.counted(&others));
        answer_by_others(&self.examples, &self.readings, &classes, left_out, &others)
    }

    /// Own lines as often as they count; many do not outweigh the shipped ones.
    fn counted(&self, chosen: &[usize]) -> Vec<usize> {
        let own = (self.examples.len() - self.shipped).max(1);
        let most = (self.shipped / own).max(1);
        let count = (self.shipped / SHIPPED_LINES_AN_OWN_LINE_OUTWEIGHS).clamp(1, most);
        let times = |at: &usize| if *at < self.shipped { 1 } else { count };
        chosen.iter().flat_map(|at| std::iter::repeat_n(*at, times(at))).collect()
    }

    fn model(&self, chosen: &[usize], calibration: model::Calibration) -> Model {
        let chosen = self.counted(chosen);
        fit_model(self.task, &self.examples, &self.readings, &chosen, calibration)
    }
}

fn read(task: Task, examples: &[Example]) -> Vec<Reading> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = examples.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let read = |some: &'_ [Example]| {
            let texts: Vec<&str> = some.iter().map(|example| example.text.as_str()).collect();
            texts.into_iter().map(|text| task.read(text)).collect::<Vec<_>>()
        };
        let running: Vec<_> =
            examples.chunks(share).map(|some| scope.spawn(move || read(some))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}

/// Every part has of every label; the same words are all in one part.
fn own_parts(own: &[Example]) -> Vec<u64> {
    let key = |example: &Example| {
        let words = example.text.trim().to_lowercase();
        (
            example.language == Language::English,
            example.labels[0],
            hashing::hash(13, words.as_bytes()),
        )
    };
    let keys: BTreeSet<_> = own.iter().map(key).collect();
    let ranked: Vec<_> = keys.into_iter().collect();
    let part = |example: &Example| {
        let place = ranked.binary_search(&key(example)).unwrap_or(0);
        place as u64 % PARTS
    };
    own.iter().map(part).collect()
}
