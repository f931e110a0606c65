//! The built-in tracker's issues.

use std::collections::BTreeSet;

use futures::future::join_all;
use mostik_domain::{
    Actor, BoardColumn, BoardIssue, Change, CloseReason, Decision, Happening, ProblemId,
    TrackerEvent,
};
use mostik_store::StoreError;

use super::Backend;
use super::given::{at, board_issue, fresh, issue, opened, problem, submitted};

fn filed(project: &str) -> BoardIssue {
    board_issue(project, ProblemId::new(fresh()))
}

fn event(key: &str, seconds: i64, what: Happening) -> TrackerEvent {
    TrackerEvent { key: key.to_owned(), actor: Actor::Person, at: at(seconds), url: None, what }
}

pub(super) async fn numbers_go_up_from_one(store: &dyn Backend) {
    let (one, two) = (filed("logistics"), filed("designers"));
    submitted(store, vec![Change::SaveBoardIssue(one.clone(), vec![])]).await;
    submitted(store, vec![Change::SaveBoardIssue(two.clone(), vec![])]).await;
    let imported = BoardIssue { number: 40, ..filed("logistics") };
    submitted(store, vec![Change::SaveBoardIssue(imported, vec![])]).await;
    submitted(store, vec![Change::SaveBoardIssue(filed("logistics"), vec![])]).await;
    let numbers = async |project| {
        let board = store.board(project).await.expect("a board");
        board.iter().map(|card| card.board_issue.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(None).await, [1, 2, 40, 41]);
    assert_eq!(numbers(Some("designers")).await, [2]);
    let card = store.board_issue(one.id).await.expect("a read").expect("the card");
    assert_eq!(card.board_issue, BoardIssue { number: 1, ..one });
    assert_eq!(store.board_issue_by_number(1).await.expect("a read"), Some(card));
    assert_eq!(store.board_issue_by_number(u64::MAX).await.expect("a read"), None);
}

pub(super) async fn many_filings_get_different_numbers(store: &dyn Backend) {
    let filings = (0..20).map(|_| {
        let change = Change::SaveBoardIssue(filed("logistics"), vec![]);
        store.submit(Decision::nothing().and(change), at(6))
    });
    for result in join_all(filings).await {
        result.expect("filed");
    }
    let board = store.board(None).await.expect("a board");
    let numbers: BTreeSet<_> = board.iter().map(|card| card.board_issue.number).collect();
    assert_eq!(numbers, (1..=20).collect());
}

pub(super) async fn what_happened_is_kept_in_order(store: &dyn Backend) {
    let new = filed("logistics");
    submitted(store, vec![Change::SaveBoardIssue(new.clone(), vec![])]).await;
    let read = store.board_issue(new.id).await.expect("a read").expect("the card").board_issue;
    let taken =
        BoardIssue { assignee: Some("Пётр".into()), column: BoardColumn::InWork, ..read };
    let events = vec![event("b", 8, Happening::Assigned), event("a", 8, Happening::WorkStarted)];
    submitted(store, vec![Change::SaveBoardIssue(taken.clone(), events.clone())]).await;
    let again = Decision::nothing().and(Change::SaveBoardIssue(taken.clone(), events.clone()));
    let refused = store.submit(again, at(9)).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "an outdated card is refused");
    let read = store.board_issue(new.id).await.expect("a read").expect("the card");
    assert_eq!(read.events, events);
    let closed = event("c", 9, Happening::Closed { reason: CloseReason::Completed });
    submitted(store, vec![Change::SaveBoardIssue(read.board_issue, vec![closed.clone()])]).await;
    let card = store.board_issue(new.id).await.expect("a read").expect("the card");
    assert_eq!(card.events, [events[0].clone(), events[1].clone(), closed]);
    assert_eq!(card.board_issue.column, BoardColumn::InWork);
    assert_eq!(card.board_issue.revision, 2);
}

pub(super) async fn a_marker_is_filed_once(store: &dyn Backend) {
    let problem = ProblemId::new(fresh());
    let (one, two) = (board_issue("logistics", problem), board_issue("logistics", problem));
    submitted(store, vec![Change::SaveBoardIssue(one.clone(), vec![])]).await;
    let again = Decision::nothing().and(Change::SaveBoardIssue(two, vec![]));
    let refused = store.submit(again, at(7)).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let found = store.board_issue_by_marker(&one.marker).await.expect("a read");
    assert_eq!(found.map(|card| card.board_issue.id), Some(one.id));
    assert!(store.board_issue_by_marker("<!-- other -->").await.expect("a read").is_none());
    submitted(store, vec![Change::SaveBoardIssue(filed("logistics"), vec![])]).await;
    let board = store.board(None).await.expect("a board");
    assert_eq!(board.last().map(|card| card.board_issue.number), Some(2), "no number is lost");
}

pub(super) async fn a_card_knows_its_issue(store: &dyn Backend) {
    let late = problem("logistics", "Опаздывает", &[1]);
    opened(store, &late).await;
    let card = board_issue("logistics", late.id);
    submitted(store, vec![Change::SaveBoardIssue(card.clone(), vec![])]).await;
    let before = store.board_issue(card.id).await.expect("a read").expect("the card");
    assert_eq!(before.issue, None);
    let filed = issue(late.id, "board", "logistics", "1");
    submitted(store, vec![Change::SaveIssue(filed.clone())]).await;
    let board = store.board(Some("logistics")).await.expect("a board");
    assert_eq!(board[0].issue, Some(filed));
}
