//! Every job is done by one worker at a time, in order, and never forgotten.

use std::collections::BTreeSet;

use futures::future::join_all;
use mostik_domain::{Decision, IssueId, Job, Step};
use mostik_store::{JobFilter, JobState, Release, StoreError};

use super::Backend;
use super::given::{LEASE, at, claimed, filing, first, fresh, job, looks, queued};

pub(super) async fn the_longest_waiting_due_job_comes_first(store: &dyn Backend) {
    let jobs = vec![filing("late", at(30)), filing("early", at(10)), filing("later", at(90))];
    let (late, early) = (jobs[0].id, jobs[1].id);
    queued(store, jobs).await;
    assert!(claimed(store, at(9)).await.is_none(), "nothing is due yet");
    let lease = claimed(store, at(60)).await.expect("a job");
    assert_eq!((lease.id, lease.attempt, lease.until), (early, 1, at(60) + LEASE));
    assert_eq!(claimed(store, at(60)).await.map(|lease| lease.id), Some(late));
    assert!(claimed(store, at(60)).await.is_none(), "the third is not due");
}

pub(super) async fn only_jobs_of_the_asked_steps_are_handed_out(store: &dyn Backend) {
    queued(store, vec![filing("file", at(0))]).await;
    let others: Vec<_> = Step::ALL.into_iter().filter(|step| *step != Step::File).collect();
    assert_eq!(store.claim(&others, at(1), LEASE).await.expect("a claim"), None);
    assert_eq!(store.claim(&[], at(1), LEASE).await.expect("a claim"), None);
    assert!(store.claim(&[Step::File], at(1), LEASE).await.expect("a claim").is_some());
}

pub(super) async fn many_workers_never_get_the_same_job(store: &dyn Backend) {
    queued(store, (0..100).map(|i| filing(&format!("file:{i}"), at(0))).collect()).await;
    let worker = || async {
        let mut done = Vec::new();
        while let Some(lease) = claimed(store, at(1)).await {
            store.commit(&lease, Decision::nothing(), at(2)).await.expect("a commit");
            done.push(lease.id);
        }
        done
    };
    let done: Vec<_> = join_all((0..12).map(|_| worker())).await.into_iter().flatten().collect();
    assert_eq!(done.len(), 100, "each job once");
    assert_eq!(done.iter().collect::<BTreeSet<_>>().len(), 100, "and only once");
}

pub(super) async fn jobs_of_one_lane_never_run_side_by_side(store: &dyn Backend) {
    queued(store, looks(IssueId::new(fresh()), 2)).await;
    queued(store, vec![filing("elsewhere", at(0))]).await;
    let one = claimed(store, at(1)).await.expect("the first of the lane");
    let elsewhere = claimed(store, at(1)).await.expect("a job of another lane");
    assert_eq!(elsewhere.job.step(), Step::File, "the lane is taken, other lanes are not");
    assert!(claimed(store, at(1)).await.is_none());
    store.commit(&one, Decision::nothing(), at(2)).await.expect("a commit");
    assert!(claimed(store, at(2)).await.is_some(), "the lane is free again");
}

pub(super) async fn many_workers_respect_a_lane(store: &dyn Backend) {
    let lanes: Vec<_> = (0..5).map(|_| IssueId::new(fresh())).collect();
    queued(store, lanes.iter().flat_map(|issue| looks(*issue, 8)).collect()).await;
    for round in 0..8 {
        let leases = join_all((0..16).map(|_| claimed(store, at(1)))).await;
        let leases: Vec<_> = leases.into_iter().flatten().collect();
        let taken: BTreeSet<_> = leases.iter().map(|lease| lease.job.lane()).collect();
        assert_eq!((leases.len(), taken.len()), (5, 5), "one of each lane in round {round}");
        for lease in &leases {
            store.commit(lease, Decision::nothing(), at(2)).await.expect("a commit");
        }
    }
    assert!(claimed(store, at(1)).await.is_none(), "all forty are done");
}

pub(super) async fn a_lease_that_ran_out_frees_job_and_lane(store: &dyn Backend) {
    queued(store, looks(IssueId::new(fresh()), 2)).await;
    let crashed = claimed(store, at(0)).await.expect("a job");
    assert!(claimed(store, at(59)).await.is_none(), "the lane is leased for a minute");
    let again = claimed(store, at(60)).await.expect("the job of the crashed worker");
    assert_eq!((again.id, again.attempt), (crashed.id, 2));
}

pub(super) async fn a_retried_job_waits_and_counts_its_attempts(store: &dyn Backend) {
    queued(store, vec![filing("file", at(0))]).await;
    let lease = claimed(store, at(1)).await.expect("a job");
    let release = Release::RetryAt { at: at(100), why: "the tracker answered 503".to_owned() };
    store.release(&lease, release, at(2)).await.expect("a release");
    assert!(claimed(store, at(99)).await.is_none());
    let page = store.job_page(&JobFilter::default(), &first(10)).await.expect("jobs");
    assert_eq!(page.items[0].last_error.as_deref(), Some("the tracker answered 503"));
    assert_eq!((page.items[0].state, page.items[0].run_at), (JobState::Ready, at(100)));
    assert_eq!(claimed(store, at(100)).await.map(|lease| lease.attempt), Some(2));
}

