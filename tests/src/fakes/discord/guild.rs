//! What this Discord remembers: people, channels, messages, gateway sessions.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// Gateway intents the fake distinguishes
/// (<https://discord.com/developers/docs/events/gateway#gateway-intents>).
pub(super) mod intent {
    pub(in super::super) const GUILDS: u64 = 1;
    pub(in super::super) const GUILD_MESSAGES: u64 = 1 << 9;
    pub(in super::super) const DIRECT_MESSAGES: u64 = 1 << 12;
    pub(in super::super) const MESSAGE_CONTENT: u64 = 1 << 15;
}

/// A message in a channel.
#[derive(Debug, Clone)]
pub struct Message {
    /// Snowflake.
    pub id: u64,
    /// Snowflake of its channel.
    pub channel: u64,
    /// User name of the author.
    pub author: String,
    /// Markdown.
    pub content: String,
    /// Whether the bot wrote it.
    pub by_bot: bool,
    pub(super) nonce: Option<Value>,
    pub(super) at: Timestamp,
}

#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: u64,
    /// The name shown; the user name is its lowercase form.
    pub(super) display: String,
    pub(super) is_bot: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Channel {
    /// A text channel of the one guild.
    Guild { name: String },
    /// A direct conversation of the bot with this person.
    Direct { with: u64 },
}

/// A gateway session: it outlives its connection and can be resumed
/// (<https://discord.com/developers/docs/events/gateway#resuming>).
#[derive(Debug, Default)]
pub(super) struct Session {
    pub(super) intents: u64,
    pub(super) sent: Vec<Value>,
    /// The open connection, if any.
    pub(super) line: Option<mpsc::Sender<Frame>>,
}

/// What is put on an open connection.
#[derive(Debug)]
pub(super) enum Frame {
    Payload(Value),
    /// Ends the connection with this code and reason.
    Close(u16, &'static str),
    /// Ends the connection without a goodbye.
    Cut,
}

/// The whole of this Discord.
#[derive(Debug)]
pub(super) struct Guild {
    pub(super) address: String,
    pub(super) id: u64,
    pub(super) bot: u64,
    pub(super) people: BTreeMap<u64, Person>,
    pub(super) channels: BTreeMap<u64, Channel>,
    pub(super) messages: Vec<Message>,
    pub(super) sessions: BTreeMap<String, Session>,
    pub(super) refuses_direct: Vec<u64>,
    pub(super) identified: usize,
    pub(super) resumed: usize,
    last_id: u64,
}

/// The first second of 2015, in milliseconds: snowflakes count from there.
const DISCORD_EPOCH: i64 = 1_420_070_400_000;

impl Guild {
    pub(super) fn new(address: String) -> Self {
        let mut guild = Self {
            address,
            id: 0,
            bot: 0,
            people: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: Vec::new(),
            sessions: BTreeMap::new(),
            refuses_direct: Vec::new(),
            identified: 0,
            resumed: 0,
            last_id: 0,
        };
        guild.id = guild.next_id();
        guild.bot = guild.meet("Mostik", true);
        guild
    }

    /// Strictly growing, with the time in its upper bits
    /// (<https://discord.com/developers/docs/reference#snowflakes>).
    pub(super) fn next_id(&mut self) -> u64 {
        let milliseconds = (Timestamp::now().as_millisecond() - DISCORD_EPOCH).unsigned_abs();
        self.last_id = (self.last_id + 1).max(milliseconds << 22);
        self.last_id
    }

    pub(super) fn meet(&mut self, display: &str, is_bot: bool) -> u64 {
        let known = self.people.values().find(|person| person.display == display);
        if let Some(person) = known {
            return person.id;
        }
        let id = self.next_id();
        self.people.insert(id, Person { id, display: display.to_owned(), is_bot });
        id
    }

    pub(super) fn direct_channel(&mut self, with: u64) -> u64 {
        let is_it =
            |channel: &Channel| matches!(channel, Channel::Direct { with: it } if *it == with);
        if let Some((id, _)) = self.channels.iter().find(|(_, channel)| is_it(channel)) {
            return *id;
        }
        let id = self.next_id();
        self.channels.insert(id, Channel::Direct { with });
        id
    }

