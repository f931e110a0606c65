//! An owner team that lives on GitHub: filed once, followed, and told honestly to the customer.

use std::time::Duration;

use mostik_tests::World;
use mostik_tests::eventually::{eventually, eventually_true};
use mostik_tests::fakes::fault::Fault;
use mostik_tests::fakes::github::{DESK_LOGIN, GitHub, Issue, StateReason, signature};
use reqwest::Method;
use serde_json::{Value, json};

use super::desk;

const SOON: Duration = Duration::from_secs(30);
const REPOSITORY: &str = "shop/logistics";
const SECRET: &str = "a-secret-shared-with-github";
const NO_COURIER: &str = "The courier never came and my parcel is still not here";

/// Logistics on GitHub; how it hears of what happens there is for each story.
async fn logistics(github: &GitHub, poll_seconds: u32) -> World {
    let world = World::with(&config(github, poll_seconds)).await;
    if poll_seconds == 0 {
        github.delivers_to(&format!("{}/webhooks/github", world.web_url()), SECRET);
    }
    world
}

fn config(github: &GitHub, poll_seconds: u32) -> String {
    let (url, token) = (github.url(), github.token());
    format!(
        r#"
[github]
api_url = "{url}"
token = "{token}"
webhook_secret = "{SECRET}"
poll_seconds = {poll_seconds}
[[owner]]
team = "logistics"
root_causes = ["delivery"]
language = "en"
tracker = "github"
project = "{REPOSITORY}"
labels = ["customer-voice"]
"#
    )
}

/// A customer's message, filed: her own page, and the issue.
async fn filed(world: &World, github: &GitHub) -> (String, Issue) {
    let message = json!({ "text": NO_COURIER });
    let answer = world.public().post("/api/v1/messages", &message).await.expect(202).json();
    let id = answer["feedback"].as_str().expect("an id");
    let feedback = world.feedback_becomes(id, "filed", SOON).await;
    assert_eq!(feedback["issue"]["tracker"], "github");
    let page = answer["page"].as_str().expect("a page");
    let page = page.strip_prefix(&world.web_url()).expect("a page of this desk").to_owned();
    (page, github.issues(REPOSITORY).pop().expect("an issue"))
}

#[tokio::test]
async fn one_issue_is_filed_and_its_count_is_raised() {
    let github = GitHub::start(&[REPOSITORY]).await;
    let world = logistics(&github, 0).await;
    let (_, issue) = filed(&world, &github).await;
    assert_eq!(issue.labels, ["customer-voice"]);
    let body = issue.body.as_deref().expect("a body");
    let problem = desk::newest_becomes(&world, "filed", SOON).await["problem"].clone();
    let marker = format!("<!-- mostik:{} -->", problem.as_str().expect("an id"));
    for part in [NO_COURIER, "1 report, on", "/desk/problems/", &marker] {
        assert!(body.contains(part), "«{part}» is missing in\n{body}");
    }

    filed(&world, &github).await;
    let issues = github.issues(REPOSITORY);
    assert_eq!(issues.len(), 1);
    let body = issues[0].body.as_deref().expect("a body");
    assert!(body.contains("2 reports, customers: 2"), "{body}");

    // What we did ourselves says nothing about the team, by whatever way it comes back.
    github.maintainer(DESK_LOGIN).comments(&issue, "Confirmed, we fix this right now.").await;
    github.maintainer("anna").comments(&issue, "We put it into the backlog for now.").await;
    let reached = stage_becomes(&world, "comprehension").await;
    assert_eq!(reached["acceptance"]["signals"].as_array().map(Vec::len), Some(1), "{reached}");
}

#[tokio::test]
async fn the_team_goes_through_all_stages_and_each_names_its_evidence() {
    let github = GitHub::start(&[REPOSITORY]).await;
    let world = logistics(&github, 0).await;
    let (page, issue) = filed(&world, &github).await;
    let anna = github.maintainer("anna");

    let rude = "How dare you tell us our courier is wrong? This is nonsense, mind your business.";
    anna.comments(&issue, rude).await;
    stage_becomes(&world, "anger").await;
    anna.labels(&issue, "wontfix").await;
    stage_becomes(&world, "denial").await;
    anna.comments(&issue, "We understand, but we have too many other problems this quarter.").await;
    stage_becomes(&world, "comprehension").await;
    anna.assigns(&issue, "boris").await;
    stage_becomes(&world, "acceptance").await;
    let told = world.public().try_get(&page).await.expect(200).text;
    assert!(told.contains("real problem"), "the customer hears that it was accepted: {told}");
    anna.labels(&issue, "in progress").await;
    let problem = stage_becomes(&world, "evangelism").await;

    let signals = problem["acceptance"]["signals"].as_array().expect("signals");
    let evidence: Vec<_> =
        signals.iter().map(|it| (it["stage"].as_str(), it["kind"].as_str())).collect();
    let expected = [
        ("anger", "comment"),
        ("denial", "label"),
        ("comprehension", "comment"),
        ("acceptance", "assignment"),
        ("evangelism", "label"),
    ];
    assert_eq!(evidence, expected.map(|(stage, kind)| (Some(stage), Some(kind))));
    assert_eq!((&signals[0]["quote"], &signals[1]["quote"]), (&json!(rude), &json!("wontfix")));
    assert!(github.deliveries().iter().all(|it| it.status == Some(202)));
}

