//! The person she talks to: looked for, brought together, handed on, let go.

use std::pin::pin;
use std::time::Duration;

use jiff::Timestamp;
use mostik_sip::TransferOutcome;
use tokio::sync::mpsc;

use super::Conversation;
use super::tracks::Tracks;
use crate::call_flow::{CallState, Input, PersonGone};
use crate::in_progress::Orders;
use crate::live_line::{Arrived, LineEvent, LiveLine};
use crate::switchboard::{Engaged, News, Side, Wish};
use crate::{CallOrder, CallProgress, Prompt, Stage, Talk, WaitEnd, Waited};

/// The person hands on by this key.
const HAND_ON: char = '*';
/// A PBX that was asked to take a call over has so long to get an answer there.
const SENT_WITHIN: Duration = Duration::from_secs(40);

/// The person who is there.
pub(super) struct Present {
    name: String,
    line: LiveLine,
    _engaged: Engaged,
}

impl Present {
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }
}

/// How the search for a person goes.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Since when she waits; her place in the queue.
    since: Option<Timestamp>,
    expected: Option<Duration>,
    stage: Option<Stage>,
    /// Whom a desk has named.
    wanted: Option<String>,
}

impl Conversation {
    /// What a desk wants of this call.
    pub(super) fn ordered(&mut self, order: CallOrder) -> Option<Input> {
        match order {
            CallOrder::HandOn { to } => {
                self.progress.wanted = to;
                Some(Input::HandOn)
            }
            CallOrder::HangUp => {
                self.person.as_ref().map(|_| Input::PersonGone(PersonGone::HungUp))
            }
            CallOrder::TakeNow { by } => {
                self.progress.wanted = Some(by);
                None
            }
        }
    }

    /// She is taken by somebody out of her turn.
    pub(super) async fn seek_anew(&mut self) {
        if self.news.is_some() && self.person.is_none() && self.progress.wanted.is_some() {
            self.seek_person(None).await;
        }
    }

    /// A colleague takes over `instead_of` somebody.
    pub(super) async fn seek_person(&mut self, instead_of: Option<String>) {
        // It was for the tone, which she did not wait for.
        self.discard_unused_recording().await;
        let colleague = instead_of.is_some();
        let now = Timestamp::now();
        // Who was cut off goes on from her old place.
        let since = *self.progress.since.get_or_insert(now);
        if !colleague {
            self.told.waited = None;
        }
        let (call, line) = (self.told.id.clone(), self.told.line.clone());
        let wish = Wish { call, line, since, instead_of, only: self.progress.wanted.take() };
        self.orders.get_or_insert_with(|| self.shared.in_progress.listen(&self.told.id));
        let news = self.shared.switchboard.seek(wish, self.flow.told.language).await;
        self.news = Some(news);
    }

    /// She is called back in her turn.
    pub(super) const fn keep_place(&mut self) {
        self.told.place_kept = self.progress.since;
    }

    /// She has waited since then, before this call.
    pub(super) const fn waits_since(&mut self, since: Timestamp) {
        self.progress.since = Some(since);
    }

    pub(super) async fn stop_seeking(&mut self) {
        self.shared.switchboard.leave(&self.told.id).await;
        self.news = None;
        // Nobody hangs on who answered at this very moment.
        self.coming = None;
        let ended = match self.flow.state {
            _ if self.told.place_kept.is_some() => WaitEnd::CallBack,
            CallState::Ended(_) => WaitEnd::Left,
            _ => WaitEnd::Message,
        };
        self.waited(ended);
        self.at(Stage::Over);
    }

    pub(super) async fn heard_of_people(&mut self, news: Option<News>) -> Option<Input> {
        match news {
            Some(News::Place(place)) => {
                let told = place.minutes.map(|minutes| Duration::from_mins(minutes.into()));
                self.progress.expected = self.progress.expected.or(told);
                self.at(Stage::Waiting { ahead: place.ahead.into() });
                Some(Input::Place(place))
            }
            Some(News::Ringing(person)) => {
                // Who talks already goes on talking.
                if self.person.is_none() {
                    self.at(Stage::Ringing { person });
                }
                None
            }
            Some(News::Nobody(why)) => {
                self.news = None;
                if self.person.is_none() {
                    self.waited(WaitEnd::Message);
                    self.at(Stage::Over);
                }
                Some(Input::Nobody(why))
            }
            Some(News::Person(side)) => {
                self.news = None;
                self.coming = Some(*side);
                Some(Input::Person)
            }
            Some(News::SendOn { person, target }) => self.send_on(person, &target).await,
            None => {
                self.news = None;
                Some(Input::Nobody(crate::call_flow::NobodyWhy::Away))
            }
        }
    }

    /// Asks her own phone to call there. She hears music until it has done so.
    async fn send_on(&mut self, person: String, target: &str) -> Option<Input> {
        self.at(Stage::Ringing { person: person.clone() });
        let sent = self.line.call.transfer(target);
        // Rare and large: kept out of the future of every call.
        let sent = tokio::time::timeout(SENT_WITHIN, sent);
        let outcome = Box::pin(self.attending(sent)).await;
        match outcome {
            Ok(Ok(TransferOutcome::Done | TransferOutcome::Accepted)) => {
                let now = Timestamp::now();
                self.told.talks.push(Talk { person, from: now, to: None });
                self.waited(WaitEnd::Answered);
                self.shared.switchboard.leave(&self.told.id).await;
                Some(Input::SentOn)
            }
            failed => {
                tracing::info!(?failed, "a call could not be sent on");
                self.shared.switchboard.not_sent(&self.told.id, &person).await;
                None
            }
        }
    }

