//! The desk's queue: the most urgent first, of those the longest waiting.

use mostik_domain::{Feedback, FeedbackId};
use mostik_store::PageRequest;
use sqlx::QueryBuilder;

use crate::{connect::Db, page::NoSuchCursor};

/// How such a list is ordered.
pub(crate) const ORDER: &str = " ORDER BY urgency DESC, id";

/// Where the list goes on after a feedback: its urgency and its id.
pub(crate) fn cursor(feedback: &Feedback) -> String {
    format!("{}.{}", feedback.urgency(), feedback.id)
}

/// Adds what follows the `after` of the request.
pub(crate) fn push_cursor(
    query: &mut QueryBuilder<Db>,
    request: &PageRequest,
) -> Result<(), NoSuchCursor> {
    let Some(after) = &request.after else {
        return Ok(());
    };
    let (urgency, id) = after.split_once('.').ok_or(NoSuchCursor)?;
    let urgency: u8 = urgency.parse().map_err(|_| NoSuchCursor)?;
    let id: FeedbackId = id.parse().map_err(|_| NoSuchCursor)?;
    query.push(" AND (urgency < ").push_bind(i64::from(urgency));
    query.push(" OR (urgency = ").push_bind(i64::from(urgency));
    query.push(" AND id > ").push_bind(id.to_string()).push("))");
    Ok(())
}
