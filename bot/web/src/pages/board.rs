use askama::Template;
use axum::{extract::Path, response::Response};
use mostik_domain::{Actor, BoardColumn, BoardIssueId, Happening, TrackerEvent};
use mostik_store::BoardCard;
use serde::Deserialize;

use super::{
    feedback_list::{Choice, choices},
    markdown,
    shell::{Here, Shell, Visit, private_page, see},
};
use crate::{
    acts::{BoardAct, act_on_board},
    api::id_in_path,
    error::ProblemDocument,
    guard::{FormBody, Owner, Person, QueryOf},
    wording::When,
};

type Done = Result<Response, ProblemDocument>;

/// Open columns to which a card can be moved, with their keys.
const MOVES: [BoardColumn; 3] = [BoardColumn::Later, BoardColumn::Accepted, BoardColumn::InWork];

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    shell: Shell,
    teams: Vec<Choice>,
    columns: Vec<Column>,
}

struct Column {
    name: &'static str,
    class: &'static str,
    cards: Vec<Card>,
}

struct Card {
    id: BoardIssueId,
    number: u64,
    title: String,
    team: String,
    labels: Vec<String>,
    assignee: Option<String>,
    filed: When,
    comments: usize,
}

#[derive(Template)]
#[template(path = "board_issue.html")]
struct BoardIssuePage {
    shell: Shell,
    card: Card,
    column: &'static str,
    class: &'static str,
    closed: bool,
    body: String,
    moves: Vec<(&'static str, &'static str, usize)>,
    history: Vec<HistoryRow>,
    problem: Option<String>,
}

struct HistoryRow {
    what: String,
    text: String,
    ours: bool,
    when: When,
}

/// Whose board.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BoardQuery {
    #[serde(default)]
    team: String,
    #[serde(default, rename = "lang")]
    _lang: Option<String>,
}

/// All columns of one team or of all.
pub(super) async fn list(
    Owner(person): Owner,
    visit: Visit,
    QueryOf(query): QueryOf<BoardQuery>,
) -> Done {
    let team = Some(query.team.as_str()).filter(|team| !team.is_empty());
    let cards = visit.state.store.board(None).await?;
    let mut teams: Vec<String> = Vec::new();
    for card in &cards {
        if !teams.contains(&card.board_issue.project) {
            teams.push(card.board_issue.project.clone());
        }
    }
    let shown = |card: &&BoardCard| team.is_none_or(|team| team == card.board_issue.project);
    let columns = BoardColumn::ALL.map(|column| Column {
        name: visit.w().column(column),
        class: column.as_str(),
        cards: cards
            .iter()
            .filter(shown)
            .filter(|card| card.board_issue.column == column)
            .map(|card| self::card(&visit, card))
            .collect(),
    });
    private_page(&BoardPage {
        shell: visit.staff(&person, Here::Board).await?,
        teams: choices(teams, team, str::to_owned),
        columns: columns.into(),
    })
}

fn card(visit: &Visit, card: &BoardCard) -> Card {
    let issue = &card.board_issue;
    Card {
        id: issue.id,
        number: issue.number,
        title: issue.title.clone(),
        team: issue.project.clone(),
        labels: issue.labels.clone(),
        assignee: issue.assignee.clone(),
        filed: visit.when(issue.filed_at),
        comments: card
            .events
            .iter()
            .filter(|event| matches!(event.what, Happening::Commented { .. }))
            .count(),
    }
}

/// One issue, and what can be done with it.
pub(super) async fn show(Owner(person): Owner, visit: Visit, Path(id): Path<String>) -> Done {
    let found = visit.state.store.board_issue(id_in_path(&id)?).await?;
    let found = found.ok_or_else(ProblemDocument::not_found)?;
    let shell = visit.staff(&person, Here::Board).await?;
    private_page(&issue_page(&visit, shell, &found))
}

fn issue_page(visit: &Visit, shell: Shell, found: &BoardCard) -> BoardIssuePage {
    let issue = &found.board_issue;
    let moves = MOVES.into_iter().enumerate().filter(|(_, to)| *to != issue.column);
    BoardIssuePage {
        shell,
        card: card(visit, found),
        column: visit.w().column(issue.column),
        class: issue.column.as_str(),
        closed: issue.column.closed().is_some(),
        body: markdown::to_html(&issue.body),
        moves: moves.map(|(at, to)| (to.as_str(), visit.w().column(to), at + 1)).collect(),
        history: found.events.iter().map(|event| history(visit, event)).collect(),
        problem: found.issue.as_ref().map(|issue| format!("/desk/problems/{}", issue.problem)),
    }
}

fn history(visit: &Visit, event: &TrackerEvent) -> HistoryRow {
    HistoryRow {
        what: visit.w().happening(&event.what),
        text: match &event.what {
            Happening::Commented { text } => text.reveal().to_owned(),
            _ => String::new(),
        },
        ours: event.actor != Actor::Person,
        when: visit.when(event.at),
    }
}

/// One field of any board form.
#[derive(Deserialize)]
pub(super) struct Field {
    #[serde(default)]
    text: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    column: String,
}

async fn carry_out(visit: &Visit, person: &Person, id: &str, act: BoardAct) -> Done {
    let id: BoardIssueId = id_in_path(id)?;
    act_on_board(&visit.state, id, &act, &person.name).await?;
    Ok(see(&format!("/board/{id}")))
}

pub(super) async fn comment(
    Owner(person): Owner,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(field): FormBody<Field>,
) -> Done {
    carry_out(&visit, &person, &id, BoardAct::Comment(field.text)).await
}

pub(super) async fn label(
    Owner(person): Owner,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(field): FormBody<Field>,
) -> Done {
    carry_out(&visit, &person, &id, BoardAct::Label(field.label)).await
}

pub(super) async fn unlabel(
    Owner(person): Owner,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(field): FormBody<Field>,
) -> Done {
    carry_out(&visit, &person, &id, BoardAct::Unlabel(field.label)).await
}

pub(super) async fn take(Owner(person): Owner, visit: Visit, Path(id): Path<String>) -> Done {
    carry_out(&visit, &person, &id, BoardAct::Take).await
}

pub(super) async fn move_to(
    Owner(person): Owner,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(field): FormBody<Field>,
) -> Done {
    let known = MOVES.into_iter().find(|column| column.as_str() == field.column);
    let column = known
        .ok_or_else(|| ProblemDocument::invalid("column", "expected later, accepted or in_work"))?;
    carry_out(&visit, &person, &id, BoardAct::Move(column)).await
}

pub(super) async fn done(Owner(person): Owner, visit: Visit, Path(id): Path<String>) -> Done {
    carry_out(&visit, &person, &id, BoardAct::Done).await
}

pub(super) async fn decline(
    Owner(person): Owner,
    visit: Visit,
    Path(id): Path<String>,
    FormBody(field): FormBody<Field>,
) -> Done {
    carry_out(&visit, &person, &id, BoardAct::Decline(field.text)).await
}

pub(super) async fn reopen(Owner(person): Owner, visit: Visit, Path(id): Path<String>) -> Done {
    carry_out(&visit, &person, &id, BoardAct::Reopen).await
}
