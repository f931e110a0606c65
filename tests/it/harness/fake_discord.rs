//! The Discord stand-in, used by an independent client.

use std::sync::Arc;
use std::time::Duration;

use mostik_tests::fakes::discord::Discord;
use mostik_tests::fakes::fault::Fault;
use serenity::all::{
    Client, Context, CreateMessage, EventHandler, GatewayIntents, Http, HttpBuilder, Message,
    Nonce, UserId,
};
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(20);

fn http(discord: &Discord) -> Http {
    HttpBuilder::new(discord.token()).proxy(discord.url()).ratelimiter_disabled(true).build()
}

struct Hears(mpsc::UnboundedSender<String>);

#[serenity::async_trait]
impl EventHandler for Hears {
    async fn message(&self, _: Context, message: Message) {
        if !message.author.bot {
            // The test may be over.
            let _ = self.0.send(message.content);
        }
    }
}

async fn bot(discord: &Discord) -> (mpsc::UnboundedReceiver<String>, impl Drop) {
    struct Running(tokio::task::JoinHandle<()>);
    impl Drop for Running {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    let (heard, hears) = mpsc::unbounded_channel();
    let intents = GatewayIntents::DIRECT_MESSAGES | GatewayIntents::GUILD_MESSAGES;
    let mut client = serenity::client::ClientBuilder::new_with_http(http(discord), intents)
        .event_handler(Hears(heard))
        .await
        .expect("a client");
    let running = tokio::spawn(async move {
        let client: &mut Client = &mut client;
        client.start().await.expect("the gateway");
    });
    discord.connected(PATIENCE).await;
    (hears, Running(running))
}

async fn next(hears: &mut mpsc::UnboundedReceiver<String>) -> String {
    tokio::time::timeout(PATIENCE, hears.recv()).await.expect("a message in time").expect("a bot")
}

#[tokio::test]
async fn an_independent_client_hears_and_answers() {
    let discord = Discord::start().await;
    let support = discord.channel("support");
    let (mut hears, _running) = bot(&discord).await;
    let anna = discord.user("Anna");
    anna.writes_dm("Где моя посылка?");
    assert_eq!(next(&mut hears).await, "Где моя посылка?");
    anna.writes_in(support, "Hello?");
    assert_eq!(next(&mut hears).await, "", "the content of guild messages is a privilege");

    let http = Arc::new(http(&discord));
    let direct = UserId::new(anna.id).create_dm_channel(&http).await.expect("a channel");
    for _ in 0..2 {
        let message = CreateMessage::new()
            .content("Здравствуйте!")
            .nonce(Nonce::String("fb_1-received".to_owned()))
            .enforce_nonce(true);
        direct.id.send_message(&http, message).await.expect("an answer");
    }
    let conversation = anna.conversation();
    assert_eq!(conversation.len(), 2, "the repeat was recognised: {conversation:?}");
    assert!(conversation[1].by_bot);
}

#[tokio::test]
async fn a_cut_connection_is_resumed_and_a_forgotten_one_starts_anew() {
    let discord = Discord::start().await;
    let (mut hears, _running) = bot(&discord).await;
    let anna = discord.user("Anna");
    discord.drops_connections();
    anna.writes_dm("while away");
    assert_eq!(next(&mut hears).await, "while away");
    assert_eq!(discord.logins(), (1, 1));
    discord.forgets_sessions();
    let missed = anna.writes_dm("missed");
    discord.connected(PATIENCE).await;
    let channel = anna.conversation()[0].channel;
    let url = format!(
        "{}/api/v10/channels/{channel}/messages?after={}&limit=5",
        discord.url(),
        missed - 1
    );
    let http = http(&discord);
    let id = serenity::all::ChannelId::new(channel);
    let after = serenity::all::GetMessages::new().after(missed - 1).limit(5);
    let messages = id.messages(&http, after).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    assert_eq!(messages.iter().map(|it| it.content.as_str()).collect::<Vec<_>>(), ["missed"]);
}

#[tokio::test]
async fn trouble_and_refusals_come_as_from_discord() {
    let discord = Discord::start().await;
    let anna = discord.user("Anna");
    anna.refuses_direct_messages();
    let http = http(&discord);
    let direct = UserId::new(anna.id).create_dm_channel(&http).await.expect("a channel");
    let refused = direct.id.say(&http, "Hello").await.expect_err("she does not want it");
    assert!(refused.to_string().contains("Cannot send messages to this user"), "{refused}");
    discord.trouble("GET", "/users/@me", Fault::Unavailable, 1);
    assert!(http.get_current_user().await.is_err());
    assert_eq!(http.get_current_user().await.expect("the bot").name, "mostik");
}
