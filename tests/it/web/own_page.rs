//! A customer's own page.

use mostik_domain::Author;
use mostik_store::Store as _;
use reqwest::StatusCode;

use super::given::Web;

#[tokio::test]
async fn only_the_signed_link_opens_it() {
    let web = Web::open().await;
    let id = web.message("Это видит только она").await;
    let other = web.message("Чужое").await;
    let token = web.links.token(id);
    let signature = token.split_once('.').expect("a signature").1;
    for wrong in [
        id.to_string(),
        format!("{id}."),
        format!("{other}.{signature}"),
        format!("{token}0"),
        "fb_.".into(),
        "..%2f..%2fetc".into(),
        "%00".into(),
    ] {
        for path in [format!("/c/{wrong}"), format!("/c/{wrong}/events")] {
            let answer = web.page("", &path).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
        let posted = web.submits("", &format!("/c/{wrong}/messages"), &[("text", "a")]).await;
        assert_eq!(posted.status(), StatusCode::NOT_FOUND);
    }
    let page = web.page("", &format!("/c/{token}")).await;
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.expect("a page").contains("Это видит только она"));
}

#[tokio::test]
async fn after_the_fix_she_is_asked_once_and_yes_is_kept() {
    let web = Web::open().await;
    let filed = web.filed("Не видно кнопки").await;
    let page = format!("/c/{}", web.links.token(filed.feedback));
    let question = "Решили ли мы вашу проблему?";
    let before = web.page("", &page).await.text().await.expect("a page");
    assert!(before.contains("Мы передали это дизайнерам.") && !before.contains(question));
    let early = web.submits("", &format!("{page}/answer"), &[("answer", "yes")]).await;
    assert_eq!(early.status(), StatusCode::CONFLICT);

    web.fixes(filed.feedback).await;
    assert!(web.page("", &page).await.text().await.expect("a page").contains(question));
    let yes = web.submits("", &format!("{page}/answer"), &[("answer", "yes")]).await;
    assert_eq!(yes.status(), StatusCode::SEE_OTHER);
    let after = web.page("", &page).await.text().await.expect("a page");
    assert!(after.contains("Рады, что всё получилось") && !after.contains(question));
    let twice = web.submits("", &format!("{page}/answer"), &[("answer", "no")]).await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);
    assert_eq!(web.feedback(filed.feedback).await.state.as_str(), "resolved");
}

#[tokio::test]
async fn no_brings_it_back_to_a_person_with_her_reason() {
    let web = Web::open().await;
    let filed = web.filed("Не видно кнопки").await;
    web.fixes(filed.feedback).await;
    let page = format!("/c/{}", web.links.token(filed.feedback));
    let fields = [("answer", "no"), ("why", "Кнопка снова пропала")];
    web.submits("", &format!("{page}/answer"), &fields).await;
    assert_eq!(web.feedback(filed.feedback).await.state.as_str(), "needs_review");
    let messages = web.store.messages(filed.feedback).await.expect("messages");
    let last = messages.last().expect("her answer");
    assert_eq!(last.author, Author::Customer);
    assert_eq!(last.text.reveal(), "Нет, проблема не решена.\n\nКнопка снова пропала");
    let shown = web.page("", &page).await.text().await.expect("a page");
    assert!(shown.contains("Теперь этим занимается сотрудник."), "{shown}");
}

#[tokio::test]
async fn what_she_adds_is_kept_once_and_wakes_a_closed_case() {
    let web = Web::open().await;
    let filed = web.filed("Не видно кнопки").await;
    let page = format!("/c/{}", web.links.token(filed.feedback));
    let fields = [("text", "И на планшете тоже"), ("key", "k1")];
    for _ in 0..2 {
        let done = web.submits("", &format!("{page}/messages"), &fields).await;
        assert_eq!(done.status(), StatusCode::SEE_OTHER);
    }
    let messages = web.store.messages(filed.feedback).await.expect("messages");
    assert_eq!(messages.iter().filter(|m| m.text.reveal() == "И на планшете тоже").count(), 1);
    assert_eq!(web.feedback(filed.feedback).await.state.as_str(), "filed");

    web.fixes(filed.feedback).await;
    web.submits("", &format!("{page}/messages"), &[("text", "Снова!"), ("key", "k2")]).await;
    assert_eq!(web.feedback(filed.feedback).await.state.as_str(), "needs_review");
    let empty = web.submits("", &format!("{page}/messages"), &[("text", "")]).await;
    assert_eq!(empty.status(), StatusCode::BAD_REQUEST);
}
