use mostik_domain::{Conversation, ConversationId};
use mostik_store::StoreError;

use crate::{
    column,
    connect::Connection,
    document,
    error::{failed, failed_on},
};

/// The customer's correspondence in that inbox: the one there is, or this new one.
pub(crate) async fn find_or_insert(
    db: &mut Connection,
    conversation: &Conversation,
) -> Result<ConversationId, StoreError> {
    let sql = "SELECT document FROM conversation WHERE customer_id = $1 AND inbox = $2";
    let found: Option<String> = sqlx::query_scalar(sql)
        .bind(conversation.customer.to_string())
        .bind(column::key(conversation.inbox.as_str()))
        .fetch_optional(&mut *db)
        .await
        .map_err(failed)?;
    if let Some(found) = found {
        return Ok(document::decode::<Conversation>(&found)?.id);
    }
    let sql = "INSERT INTO conversation (id, inbox, customer_id, document) VALUES ($1, $2, $3, $4)";
    sqlx::query(sql)
        .bind(conversation.id.to_string())
        .bind(column::key(conversation.inbox.as_str()))
        .bind(conversation.customer.to_string())
        .bind(document::encode(conversation)?)
        .execute(db)
        .await
        .map_err(failed_on(conversation.id))?;
    Ok(conversation.id)
}
