//! A customer writes to the bot on Discord, and hears there how it ends.

use std::time::Duration;

use mostik_tests::World;
use mostik_tests::eventually::eventually;
use mostik_tests::fakes::discord::{Discord, User};
use mostik_tests::fakes::github::{GitHub, StateReason};
use serde_json::json;

use super::desk;

/// Serenity waits five seconds between two identifications, and once more when a session is refused.
const SOON: Duration = Duration::from_secs(40);
const REPOSITORY: &str = "shop/logistics";
const NO_COURIER: &str = "Здравствуйте! Курьер не приехал, жду свой заказ уже три дня";

async fn world(discord: &Discord, more: &str) -> World {
    let (url, token) = (discord.url(), discord.token());
    let section = format!("[discord]\ntoken = \"{token}\"\napi_url = \"{url}\"\n");
    let world = World::plan().config(&section).config(more).start().await;
    discord.connected(SOON).await;
    world
}

#[tokio::test]
async fn who_writes_is_answered_there_and_told_when_it_is_fixed() {
    let (discord, github) = (Discord::start().await, GitHub::start(&[REPOSITORY]).await);
    let logistics = format!(
        "[github]\napi_url = \"{}\"\ntoken = \"{}\"\npoll_seconds = 1\n\
         [[owner]]\nteam = \"logistics\"\nroot_causes = [\"delivery\"]\n\
         tracker = \"github\"\nproject = \"{REPOSITORY}\"\n",
        github.url(),
        github.token()
    );
    let world = world(&discord, &logistics).await;
    let olga = discord.user("Ольга");
    olga.writes_dm(NO_COURIER);

    let answer = bot_says(&olga, "Спасибо, что рассказали").await;
    for part in ["Здравствуйте, Ольга!", "ответим", &format!("{}/c/", world.web_url())]
    {
        assert!(answer.contains(part), "«{part}» is missing in {answer}");
    }
    let link = answer.split_whitespace().find(|word| word.contains("/c/")).expect("a link");
    let path = link.trim_end_matches('.').strip_prefix(&world.web_url()).expect("our page");
    let page = world.public().try_get(path).await.expect(200).text;
    assert!(page.contains("Курьер не приехал"), "{page}");

    let filed = desk::newest_becomes(&world, "filed", SOON).await;
    assert_eq!((&filed["channel"], &filed["owner_team"]), (&json!("discord"), &json!("logistics")));
    let issue = github.issues(REPOSITORY).pop().expect("an issue");
    let body = issue.body.as_deref().expect("a body");
    assert!(body.contains("Курьер не приехал") && !body.contains("Ольга"), "{body}");

    github.maintainer("anna").closes(&issue, StateReason::Completed).await;
    bot_says(&olga, "устранена").await;
    assert_eq!(olga.conversation().iter().filter(|said| said.by_bot).count(), 2);
    world.assert_log_keeps_silent_about(&["Ольга", "Курьер", discord.token()]);
}

#[tokio::test]
async fn only_the_channels_that_were_named_are_listened_to() {
    let discord = Discord::start().await;
    let (ours, other) = (discord.channel("support"), discord.channel("chatter"));
    let world = world(&discord, &format!("[discord]\nchannels = [\"{ours}\"]")).await;
    let ivan = discord.user("Ivan");
    ivan.writes_in(other, "The courier is late again, friends");
    ivan.writes_in(ours, "The courier never came and my parcel is still not here");
    let filed = desk::newest_becomes(&world, "filed", SOON).await;
    assert_eq!(filed["text"], "The courier never came and my parcel is still not here");
    assert_eq!(world.all_feedback().await.len(), 1);
    assert!(discord.messages(ours).iter().any(|said| said.by_bot));
    assert!(discord.messages(other).iter().all(|said| !said.by_bot));
}

#[tokio::test]
async fn what_was_written_while_nobody_listened_is_not_lost() {
    let discord = Discord::start().await;
    let mut world = world(&discord, "").await;
    let olga = discord.user("Olga");
    olga.writes_dm("The courier never came and my parcel is still not here");
    desk::all_of(&world, 1, SOON).await;

    world.kill_nine();
    discord.forgets_sessions();
    olga.writes_dm("The discount did not work and I was charged twice, refund the money");
    world.restart().await;
    desk::all_of(&world, 2, SOON).await;
    discord.connected(SOON).await;
    discord.drops_connections();
    olga.writes_dm("The product description is wrong, please correct the text");
    let all = desk::all_of(&world, 3, SOON).await;
    let names: Vec<_> = all.iter().map(|it| &it["customer"]["id"]).collect();
    assert!(names.iter().all(|it| *it == names[0]), "one and the same Olga: {names:?}");
}

/// Waits until the bot has written this in the direct conversation; the whole message.
async fn bot_says(to: &User<'_>, words: &str) -> String {
    eventually(&format!("the bot to say «{words}»"), SOON, async || {
        let said = to.conversation();
        let found = said.iter().find(|it| it.by_bot && it.content.contains(words));
        found.map(|it| it.content.clone()).ok_or_else(|| format!("{said:?}"))
    })
    .await
}
