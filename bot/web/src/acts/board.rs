use jiff::Timestamp;
use mostik_domain::{
    Actor, BoardColumn, BoardIssue, BoardIssueId, Change, CloseReason, Decision, Happening,
    IssueId, Job, TrackerEvent, Words,
};
use mostik_store::{BoardCard, StoreError};

use super::{Moment, typed};
use crate::{error::ProblemDocument, refusal::Refusal, state::WebState};

/// Characters of a comment or a reason.
const COMMENT_LIMIT: usize = 10_000;
/// Characters of a label.
const LABEL_LIMIT: usize = 50;
/// Labels of one issue.
const LABELS: usize = 20;

/// What an owner team does on the built-in board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BoardAct {
    /// Writes.
    Comment(String),
    /// Puts a label on.
    Label(String),
    /// Takes a label off.
    Unlabel(String),
    /// Takes the issue for the one who presses.
    Take,
    /// Moves it to an open column.
    Move(BoardColumn),
    /// Closes it as done.
    Done,
    /// Closes it as not to be done, with the reason.
    Decline(String),
    /// Opens it again.
    Reopen,
}

/// Stores the act, what it tells as tracker events, and the job that tracks them.
pub(crate) async fn act_on_board(
    state: &WebState,
    id: BoardIssueId,
    act: &BoardAct,
    by: &str,
) -> Result<(), ProblemDocument> {
    let mut tried = false;
    loop {
        let card = state.store.board_issue(id).await?.ok_or_else(ProblemDocument::not_found)?;
        let decision = decide(card, act, &Moment::now(state, by))?;
        match state.store.submit(decision, state.clock.now()).await {
            Err(StoreError::Conflict { .. }) if !tried => tried = true,
            done => return Ok(done?),
        }
    }
}

fn decide(
    card: BoardCard,
    act: &BoardAct,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let Some(issue) = card.issue else {
        return Err(Refusal::BeingFiled.into());
    };
    let mut board_issue = card.board_issue;
    let happened = carry_out(&mut board_issue, act, moment.by)?;
    let events = events(&board_issue, happened, moment.at);
    Ok(with_tracking(board_issue, events, issue.id, moment))
}

fn with_tracking(
    board_issue: BoardIssue,
    events: Vec<TrackerEvent>,
    issue: IssueId,
    moment: &Moment<'_>,
) -> Decision {
    let key = events.first().map(|event| format!("track:{}", event.key));
    let decision = Decision::nothing().and(Change::SaveBoardIssue(board_issue, events.clone()));
    match key {
        Some(key) => decision.then(moment.job(Job::Track { issue, events }, key)),
        None => decision,
    }
}

fn carry_out(
    issue: &mut BoardIssue,
    act: &BoardAct,
    by: &str,
) -> Result<Vec<Happening>, ProblemDocument> {
    match act {
        BoardAct::Comment(text) => Ok(vec![commented(text)?]),
        BoardAct::Label(label) => put_on(issue, label),
        BoardAct::Unlabel(label) => {
            let before = issue.labels.len();
            issue.labels.retain(|known| known != label);
            let gone = issue.labels.len() < before;
            Ok(gone.then(|| Happening::Unlabeled { label: label.clone() }).into_iter().collect())
        }
        BoardAct::Take => {
            issue.assignee = Some(by.to_owned());
            Ok(vec![Happening::Assigned])
        }
        BoardAct::Move(column) => move_to(issue, *column),
        BoardAct::Done => move_to(issue, BoardColumn::Done),
        BoardAct::Decline(reason) => {
            let reason = commented(reason)?;
            let mut happened = vec![reason];
            happened.extend(move_to(issue, BoardColumn::Declined)?);
            Ok(happened)
        }
        BoardAct::Reopen => {
            if issue.column.closed().is_none() {
                return Err(Refusal::IssueOpen.into());
            }
            issue.column = BoardColumn::Accepted;
            Ok(vec![Happening::Reopened])
        }
    }
}

fn commented(text: &str) -> Result<Happening, ProblemDocument> {
    Ok(Happening::Commented { text: Words::new(typed("text", text, COMMENT_LIMIT)?) })
}

fn put_on(issue: &mut BoardIssue, label: &str) -> Result<Vec<Happening>, ProblemDocument> {
    let label = typed("label", label, LABEL_LIMIT)?;
    if issue.labels.contains(&label) {
        return Ok(Vec::new());
    }
    if issue.labels.len() >= LABELS {
        return Err(Refusal::TooManyLabels.into());
    }
    issue.labels.push(label.clone());
    Ok(vec![Happening::Labeled { label }])
}

