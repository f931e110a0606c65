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
    let Some(asked) = expression(&asked_words(text)) else { return Ok(Vec::new()) };
    let sql = "SELECT problem_id FROM ( \
                   SELECT feedback.problem_id AS problem_id, feedback_full_text.rank AS far \
                   FROM feedback_full_text \
                   JOIN feedback_full_text_row ON row = feedback_full_text.rowid \
                   JOIN feedback ON feedback.id = feedback_id \
                   JOIN problem ON problem.id = feedback.problem_id \
                   WHERE feedback_full_text MATCH $1 AND problem.state = 'open' \
                   ORDER BY feedback_full_text.rank LIMIT $2) \
               GROUP BY problem_id ORDER BY MIN(far), problem_id DESC LIMIT $3";
    let found: Vec<String> = sqlx::query_scalar(sql)
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
}
