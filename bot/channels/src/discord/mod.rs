//! Discord, by the serenity library: direct messages always, and the configured channels.
//!
//! What is heard is stored before anything else. What was written while nobody listened is read by
//! the HTTP API after each connection, from a little before the newest stored message on; storing
//! a message again is harmless. Only the very first direct message of a stranger, written while
//! the bot was not connected and its session was forgotten, cannot be had afterwards: Discord
//! tells a bot no list of its direct channels.
//!
//! Serenity logs whole messages when it cannot read them, so its own logs must stay off.

mod catch_up;
mod health;
mod heard;
mod http;
mod outgoing;
mod session;
mod snowflake;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use mostik_domain::{InboxId, Language};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use self::health::DiscordHealth;
use self::{
    http::{Failure, Http},
    session::{Ended, Session},
};
use crate::{Channel, Intake, Outgoing, SendError, Sent};

/// Between two attempts to connect; doubled each time up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What a person must change is looked at again after this time. Discord bans addresses that try
/// wrong tokens too often (10,000 in ten minutes).
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_mins(5);

/// How Discord is reached.
#[derive(Debug, Clone)]
pub struct DiscordConfig {
    /// The bot's token.
    pub token: SecretString,
    /// Without `/api/v10`; another one than `https://discord.com` is taken for a proxy that limits
    /// rates by itself.
    pub api_url: String,
    /// Ids of channels to listen in.
    pub channels: Vec<u64>,
    /// The language of those whose words do not tell theirs.
    pub language: Language,
}

/// The Discord bot.
#[derive(Debug)]
pub struct Discord {
    http: Http,
    channels: Vec<u64>,
    language: Language,
    health: watch::Sender<DiscordHealth>,
}

impl Discord {
    /// Prepares the bot; asks nothing yet.
    pub fn new(config: &DiscordConfig) -> Arc<Self> {
        Arc::new(Self {
            http: Http::new(&config.token, &config.api_url),
            channels: config.channels.clone(),
            language: config.language,
            health: watch::Sender::new(DiscordHealth::NotStarted),
        })
    }

    /// The one inbox of the bot.
    pub fn inbox() -> InboxId {
        InboxId::new(mostik_domain::Channel::Discord, "main")
    }

    /// How it stands, for readiness; the receiver also wakes at each change.
    pub fn health(&self) -> watch::Receiver<DiscordHealth> {
        self.health.subscribe()
    }

    /// Asks Discord who we are, for the doctor: the bot's name, or what to do.
    pub async fn check(&self) -> Result<String, String> {
        let name = self.http.own_name().await.map_err(|failure| failure.to_string())?;
        self.http.gateway().await.map_err(|failure| failure.to_string())?;
        Ok(name)
    }

    /// Listens until `stop`. Never fails: what goes wrong is said by [`Discord::health`] and tried
    /// again, slowly where a person must change something first.
    pub async fn run(self: Arc<Self>, intake: Intake, stop: CancellationToken) {
        let mut pause = FIRST_PAUSE;
        while !stop.is_cancelled() {
            self.say(DiscordHealth::Connecting);
            let ended = Session::of(&self, &intake, &stop).run().await;
            let wait = match ended {
                Ended::Stopped => break,
                Ended::Lost { was_connected } => {
                    pause =
                        if was_connected { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
                    pause
                }
                Ended::Refused => PAUSE_AFTER_REFUSAL,
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.say(DiscordHealth::Stopped);
    }

    fn say(&self, health: DiscordHealth) {
        metrics::gauge!("mostik_discord_connected").set(f64::from(u8::from(health.is_ready())));
        self.health.send_if_modified(|now| {
            let changed = *now != health;
            if changed {
                tracing::info!(channel = "discord", state = %health, "the connection changed");
                *now = health;
            }
            changed
        });
    }

    fn say_failure(&self, failure: &Failure) -> Ended {
        let why = failure.to_string();
        if let Failure::Refused { .. } = failure {
            self.say(DiscordHealth::Refused { why });
            return Ended::Refused;
        }
        self.say(DiscordHealth::Waiting { why });
        Ended::Lost { was_connected: false }
    }
}

#[async_trait]
impl Channel for Discord {
    fn kind(&self) -> mostik_domain::Channel {
        mostik_domain::Channel::Discord
    }

    /// Tells it in the room where the customer wrote. Discord recognises a repeat by its nonce for
    /// a few minutes; after that a repeat would be told twice.
    async fn send(&self, outgoing: &Outgoing) -> Result<Sent, SendError> {
        outgoing::send(&self.http, outgoing, &self.channels).await
    }
}