#[tokio::test]
async fn who_has_no_public_address_asks_github() {
    let github = GitHub::start(&[REPOSITORY]).await;
    let world = logistics(&github, 1).await;
    let (page, issue) = filed(&world, &github).await;
    github.maintainer("anna").comments(&issue, "We put it into the backlog for now.").await;
    stage_becomes(&world, "comprehension").await;
    github.maintainer("anna").links_pull_request(&issue, "Call before coming").await;
    let problem = stage_becomes(&world, "evangelism").await;
    assert_eq!(problem["acceptance"]["signals"][1]["kind"], "linked_change");
    github.maintainer("anna").closes(&issue, StateReason::Completed).await;
    page_says(&world, &page, "is fixed").await;
}

#[tokio::test]
async fn a_delivery_that_github_did_not_sign_is_refused_and_counted() {
    let github = GitHub::start(&[REPOSITORY]).await;
    let world = logistics(&github, 0).await;
    let (_, issue) = filed(&world, &github).await;
    // Of our own opening and labelling.
    eventually_true("GitHub to have told all", SOON, async || github.deliveries().len() == 2).await;
    github.delivers_to(&format!("{}/webhooks/github", world.web_url()), "another secret");
    github.maintainer("anna").closes(&issue, StateReason::Completed).await;
    assert_eq!(github.deliveries().last().and_then(|it| it.status), Some(401));

    let deliver = async |body: &str, signed: Option<String>| {
        let request = world.public().request(Method::POST, "/webhooks/github");
        let request = request.header("x-github-event", "issues").header("x-github-delivery", "1");
        let signed =
            signed.into_iter().fold(request, |it, by| it.header("x-hub-signature-256", by));
        world.public().send(signed.body(body.to_owned())).await.status
    };
    assert_eq!(deliver("{}", None).await, 401);
    assert_eq!(deliver("{}", Some("sha256=00".into())).await, 401);
    assert_eq!(deliver("{", Some(signature(SECRET, "{"))).await, 400);
    assert_eq!(deliver("{}", Some(signature(SECRET, "{}"))).await, 202);
    let metrics = world.api().try_get("/metrics").await.expect(200).text;
    let counted = r#"mostik_webhooks_total{tracker="github",outcome="bad_signature"} 3"#;
    assert!(metrics.contains(counted), "{metrics}");
    let still = desk::newest_becomes(&world, "filed", SOON).await;
    assert_eq!(desk::problem_of(&world, &still).await["acceptance"]["stage"], "none");
}

#[tokio::test]
async fn a_fix_is_told_as_a_fix() {
    let github = GitHub::start(&[REPOSITORY]).await;
    let world = logistics(&github, 0).await;
    let (page, issue) = filed(&world, &github).await;
    github.maintainer("anna").closes(&issue, StateReason::Completed).await;
    page_says(&world, &page, "the problem you told us about is fixed").await;
    let resolved = desk::newest_becomes(&world, "resolved", SOON).await;
    assert_eq!(resolved["promises"][0]["state"], "kept");
    let question = world.public().try_get(&page).await.expect(200).text;
    assert!(question.contains("Did we solve your problem?"), "{question}");
}

#[tokio::test]
async fn a_refusal_is_told_honestly_and_with_its_reason() {
    let github = GitHub::start(&[REPOSITORY]).await;
    let world = logistics(&github, 0).await;
    let (page, issue) = filed(&world, &github).await;
    let reason = "The contract with the courier runs until March, so the times stay as they are.";
    github.maintainer("anna").comments(&issue, reason).await;
    github.maintainer("anna").closes(&issue, StateReason::NotPlanned).await;
    page_says(&world, &page, "it will not be changed for now").await;
    let told = world.public().try_get(&page).await.expect(200).text;
    assert!(told.contains(reason), "{told}");
    assert!(!told.contains("fixed") && !told.contains("Did we solve"), "{told}");
    desk::newest_becomes(&world, "declined", SOON).await;
}

