//! Feedback gathers under problems, each with one issue and its evidence.

use std::collections::BTreeSet;

use futures::future::join_all;
use mostik_domain::{
    AcceptanceSignal, AcceptanceStage, Change, Decision, Issue, IssueState, Problem, ProblemState,
    RootCause, SignalId, SignalKind,
};
use mostik_store::{ProblemFilter, StoreError};

use super::Backend;
use super::given::{
    at, captured, captured_from, first, fresh, inbound, issue, opened, problem, proved, routed,
    submitted,
};

pub(super) async fn a_problem_is_opened_only_by_who_saw_the_latest(store: &dyn Backend) {
    let open = |title: &str, gathering| {
        let problem = problem("logistics", title, &[1]);
        store.submit(Decision::nothing().and(Change::OpenProblem { problem, gathering }), at(4))
    };
    open("Опаздывает", 0).await.expect("the first");
    for outdated in [0, 2] {
        let refused = open("Опаздывает опять", outdated).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }
    let (found, gathering) = store.look_alikes("logistics", &[1]).await.expect("look-alikes");
    assert_eq!((found.len(), gathering), (1, 1));
    open("Разбили", gathering).await.expect("the second");
    assert_eq!(store.look_alikes("logistics", &[]).await.expect("a count").1, 2);
    assert_eq!(store.look_alikes("designers", &[1]).await.expect("a count"), (vec![], 0));
}

pub(super) async fn one_of_many_opens_a_problem(store: &dyn Backend) {
    for gathering in [0, 1] {
        let opens = (0..10).map(|_| {
            let problem = problem("logistics", "Опаздывает", &[1]);
            let change = Change::OpenProblem { problem, gathering };
            store.submit(Decision::nothing().and(change), at(4))
        });
        let results = join_all(opens).await;
        assert_eq!(results.iter().filter(|it| it.is_ok()).count(), 1, "{results:?}");
    }
    assert_eq!(store.look_alikes("logistics", &[1]).await.expect("look-alikes").0.len(), 2);
}

pub(super) async fn look_alikes_are_open_problems_of_the_team(store: &dyn Backend) {
    let late = problem("logistics", "Опаздывает", &[1, 2, u64::MAX]);
    let broken = problem("logistics", "Разбили", &[3]);
    let elsewhere = problem("designers", "Не видно", &[1]);
    for one in [&late, &broken, &elsewhere] {
        opened(store, one).await;
    }
    let alike = async |keys: &[u64]| {
        let (found, _) = store.look_alikes("logistics", keys).await.expect("look-alikes");
        found.into_iter().map(|problem| problem.id).collect::<Vec<_>>()
    };
    assert_eq!(alike(&[2, u64::MAX, 9]).await, [late.id], "one key in common is enough");
    assert_eq!(alike(&[1, 3]).await, [broken.id, late.id], "newest first");
    assert!(alike(&[9]).await.is_empty());
    let fixed = late.state.clone().fixed(at(9)).expect("fixed");
    let changed = Problem { state: fixed, likeness_keys: vec![1, 2], ..late.clone() };
    submitted(store, vec![Change::SaveProblem(changed)]).await;
    assert!(alike(&[1, 2]).await.is_empty(), "what is fixed gathers no more");
}

pub(super) async fn a_problem_has_one_issue_per_project(store: &dyn Backend) {
    let late = problem("logistics", "Опаздывает", &[1]);
    let broken = problem("logistics", "Разбили", &[2]);
    opened(store, &late).await;
    opened(store, &broken).await;
    let filed = issue(late.id, "github", "shop/site", "17");
    submitted(store, vec![Change::SaveIssue(filed.clone())]).await;
    for second in
        [issue(late.id, "github", "shop/site", "18"), issue(broken.id, "github", "shop/site", "17")]
    {
        let refused = store.submit(Decision::nothing().and(Change::SaveIssue(second)), at(7)).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }
    let by_key = store.issue_by_key("github", "shop/site", "17").await.expect("a read");
    assert_eq!(by_key, Some(filed.clone()));
    assert_eq!(store.issue_of_problem(late.id).await.expect("a read"), Some(filed.clone()));
    assert_eq!(store.issue(filed.id).await.expect("a read"), Some(filed));
    assert_eq!(store.issue_of_problem(broken.id).await.expect("a read"), None);
    assert_eq!(store.issue_by_key("github", "shop/site", "1").await.expect("a read"), None);
}

pub(super) async fn an_outdated_issue_or_problem_is_refused(store: &dyn Backend) {
    let late = problem("logistics", "Опаздывает", &[1]);
    opened(store, &late).await;
    let filed = issue(late.id, "github", "shop/site", "17");
    submitted(store, vec![Change::SaveIssue(filed.clone())]).await;
    let told = Issue { told_count: 2, state: IssueState::Completed, ..filed.clone() };
    let moved = Problem { stage: AcceptanceStage::Acceptance, ..late.clone() };
    let both = vec![Change::SaveIssue(told.clone()), Change::SaveProblem(moved.clone())];
    submitted(store, both).await;
    let stored = store.issue(filed.id).await.expect("a read");
    assert_eq!(stored, Some(Issue { revision: filed.revision + 1, ..told.clone() }));
    let stored = store.problem(late.id).await.expect("a read");
    assert_eq!(stored, Some(Problem { revision: late.revision + 1, ..moved.clone() }));
    for outdated in [Change::SaveIssue(told), Change::SaveProblem(moved)] {
        let refused = store.submit(Decision::nothing().and(outdated), at(8)).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }
}

