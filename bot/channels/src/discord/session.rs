//! One connection to the gateway: everything it tells goes through a bounded queue to one reader,
//! which stores message after message in their order.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::{StreamExt, channel::mpsc::UnboundedReceiver};
use serenity::{
    all::{Context, Event, EventHandler, GatewayIntents, RawEventHandler, ShardStageUpdateEvent},
    gateway::{ConnectionStage, GatewayError, ShardManager, ShardManagerOptions},
    prelude::{RwLock, TypeMap},
};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    Discord, DiscordHealth,
    catch_up::CatchUp,
    heard::Heard,
    http::{Failure, Http},
};
use crate::Intake;

/// Messages that wait to be stored; those beyond are read again by the HTTP API.
const QUEUE: usize = 1000;

/// Rooms of which messages did not fit into the queue; rooms beyond are found at the next
/// connection.
const MOST_MISSED_ROOMS: usize = 10_000;

/// Serenity connects again by itself; when it has not for as long, everything starts anew.
const LONGEST_CONNECTING: Duration = Duration::from_mins(1);

const LONGEST_GOODBYE: Duration = Duration::from_secs(3);

/// Between two attempts to read what was missed, or to store.
const PAUSE: Duration = Duration::from_secs(1);

/// How a session ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Stopped,
    Lost {
        was_connected: bool,
    },
    /// A person must change something.
    Refused,
}

enum Told {
    Connected,
    Disconnected,
    Message(Heard),
}

pub(super) struct Session<'a> {
    discord: &'a Discord,
    intake: &'a Intake,
    stop: &'a CancellationToken,
    overflow: Arc<Overflow>,
    catch_up: CatchUp,
}

impl<'a> Session<'a> {
    pub(super) fn of(
        discord: &'a Discord,
        intake: &'a Intake,
        stop: &'a CancellationToken,
    ) -> Self {
        Self { discord, intake, stop, overflow: Arc::default(), catch_up: CatchUp::default() }
    }

    pub(super) async fn run(mut self) -> Ended {
        // Before anything new is stored, which would hide what was missed before it.
        if let Err(error) = self.catch_up.plan(&self.discord.channels, self.intake).await {
            self.discord.say(DiscordHealth::Waiting { why: error.to_string() });
            return Ended::Lost { was_connected: false };
        }
        let gateway = match self.gateway().await {
            Ok(gateway) => gateway,
            Err(failure) => return self.discord.say_failure(&failure),
        };
        let (told, mut hears) = mpsc::channel(QUEUE);
        let ears = Ears { told, overflow: self.overflow.clone() };
        let (manager, mut end) = connect(ears, gateway, &self.discord.http, self.intents());
        let ended = self.listen(&mut hears, &mut end).await;
        drop(tokio::time::timeout(LONGEST_GOODBYE, manager.shutdown_all()).await);
        ended
    }

    async fn gateway(&self) -> Result<String, Failure> {
        match self.discord.http.own_name().await {
            Ok(_) | Err(Failure::Denied { .. }) => self.discord.http.gateway().await,
            Err(failure) => Err(failure),
        }
    }

    /// The content of direct messages needs no privilege.
    fn intents(&self) -> GatewayIntents {
        if self.discord.channels.is_empty() {
            GatewayIntents::DIRECT_MESSAGES
        } else {
            GatewayIntents::DIRECT_MESSAGES
                | GatewayIntents::GUILD_MESSAGES
                | GatewayIntents::MESSAGE_CONTENT
        }
    }

