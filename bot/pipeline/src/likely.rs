//! Which open problems a message may be about: found by shared words and by
//! meaning, then compared closely.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use mostik_domain::{Cause, Feedback, ProblemId, Words};
use mostik_store::{ProblemCard, Store, StoreError, VoicedProblem};
use mostik_text::{
    likeness::{Alike, Meanings, REPEATED, Ranking, similarity},
    redact,
};

/// Candidates found by shared words.
const BY_WORDS: u32 = 25;
/// Candidates found by meaning.
const BY_MEANING: usize = 25;
/// Newest open problems whose meanings are compared.
const OPEN: u32 = 2_000;
/// Problems whose patterns are read at once.
const READ_AT_ONCE: usize = 100;

/// What is compared with the known problems.
#[derive(Debug, Clone)]
pub struct Voiced {
    /// The customer's words without the personal data that was found in them.
    text: Words,
    /// What may have caused it; empty while nobody has said.
    causes: Vec<Cause>,
}

impl Voiced {
    /// A feedback, by its words and its named causes; none without words.
    pub fn by(feedback: &Feedback) -> Option<Self> {
        let words = feedback.text.as_ref().filter(|text| !text.is_blank())?;
        // Order numbers and names differ between customers; the problem does not.
        let text = redact(words.reveal()).text;
        let named = feedback.state.classification();
        let causes = named.map(|named| named.causes.clone()).unwrap_or_default();
        Some(Self { text: text.into(), causes })
    }

    /// Its words as they are compared, and as a problem that it opens keeps them.
    pub(crate) fn redacted(&self) -> &str {
        self.text.reveal()
    }

    /// How far a problem's cause agrees, as `mostik-text` asks for it.
    fn agreement(&self, problem: &VoicedProblem) -> f32 {
        if self.causes.is_empty() {
            return 0.0;
        }
        let cause = &problem.card.problem.root_cause;
        let found = self.causes.iter().find(|it| it.root_cause == *cause);
        found.map_or(0.0, |it| it.score.value()) - 0.5
    }
}

/// A problem that a message may be about.
#[derive(Debug, Clone, PartialEq)]
pub struct LikelyProblem {
    /// The problem, its issue and its count.
    pub card: ProblemCard,
    /// From 0 to 1: how probable it is, beside the others and something new.
    pub certainty: f32,
    /// Sure enough to join without a person.
    pub joins: bool,
}

/// Finds likely problems; keeps the meanings of open problems in memory.
pub struct LikelyProblems {
    store: Arc<dyn Store>,
    meanings: Arc<dyn Meanings>,
    known: Mutex<HashMap<ProblemId, Arc<[f32]>>>,
}

impl LikelyProblems {
    /// Problems of this store, compared by these meanings.
    pub fn new(store: Arc<dyn Store>, meanings: Arc<dyn Meanings>) -> Self {
        Self { store, meanings, known: Mutex::default() }
    }

    /// The open problems that it is likest to be about, the likest first.
    /// `besides` are candidates too, and only what passes `fits` is.
    pub async fn of(
        &self,
        voiced: &Voiced,
        besides: &[ProblemId],
        fits: impl Fn(&ProblemCard) -> bool,
        most: usize,
    ) -> Result<Vec<LikelyProblem>, StoreError> {
        let mut ids: HashSet<ProblemId> = besides.iter().copied().collect();
        ids.extend(self.store.problems_sharing_words(voiced.redacted(), BY_WORDS).await?);
        ids.extend(self.nearest(voiced.redacted()).await?);
        let mut ids: Vec<_> = ids.into_iter().collect();
        ids.sort_unstable();
        let mut candidates = self.store.voiced_problems(&ids).await?;
        // What nobody is counted under any more is offered to nobody, but its
        // issue is there for who says the same again.
        candidates.retain(|it| {
            let known = it.card.feedback_count > 0 || besides.contains(&it.card.problem.id);
            known && fits(&it.card)
        });
        candidates.sort_by_key(|it| it.card.problem.id);
        let (asked, meanings) = (voiced.clone(), Arc::clone(&self.meanings));
        off_the_loop(move || ranked(&asked, &candidates, meanings.as_ref(), most)).await
    }

    /// Open problems whose pattern means nearly the same.
    async fn nearest(&self, text: &str) -> Result<Vec<ProblemId>, StoreError> {
        let open = self.store.open_problems(OPEN).await?;
        self.learn(&open).await?;
        let asked = self.meanings.meaning(text);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let near = |id: &ProblemId| {
            let meaning = known.get(id)?;
            Some((asked.iter().zip(meaning.iter()).map(|(a, b)| a * b).sum::<f32>(), *id))
        };
        let mut nearest: Vec<(f32, ProblemId)> = open.iter().filter_map(near).collect();
        nearest.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        nearest.truncate(BY_MEANING);
        Ok(nearest.into_iter().map(|(_, id)| id).collect())
    }

    /// Reads the patterns of problems that were not known yet, and forgets
    /// those that are not open any more. A pattern never changes.
    async fn learn(&self, open: &[ProblemId]) -> Result<(), StoreError> {
        let unknown: Vec<ProblemId> = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let open: HashSet<_> = open.iter().collect();
            known.retain(|id, _| open.contains(id));
            open.into_iter().filter(|id| !known.contains_key(id)).copied().collect()
        };
        for ids in unknown.chunks(READ_AT_ONCE) {
            let problems = self.store.voiced_problems(ids).await?;
            let meanings = Arc::clone(&self.meanings);
            let learnt = off_the_loop(move || {
                let of = |it: &VoicedProblem| {
                    let problem = &it.card.problem;
                    (problem.id, Arc::from(meanings.meaning(problem.pattern.reveal())))
                };
                problems.iter().map(of).collect::<Vec<_>>()
            });
            let learnt = learnt.await?;
            self.known.lock().unwrap_or_else(PoisonError::into_inner).extend(learnt);
        }
        Ok(())
    }
}

/// Comparing takes milliseconds of computing; other work goes on meanwhile.
async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    // What a panic says may quote the customer's words: it is not told on.
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| StoreError::Unavailable { why: "comparing was broken off".to_owned() })
}

fn ranked(
    asked: &Voiced,
    candidates: &[VoicedProblem],
    meanings: &dyn Meanings,
    most: usize,
) -> Vec<LikelyProblem> {
    let texts: Vec<Vec<String>> = candidates.iter().map(messages).collect();
    let messages = texts.iter().map(|texts| texts.iter().map(String::as_str));
    let agreement = |at: usize| asked.agreement(&candidates[at]);
    let ranking = Ranking::of(messages, Some(meanings)).likest(asked.redacted(), agreement, most);
    let likely = |alike: Alike| LikelyProblem {
        card: candidates[alike.problem].card.clone(),
        certainty: alike.certainty,
        joins: alike.joins() || repeats(asked.redacted(), &candidates[alike.problem]),
    };
    ranking.into_iter().map(likely).collect()
}

/// Says the same in the same words: then it joins even where several problems
/// do and none is surer than the others.
fn repeats(asked: &str, problem: &VoicedProblem) -> bool {
    similarity(asked, problem.card.problem.pattern.reveal()) >= REPEATED
}

/// The messages a problem is known by, without personal data: its pattern,
/// and what others have said since.
fn messages(problem: &VoicedProblem) -> Vec<String> {
    let mut messages = vec![problem.card.problem.pattern.reveal().to_owned()];
    for voice in problem.voices.iter().map(Words::reveal) {
        let voice = redact(voice).text;
        if !voice.trim().is_empty() && !messages.contains(&voice) {
            messages.push(voice);
        }
    }
    messages
}
