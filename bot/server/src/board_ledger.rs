use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use mostik_domain::{BoardIssue, BoardIssueId, Change, Decision};
use mostik_store::{Clock, Store};
use mostik_trackers::BoardLedger;

/// Lays the built-in board over the store.
pub(crate) struct StoredBoard {
    /// Where the issues are.
    pub(crate) store: Arc<dyn Store>,
    /// Time and ids.
    pub(crate) clock: Arc<dyn Clock>,
}

#[async_trait]
impl BoardLedger for StoredBoard {
    async fn by_marker(&self, marker: &str) -> Result<Option<BoardIssue>, String> {
        let card = self.store.board_issue_by_marker(marker).await;
        card.map(|card| card.map(|card| card.board_issue)).map_err(|error| error.to_string())
    }

    async fn by_number(&self, number: u64) -> Result<Option<BoardIssue>, String> {
        let card = self.store.board_issue_by_number(number).await;
        card.map(|card| card.map(|card| card.board_issue)).map_err(|error| error.to_string())
    }

    async fn save(&self, issue: BoardIssue) -> Result<BoardIssue, String> {
        let marker = issue.marker.clone();
        let decision = Decision::nothing().and(Change::SaveBoardIssue(issue, Vec::new()));
        self.store.submit(decision, self.clock.now()).await.map_err(|error| error.to_string())?;
        let stored = self.by_marker(&marker).await?;
        stored.ok_or_else(|| "the board issue is gone".to_owned())
    }

    fn fresh_id(&self) -> BoardIssueId {
        BoardIssueId::new(self.clock.fresh_id())
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
