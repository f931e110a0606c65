//! Finds what was said in like words. Candidates only: who asks compares them.

use mostik_domain::ProblemId;
use mostik_store::{StoreError, asked_words};

use crate::{column, connect::Connection, error::failed};

/// Feedbacks that are looked at, the likest, so that a problem of many does not hide the others.
const FEEDBACKS: i64 = 500;
/// The most problems that are told.
const PROBLEMS: u32 = 200;

/// Cross joins keep their order in SQLite (sqlite.org/optoverview.html, section
/// 8.2): asking the index first takes milliseconds, last takes minutes.
const SHARING: &str = "SELECT problem_id FROM ( \
        SELECT feedback.problem_id AS problem_id, feedback_full_text.rank AS far \
        FROM feedback_full_text \
        CROSS JOIN feedback_full_text_row ON row = feedback_full_text.rowid \
        CROSS JOIN feedback ON feedback.id = feedback_id \
        CROSS JOIN problem ON problem.id = feedback.problem_id \
        WHERE feedback_full_text MATCH $1 AND problem.state = 'open' \
        ORDER BY feedback_full_text.rank LIMIT $2) \
    GROUP BY problem_id ORDER BY MIN(far), problem_id DESC LIMIT $3";

/// Open problems under which somebody used words of the text, the likest first.
pub(crate) async fn problems_sharing_words(
    db: &mut Connection,
    text: &str,
    limit: u32,
) -> Result<Vec<ProblemId>, StoreError> {
    let Some(asked) = expression(&asked_words(text)) else { return Ok(Vec::new()) };
    let found: Vec<String> = sqlx::query_scalar(SHARING)
        .bind(asked)
        .bind(FEEDBACKS)
        .bind(i64::from(limit.min(PROBLEMS)))
        .fetch_all(db)
        .await
        .map_err(failed)?;
    found.iter().map(|id| column::id(id)).collect()
}

/// Any of the words, in the language of FTS5 (sqlite.org/fts5.html, section
/// 3), each without its ending: FTS5 has no stemmer for Russian.
fn expression(words: &[String]) -> Option<String> {
    let beginnings: Vec<String> =
        words.iter().map(|word| format!("\"{}\" *", beginning(word))).collect();
    (!beginnings.is_empty()).then(|| beginnings.join(" OR "))
}

/// A long word without the letters that change most.
fn beginning(word: &str) -> &str {
    let letters = word.chars().count();
    let ending = match letters {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    };
    let end = word.char_indices().nth(letters - ending).map_or(word.len(), |(at, _)| at);
    &word[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_left_out_of_what_is_asked() {
        let words = ["доставили", "заказ", "где"].map(str::to_owned);
        let asked = expression(&words).expect("words");
        assert_eq!(asked, "\"достави\" * OR \"зака\" * OR \"где\" *");
        assert_eq!(expression(&[]), None);
    }

    #[tokio::test]
    async fn the_index_is_asked_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mostik.db");
        let store = crate::SqliteStore::open(&path).await.expect("a store");
        let mut db = store.reader().await.expect("a reader");
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {SHARING}")))
                .bind("word")
                .bind(1)
                .bind(1)
                .fetch_all(&mut *db)
                .await
                .expect("a plan");
        let reads = |step: &&(i64, i64, i64, String)| {
            step.3.starts_with("SCAN ") || step.3.starts_with("SEARCH ")
        };
        let first = plan.iter().find(reads).expect("a step that reads");
        assert!(first.3.contains("feedback_full_text VIRTUAL TABLE"), "{plan:?}");
    }
}
