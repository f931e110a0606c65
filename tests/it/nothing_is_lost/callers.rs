//! Customers who call, and are cut off when the process is killed.

use std::time::{Duration, Instant};

use mostik_tests::World;
use mostik_tests::phones::{CallPlan, Ending, Phone, Sound};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::journeys::callers::complaint;

/// Key 1 skips the greeting: tone, then silence, then the complaint.
const KEY_AFTER: Duration = Duration::from_millis(200);
const WORDS_AFTER: Duration = Duration::from_secs(2);
/// Key, tone, a slow machine, a late look, and the second that a kill may cost.
const MAY_BE_MISSING: Duration = Duration::from_secs(4);
/// An answer is seen so much later at the most: a kill in between came after it.
const SEEN_LATE: Duration = Duration::from_secs(1);
/// What a phone waits for an answer: the process may have to start again first.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);

/// One call as the caller knows it.
#[derive(Debug, Clone)]
pub(super) struct Called {
    name: String,
    answered_at: Option<Instant>,
    over_at: Instant,
    length: Duration,
}

/// Calls again and again until `stop`.
pub(super) async fn call_often(line: &str, nth: usize, stop: &CancellationToken) -> Vec<Called> {
    let words = complaint("ru-delivery-1");
    let mut called = Vec::new();
    while !stop.is_cancelled() {
        called.push(call(line, format!("caller-{nth}-{}", called.len()), &words).await);
    }
    called
}

async fn call(line: &str, name: String, words: &Sound) -> Called {
    let length = WORDS_AFTER + words.length();
    let longest = length + ANSWER_WITHIN;
    let plan = CallPlan::to(line)
        .from(&name)
        .presses_after(KEY_AFTER, "1")
        .says_after(WORDS_AFTER, words)
        .ending(Ending::AfterSpeech)
        .at_most(longest);
    let call = Phone::Pjsip.dial(plan);
    // As long as the phone tries: a late answer that is not seen when it comes looks like one that
    // came when the call was over, and what was said since would not be asked for.
    let answered = tokio::time::timeout(longest, call.answered()).await;
    let answered_at = answered.ok().map(|()| Instant::now());
    let report = call.over().await;
    let answered_at = answered_at.or((report.answered > 0).then(Instant::now));
    Called { name, answered_at, over_at: Instant::now(), length }
}

impl Called {
    /// At least so much of it was said after the tone into a living process.
    fn said(&self, died: &[Instant]) -> Option<Duration> {
        let seen_at = self.answered_at?;
        let answered_at = seen_at.checked_sub(SEEN_LATE).unwrap_or(seen_at);
        let cut_off = died.iter().filter(|at| **at > answered_at).min();
        let until = cut_off.map_or(self.over_at, |at| (*at).min(self.over_at));
        until.duration_since(answered_at).min(self.length).checked_sub(MAY_BE_MISSING)
    }
}

/// Nobody who was heard is missing, nobody is there twice, and nothing that was said is cut short.
pub(super) async fn each_call_is_there_once(
    world: &World,
    settled: &[Value],
    called: &[Called],
    died: &[Instant],
) {
    let mut kept = Vec::new();
    for feedback in settled.iter().filter(|it| it["channel"] == "phone") {
        let id = feedback["call"].as_str().expect("a call");
        kept.push(world.api().get(&format!("/api/v1/calls/{id}")).await);
    }
    let mut cut_off = 0;
    for call in called {
        let name = format!("sip:{}@", call.name);
        let found: Vec<_> = kept
            .iter()
            .filter(|it| it["caller"].as_str().is_some_and(|caller| caller.contains(&name)))
            .collect();
        assert!(found.len() <= 1, "{} is there {} times", call.name, found.len());
        let Some(said) = call.said(died) else { continue };
        let Some(found) = found.first() else { panic!("{call:?} is lost; kills: {died:?}") };
        let kept = found["recording"]["milliseconds"].as_u64().unwrap_or_default();
        assert!(u128::from(kept) >= said.as_millis(), "{kept} ms of {said:?} are kept: {found}");
        cut_off +=
            usize::from(found["termination"].as_str().unwrap_or("").ends_with("/interrupted"));
    }
    assert!(cut_off > 0, "no kill hit a call: {called:?}, kills: {died:?}, kept: {kept:?}");
}
