use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use mostik_domain::{
    BoardColumn, BoardIssue, BoardIssueId, CloseReason, IssueDraft, IssueState, Marker,
};

use crate::{FiledIssue, IssueHistory, RecentChanges, Tracker, TrackerError};

/// When the database was out of reach.
const SOON: Duration = Duration::from_secs(1);

/// Where the board's issues are kept; the server lays it over the store.
#[async_trait]
pub trait BoardLedger: Send + Sync {
    /// The issue with that marker. The error is for a log, without personal data.
    async fn by_marker(&self, marker: &str) -> Result<Option<BoardIssue>, String>;

    /// The issue with that number.
    async fn by_number(&self, number: u64) -> Result<Option<BoardIssue>, String>;

    /// Adds or updates; gives a new issue (number 0) its number.
    async fn save(&self, issue: BoardIssue) -> Result<BoardIssue, String>;

    /// A fresh identity.
    fn fresh_id(&self) -> BoardIssueId;

    /// Now.
    fn now(&self) -> Timestamp;
}

/// The built-in tracker: an issue on our own page, for teams that have no other.
///
/// Never asked for changes: what a person does on the board arrives as a signal in the same commit
/// that does it.
pub struct Board {
    ledger: Arc<dyn BoardLedger>,
    public_url: String,
}

impl Board {
    /// `public_url` is how people reach the web pages, as `https://help.example.org`.
    pub fn new(ledger: Arc<dyn BoardLedger>, public_url: &str) -> Self {
        Self { ledger, public_url: public_url.trim_end_matches('/').to_owned() }
    }

    fn filed(&self, issue: &BoardIssue) -> FiledIssue {
        FiledIssue {
            key: issue.number.to_string(),
            url: format!("{}/board/{}", self.public_url, issue.id),
            state: state_of(issue.column),
        }
    }

    async fn issue(&self, project: &str, key: &str) -> Result<BoardIssue, TrackerError> {
        let missing = || TrackerError::GiveUp { why: format!("the board has no issue {key:.20}") };
        let number = key.parse().map_err(|_| missing())?;
        let issue = self.ledger.by_number(number).await.map_err(busy)?;
        issue.filter(|issue| issue.project == project).ok_or_else(missing)
    }
}

impl std::fmt::Debug for Board {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Board").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

#[async_trait]
impl Tracker for Board {
    fn name(&self) -> &'static str {
        "board"
    }

    fn poll_every(&self) -> Option<Duration> {
        None
    }

    async fn find_by_marker(
        &self,
        project: &str,
        marker: &Marker,
        _: Timestamp,
    ) -> Result<Option<FiledIssue>, TrackerError> {
        let issue = self.ledger.by_marker(marker.as_str()).await.map_err(busy)?;
        Ok(issue.filter(|issue| issue.project == project).map(|issue| self.filed(&issue)))
    }

    /// Filing the same marker again returns the issue that is there.
    async fn file(&self, project: &str, draft: &IssueDraft) -> Result<FiledIssue, TrackerError> {
        if let Some(before) = self.ledger.by_marker(draft.marker.as_str()).await.map_err(busy)? {
            return Ok(self.filed(&before));
        }
        let issue = BoardIssue {
            id: self.ledger.fresh_id(),
            project: project.to_owned(),
            number: 0,
            marker: draft.marker.as_str().to_owned(),
            title: draft.title.clone(),
            body: draft.body.clone(),
            column: BoardColumn::New,
            labels: draft.labels.clone(),
            assignee: draft.assignees.first().cloned(),
            filed_at: self.ledger.now(),
            revision: 0,
        };
        let issue = self.ledger.save(issue).await.map_err(busy)?;
        Ok(self.filed(&issue))
    }

    async fn update(
        &self,
        project: &str,
        key: &str,
        draft: &IssueDraft,
    ) -> Result<(), TrackerError> {
        let issue = self.issue(project, key).await?;
        if issue.title == draft.title && issue.body == draft.body {
            return Ok(());
        }
        let (title, body) = (draft.title.clone(), draft.body.clone());
        self.ledger.save(BoardIssue { title, body, ..issue }).await.map_err(busy)?;
        Ok(())
    }

    async fn changed_since(
        &self,
        _: &str,
        since: Timestamp,
    ) -> Result<RecentChanges, TrackerError> {
        Ok(RecentChanges { keys: Vec::new(), read_until: since })
    }

    async fn history(
        &self,
        project: &str,
        key: &str,
        _: Option<Timestamp>,
    ) -> Result<IssueHistory, TrackerError> {
        let issue = self.issue(project, key).await?;
        Ok(IssueHistory { state: state_of(issue.column), events: Vec::new() })
    }
}

