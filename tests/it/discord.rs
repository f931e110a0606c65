//! The Discord bot against the Discord stand-in, with the SQLite store.

use std::sync::Arc;
use std::time::Duration;

use mostik_channels::{
    Channel as _, Discord, DiscordConfig, DiscordHealth, Intake, Outgoing, SendError,
};
use mostik_domain::{
    Address, AddressKind, Channel, Feedback, Language, NoticeId, OfficeHours, ReturnPath, Words,
};
use mostik_store::{FeedbackFilter, PageRequest, Store, SystemClock};
use mostik_store_sqlite::SqliteStore;
use mostik_tests::eventually::eventually;
use mostik_tests::fakes::discord::{Discord as FakeDiscord, User};
use mostik_tests::fakes::fault::Fault;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Serenity waits five seconds between two identifications, and once more when a session is refused.
const PATIENCE: Duration = Duration::from_secs(40);

struct Desk {
    store: Arc<dyn Store>,
    _folder: TempDir,
}

/// A bot that listens until it is stopped.
struct Listening {
    bot: Arc<Discord>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(&folder.path().join("mostik.db")).await.expect("a store");
        Self { store: Arc::new(store), _folder: folder }
    }

    fn listens(&self, fake: &FakeDiscord, channels: &[u64]) -> Listening {
        self.listens_as(bot(fake, fake.token(), channels))
    }

    fn listens_as(&self, bot: Arc<Discord>) -> Listening {
        let intake = Intake {
            store: self.store.clone(),
            clock: Arc::new(SystemClock),
            hours: OfficeHours::new("Europe/Moscow", &["Mon-Sun 00:00-24:00".into()], &[])
                .expect("valid hours"),
            response_minutes: 30,
            detect_language: Arc::new(|_, language| language),
        };
        let stop = CancellationToken::new();
        let task = tokio::spawn(bot.clone().run(intake, stop.clone()));
        Listening { bot, stop, task }
    }

    /// Oldest first.
    async fn feedback(&self) -> Vec<Feedback> {
        let page = PageRequest { limit: 200, after: None };
        let page = self.store.feedback_page(&FeedbackFilter::default(), &page).await;
        let cards = page.expect("the store answers").items;
        cards.into_iter().rev().map(|card| card.feedback).collect()
    }

    async fn texts(&self) -> Vec<String> {
        let texts = self.feedback().await.into_iter().filter_map(|it| it.text);
        texts.map(|text| text.reveal().to_owned()).collect()
    }

    async fn hears(&self, expected: &[&str]) {
        eventually("these messages to be stored, each once", PATIENCE, async || {
            let mut texts = self.texts().await;
            texts.sort();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            if texts == expected { Ok(()) } else { Err(format!("{texts:?}")) }
        })
        .await;
    }
}

impl Listening {
    async fn stops(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.expect("in time").expect("without a panic");
        assert_eq!(*self.bot.health().borrow(), DiscordHealth::Stopped);
    }

    async fn is(&self, wanted: impl Fn(&DiscordHealth) -> bool) {
        let mut health = self.bot.health();
        let reached = tokio::time::timeout(PATIENCE, health.wait_for(|it| wanted(it))).await;
        reached
            .unwrap_or_else(|_| panic!("{}", self.bot.health().borrow().clone()))
            .expect("alive");
    }
}

fn bot(fake: &FakeDiscord, token: &str, channels: &[u64]) -> Arc<Discord> {
    Discord::new(&DiscordConfig {
        token: token.into(),
        api_url: fake.url(),
        channels: channels.to_vec(),
        language: Language::Russian,
    })
}

