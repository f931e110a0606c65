//! Reading by the HTTP API what was written while nobody listened.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use mostik_domain::{Change, Channel, Decision, ReturnPath};
use mostik_store::{FeedbackFilter, PageRequest, StoreError};

use super::{
    Discord,
    heard::Heard,
    http::{Failure, Http, PAGE, id_of},
    snowflake,
};
use crate::Intake;

/// Read again before the newest stored message: messages may have been stored out of their order,
/// and the one that was overtaken not at all.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);

/// Direct channels that are looked into, of those who wrote last.
const MOST_DIRECT_ROOMS: usize = 200;

/// Feedbacks among which they are looked for.
const LOOKED_THROUGH: u32 = 5;
const CARDS: u32 = 200;

/// The key under which the store remembers since when a channel is listened to.
const CURSOR: &str = "discord";

/// Rooms that are to be read, each after which message.
#[derive(Debug, Default)]
pub(super) struct CatchUp(BTreeMap<u64, u64>);

impl CatchUp {
    /// Adds every known room, from a little before what is stored of it.
    pub(super) async fn plan(
        &mut self,
        channels: &[u64],
        intake: &Intake,
    ) -> Result<(), StoreError> {
        let mut rooms = direct_rooms(intake).await?;
        rooms.extend(channels);
        for room in rooms {
            let after = read_after(room, channels.contains(&room), intake).await?;
            self.add(room, after);
        }
        Ok(())
    }

    /// Adds one room; what was to be read of it already stays so.
    pub(super) fn add(&mut self, room: u64, after: u64) {
        self.0.entry(room).and_modify(|it| *it = after.min(*it)).or_insert(after);
    }

    pub(super) fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    /// The next room.
    pub(super) fn next(&self) -> Option<u64> {
        self.0.keys().next().copied()
    }

    /// Reads the next messages of a room. One that may not be read is left out.
    pub(super) async fn read(&mut self, room: u64, http: &Http) -> Result<Missed, Failure> {
        let after = self.0.get(&room).copied().unwrap_or_default();
        let page = match http.messages(room, after).await {
            Err(Failure::Denied { status, code }) => {
                tracing::warn!(status, code, "a Discord channel may not be read; it is left out");
                Vec::new()
            }
            page => page?,
        };
        let newest = page.iter().filter_map(id_of).max().unwrap_or_default();
        Ok(Missed {
            room,
            goes_on_after: (page.len() >= PAGE && newest > after).then_some(newest),
            messages: page.iter().filter_map(|message| Heard::read(message, room)).collect(),
        })
    }

    /// All that was read is stored: goes on behind it, or is done with the room.
    pub(super) fn stored(&mut self, room: u64, goes_on_after: Option<u64>) {
        match goes_on_after {
            Some(after) => drop(self.0.insert(room, after)),
            None => drop(self.0.remove(&room)),
        }
    }
}

/// A page of a room.
#[derive(Debug)]
pub(super) struct Missed {
    pub(super) room: u64,
    /// What people wrote, oldest first.
    pub(super) messages: Vec<Heard>,
    /// More is to be read behind this one.
    pub(super) goes_on_after: Option<u64>,
}

async fn read_after(room: u64, is_configured: bool, intake: &Intake) -> Result<u64, StoreError> {
    let prefix = Heard::prefix(room);
    let newest = intake.store.newest_external_id(Discord::inbox().as_str(), &prefix).await?;
    let newest = newest.and_then(|it| it.strip_prefix(&prefix)?.parse().ok());
    let since = if is_configured { listening_since(room, intake).await? } else { Timestamp::MIN };
    let since = snowflake::first_at(since);
    Ok(newest.map_or(since, |newest: u64| {
        // Not from before we were asked to listen.
        snowflake::earlier(newest, OVERLAP).max(since).min(newest)
    }))
}

/// Remembered when a channel is met first: what was written there before is none of ours.
async fn listening_since(room: u64, intake: &Intake) -> Result<Timestamp, StoreError> {
    let project = room.to_string();
    if let Some(since) = intake.store.cursor(CURSOR, &project).await? {
        return Ok(since);
    }
    let now = intake.clock.now();
    let change = Change::SetCursor { tracker: CURSOR.to_owned(), project, read_until: now };
    intake.store.submit(Decision::nothing().and(change), now).await?;
    Ok(now)
}

/// Rooms of stored feedback, those who wrote last first.
async fn direct_rooms(intake: &Intake) -> Result<BTreeSet<u64>, StoreError> {
    let filter = FeedbackFilter { channel: Some(Channel::Discord), ..FeedbackFilter::default() };
    let mut page = PageRequest { limit: CARDS, after: None };
    let mut rooms = BTreeSet::new();
    for _ in 0..LOOKED_THROUGH {
        let cards = intake.store.feedback_page(&filter, &page).await?;
        for card in &cards.items {
            if let ReturnPath::Reply { room: Some(room), .. } = &card.feedback.return_path {
                rooms.extend(room.parse::<u64>().ok().filter(|_| rooms.len() < MOST_DIRECT_ROOMS));
            }
        }
        if cards.next.is_none() {
            break;
        }
        page.after = cards.next;
    }
    Ok(rooms)
}
