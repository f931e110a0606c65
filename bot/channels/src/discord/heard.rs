//! From Discord's message to ours.

use jiff::{SignedDuration, Timestamp};
use mostik_domain::{Address, AddressKind, Channel, Inbound, Language, ReturnPath, Words};
use serde_json::Value;
use serenity::model::channel::Message;

use super::{Discord, http::id_of};

/// Ordinary messages and replies; the rest are notes of the system: joined, pinned, boosted
/// (<https://discord.com/developers/docs/resources/message#message-object-message-types>).
const SAID_BY_A_PERSON: [u64; 2] = [0, 19];

/// A message read later than this after it was written is answered as of now: a promise counted
/// from then could be broken before it is told.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

/// A message of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) id: u64,
    pub(super) room: u64,
    /// Written to the bot alone; not known of messages that were read by the HTTP API.
    pub(super) direct: Option<bool>,
    author: u64,
    name: Words,
    text: Words,
    attachments: usize,
    written_at: Option<Timestamp>,
}

impl Heard {
    /// As the gateway told it; none when no person said it.
    pub(super) fn live(message: &Message) -> Option<Self> {
        if message.author.bot
            || message.webhook_id.is_some()
            || !SAID_BY_A_PERSON.contains(&u64::from(u8::from(message.kind)))
        {
            return None;
        }
        let nick = message.member.as_ref().and_then(|member| member.nick.as_ref());
        let name = nick.or(message.author.global_name.as_ref()).unwrap_or(&message.author.name);
        Some(Self {
            id: message.id.get(),
            room: message.channel_id.get(),
            direct: Some(message.guild_id.is_none()),
            author: message.author.id.get(),
            name: Words::new(name.as_str()),
            text: Words::new(message.content.as_str()),
            attachments: message.attachments.len() + message.sticker_items.len(),
            written_at: Timestamp::from_second(message.timestamp.unix_timestamp()).ok(),
        })
    }

    /// As the HTTP API told it; none when no person said it or it cannot be read.
    pub(super) fn read(message: &Value, room: u64) -> Option<Self> {
        let author = &message["author"];
        let is_robot = author["bot"].as_bool().unwrap_or_default()
            || message.get("webhook_id").is_some_and(|it| !it.is_null());
        if is_robot || !SAID_BY_A_PERSON.contains(&message["type"].as_u64().unwrap_or_default()) {
            return None;
        }
        let name = author["global_name"].as_str().or(author["username"].as_str());
        let count = |field: &str| message[field].as_array().map_or(0, Vec::len);
        Some(Self {
            id: id_of(message)?,
            room,
            direct: None,
            author: id_of(author)?,
            name: Words::new(name.unwrap_or_default()),
            text: Words::new(message["content"].as_str().unwrap_or_default()),
            attachments: count("attachments") + count("sticker_items"),
            written_at: message["timestamp"].as_str().and_then(|it| it.parse().ok()),
        })
    }

    /// The prefix of the external ids of a room's messages.
    pub(super) fn prefix(room: u64) -> String {
        format!("{room}/")
    }

    /// As it is captured.
    pub(super) fn inbound(self, language: Language, now: Timestamp) -> Inbound {
        let address = Address {
            kind: AddressKind::Discord,
            value: Words::new(self.author.to_string()),
            // Discord itself says who wrote.
            proved: true,
        };
        let written_at = self.written_at.unwrap_or(now);
        let age = now.duration_since(written_at);
        Inbound {
            inbox: Discord::inbox(),
            channel: Channel::Discord,
            external_id: format!("{}{}", Self::prefix(self.room), self.id),
            return_path: ReturnPath::Reply {
                address: address.clone(),
                room: Some(self.room.to_string()),
            },
            address: Some(address),
            name: Some(self.name),
            language,
            text: with_attachments(&self.text, self.attachments, language),
            page: None,
            claimed: None,
            at: if age > FRESH || age < SignedDuration::ZERO { now } else { written_at },
        }
    }
}

/// Attachments are counted, not fetched: their addresses expire within a day, and a stranger's
/// file is nothing to open by itself.
fn with_attachments(text: &Words, count: usize, language: Language) -> Words {
    if count == 0 {
        return text.clone();
    }
    let note = match language {
        Language::Russian => format!("(приложено файлов: {count})"),
        Language::English if count == 1 => "(1 file attached)".to_owned(),
        Language::English => format!("({count} files attached)"),
    };
    let text = text.reveal().trim();
    Words::new(if text.is_empty() { note } else { format!("{text}\n{note}") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: &str = "2026-11-03T07:00:30Z";

    fn message() -> Value {
        json!({
            "id": "11", "channel_id": "7", "type": 0, "content": "Где заказ?",
            "timestamp": "2026-11-03T07:00:00.123000+00:00", "attachments": [],
            "author": { "id": "5", "username": "anna_77", "global_name": "Анна" },
        })
    }

    fn inbound(message: &Value) -> Option<Inbound> {
        let now = NOW.parse().expect("a timestamp");
        Heard::read(message, 7).map(|it| it.inbound(Language::Russian, now))
    }

    #[test]
    fn a_message_is_known_by_room_and_id_and_answered_there() {
        let inbound = inbound(&message()).expect("said by a person");
        assert_eq!(inbound.external_id, "7/11");
        assert_eq!(inbound.name, Some("Анна".into()));
        assert_eq!(inbound.at.to_string(), "2026-11-03T07:00:00.123Z");
        let ReturnPath::Reply { address, room } = inbound.return_path else { panic!("a reply") };
        assert_eq!((address.value.reveal(), address.proved), ("5", true));
        assert_eq!(room.as_deref(), Some("7"));
    }

    #[test]
    fn what_was_written_long_ago_is_answered_as_of_now() {
        for wrong in ["2026-11-03T02:00:00Z", "2027-01-01T00:00:00Z", "yesterday"] {
            let mut message = message();
            message["timestamp"] = wrong.into();
            assert_eq!(inbound(&message).expect("said").at.to_string(), NOW, "{wrong}");
        }
    }

    #[test]
    fn attachments_are_counted_and_their_addresses_left_out() {
        let mut message = message();
        message["attachments"] = json!([{ "url": "https://cdn.example/secret.png" }, {}]);
        let text = inbound(&message).expect("said").text;
        assert_eq!(text.reveal(), "Где заказ?\n(приложено файлов: 2)");
        message["content"] = "".into();
        assert_eq!(inbound(&message).expect("said").text.reveal(), "(приложено файлов: 2)");
    }

    #[test]
    fn robots_system_notes_and_malformed_messages_are_passed_over() {
        let change = |pointer: &str, value: Value| {
            let mut message = message();
            let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
            message.pointer_mut(parent).expect("its parent")[name] = value;
            message
        };
        for message in [
            change("/author/bot", true.into()),
            change("/webhook_id", "1".into()),
            change("/type", 7.into()),
            change("/id", "x".into()),
            change("/id", 11.into()),
            change("/author", Value::Null),
            json!(null),
            json!([]),
        ] {
            assert_eq!(inbound(&message), None, "{message}");
        }
    }
}
