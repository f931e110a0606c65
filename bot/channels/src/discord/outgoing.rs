//! What is told to customers on Discord.

use std::time::Duration;

use mostik_domain::NoticeId;
use serde_json::{Value, json};

use super::http::{Failure, Http};
use crate::{Outgoing, SendError, Sent};

/// Characters in one message
/// (<https://discord.com/developers/docs/resources/message#create-message>); counted in UTF-16, the
/// strictest way, because the documentation does not say how they are counted.
const LONGEST_MESSAGE: usize = 2000;

/// No notice has more; what is longer is a mistake and is not poured into a channel.
const MOST_PARTS: usize = 10;

/// Links to customers' own pages are not to be shown as cards with their contents.
const SUPPRESS_EMBEDS: u64 = 1 << 2;

const SOON: Duration = Duration::from_secs(5);
const AFTER_LIMIT: Duration = Duration::from_secs(30);
const AFTER_REFUSAL: Duration = Duration::from_mins(5);

/// Tells it where the customer wrote. In a channel where others read along
/// they read no link; the customer gets that by a direct message beside it.
pub(super) async fn send(
    http: &Http,
    outgoing: &Outgoing,
    read_by_all: &[u64],
) -> Result<Sent, SendError> {
    let room = room(http, outgoing).await.map_err(SendError::from)?;
    if !read_by_all.contains(&room) {
        return write(http, room, outgoing.text.reveal(), outgoing.notice, 0).await;
    }
    let sent = write(http, room, outgoing.text_for_all.reveal(), outgoing.notice, 0).await?;
    if outgoing.text != outgoing.text_for_all {
        let alone = Outgoing { room: None, ..outgoing.clone() };
        match self::room(http, &alone).await {
            Ok(room) => {
                match write(http, room, outgoing.text.reveal(), outgoing.notice, ALONE).await {
                    // Who takes no direct messages has been told in the channel.
                    Ok(_) | Err(SendError::GiveUp { .. }) => {}
                    Err(again) => return Err(again),
                }
            }
            Err(Failure::Denied { .. }) => {}
            Err(again) => return Err(again.into()),
        }
    }
    Ok(sent)
}

/// Discord knows a nonce per author, not per channel: what is told to one
/// person alone counts its parts from here.
const ALONE: u128 = 1 << 16;

async fn write(
    http: &Http,
    room: u64,
    text: &str,
    notice: NoticeId,
    from_number: u128,
) -> Result<Sent, SendError> {
    let parts = split(text);
    if parts.is_empty() || parts.len() > MOST_PARTS {
        let why = format!("a notice of {} Discord messages is not sent", parts.len());
        return Err(SendError::GiveUp { why });
    }
    let mut first = None;
    for (number, part) in (from_number..).zip(parts) {
        let id = http.write(room, &body(part, notice, number)).await?;
        first.get_or_insert(id);
    }
    let first = first.unwrap_or_default();
    Ok(Sent { external_id: format!("{room}/{first}") })
}

async fn room(http: &Http, outgoing: &Outgoing) -> Result<u64, Failure> {
    let unknown = Failure::Denied { status: 404, code: 10003 };
    if let Some(room) = &outgoing.room {
        return room.parse().map_err(|_| unknown);
    }
    let user = outgoing.address.value.reveal();
    user.parse::<u64>().map_err(|_| unknown)?;
    http.direct_channel(user).await
}

/// Nobody is mentioned, whatever the words are.
fn body(text: &str, notice: NoticeId, number: u128) -> Value {
    json!({
        "content": text,
        "nonce": nonce(notice, number),
        "enforce_nonce": true,
        "allowed_mentions": { "parse": [] },
        "flags": SUPPRESS_EMBEDS,
    })
}

/// The notice and the number of the part in 25 characters, the longest nonce Discord takes: 128
/// bits in base 36.
fn nonce(notice: NoticeId, number: u128) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut rest = notice.uuid().as_u128().wrapping_add(number);
    let mut nonce = [b'0'; 25];
    for digit in nonce.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(rest % 36).unwrap_or_default()];
        rest /= 36;
    }
    nonce.iter().map(|digit| char::from(*digit)).collect()
}

/// Parts that fit, cut at the last paragraph, line or word of each where there is one.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (part, after) = rest.split_at(cut(rest));
        parts.extend(Some(part.trim()).filter(|part| !part.is_empty()));
        rest = after.trim_start();
    }
    parts
}

/// Where to cut, in bytes; beyond 0 for any text that is not empty.
fn cut(text: &str) -> usize {
    let mut units = 0;
    let fits = text.char_indices().find_map(|(at, c)| {
        units += c.len_utf16();
        (units > LONGEST_MESSAGE).then_some(at)
    });
    let Some(fits) = fits else { return text.len() };
    let head = &text[..fits];
    // A part shorter than half a message would be odd to read.
    ["\n\n", "\n", " "]
        .iter()
        .filter_map(|gap| head.rfind(gap))
        .find(|at| *at > fits / 2)
        .unwrap_or(fits)
}

impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        let why = failure.to_string();
        match failure {
            Failure::Denied { .. } => Self::GiveUp { why },
            Failure::Limited => Self::RetryAfter { after: AFTER_LIMIT, why },
            // The customer can be told as soon as the token is right again.
            Failure::Refused { .. } => Self::RetryAfter { after: AFTER_REFUSAL, why },
            _ => Self::RetryAfter { after: SOON, why },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn notice(text: &str) -> NoticeId {
        text.parse().expect("an id")
    }

    #[test]
    fn a_long_text_is_cut_between_words_and_nothing_is_lost() {
        let words: Vec<String> = (0..1500).map(|number| format!("слово{number}")).collect();
        let text = words.join(" ");
        let parts = split(&text);
        assert!(parts.iter().all(|part| part.encode_utf16().count() <= LONGEST_MESSAGE));
        assert_eq!(parts.join(" "), text);
    }

    #[test]
    fn odd_texts_are_cut_too() {
        assert_eq!(split("  \n "), Vec::<&str>::new());
        assert_eq!(split("да"), ["да"]);
        let hedgehogs = "🦔".repeat(2500);
        let parts = split(&hedgehogs);
        assert_eq!(
            parts.iter().map(|part| part.chars().count()).collect::<Vec<_>>(),
            [1000, 1000, 500]
        );
        let exact = "a".repeat(LONGEST_MESSAGE);
        assert_eq!(split(&exact).len(), 1);
        let paragraphs = format!("{}\n\n{}", "a".repeat(1500), "b".repeat(1500));
        assert_eq!(split(&paragraphs)[0].len(), 1500);
    }

    #[test]
    fn each_part_of_each_notice_has_its_own_nonce_of_25_characters() {
        let (last, next) =
            ("no_ffffffffffffffffffffffffffffffff", "no_0198f5a2b3c47d5e8f90a1b2c3d4e5f6");
        let nonces: BTreeSet<String> = [last, next]
            .into_iter()
            .flat_map(|id| (0..10).map(move |number| nonce(notice(id), number)))
            .collect();
        assert_eq!(nonces.len(), 20);
        assert!(nonces.iter().all(|nonce| nonce.len() == 25));
        assert_eq!(nonce(notice(last), 0), "f5lxx1zz5pnorynqglhzmsp33", "2^128 - 1 in base 36");
    }

    #[test]
    fn nobody_is_mentioned() {
        let body = body("@everyone <@5>", notice("no_0198f5a2b3c47d5e8f90a1b2c3d4e5f6"), 0);
        assert_eq!(body["allowed_mentions"], json!({ "parse": [] }));
        assert_eq!(body["enforce_nonce"], true);
    }
}
