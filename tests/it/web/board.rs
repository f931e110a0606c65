//! The built-in board, as owner teams use it.

use mostik_domain::{BoardColumn, Happening, Job, Role};
use mostik_store::{BoardCard, JobFilter, PageRequest, Store as _};
use reqwest::StatusCode;

use super::given::{Filed, Web};

struct Team {
    web: Web,
    filed: Filed,
    session: String,
}

impl Team {
    async fn meets() -> Self {
        let web = Web::open().await;
        let filed = web.filed("Не видно кнопки").await;
        let session = web.signs_in("Олег", Role::Owner).await;
        Self { web, filed, session }
    }

    async fn does(&self, act: &str, fields: &[(&str, &str)]) -> StatusCode {
        let path = format!("/board/{}/{act}", self.filed.card);
        self.web.submits(&self.session, &path, fields).await.status()
    }

    async fn card(&self) -> BoardCard {
        self.web.store.board_issue(self.filed.card).await.expect("read").expect("a card")
    }

    /// What the track step was given, oldest first.
    async fn tracked(&self) -> Vec<String> {
        let request = PageRequest { limit: 200, after: None };
        let page = self.web.store.job_page(&JobFilter::default(), &request).await.expect("jobs");
        let events = page.items.into_iter().rev().filter_map(|record| match record.job {
            Job::Track { issue, events } if issue == self.filed.issue => Some(events),
            _ => None,
        });
        events.flatten().map(|event| format!("{:?}", event.what)).collect()
    }
}

#[tokio::test]
async fn each_act_is_stored_and_tracked_in_one_step() {
    let team = Team::meets().await;
    assert_eq!(team.does("comment", &[("text", "Видим, чиним")]).await, StatusCode::SEE_OTHER);
    assert_eq!(team.does("take", &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(team.does("label", &[("label", "срочно")]).await, StatusCode::SEE_OTHER);
    assert_eq!(team.does("move", &[("column", "in_work")]).await, StatusCode::SEE_OTHER);
    assert_eq!(team.does("done", &[]).await, StatusCode::SEE_OTHER);
    let card = team.card().await;
    assert_eq!(card.board_issue.column, BoardColumn::Done);
    assert_eq!(card.board_issue.assignee.as_deref(), Some("Олег"));
    assert_eq!(card.events.len(), 5);
    assert_eq!(
        team.tracked().await,
        [
            "Commented { text: (12 characters) }",
            "Assigned",
            "Labeled { label: \"срочно\" }",
            "WorkStarted",
            "Closed { reason: Completed }",
        ]
    );
    assert_eq!(team.does("reopen", &[]).await, StatusCode::SEE_OTHER);
    assert_eq!(team.card().await.board_issue.column, BoardColumn::Accepted);
}

#[tokio::test]
async fn declining_needs_a_reason_which_comes_first() {
    let team = Team::meets().await;
    assert_eq!(team.does("decline", &[("text", " ")]).await, StatusCode::BAD_REQUEST);
    assert_eq!(team.card().await.board_issue.column, BoardColumn::New);
    team.does("decline", &[("text", "Нет денег")]).await;
    let card = team.card().await;
    assert!(matches!(card.events[0].what, Happening::Commented { .. }));
    assert!(matches!(card.events[1].what, Happening::Closed { .. }));
    assert_eq!(team.does("done", &[]).await, StatusCode::CONFLICT);
}

#[tokio::test]
async fn nonsense_changes_nothing() {
    let team = Team::meets().await;
    for (act, fields) in [
        ("move", [("column", "done")]),
        ("move", [("column", "somewhere")]),
        ("label", [("label", "")]),
        ("comment", [("text", "")]),
    ] {
        assert_eq!(team.does(act, &fields).await, StatusCode::BAD_REQUEST, "{act}");
    }
    let long = "x".repeat(10_001);
    assert_eq!(team.does("comment", &[("text", &long)]).await, StatusCode::BAD_REQUEST);
    assert!(team.card().await.events.is_empty() && team.tracked().await.is_empty());
}

#[tokio::test]
async fn an_issue_shows_text_never_markup_of_customers() {
    let team = Team::meets().await;
    team.does("comment", &[("text", "<script>alert(1)</script>")]).await;
    let path = format!("/board/{}", team.filed.card);
    let page = team.web.page(&team.session, &path).await.text().await.expect("a page");
    assert!(page.contains("&lt;b&gt;не видно&lt;/b&gt;"), "{page}");
    assert!(!page.contains("<script>alert"), "{page}");
    assert!(!page.contains("mostik:pr_"), "the marker stays hidden");
}
