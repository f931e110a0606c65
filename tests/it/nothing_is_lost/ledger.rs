//! What was acknowledged against what is stored and filed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::SignedDuration;
use mostik_tests::World;
use mostik_tests::eventually::eventually;
use mostik_tests::fakes::github::GitHub;
use serde_json::Value;

use super::REPOSITORY;
use super::writers::Written;
use crate::journeys::desk;

/// With PostgreSQL the leases of a killed process run out after a minute.
const PATIENCE: Duration = Duration::from_mins(4);

/// Waits until everything has gone its way; all feedback.
pub(super) async fn settled(world: &World) -> Vec<Value> {
    let all = eventually("all work to be done", PATIENCE, async || {
        // Each list is a look of its own, and a job may go from one to the other and back between
        // two of them; that all feedback is filed besides leaves no chain of jobs unseen.
        for state in ["ready", "leased", "ready", "leased"] {
            if let Some(job) = job_that_is_due(world, state).await {
                return Err(job.to_string());
            }
        }
        let all = world.api().all("/api/v1/feedback?limit=200").await;
        match all.iter().find(|feedback| feedback["state"] != "filed") {
            Some(unfiled) => Err(unfiled.to_string()),
            None => Ok(all),
        }
    })
    .await;
    let dead = world.api().all("/api/v1/jobs?state=dead").await;
    assert!(dead.is_empty(), "jobs gave up: {dead:?}");
    all
}

/// A job in this state that is not for later, as the check of a promise is.
async fn job_that_is_due(world: &World, state: &str) -> Option<Value> {
    let jobs = world.api().all(&format!("/api/v1/jobs?state={state}&limit=200")).await;
    let soon = jiff::Timestamp::now() + SignedDuration::from_mins(5);
    jobs.into_iter().find(|job| desk::moment(&job["run_at"]) < soon)
}

/// Each 202 names a feedback of its own with the words that were sent, and there is no other.
pub(super) fn each_message_is_there_once(settled: &[Value], written: &[Written]) {
    let stored: BTreeMap<_, _> = settled
        .iter()
        .filter(|it| it["channel"] == "web")
        .map(|it| (it["id"].as_str().expect("an id"), it["text"].as_str().expect("words")))
        .collect();
    let acknowledged: BTreeMap<_, _> =
        written.iter().map(|it| (it.feedback.as_str(), it.text.as_str())).collect();
    assert_eq!(acknowledged.len(), written.len(), "two messages became one");
    assert_eq!(stored, acknowledged);
}

/// One issue for each problem, counting all of its feedbacks; no issue besides.
pub(super) async fn each_problem_has_one_issue(world: &World, github: &GitHub, settled: &[Value]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for feedback in settled {
        *counts.entry(feedback["problem"].as_str().expect("a problem")).or_default() += 1;
    }
    let mut on_github = BTreeMap::new();
    let mut on_board = BTreeSet::new();
    for (id, count) in counts {
        let problem = world.api().get(&format!("/api/v1/problems/{id}")).await;
        assert_eq!(problem["feedback_count"], count, "{problem}");
        let marker = format!("<!-- mostik:{id} -->");
        match problem["issue"]["tracker"].as_str() {
            Some("github") => assert!(on_github.insert(marker, count).is_none()),
            Some("board") => assert!(on_board.insert(marker)),
            other => panic!("{other:?} is no tracker: {problem}"),
        }
    }
    let issues = github.issues(REPOSITORY);
    assert_eq!(issues.len(), on_github.len(), "issues filed and problems");
    for issue in issues {
        let body = issue.body.unwrap_or_default();
        let marker = body.lines().rfind(|line| line.starts_with("<!-- mostik:"));
        let count = marker.and_then(|it| on_github.remove(it.trim()));
        let count = count.unwrap_or_else(|| panic!("filed twice, or without need:\n{body}"));
        assert!(body.contains(&format!("{count} report")), "{count} feedbacks:\n{body}");
    }
    let filed = desk::markers_on_the_board(world).await;
    assert_eq!(filed.len(), on_board.len(), "issues on the board and problems");
    assert_eq!(filed.into_iter().collect::<BTreeSet<_>>(), on_board);
}