pub(super) async fn a_signal_counts_once(store: &dyn Backend) {
    let late = problem("logistics", "Опаздывает", &[1]);
    opened(store, &late).await;
    let filed = issue(late.id, "github", "shop/site", "17");
    let signal = |key: &str, stage, seconds| AcceptanceSignal {
        id: SignalId::new(fresh()),
        issue: filed.id,
        key: key.to_owned(),
        stage,
        kind: SignalKind::Comment,
        quote: "Это реально проблема".into(),
        at: at(seconds),
        url: None,
    };
    let accepted = signal("comment-2", AcceptanceStage::Acceptance, 20);
    let denied = signal("comment-1", AcceptanceStage::Denial, 10);
    let changes = vec![
        Change::SaveIssue(filed.clone()),
        Change::AddSignal(accepted.clone()),
        Change::AddSignal(denied.clone()),
        Change::AddSignal(signal("comment-2", AcceptanceStage::Anger, 30)),
    ];
    submitted(store, changes).await;
    let details = store.problem_details(late.id).await.expect("a read").expect("details");
    assert_eq!(details.signals, [denied, accepted], "oldest first, each event once");
}

pub(super) async fn feedback_gathers_under_its_problem(store: &dyn Backend) {
    let late = problem("logistics", "Опаздывает", &[1]);
    opened(store, &late).await;
    let mut gathered = Vec::new();
    for i in 0..3 {
        // The same customer twice, and somebody else.
        let address = Some(proved(if i < 2 { "1" } else { "2" }));
        let said =
            mostik_domain::Inbound { address, ..inbound(&format!("m-{i}"), "Опоздал") };
        let id = store.capture(captured_from(said)).await.expect("a capture").feedback;
        gathered.push(routed(store, id, &late).await);
    }
    captured(store, "m-9", "О другом").await;
    let first_one = gathered[0].clone();
    let filed = first_one.clone().in_state(first_one.state.filed(at(6)).expect("filed"), at(6));
    let issue = issue(late.id, "github", "shop/site", "17");
    submitted(store, vec![Change::SaveIssue(issue.clone()), Change::SaveFeedback(filed)]).await;

    let ids = |all: Vec<mostik_domain::Feedback>| {
        all.into_iter().map(|feedback| feedback.id).collect::<Vec<_>>()
    };
    let unfiled = store.unfiled_feedback(late.id).await.expect("a read");
    assert_eq!(ids(unfiled), [gathered[1].id, gathered[2].id]);
    let all = store.feedback_of_problem(late.id).await.expect("a read");
    assert_eq!(ids(all), [gathered[0].id, gathered[1].id, gathered[2].id], "oldest first");
    let details = store.problem_details(late.id).await.expect("a read").expect("details");
    assert_eq!((details.card.feedback_count, details.card.customers), (3, 2));
    assert_eq!(details.card.issue, Some(issue.clone()));
    assert_eq!(ids(details.feedback), [gathered[2].id, gathered[1].id, gathered[0].id]);
    let page = store.feedback_page(&mostik_store::FeedbackFilter::default(), &first(10)).await;
    let with_issue = page.expect("a page").items.iter().filter(|it| it.issue.is_some()).count();
    assert_eq!(with_issue, 3, "each card shows its problem's issue");
}

pub(super) async fn problems_are_filtered_and_paged(store: &dyn Backend) {
    for i in 0..5 {
        let team = if i == 0 { "designers" } else { "logistics" };
        let root_cause = if i == 0 { RootCause::Design } else { RootCause::Delivery };
        opened(store, &Problem { root_cause, ..problem(team, &format!("{i}"), &[i]) }).await;
    }
    let ids = async |filter: ProblemFilter| {
        let mut request = first(2);
        let mut ids = Vec::new();
        loop {
            let page = store.problem_page(&filter, &request).await.expect("a page");
            ids.extend(page.items.iter().map(|card| card.problem.id));
            request.after = page.next;
            if request.after.is_none() {
                return ids;
            }
        }
    };
    let all = ids(ProblemFilter::default()).await;
    assert_eq!(all.len(), 5);
    assert!(all.is_sorted_by(|one, two| one > two), "newest first");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 5);
    let team = ProblemFilter { owner_team: Some("logistics".into()), ..Default::default() };
    assert_eq!(ids(team).await, all[..4]);
    let cause = ProblemFilter { root_cause: Some(RootCause::Design), ..Default::default() };
    assert_eq!(ids(cause).await, all[4..]);
    let newest = store.problem(all[0]).await.expect("a read").expect("a problem");
    let declined = ProblemState::Open.declined(at(9), None).expect("declined");
    submitted(store, vec![Change::SaveProblem(Problem { state: declined, ..newest })]).await;
    let state = ProblemFilter { state: Some("declined".into()), ..Default::default() };
    assert_eq!(ids(state).await, all[..1]);
}