    /// Waits for the other side to do what it was asked. Its offers are answered meanwhile (a PBX
    /// puts on hold whom it moves), and what the caller did counts afterwards.
    async fn attending<T>(&mut self, asked: impl Future<Output = T>) -> T {
        let mut asked = pin!(asked);
        let mut there = true;
        loop {
            let arrived = tokio::select! {
                done = &mut asked => return done,
                arrived = self.line.arrival(), if there => arrived,
            };
            let Some(event) = self.line.deal_with(arrived).await else { continue };
            there = !matches!(event, LineEvent::HungUp | LineEvent::Broken | LineEvent::Shutdown);
            let input = self.caller_did(event);
            self.waiting.extend(input);
        }
    }

    /// Brings her and the person together, in place of whom she talked to before.
    pub(super) async fn bridge(&mut self) {
        let Some(Side { name, line, engaged }) = self.coming.take() else { return };
        let before = self.person.take();
        if let Some(before) = before {
            Tracks::end(None, &before.line.session).await;
            self.talk_ended();
            before.line.call.hang_up().await;
        } else {
            self.waited(WaitEnd::Answered);
        }
        self.line.session.bridge(&line.session).await;
        self.record_both(&line).await;
        let from = Timestamp::now();
        self.told.tone_at.get_or_insert(from);
        self.told.talks.push(Talk { person: name.clone(), from, to: None });
        self.told.hand_ons = self.flow.told.hand_ons;
        self.told.termination = crate::TalkEnd::Interrupted.into();
        self.notebook.note(&self.told);
        self.person = Some(Present { name: name.clone(), line, _engaged: engaged });
        self.at(Stage::Talking { person: name });
    }

    async fn record_both(&mut self, person: &LiveLine) {
        let path = self.shared.journal.recording(&self.told.id);
        self.notebook.begun().await;
        let handed_on = self.flow.told.hand_ons > self.told.hand_ons;
        let caller = (!handed_on).then_some(&self.line.session);
        if let Err(error) = self.tracks.begin(&path, caller, &person.session).await {
            tracing::error!(call = self.told.id, %error, "a conversation cannot be recorded");
        }
    }

    pub(super) async fn unbridge(&mut self) {
        self.shared.switchboard.leave(&self.told.id).await;
        self.news = None;
        self.coming = None;
        let Some(person) = self.person.take() else { return };
        self.line.session.part().await;
        match Tracks::end(Some(&self.line.session), &person.line.session).await {
            Some(Ok(recorded)) => self.recorded(&recorded, 1),
            Some(Err(error)) => {
                self.failed(&error);
            }
            None => {}
        }
        self.talk_ended();
        self.notebook.note(&self.told);
        person.line.call.hang_up().await;
        self.at(Stage::Over);
    }

    fn talk_ended(&mut self) {
        if let Some(talk) = self.told.talks.last_mut() {
            talk.to.get_or_insert_with(Timestamp::now);
        }
    }

    pub(super) async fn person_did(&mut self, arrived: Arrived) -> Option<Input> {
        let person = self.person.as_mut()?;
        match person.line.deal_with(arrived).await? {
            LineEvent::Key(HAND_ON) => Some(Input::HandOn),
            LineEvent::HungUp => Some(Input::PersonGone(PersonGone::HungUp)),
            LineEvent::Broken => Some(Input::PersonGone(PersonGone::Lost)),
            LineEvent::Shutdown => Some(Input::Shutdown),
            // A person on hold, or who listens, sends no audio.
            _ => None,
        }
    }

    pub(super) async fn tell_person(&mut self, prompt: Prompt) {
        let Some(person) = &mut self.person else { return };
        if let Some(clip) = self.shared.prompts.clip(prompt) {
            person.line.play(clip).await;
        }
    }

    fn waited(&mut self, ended: WaitEnd) {
        let Some(since) = self.progress.since.filter(|_| self.told.waited.is_none()) else {
            return;
        };
        let waited = Timestamp::now().duration_since(since).as_millis();
        let expected = self.progress.expected.map(|expected| expected.as_millis());
        self.told.waited = Some(Waited {
            milliseconds: u64::try_from(waited).unwrap_or_default(),
            expected_milliseconds: expected.and_then(|told| u64::try_from(told).ok()),
            ended,
        });
        self.notebook.note(&self.told);
    }

    /// Tells the host where the call is, when that has changed.
    fn at(&mut self, stage: Stage) {
        if self.progress.stage.as_ref() == Some(&stage) {
            return;
        }
        self.progress.stage = Some(stage.clone());
        let told = &self.told;
        let progress = CallProgress {
            call: told.id.clone(),
            line: told.line.clone(),
            caller: told.caller.clone(),
            language: self.flow.told.language,
            arrived_at: told.arrived_at,
            stage,
            since: Timestamp::now(),
            hand_ons: self.flow.told.hand_ons,
        };
        self.shared.progress.tell(progress);
    }
}

/// Waits for the person's next; for ever when nobody is there. Cancel-safe.
pub(super) async fn arrival(person: &mut Option<Present>) -> Arrived {
    match person {
        Some(person) => person.line.arrival().await,
        None => std::future::pending().await,
    }
}

/// Waits for an order; for ever when none can come. Cancel-safe.
pub(super) async fn ordered(orders: &mut Option<Orders>) -> CallOrder {
    match orders {
        Some(orders) => orders.next().await,
        None => std::future::pending().await,
    }
}

/// Waits for news; for ever when nobody is looked for. Cancel-safe.
pub(super) async fn told(news: &mut Option<mpsc::Receiver<News>>) -> Option<News> {
    match news {
        Some(news) => news.recv().await,
        None => std::future::pending().await,
    }
}
