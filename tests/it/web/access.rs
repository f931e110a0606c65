//! Who may see and do what.

use jiff::Timestamp;
use mostik_domain::{ReviewReason, Role, User, UserId};
use mostik_store::AccessStore as _;
use mostik_web::one_time_link;
use reqwest::{Method, StatusCode};
use uuid::Uuid;

use super::given::{TOKEN, Web};

#[tokio::test]
async fn without_a_token_the_api_shows_nothing() {
    let web = Web::open().await;
    let id = web.message("Секрет").await;
    let wrong = [None, Some("wrong"), Some(""), Some(&TOKEN[1..])];
    for path in
        ["/api/v1/feedback", &format!("/api/v1/feedback/{id}"), "/api/v1/problems", "/api/v1/jobs"]
    {
        for token in wrong {
            let mut request = web.asks(Method::GET, path);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path} {token:?}");
            assert_eq!(answer.headers()["www-authenticate"], "Bearer");
            assert!(!answer.text().await.expect("text").contains("Секрет"));
        }
        let answer = web.api(Method::GET, path).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_page_without_a_session_leads_to_the_sign_in() {
    let web = Web::open().await;
    for path in ["/desk", "/desk/feedback", "/board", "/desk/people"] {
        let answer = web.page("mostik_session=nonsense", path).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()["location"], format!("/sign-in?next={path}"));
    }
}

#[tokio::test]
async fn a_one_time_link_works_once_and_survives_a_preview() {
    let web = Web::open().await;
    let user = User {
        id: UserId::new(Uuid::now_v7()),
        name: "Анна".into(),
        role: Role::Operator,
        created_at: Timestamp::now(),
    };
    web.store.save_user(user.clone()).await.expect("a user");
    let link = one_time_link(web.store.as_ref(), user.id, &web.url, Timestamp::now()).await;
    let link = link.expect("a link");
    let path = link.strip_prefix(&web.url).expect("our own link");
    for _ in 0..2 {
        assert_eq!(web.page("", path).await.status(), StatusCode::OK, "a preview uses nothing up");
    }
    let first = web.submits("", path, &[]).await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER);
    let set = first.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let second = web.submits("", path, &[]).await;
    assert_eq!(second.status(), StatusCode::FORBIDDEN);
    assert!(!second.headers().contains_key("set-cookie"));
}

#[tokio::test]
async fn the_token_signs_in_and_signing_out_ends_the_session() {
    let web = Web::open().await;
    let wrong = web.submits("", "/sign-in", &[("token", "wrong")]).await;
    assert_eq!(wrong.status(), StatusCode::FORBIDDEN);
    let fields = [("token", TOKEN), ("next", "//evil.example")];
    let right = web.submits("", "/sign-in", &fields).await;
    assert_eq!(right.headers()["location"], "/desk");
    let session = super::given::session_of(&right);
    assert_eq!(web.page(&session, "/desk/people").await.status(), StatusCode::OK);
    web.submits(&session, "/sign-out", &[]).await;
    assert_eq!(web.page(&session, "/desk/people").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn guessing_tokens_is_slowed_down() {
    let web = Web::open().await;
    let mut last = StatusCode::OK;
    for guess in 0..25 {
        last = web.submits("", "/sign-in", &[("token", &guess.to_string())]).await.status();
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn an_owner_sees_problems_but_no_customers_words() {
    let web = Web::open().await;
    let filed = web.filed("Мой номер 123, не вижу кнопки").await;
    let owner = web.signs_in("Олег", Role::Owner).await;
    let problem = web.page(&owner, &format!("/desk/problems/{}", filed.problem)).await;
    assert_eq!(problem.status(), StatusCode::OK);
    let problem = problem.text().await.expect("a page");
    assert!(problem.contains("Дизайн: не видно кнопки") && !problem.contains("Мой номер"));
    let board = web.page(&owner, "/board").await.text().await.expect("a page");
    assert!(board.contains("Дизайн: не видно кнопки") && !board.contains("Мой номер"));
    let feedback = format!("/desk/feedback/{}", filed.feedback);
    for path in ["/desk", "/desk/feedback", &feedback, "/desk/jobs", "/desk/people"] {
        assert_eq!(web.page(&owner, path).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let api = web.page(&owner, "/api/v1/feedback").await;
    assert_eq!(api.status(), StatusCode::FORBIDDEN);
    assert_eq!(web.page(&owner, "/api/v1/problems").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn each_role_may_do_what_is_its_own() {
    let web = Web::open().await;
    let filed = web.filed("не вижу кнопки").await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let manager = web.signs_in("Мария", Role::Manager).await;
    let stage = format!("/desk/problems/{}/stage", filed.problem);
    let fields = [("stage", "denial"), ("reason", "сказали на встрече")];
    let refused = web.submits(&operator, &stage, &fields).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let done = web.submits(&manager, &stage, &fields).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    let api = web.api(Method::GET, &format!("/api/v1/problems/{}", filed.problem));
    let problem: serde_json::Value =
        api.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(problem["acceptance"]["stage"], "denial");
    assert_eq!(problem["acceptance"]["signals"][0]["kind"], "set_by_hand");
    assert_eq!(problem["acceptance"]["signals"][0]["quote"], "Мария: сказали на встрече");

    let person = [("name", "Новый"), ("role", "operator")];
    let refused = web.submits(&manager, "/desk/people", &person).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let admin = web.signs_in("Админ", Role::Admin).await;
    let page = web.submits(&admin, "/desk/people", &person).await.text().await.expect("a page");
    assert!(page.contains(&format!("{}/sign-in/", web.url)), "the link is shown");
    let again = web.page(&admin, "/desk/people").await.text().await.expect("a page");
    assert!(!again.contains("/sign-in/"), "and only once");
}

#[tokio::test]
async fn another_site_cannot_act_for_a_signed_in_person() {
    let web = Web::open().await;
    let id = web.waits_for_a_person("не вижу кнопки", ReviewReason::LowConfidence).await;
    let operator = web.signs_in("Ольга", Role::Operator).await;
    let forged = |name: &'static str, value: &str| {
        web.asks(Method::POST, &format!("/desk/feedback/{id}/cause"))
            .header("cookie", &operator)
            .header(name, value)
            .form(&[("cause", "design")])
    };
    for request in [
        forged("sec-fetch-site", "cross-site"),
        forged("origin", "https://evil.example"),
        forged("origin", "null"),
        forged("x-nothing", "1"),
    ] {
        assert_eq!(request.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(web.feedback(id).await.state.as_str(), "needs_review");
    // The API has no forms of its own, yet a browser's session opens it too.
    let patch = web
        .asks(Method::PATCH, &format!("/api/v1/feedback/{id}"))
        .header("cookie", &operator)
        .header("origin", "https://evil.example")
        .json(&serde_json::json!({ "root_cause": "copy" }));
    assert_eq!(patch.send().await.expect("an answer").status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn metrics_are_for_this_machine_or_the_token() {
    let web = Web::open().await;
    let near = web.asks(Method::GET, "/metrics").send().await.expect("an answer");
    assert_eq!(near.text().await.expect("text"), "mostik_up 1\n");
    let far = || web.asks(Method::GET, "/metrics").header("x-forwarded-for", "198.51.100.7");
    let refused = far().send().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    let allowed = far().bearer_auth(TOKEN).send().await.expect("an answer");
    assert_eq!(allowed.status(), StatusCode::OK);
}