    /// Stores a message and tells every session that listens.
    pub(super) fn write(
        &mut self,
        channel: u64,
        author: u64,
        content: &str,
        nonce: Option<Value>,
    ) -> u64 {
        let id = self.next_id();
        let person = &self.people[&author];
        self.messages.push(Message {
            id,
            channel,
            author: person.display.clone(),
            content: content.to_owned(),
            by_bot: person.is_bot,
            nonce,
            at: Timestamp::now(),
        });
        self.dispatch_message(id, channel, author);
        id
    }

    fn dispatch_message(&mut self, id: u64, channel: u64, author: u64) {
        let is_direct = matches!(self.channels.get(&channel), Some(Channel::Direct { .. }));
        let mut event = self.message_json(id);
        if !is_direct {
            event["guild_id"] = self.id.to_string().into();
            event["member"] = member_json();
        }
        let wanted = if is_direct { intent::DIRECT_MESSAGES } else { intent::GUILD_MESSAGES };
        for session in self.sessions.values_mut().filter(|it| it.intents & wanted != 0) {
            let mut event = event.clone();
            // Without the privileged intent the words of others in guild channels are left out.
            let sees =
                is_direct || author == self.bot || session.intents & intent::MESSAGE_CONTENT != 0;
            if !sees {
                event["content"] = "".into();
            }
            session.dispatch("MESSAGE_CREATE", &event);
        }
    }

    pub(super) fn person_json(&self, id: u64) -> Value {
        let person = &self.people[&id];
        let mut json = json!({
            "id": id.to_string(), "username": person.display.to_lowercase(),
            "global_name": person.display, "avatar": null, "discriminator": "0",
            "public_flags": 0, "flags": 0, "primary_guild": null,
        });
        if person.is_bot {
            json["bot"] = true.into();
        }
        json
    }

    pub(super) fn channel_json(&self, id: u64) -> Option<Value> {
        let last =
            self.messages.iter().rev().find(|it| it.channel == id).map(|it| it.id.to_string());
        Some(match self.channels.get(&id)? {
            Channel::Guild { name } => json!({
                "id": id.to_string(), "type": 0, "flags": 0, "guild_id": self.id.to_string(),
                "name": name, "position": 0, "last_message_id": last, "nsfw": false,
                "permission_overwrites": [], "topic": null, "parent_id": null,
                "rate_limit_per_user": 0,
            }),
            Channel::Direct { with } => json!({
                "id": id.to_string(), "type": 1, "flags": 0, "last_message_id": last,
                "recipients": [self.person_json(*with)],
            }),
        })
    }

    pub(super) fn message_json(&self, id: u64) -> Value {
        let Some(message) = self.messages.iter().find(|message| message.id == id) else {
            return Value::Null;
        };
        let author = self.people.values().find(|it| it.display == message.author);
        let mut json = json!({
            "id": id.to_string(), "channel_id": message.channel.to_string(), "type": 0,
            "content": message.content, "author": author.map(|it| self.person_json(it.id)),
            "timestamp": message.at.to_string(), "edited_timestamp": null, "tts": false,
            "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [],
            "embeds": [], "pinned": false, "flags": 0, "components": [],
        });
        if let Some(nonce) = &message.nonce {
            json["nonce"] = nonce.clone();
        }
        json
    }
}

impl Session {
    /// Numbers an event, keeps it for a resumption, and sends it when a connection is open.
    pub(super) fn dispatch(&mut self, name: &str, data: &Value) {
        let payload = json!({ "op": 0, "t": name, "s": self.sent.len() + 1, "d": data });
        self.sent.push(payload.clone());
        let undeliverable =
            self.line.as_ref().is_some_and(|line| line.try_send(Frame::Payload(payload)).is_err());
        if undeliverable {
            self.line = None;
        }
    }
}

fn member_json() -> Value {
    json!({
        "roles": [], "nick": null, "avatar": null, "joined_at": "2026-01-01T00:00:00Z",
        "premium_since": null, "deaf": false, "mute": false, "flags": 0, "pending": false,
        "communication_disabled_until": null,
    })
}
