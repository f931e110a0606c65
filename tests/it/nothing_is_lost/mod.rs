//! SIGKILL at any moment, any number of times: what was acknowledged, and each call that reached
//! the tone, is there afterwards, once, and has exactly one issue.

mod callers;
mod chance;
mod in_the_middle;
mod ledger;
mod writers;

use std::time::{Duration, Instant};

use chance::Chance;
use futures::future::join_all;
use mostik_tests::fakes::fault::Fault;
use mostik_tests::fakes::github::GitHub;
use mostik_tests::fakes::openai::OpenAi;
use mostik_tests::needs::say;
use mostik_tests::world::Plan;
use mostik_tests::{World, needs};
use tokio_util::sync::CancellationToken;

use crate::journeys::desk;

/// Where the causes of half of all messages are filed.
const REPOSITORY: &str = "shop/logistics";
/// What the stand-in recogniser hears in every call.
const HEARD: &str = "Курьер так и не приехал, жду свой заказ уже третий день";

#[tokio::test]
async fn killed_again_and_again_on_sqlite() {
    needs!("pjsua2");
    killed_again_and_again(World::plan(), 9).await;
}

#[tokio::test]
async fn killed_again_and_again_on_postgresql() {
    needs!("pjsua2", "postgres");
    killed_again_and_again(World::plan().postgres(), 4).await;
}

async fn killed_again_and_again(plan: Plan, kills: usize) {
    let mut chance = Chance::new();
    say(&format!("to see these moments again: MOSTIK_SEED={}", chance.seed));
    let (github, recogniser) = (GitHub::start(&[REPOSITORY]).await, OpenAi::start().await);
    recogniser.hears(HEARD);
    // So that many kills come between GitHub's doing and our knowing.
    github.trouble("POST", "/issues", Fault::Slow(Duration::from_millis(300)), usize::MAX);
    let mut world = plan.config(&config(&github, &recogniser)).start().await;

    let stop = CancellationToken::new();
    let (api, line) = (world.public(), world.sip_uri("support"));
    let writing = join_all((0..3).map(|nth| writers::write(api.clone(), nth, &stop)));
    let calling = join_all((0..2).map(|nth| callers::call_often(&line, nth, &stop)));
    let killing = kill_often(&mut world, kills, &mut chance, &stop);
    let (written, called, died) = tokio::join!(writing, calling, killing);
    let (written, called) = (written.concat(), called.concat());

    let settled = ledger::settled(&world).await;
    let issues = github.issues(REPOSITORY).len();
    let (messages, calls) = (written.len(), called.len());
    say(&format!("{kills} kills, {messages} messages, {calls} calls, {issues} issues on GitHub"));
    ledger::each_message_is_there_once(&settled, &written);
    callers::each_call_is_there_once(&world, &settled, &called, &died).await;
    ledger::each_problem_has_one_issue(&world, &github, &settled).await;
}

/// Kills and starts again; when it died.
async fn kill_often(
    world: &mut World,
    kills: usize,
    chance: &mut Chance,
    stop: &CancellationToken,
) -> Vec<Instant> {
    let mut died = Vec::new();
    for nth in 1..=kills {
        tokio::time::sleep(chance.between(Duration::from_secs(1), Duration::from_secs(9))).await;
        if nth == kills {
            // Whatever the other moments were, one hits a call in the middle.
            desk::recording_grows_beyond(world, 5 * 16_000).await;
        }
        world.kill_nine();
        died.push(Instant::now());
        world.restart().await;
    }
    stop.cancel();
    died
}

/// Delivery and copy on GitHub, pricing and design on the board; speech elsewhere, so that this
/// machine's two cores are not what is tested; and every cause is acted on, however unsure, because
/// what waits for a person would never be filed.
fn config(github: &GitHub, recogniser: &OpenAi) -> String {
    format!(
        r#"
[github]
api_url = "{}"
token = "{}"
poll_seconds = 5
[speech]
engine = "openai"
openai_url = "{}"
openai_key = "{}"
[retry]
max_seconds = 5
[classifier]
act = 0.0
suggest = 0.0
[[owner]]
team = "logistics"
root_causes = ["delivery", "copy"]
language = "en"
tracker = "github"
project = "{REPOSITORY}"
[[owner]]
team = "marketing"
root_causes = ["pricing", "design"]
"#,
        github.url(),
        github.token(),
        recogniser.url(),
        recogniser.key(),
    )
}