#[tokio::test]
async fn direct_messages_and_configured_channels_are_heard_and_nothing_else() {
    let fake = FakeDiscord::start().await;
    let (support, chatter) = (fake.channel("support"), fake.channel("chatter"));
    let desk = Desk::open().await;
    let listening = desk.listens(&fake, &[support]);
    listening.is(DiscordHealth::is_ready).await;

    let anna = fake.user("Анна");
    anna.writes_in(chatter, "Кто сегодня в кино?");
    anna.writes_dm("Где моя посылка?");
    anna.writes_in(support, "Кнопка не видна");
    desk.hears(&["Где моя посылка?", "Кнопка не видна"]).await;

    let feedback = desk.feedback().await;
    assert_eq!(feedback[0].customer, feedback[1].customer, "one person, whichever room");
    assert!(feedback.iter().all(|it| it.channel == Channel::Discord));
    let in_room = feedback.iter().find(|it| it.text == Some("Кнопка не видна".into()));
    let ReturnPath::Reply { address, room } = &in_room.expect("heard").return_path else {
        panic!("a reply")
    };
    assert_eq!((address.value.reveal(), address.proved), (anna.id.to_string().as_str(), true));
    assert_eq!(room.as_deref(), Some(support.to_string().as_str()));
    assert_eq!(listening.bot.check().await.map(|name| !name.is_empty()), Ok(true));
    listening.stops().await;
}

#[tokio::test]
async fn what_was_written_while_nobody_listened_is_read_after_a_restart() {
    let fake = FakeDiscord::start().await;
    let support = fake.channel("support");
    let (anna, boris) = (fake.user("Анна"), fake.user("Boris"));
    anna.writes_in(support, "Before there was a bot");
    let desk = Desk::open().await;

    let listening = desk.listens(&fake, &[support]);
    listening.is(DiscordHealth::is_ready).await;
    anna.writes_dm("раз");
    desk.hears(&["раз"]).await;
    listening.stops().await;

    let mut expected = vec!["раз".to_owned()];
    for number in 0..130 {
        expected.push(format!("в канал {number}"));
        boris.writes_in(support, &expected[expected.len() - 1]);
    }
    for number in 0..3 {
        expected.push(format!("лично {number}"));
        anna.writes_dm(&expected[expected.len() - 1]);
    }
    let listening = desk.listens(&fake, &[support]);
    desk.hears(&expected.iter().map(String::as_str).collect::<Vec<_>>()).await;
    listening.stops().await;
}

#[tokio::test]
async fn a_broken_connection_loses_nothing() {
    let fake = FakeDiscord::start().await;
    let support = fake.channel("support");
    let anna = fake.user("Анна");
    let desk = Desk::open().await;
    let listening = desk.listens(&fake, &[support]);
    listening.is(DiscordHealth::is_ready).await;
    anna.writes_dm("до обрыва");
    desk.hears(&["до обрыва"]).await;

    fake.drops_connections();
    anna.writes_dm("во время обрыва");
    anna.writes_in(support, "и в канал");
    desk.hears(&["до обрыва", "во время обрыва", "и в канал"]).await;

    fake.forgets_sessions();
    anna.writes_dm("сессия забыта");
    anna.writes_in(support, "забыта и здесь");
    desk.hears(&["до обрыва", "во время обрыва", "и в канал", "сессия забыта", "забыта и здесь"])
        .await;
    listening.stops().await;
}

#[tokio::test]
async fn trouble_when_reading_what_was_missed_only_delays_it() {
    let fake = FakeDiscord::start().await;
    let support = fake.channel("support");
    let desk = Desk::open().await;
    let listening = desk.listens(&fake, &[support]);
    listening.is(DiscordHealth::is_ready).await;
    listening.stops().await;

    fake.user("Анна").writes_in(support, "пока бот спал");
    fake.trouble("GET", "/messages", Fault::Unavailable, 1);
    fake.trouble("GET", "/messages", Fault::TooManyRequests { retry_after: 1 }, 1);
    fake.trouble("GET", "/messages", Fault::Garbage, 1);
    let listening = desk.listens(&fake, &[support]);
    desk.hears(&["пока бот спал"]).await;
    listening.stops().await;
}

#[tokio::test]
async fn a_wrong_token_is_said_and_a_missing_gateway_is_waited_for() {
    let fake = FakeDiscord::start().await;
    let desk = Desk::open().await;
    let wrong = bot(&fake, "MTIz.wrong.token", &[]);
    let why = wrong.check().await.expect_err("refused");
    assert!(why.contains("[discord] token"), "{why}");
    let listening = desk.listens_as(wrong);
    listening.is(|health| matches!(health, DiscordHealth::Refused { .. })).await;
    listening.stops().await;

    fake.trouble("GET", "/gateway", Fault::Unavailable, 1);
    let listening = desk.listens(&fake, &[]);
    listening.is(|health| matches!(health, DiscordHealth::Waiting { .. })).await;
    assert_eq!(fake.logins(), (0, 0), "without the gateway's address nobody is connected to");
    listening.is(DiscordHealth::is_ready).await;
    listening.stops().await;
}

