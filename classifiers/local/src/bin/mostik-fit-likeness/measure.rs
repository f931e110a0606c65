//! How good a ranking is.

use mostik_text::likeness::Weights;

use crate::draw::Draw;

/// What automatic joining must hold.
const PRECISION: f64 = 0.97;

/// Messages of several draws, judged.
#[derive(Default)]
pub(crate) struct Judged {
    messages: Vec<Message>,
    /// Where each draw ends.
    ends: Vec<usize>,
}

struct Message {
    /// The place of the right problem in the ranking; none for a new one.
    place: Option<usize>,
    /// Of the likest problem.
    certainty: f64,
}

impl Message {
    fn right(&self) -> bool {
        self.place == Some(0)
    }
}

impl Judged {
    pub(crate) fn add(&mut self, draw: &Draw, weights: &Weights) {
        for asked in &draw.asked {
            let ranked = weights.rank(&asked.evidence);
            let place = asked
                .right
                .and_then(|right| ranked.iter().position(|alike| alike.problem == right));
            let certainty = ranked.first().map_or(0.0, |first| f64::from(first.certainty));
            self.messages.push(Message { place, certainty });
        }
        self.ends.push(self.messages.len());
    }

    /// The share of messages about known problems whose problem is among the first so many.
    pub(crate) fn recall_among(&self, first: usize) -> f64 {
        let places = self.messages.iter().filter_map(|message| message.place);
        share(places.clone().filter(|place| *place < first).count(), places.count())
    }

    /// The probability that a message about a known problem is surer than one
    /// about a new one.
    pub(crate) fn known_or_new(&self) -> f64 {
        let mut sorted: Vec<&Message> = self.messages.iter().collect();
        sorted.sort_by(|a, b| a.certainty.total_cmp(&b.certainty));
        let (mut news, mut pairs) = (0, 0);
        for message in sorted {
            if message.place.is_some() {
                pairs += news;
            } else {
                news += 1;
            }
        }
        share(pairs, news * (self.messages.len() - news))
    }

    /// The largest recall of automatic joining that holds a precision, each
    /// draw with its own best threshold: the mean over the draws.
    pub(crate) fn recall_at(&self, precision: f64) -> f64 {
        let mut begin = 0;
        let mut sum = 0.0;
        for end in &self.ends {
            sum += best_recall(&self.messages[begin..*end], precision);
            begin = *end;
        }
        #[expect(clippy::cast_precision_loss, reason = "some dozen draws")]
        let draws = self.ends.len().max(1) as f64;
        sum / draws
    }

    /// Precision and recall of joining from a certainty on; none when nothing joins.
    pub(crate) fn joined_from(&self, certainty: f64) -> Option<(f64, f64)> {
        let joined: Vec<_> =
            self.messages.iter().filter(|message| message.certainty >= certainty).collect();
        let right = joined.iter().filter(|message| message.right()).count();
        let figures = (share(right, joined.len()), share(right, known(&self.messages)));
        (!joined.is_empty()).then_some(figures)
    }
}

fn known(messages: &[Message]) -> usize {
    messages.iter().filter(|message| message.place.is_some()).count()
}

fn best_recall(messages: &[Message], precision: f64) -> f64 {
    let mut sorted: Vec<&Message> = messages.iter().collect();
    sorted.sort_by(|a, b| b.certainty.total_cmp(&a.certainty));
    let (mut best, mut right) = (0, 0);
    for (at, message) in sorted.iter().enumerate() {
        right += usize::from(message.right());
        if share(right, at + 1) >= precision {
            best = right;
        }
    }
    share(best, known(messages))
}

/// The lowest certainty from which on joining holds the precision in every set.
pub(crate) fn threshold<'a>(sets: &(impl Iterator<Item = &'a Judged> + Clone)) -> Option<f64> {
    let holds = |certainty: f64| {
        sets.clone().all(|judged| {
            judged.joined_from(certainty).is_none_or(|(precision, _)| precision >= PRECISION)
        })
    };
    let steps = || (500..1000).map(|step| f64::from(step) / 1000.0);
    let broken = steps().rfind(|certainty| !holds(*certainty)).unwrap_or(0.499);
    steps().find(|certainty| *certainty > broken)
}

#[expect(clippy::cast_precision_loss, reason = "some thousand messages")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