fn busy(why: String) -> TrackerError {
    TrackerError::RetryAfter { after: SOON, why }
}

const fn state_of(column: BoardColumn) -> IssueState {
    match column.closed() {
        None => IssueState::Open,
        Some(CloseReason::Completed) => IssueState::Completed,
        Some(CloseReason::NotPlanned) => IssueState::NotPlanned,
        Some(CloseReason::Duplicate) => IssueState::Duplicate,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use mostik_domain::ProblemId;
    use uuid::Uuid;

    use super::*;

    #[derive(Default)]
    struct Sheet {
        issues: Mutex<Vec<BoardIssue>>,
        is_down: bool,
    }

    impl Sheet {
        fn find(&self, wanted: impl Fn(&BoardIssue) -> bool) -> Result<Option<BoardIssue>, String> {
            let issues = self.issues.lock().unwrap_or_else(PoisonError::into_inner);
            if self.is_down {
                Err("down".into())
            } else {
                Ok(issues.iter().find(|it| wanted(it)).cloned())
            }
        }
    }

    #[async_trait]
    impl BoardLedger for Sheet {
        async fn by_marker(&self, marker: &str) -> Result<Option<BoardIssue>, String> {
            self.find(|it| it.marker == marker)
        }

        async fn by_number(&self, number: u64) -> Result<Option<BoardIssue>, String> {
            self.find(|it| it.number == number)
        }

        async fn save(&self, mut issue: BoardIssue) -> Result<BoardIssue, String> {
            let mut issues = self.issues.lock().unwrap_or_else(PoisonError::into_inner);
            if issue.number == 0 {
                issue.number = u64::try_from(issues.len()).unwrap_or(u64::MAX) + 1;
            }
            issue.revision += 1;
            issues.retain(|it| it.id != issue.id);
            issues.push(issue.clone());
            Ok(issue)
        }

        fn fresh_id(&self) -> BoardIssueId {
            BoardIssueId::new(Uuid::now_v7())
        }

        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    fn draft(title: &str) -> IssueDraft {
        let marker = Marker::of(ProblemId::new(Uuid::from_u128(7)));
        IssueDraft {
            title: title.into(),
            body: format!("body\n{}", marker.as_str()),
            marker,
            labels: vec!["customers".into()],
            assignees: vec!["anna".into()],
        }
    }

    #[tokio::test]
    async fn filing_twice_is_filing_once() {
        let sheet = Arc::new(Sheet::default());
        let board = Board::new(sheet.clone(), "https://help.example.org/");
        let first = board.file("designers", &draft("a")).await.expect("filed");
        let again = board.file("designers", &draft("b")).await.expect("found");
        assert_eq!(first, again);
        assert_eq!((first.key.as_str(), first.state), ("1", IssueState::Open));
        assert!(first.url.starts_with("https://help.example.org/board/bi_"), "{}", first.url);

        let marker = draft("a").marker;
        let found = board.find_by_marker("designers", &marker, Timestamp::MAX).await;
        assert_eq!(found, Ok(Some(first)));
        assert_eq!(board.find_by_marker("other", &marker, Timestamp::MIN).await, Ok(None));
    }

    #[tokio::test]
    async fn only_a_changed_text_is_saved_and_the_column_stays_the_teams() {
        let sheet = Arc::new(Sheet::default());
        let board = Board::new(sheet.clone(), "");
        board.file("designers", &draft("a")).await.expect("filed");
        let mut moved = sheet.by_number(1).await.expect("up").expect("there");
        moved.column = BoardColumn::Declined;
        sheet.save(moved).await.expect("saved");

        board.update("designers", "1", &draft("a")).await.expect("nothing to do");
        assert_eq!(sheet.by_number(1).await.expect("up").expect("there").revision, 2);
        board.update("designers", "1", &draft("b")).await.expect("changed");
        let issue = sheet.by_number(1).await.expect("up").expect("there");
        assert_eq!((issue.title.as_str(), issue.revision), ("b", 3));
        let history = board.history("designers", "1", None).await.expect("known");
        assert_eq!(history.state, IssueState::NotPlanned);
    }

    #[tokio::test]
    async fn a_missing_issue_and_a_missing_database_differ() {
        let board = Board::new(Arc::new(Sheet::default()), "");
        for (project, key) in [("designers", "1"), ("designers", "x"), ("designers", "-1")] {
            let error = board.history(project, key, None).await.expect_err("not there");
            assert!(matches!(error, TrackerError::GiveUp { .. }), "{error}");
        }
        let board = Board::new(Arc::new(Sheet { is_down: true, ..Sheet::default() }), "");
        let error = board.file("designers", &draft("a")).await.expect_err("down");
        assert!(matches!(error, TrackerError::RetryAfter { .. }), "{error}");
    }
}