fn told(user: &User<'_>, room: Option<u64>, notice: u128, text: &str) -> Outgoing {
    Outgoing {
        address: Address {
            kind: AddressKind::Discord,
            value: Words::new(user.id.to_string()),
            proved: true,
        },
        room: room.map(|room| room.to_string()),
        notice: NoticeId::new(Uuid::from_u128(notice)),
        text: text.into(),
        text_for_all: text.into(),
    }
}

#[tokio::test]
async fn a_link_is_for_the_customer_alone() {
    let fake = FakeDiscord::start().await;
    let support = fake.channel("support");
    let (anna, boris) = (fake.user("Анна"), fake.user("Boris"));
    let bot = bot(&fake, fake.token(), &[support]);
    let link = "Ваша страница: https://help.example.org/c/fb_1";

    let in_room = told(&anna, Some(support), 1, "Ссылка у вас в личных сообщениях");
    let in_room = Outgoing { text: link.into(), ..in_room };
    bot.send(&in_room).await.expect("sent");
    bot.send(&in_room).await.expect("sent again");
    let read_by_all = fake.messages(support);
    assert_eq!(read_by_all.len(), 1);
    assert!(!format!("{read_by_all:?}").contains("/c/fb_1"), "{read_by_all:?}");
    let alone = anna.conversation();
    assert_eq!(alone.len(), 1);
    assert!(format!("{alone:?}").contains("/c/fb_1"), "{alone:?}");

    boris.refuses_direct_messages();
    let to_boris =
        Outgoing { text: link.into(), ..told(&boris, Some(support), 2, "В личных") };
    bot.send(&to_boris).await.expect("told in the channel at least");
    assert_eq!(fake.messages(support).len(), 2);
}

#[tokio::test]
async fn a_notice_is_told_once_in_the_room_where_the_customer_wrote() {
    let fake = FakeDiscord::start().await;
    let support = fake.channel("support");
    let anna = fake.user("Анна");
    let bot = bot(&fake, fake.token(), &[support]);

    let in_room = told(&anna, Some(support), 1, "Здравствуйте! @everyone");
    let first = bot.send(&in_room).await.expect("sent");
    assert_eq!(bot.send(&in_room).await.as_ref(), Ok(&first), "a repeat tells nothing twice");
    assert_eq!(fake.messages(support).len(), 1);

    fake.trouble("POST", "/messages", Fault::LostAnswer, 1);
    let direct = told(&anna, None, 2, "Ваш вопрос решён");
    let error = bot.send(&direct).await.expect_err("nobody knows");
    assert!(matches!(error, SendError::RetryAfter { .. }), "{error}");
    bot.send(&direct).await.expect("sent");
    assert_eq!(anna.conversation().len(), 1, "told once although the first answer was lost");

    let long = told(&anna, None, 3, &"Подробности. ".repeat(400));
    bot.send(&long).await.expect("sent");
    bot.send(&long).await.expect("sent again");
    assert_eq!(anna.conversation().len(), 1 + 3, "three parts, each once");
}

#[tokio::test]
async fn who_cannot_be_reached_is_given_up_and_trouble_is_not() {
    let fake = FakeDiscord::start().await;
    let (anna, boris) = (fake.user("Анна"), fake.user("Boris"));
    let bot = bot(&fake, fake.token(), &[]);
    for fault in [
        Fault::Unavailable,
        Fault::TooManyRequests { retry_after: 3 },
        Fault::Unauthorized,
        Fault::Garbage,
    ] {
        fake.trouble("POST", "/messages", fault, 1);
        let error = bot.send(&told(&anna, None, 1, "Здравствуйте!")).await.expect_err("trouble");
        assert!(matches!(error, SendError::RetryAfter { .. }), "{fault:?}: {error}");
    }
    boris.refuses_direct_messages();
    for room in [None, Some(0), Some(404)] {
        let error = bot.send(&told(&boris, room, 2, "Здравствуйте!")).await.expect_err("refused");
        assert!(matches!(error, SendError::GiveUp { .. }), "{room:?}: {error}");
    }
}