/// A move tells what the column means; leaving a closing column reopens first.
fn move_to(issue: &mut BoardIssue, to: BoardColumn) -> Result<Vec<Happening>, ProblemDocument> {
    let from = std::mem::replace(&mut issue.column, to);
    if from == to {
        return Ok(Vec::new());
    }
    if from.closed().is_some() && to.closed().is_some() {
        return Err(Refusal::IssueClosed.into());
    }
    let labeled = |label: &str| Happening::Labeled { label: label.to_owned() };
    let reopened = from.closed().map(|_| Happening::Reopened);
    let told = match to {
        BoardColumn::New => None,
        BoardColumn::Later => Some(labeled("backlog")),
        BoardColumn::Accepted => Some(labeled("confirmed")),
        BoardColumn::InWork => Some(Happening::WorkStarted),
        BoardColumn::Done => Some(Happening::Closed { reason: CloseReason::Completed }),
        BoardColumn::Declined => Some(Happening::Closed { reason: CloseReason::NotPlanned }),
    };
    Ok(reopened.into_iter().chain(told).collect())
}

/// The revision makes the keys unique: a repeat of the same save is a conflict.
fn events(issue: &BoardIssue, happened: Vec<Happening>, at: Timestamp) -> Vec<TrackerEvent> {
    happened
        .into_iter()
        .enumerate()
        .map(|(position, what)| TrackerEvent {
            key: format!("board:{}:{}:{position}", issue.id, issue.revision),
            actor: Actor::Person,
            at,
            url: Some(format!("/board/{}", issue.id)),
            what,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn issue(column: BoardColumn) -> BoardIssue {
        BoardIssue {
            id: BoardIssueId::new(Uuid::from_u128(1)),
            project: "designers".into(),
            number: 1,
            marker: String::new(),
            title: "t".into(),
            body: "b".into(),
            column,
            labels: vec!["customer-voice".into()],
            assignee: None,
            filed_at: Timestamp::UNIX_EPOCH,
            revision: 3,
        }
    }

    fn told(from: BoardColumn, act: &BoardAct) -> Vec<String> {
        match carry_out(&mut issue(from), act, "Anna") {
            Ok(happened) => happened.iter().map(|what| format!("{what:?}")).collect(),
            Err(refused) => vec![refused.detail().to_owned()],
        }
    }

    #[test]
    fn each_column_tells_what_it_means() {
        let moves = BoardColumn::ALL.map(|to| told(BoardColumn::New, &BoardAct::Move(to)));
        assert_eq!(
            moves,
            [
                vec![],
                vec!["Labeled { label: \"backlog\" }".to_owned()],
                vec!["Labeled { label: \"confirmed\" }".to_owned()],
                vec!["WorkStarted".to_owned()],
                vec!["Closed { reason: Completed }".to_owned()],
                vec!["Closed { reason: NotPlanned }".to_owned()],
            ]
        );
    }

    #[test]
    fn a_refusal_tells_its_reason_before_it_closes() {
        let told = told(BoardColumn::New, &BoardAct::Decline("no money".into()));
        assert_eq!(told, ["Commented { text: (8 characters) }", "Closed { reason: NotPlanned }"]);
    }

    #[test]
    fn a_refusal_without_a_reason_is_refused() {
        assert_eq!(told(BoardColumn::New, &BoardAct::Decline("  ".into())), ["text is empty"]);
    }

    #[test]
    fn leaving_a_closed_column_reopens() {
        let told = told(BoardColumn::Done, &BoardAct::Move(BoardColumn::InWork));
        assert_eq!(told, ["Reopened", "WorkStarted"]);
        assert_eq!(
            super::tests::told(BoardColumn::New, &BoardAct::Reopen),
            ["The issue is open already."]
        );
    }

    #[test]
    fn keys_differ_within_one_act_and_between_acts() {
        let mut second = issue(BoardColumn::New);
        second.revision += 1;
        let happened = || vec![Happening::Assigned, Happening::Reopened];
        let at = Timestamp::UNIX_EPOCH;
        let mut keys: Vec<_> = events(&issue(BoardColumn::New), happened(), at)
            .into_iter()
            .chain(events(&second, happened(), at))
            .map(|event| event.key)
            .collect();
        keys.dedup();
        assert_eq!(keys.len(), 4);
    }
}
