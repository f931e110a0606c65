use std::collections::HashMap;

use mostik_domain::{Feedback, Problem, ProblemId, RootCause, Words};
use mostik_store::{
    Page, PageRequest, ProblemCard, ProblemDetails, ProblemFilter, StoreError, VoicedProblem,
};
use sqlx::{QueryBuilder, Row};

use crate::{
    column,
    connect::{Connection, Db},
    document,
    error::failed,
    feedback, issue, page, problem, signal,
};

pub(crate) async fn list(
    db: &mut Connection,
    filter: &ProblemFilter,
    request: &PageRequest,
) -> Result<Page<ProblemCard>, StoreError> {
    let mut query = QueryBuilder::<Db>::new("SELECT document FROM problem WHERE TRUE");
    let equal = [
        (" AND state = ", filter.state.as_deref()),
        (" AND root_cause = ", filter.root_cause.as_ref().map(RootCause::as_str)),
        (" AND owner_team = ", filter.owner_team.as_deref()),
    ];
    for (sql, value) in equal {
        if let Some(value) = value {
            query.push(sql).push_bind(column::key(value));
        }
    }
    if page::push_cursor::<ProblemId>(&mut query, "id", request).is_err() {
        return Ok(page::empty());
    }
    query.push(" ORDER BY id DESC");
    page::push_limit(&mut query, request);
    let mut found: Vec<Problem> = document::built(db, query).await?;
    let next = page::cut(&mut found, request, |problem| problem.id.to_string());
    Ok(Page { items: cards(db, found).await?, next })
}

pub(crate) async fn details(
    db: &mut Connection,
    id: ProblemId,
) -> Result<Option<ProblemDetails>, StoreError> {
    let Some(found) = problem::find(db, id).await? else {
        return Ok(None);
    };
    let Some(card) = cards(db, vec![found]).await?.pop() else {
        return Ok(None);
    };
    let signals = signal::of_problem(db, id).await?;
    let feedback = feedback::newest_of_problem(db, id).await?;
    Ok(Some(ProblemDetails { card, signals, feedback }))
}

/// First feedbacks of a problem whose words are read.
const VOICES: i64 = 5;

/// Problems with the words of their first feedbacks.
pub(crate) async fn voiced(
    db: &mut Connection,
    ids: &[ProblemId],
) -> Result<Vec<VoicedProblem>, StoreError> {
    let select = "SELECT document FROM problem WHERE id IN";
    let found: Vec<Problem> = document::among(db, select, ids, "").await?;
    let mut voices: HashMap<ProblemId, Vec<Words>> = HashMap::new();
    for ids in ids.chunks(document::LIST) {
        // Places are given from the index alone: a problem may have thousands of documents.
        let mut query = QueryBuilder::<Db>::new(
            "SELECT document FROM feedback WHERE id IN (SELECT id FROM (SELECT id, \
             ROW_NUMBER() OVER (PARTITION BY problem_id ORDER BY id) AS place \
             FROM feedback WHERE problem_id IN",
        );
        document::push_list(&mut query, ids.iter().map(ToString::to_string));
        query.push(") AS numbered WHERE place <= ").push_bind(VOICES).push(") ORDER BY id");
        let first: Vec<Feedback> = document::built(db, query).await?;
        for feedback in first {
            let Some(problem) = feedback.problem() else { continue };
            voices.entry(problem).or_default().extend(feedback.text);
        }
    }
    let voiced = |card: ProblemCard| VoicedProblem {
        voices: voices.remove(&card.problem.id).unwrap_or_default(),
        card,
    };
    Ok(cards(db, found).await?.into_iter().map(voiced).collect())
}

async fn cards(db: &mut Connection, found: Vec<Problem>) -> Result<Vec<ProblemCard>, StoreError> {
    let ids: Vec<_> = found.iter().map(|problem| problem.id).collect();
    let issues = issue::of_problems(db, ids.iter().copied()).await?;
    let counts = counts(db, &ids).await?;
    let card = |problem: Problem| {
        let (feedback_count, customers) =
            counts.get(&problem.id.to_string()).copied().unwrap_or_default();
        ProblemCard { issue: issues.get(&problem.id).cloned(), feedback_count, customers, problem }
    };
    Ok(found.into_iter().map(card).collect())
}

/// Feedbacks and different customers of each problem that has any.
async fn counts(
    db: &mut Connection,
    ids: &[ProblemId],
) -> Result<HashMap<String, (u64, u64)>, StoreError> {
    let mut rows = Vec::new();
    for ids in ids.chunks(document::LIST) {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT problem_id, COUNT(*), COUNT(DISTINCT customer_id) FROM feedback \
             WHERE problem_id IN",
        );
        document::push_list(&mut query, ids.iter().map(ToString::to_string));
        query.push(" GROUP BY problem_id");
        rows.extend(query.build().fetch_all(&mut *db).await.map_err(failed)?);
    }
    let count = |row: &<Db as sqlx::Database>::Row, at: usize| {
        row.try_get::<i64, _>(at).map(|count| u64::try_from(count).unwrap_or_default())
    };
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, (count(row, 1)?, count(row, 2)?))))
        .collect::<Result<_, sqlx::Error>>()
        .map_err(failed)
}