pub(super) async fn who_is_overtaken_has_not_failed(store: &dyn Backend) {
    queued(store, vec![filing("file", at(0))]).await;
    for overtaken in 0..3 {
        let lease = claimed(store, at(1)).await.expect("a job");
        assert_eq!((lease.attempt, lease.overtaken), (overtaken + 1, overtaken));
        let why = "somebody else was quicker".to_owned();
        store
            .release(&lease, Release::Overtaken { at: at(1), why }, at(1))
            .await
            .expect("a release");
    }
    let lease = claimed(store, at(1)).await.expect("a job");
    let dead = Release::Dead { why: "no such repository".to_owned() };
    store.release(&lease, dead, at(2)).await.expect("a release");
    store.run_again(lease.id, at(3)).await.expect("a second life");
    let again = claimed(store, at(3)).await.expect("a job");
    assert_eq!((again.attempt, again.overtaken), (2, 0), "what was before does not count any more");
}

pub(super) async fn an_unused_lease_does_not_count(store: &dyn Backend) {
    queued(store, vec![filing("file", at(0))]).await;
    let unused = claimed(store, at(1)).await.expect("a job");
    store.release(&unused, Release::Unused, at(2)).await.expect("a release");
    let again = claimed(store, at(3)).await.expect("the same job at once");
    assert_eq!(again.attempt, 1);
    let stale = store.commit(&unused, Decision::nothing(), at(4)).await;
    assert!(
        matches!(stale, Err(StoreError::LeaseLost { .. })),
        "the number repeats, the lease does not"
    );
    store.commit(&again, Decision::nothing(), at(4)).await.expect("a commit");
}

pub(super) async fn a_dead_job_runs_again_when_asked(store: &dyn Backend) {
    queued(store, vec![filing("file", at(0))]).await;
    let lease = claimed(store, at(1)).await.expect("a job");
    let dead = Release::Dead { why: "no such repository".to_owned() };
    store.release(&lease, dead, at(2)).await.expect("a release");
    assert!(claimed(store, at(1_000)).await.is_none());
    store.run_again(lease.id, at(1_000)).await.expect("a second life");
    let attempt = claimed(store, at(1_000)).await.map(|lease| lease.attempt);
    assert_eq!(attempt, Some(2), "the dead attempt may have got as far as the outside call");
    let twice = store.run_again(lease.id, at(1_001)).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "it is not dead any more");
    let unknown = store.run_again(filing("other", at(0)).id, at(1_001)).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { .. })));
}

pub(super) async fn a_job_with_a_taken_key_is_not_queued(store: &dyn Backend) {
    queued(store, vec![filing("file:pr_1:1", at(0)), filing("file:pr_1:1", at(0))]).await;
    let lease = claimed(store, at(1)).await.expect("a job");
    store.commit(&lease, Decision::nothing(), at(2)).await.expect("a commit");
    queued(store, vec![filing("file:pr_1:1", at(3))]).await;
    assert!(claimed(store, at(4)).await.is_none(), "a done job keeps its key");
}

pub(super) async fn the_next_due_time_knows_leases_and_lanes(store: &dyn Backend) {
    let due = || async { store.next_due(&Step::ALL).await.expect("a time") };
    assert_eq!(due().await, None);
    queued(store, looks(IssueId::new(fresh()), 2)).await;
    queued(store, vec![filing("later", at(500))]).await;
    assert_eq!(due().await, Some(at(0)));
    let lease = claimed(store, at(10)).await.expect("a job");
    assert_eq!(
        due().await,
        Some(at(70)),
        "the second waits for the lane, at most until the lease ends"
    );
    assert_eq!(store.next_due(&[Step::File]).await.expect("a time"), Some(at(500)));
    assert_eq!(store.next_due(&[Step::Answer]).await.expect("a time"), None);
    store.commit(&lease, Decision::nothing(), at(11)).await.expect("a commit");
    assert_eq!(due().await, Some(at(0)), "the lane is free");
    let second = claimed(store, at(12)).await.expect("a job");
    store.commit(&second, Decision::nothing(), at(13)).await.expect("a commit");
    assert_eq!(due().await, Some(at(500)));
}

pub(super) async fn jobs_are_listed_and_counted(store: &dyn Backend) {
    queued(store, (0..5).map(|i| filing(&format!("file:{i}"), at(0))).collect()).await;
    queued(store, looks(IssueId::new(fresh()), 1)).await;
    let lease = store.claim(&[Step::File], at(1), LEASE).await.expect("a claim").expect("a job");
    store.commit(&lease, Decision::nothing(), at(2)).await.expect("a commit");

    let mut counts: Vec<_> = store
        .job_counts()
        .await
        .expect("counts")
        .into_iter()
        .map(|it| (it.step, it.state, it.count))
        .collect();
    counts.sort_unstable();
    assert_eq!(
        counts,
        [
            (Step::File, JobState::Ready, 4),
            (Step::File, JobState::Done, 1),
            (Step::Track, JobState::Ready, 1)
        ]
    );
    let ready = JobFilter { state: Some(JobState::Ready), step: Some(Step::File) };
    let mut request = first(3);
    let one = store.job_page(&ready, &request).await.expect("jobs");
    assert_eq!(one.items.len(), 3);
    request.after = one.next.clone();
    let two = store.job_page(&ready, &request).await.expect("jobs");
    assert_eq!((two.items.len(), two.next.is_none()), (1, true));
    assert!(one.items.iter().all(|record| record.id > two.items[0].id), "newest first");
    assert_eq!(two.items[0].created_at, at(0));
    assert!(matches!(two.items[0].job, Job::File { .. }));
}

pub(super) async fn a_lost_lease_cannot_be_given_back(store: &dyn Backend) {
    queued(store, vec![job("look", Job::Look { issue: IssueId::new(fresh()) }, at(0))]).await;
    let slow = claimed(store, at(0)).await.expect("a job");
    let quick = claimed(store, at(60)).await.expect("the same job");
    let refused = store.release(&slow, Release::Unused, at(61)).await;
    assert!(matches!(refused, Err(StoreError::LeaseLost { .. })));
    store.commit(&quick, Decision::nothing(), at(62)).await.expect("a commit");
}