#[tokio::test]
async fn an_answer_that_was_lost_does_not_file_twice() {
    let github = GitHub::start(&[REPOSITORY]).await;
    let world = logistics(&github, 0).await;
    github.trouble("POST", "/issues", Fault::LostAnswer, 1);
    filed(&world, &github).await;
    assert_eq!(github.issues(REPOSITORY).len(), 1);
    assert_eq!(posts(&github), [201], "it was found by its marker, not filed again");
}

#[tokio::test]
async fn a_report_that_comes_while_an_answer_is_lost_does_not_file_twice() {
    let github = GitHub::start(&[REPOSITORY]).await;
    let world = logistics(&github, 0).await;
    github.trouble("POST", "/issues", Fault::LostAnswer, 1);
    let first = world.writes(NO_COURIER).await;
    eventually_true("GitHub to have the issue", SOON, async || {
        github.issues(REPOSITORY).len() == 1
    })
    .await;
    // Its own filing is a first attempt, and runs before the other's second one.
    let second = world.writes(NO_COURIER).await;
    for id in [first, second] {
        world.feedback_becomes(&id, "filed", SOON).await;
    }
    eventually("the issue to count both", SOON, async || {
        let body = github.issues(REPOSITORY)[0].body.clone().unwrap_or_default();
        if body.contains("2 reports, customers: 2") { Ok(()) } else { Err(body) }
    })
    .await;
    assert_eq!(github.issues(REPOSITORY).len(), 1);
}

#[tokio::test]
async fn an_issue_whose_first_report_was_corrected_away_is_found_by_the_next() {
    let github = GitHub::start(&[REPOSITORY]).await;
    let others = "[[owner]]\nteam = \"marketing\"\nroot_causes = [\"pricing\"]\n";
    let config = format!("{}{others}[retry]\nattempts = 1", config(&github, 0));
    let world = World::with(&config).await;
    github.trouble("POST", "/issues", Fault::LostAnswer, 1);
    let first = world.writes(NO_COURIER).await;
    eventually_true("the filing to have died", SOON, async || {
        !world.api().all("/api/v1/jobs?state=dead").await.is_empty()
    })
    .await;
    let correction = json!({ "root_cause": "pricing" });
    world.api().patch(&format!("/api/v1/feedback/{first}"), &correction).await.expect(200);
    world.feedback_becomes(&first, "filed", SOON).await;

    let second = world.writes(NO_COURIER).await;
    let second = world.feedback_becomes(&second, "filed", SOON).await;
    assert_eq!(second["issue"]["key"], "1");
    assert_eq!(github.issues(REPOSITORY).len(), 1);
}

#[tokio::test]
async fn a_rate_limit_is_waited_for() {
    let github = GitHub::start(&[REPOSITORY]).await;
    let world = logistics(&github, 0).await;
    github.trouble("POST", "/issues", Fault::SecondaryRateLimit { retry_after: 2 }, 1);
    filed(&world, &github).await;
    assert_eq!(posts(&github), [403, 201]);
    let feedback = desk::newest_becomes(&world, "filed", SOON).await;
    let waited = desk::moment(&feedback["updated_at"])
        .duration_since(desk::moment(&feedback["captured_at"]));
    assert!(waited.as_secs() >= 2, "{waited:?}");
}

/// The answers to all attempts to file.
fn posts(github: &GitHub) -> Vec<u16> {
    let requests = github.requests();
    let filings = requests.iter().filter(|it| it.method == "POST" && it.path.ends_with("/issues"));
    filings.map(|it| it.status).collect()
}

async fn stage_becomes(world: &World, stage: &str) -> Value {
    let feedback = world.all_feedback().await.remove(0);
    eventually(&format!("the stage to become {stage}"), SOON, async || {
        let problem = desk::problem_of(world, &feedback).await;
        let reached = problem["acceptance"]["stage"] == stage;
        if reached { Ok(problem) } else { Err(problem["acceptance"].to_string()) }
    })
    .await
}

async fn page_says(world: &World, page: &str, words: &str) {
    eventually(&format!("her page to say «{words}»"), SOON, async || {
        let told = world.public().try_get(page).await.expect(200).text;
        if told.contains(words) { Ok(()) } else { Err(told) }
    })
    .await;
}
