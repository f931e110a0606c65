//! Finds what was said in like words. Candidates only: who asks compares them.

use mostik_domain::ProblemId;
use mostik_store::{StoreError, asked_words};

use crate::{column, connect::Connection, error::failed};

/// Feedbacks that are looked at, the likest, so that a problem of many does not hide the others.
const FEEDBACKS: i64 = 500;
/// The most problems that are told.
const PROBLEMS: u32 = 200;

/// Open problems under which somebody used words of the text, the likest first.
pub(crate) async fn problems_sharing_words(
    db: &mut Connection,
    text: &str,
    limit: u32,
) -> Result<Vec<ProblemId>, StoreError> {
    let words = asked_words(text);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT problem_id FROM ( \
                   SELECT feedback.problem_id, ts_rank(feedback.words, asked) AS near \
                   FROM to_tsquery('russian', $1) AS asked \
                   JOIN feedback ON feedback.words @@ asked \
                   JOIN problem ON problem.id = feedback.problem_id \
                   WHERE problem.state = 'open' \
                   ORDER BY near DESC LIMIT $2) AS found \
               GROUP BY problem_id ORDER BY MAX(near) DESC, problem_id DESC LIMIT $3";
    let found: Vec<String> = sqlx::query_scalar(sql)
        .bind(words.join(" | "))
        .bind(FEEDBACKS)
        .bind(i64::from(limit.min(PROBLEMS)))
        .fetch_all(db)
        .await
        .map_err(failed)?;
    found.iter().map(|id| column::id(id)).collect()
}