    async fn listen(
        &mut self,
        hears: &mut mpsc::Receiver<Told>,
        end: &mut UnboundedReceiver<Result<(), GatewayError>>,
    ) -> Ended {
        let (mut was_connected, mut connecting_since) = (false, Some(Instant::now()));
        loop {
            let give_up = connecting_since.unwrap_or_else(Instant::now) + LONGEST_CONNECTING;
            let behind = !self.catch_up.is_done() && connecting_since.is_none();
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Ended::Stopped,
                end = end.next() => return self.gateway_ended(end.as_ref(), was_connected),
                told = hears.recv() => match told {
                    Some(Told::Connected) => {
                        (was_connected, connecting_since) = (true, None);
                        self.discord.say(DiscordHealth::Connected);
                        self.plan_again().await;
                        self.read_missed().await;
                    }
                    Some(Told::Disconnected) => {
                        connecting_since.get_or_insert_with(Instant::now);
                        self.discord.say(DiscordHealth::Connecting);
                    }
                    Some(Told::Message(message)) => self.take(message).await,
                    None => return Ended::Lost { was_connected },
                },
                () = tokio::time::sleep(PAUSE), if behind => self.read_missed().await,
                () = tokio::time::sleep_until(give_up), if connecting_since.is_some() => {
                    let why = "the gateway does not answer".to_owned();
                    self.discord.say(DiscordHealth::Waiting { why });
                    return Ended::Lost { was_connected };
                }
            }
            self.overflow.give(&mut self.catch_up);
        }
    }

    fn gateway_ended(&self, end: Option<&Result<(), GatewayError>>, was_connected: bool) -> Ended {
        let failure = match end {
            Some(Err(GatewayError::InvalidAuthentication | GatewayError::NoAuthentication)) => {
                Failure::wrong_token()
            }
            Some(Err(
                GatewayError::DisallowedGatewayIntents | GatewayError::InvalidGatewayIntents,
            )) => Failure::no_intent(),
            _ => {
                let why = "the gateway ended the connection".to_owned();
                self.discord.say(DiscordHealth::Waiting { why });
                return Ended::Lost { was_connected };
            }
        };
        self.discord.say_failure(&failure)
    }

    /// While the store does not answer, nothing can be stored either: wait for it.
    async fn plan_again(&mut self) {
        while let Err(error) = self.catch_up.plan(&self.discord.channels, self.intake).await {
            tracing::warn!(%error, "what was missed on Discord is not known yet");
            if self.stopped_within(PAUSE).await {
                return;
            }
        }
    }

    /// Reads and stores what was missed; what cannot be read now is tried again.
    async fn read_missed(&mut self) {
        while let Some(room) = self.catch_up.next() {
            let page = match self.catch_up.read(room, &self.discord.http).await {
                Ok(page) => page,
                Err(failure) => {
                    tracing::warn!(%failure, "what was missed on Discord cannot be read yet");
                    return;
                }
            };
            for heard in page.messages {
                if self.stop.is_cancelled() || !self.keep(heard).await {
                    return;
                }
            }
            self.catch_up.stored(page.room, page.goes_on_after);
        }
    }

    async fn take(&self, heard: Heard) {
        if heard.direct == Some(true) || self.discord.channels.contains(&heard.room) {
            self.keep(heard).await;
        }
    }

    /// Stores a message, however long that takes; false when we were stopped before.
    async fn keep(&self, heard: Heard) -> bool {
        let inbound = heard.inbound(self.discord.language, self.intake.clock.now());
        loop {
            match self.intake.message(inbound.clone()).await {
                Ok(_) => return true,
                Err(refused) if refused.is_final() => {
                    tracing::info!(%refused, "a Discord message is not taken");
                    return true;
                }
                Err(error) => tracing::warn!(%error, "a Discord message waits to be stored"),
            }
            if self.stopped_within(PAUSE).await {
                return false;
            }
        }
    }

    async fn stopped_within(&self, time: Duration) -> bool {
        tokio::time::timeout(time, self.stop.cancelled()).await.is_ok()
    }
}

fn connect(
    ears: Ears,
    gateway: String,
    http: &Http,
    intents: GatewayIntents,
) -> (Arc<ShardManager>, UnboundedReceiver<Result<(), GatewayError>>) {
    let ears = Arc::new(ears);
    let (manager, end) = ShardManager::new(ShardManagerOptions {
        data: Arc::new(RwLock::new(TypeMap::new())),
        event_handlers: vec![ears.clone()],
        raw_event_handlers: vec![ears],
        shard_index: 0,
        shard_init: 1,
        shard_total: 1,
        ws_url: Arc::new(tokio::sync::Mutex::new(gateway)),
        http: http.client(),
        intents,
        presence: None,
    });
    if let Err(error) = manager.initialize() {
        tracing::warn!(%error, "the Discord gateway is not started");
    }
    (manager, end)
}

/// What serenity calls, each time in a task of its own.
struct Ears {
    told: mpsc::Sender<Told>,
    overflow: Arc<Overflow>,
}

#[async_trait]
impl RawEventHandler for Ears {
    async fn raw_event(&self, _: Context, event: Event) {
        match event {
            // A closed queue means that the session is over.
            Event::Ready(_) | Event::Resumed(_) => drop(self.told.send(Told::Connected).await),
            Event::MessageCreate(event) => {
                let Some(heard) = Heard::live(&event.message) else { return };
                if let Err(mpsc::error::TrySendError::Full(Told::Message(heard))) =
                    self.told.try_send(Told::Message(heard))
                {
                    self.overflow.note(&heard);
                }
            }
            _ => {}
        }
    }
}

#[async_trait]
impl EventHandler for Ears {
    async fn shard_stage_update(&self, _: Context, event: ShardStageUpdateEvent) {
        if event.old == ConnectionStage::Connected {
            drop(self.told.send(Told::Disconnected).await);
        }
    }
}

/// First messages of rooms that did not fit into the queue.
#[derive(Default)]
struct Overflow(Mutex<BTreeMap<u64, u64>>);

impl Overflow {
    fn note(&self, heard: &Heard) {
        metrics::counter!("mostik_discord_queue_full_total").increment(1);
        let mut missed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if missed.len() < MOST_MISSED_ROOMS || missed.contains_key(&heard.room) {
            let before = heard.id.saturating_sub(1);
            missed.entry(heard.room).and_modify(|it| *it = before.min(*it)).or_insert(before);
        }
    }

    fn give(&self, catch_up: &mut CatchUp) {
        let mut missed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (room, after) in std::mem::take(&mut *missed) {
            catch_up.add(room, after);
        }
    }
}
