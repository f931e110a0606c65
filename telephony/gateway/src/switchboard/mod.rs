//! Brings those who wait together with those who answer: asks who is there, rings their phones in
//! order, and tells every caller her place.

mod queue;
mod ringing;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use self::queue::{Move, Queue};
use self::ringing::{Rung, ring};
use crate::call_flow::{NobodyWhy, Place};
use crate::live_line::LiveLine;
use crate::outgoing::CallsOut;
use crate::people::minutes;
use crate::{CallHost, PromptLibrary, Reach, SpokenLanguage, Staff};

pub(crate) use self::queue::Wish;

/// How often is looked who is there, while somebody waits.
const LOOK: Duration = Duration::from_secs(1);
/// Wishes and their ends that wait for the switchboard.
const MOST_ORDERS: usize = 256;
/// News that one call has not read yet.
const MOST_NEWS: usize = 16;

/// What a caller who seeks a person hears of it.
pub(crate) enum News {
    /// Her place.
    Place(Place),
    /// A phone rings for her.
    Ringing(String),
    /// Nobody will come.
    Nobody(NobodyWhy),
    /// A person has answered.
    Person(Box<Side>),
    /// Her own phone is to be sent there; what comes of it is told by [`Switchboard::not_sent`].
    SendOn { person: String, target: String },
}

/// The person's side of a conversation.
pub(crate) struct Side {
    pub(crate) name: String,
    pub(crate) line: LiveLine,
    /// While it is there nobody else rings this person.
    pub(crate) engaged: Engaged,
}

/// Says that the person is free again, when it goes.
pub(crate) struct Engaged {
    name: String,
    orders: mpsc::WeakUnboundedSender<Freed>,
}

struct Freed(String);

impl Drop for Engaged {
    fn drop(&mut self) {
        if let Some(orders) = self.orders.upgrade() {
            // At most one for each person who answers a telephone.
            orders.send(Freed(std::mem::take(&mut self.name))).ok();
        }
    }
}

enum Order {
    Seek { wish: Wish, language: SpokenLanguage, news: mpsc::Sender<News> },
    Leave { call: String },
    NotSent { call: String, person: String },
}

/// The handle by which calls ask for people.
#[derive(Clone)]
pub(crate) struct Switchboard {
    orders: mpsc::Sender<Order>,
}

impl Switchboard {
    /// Runs until every handle is gone.
    pub(crate) fn start(
        host: Arc<dyn CallHost>,
        calls_out: CallsOut,
        prompts: PromptLibrary,
    ) -> Self {
        let (orders, taken) = mpsc::channel(MOST_ORDERS);
        let (free, freed) = mpsc::unbounded_channel();
        let desk = Desk {
            host,
            calls_out,
            prompts,
            queue: Queue::default(),
            seekers: HashMap::new(),
            ringing: JoinSet::new(),
            free,
        };
        tokio::spawn(desk.run(taken, freed));
        Self { orders }
    }

    /// Looks for a person until one answers, nobody can, or [`Switchboard::leave`].
    pub(crate) async fn seek(&self, wish: Wish, language: SpokenLanguage) -> mpsc::Receiver<News> {
        let (news, heard) = mpsc::channel(MOST_NEWS);
        self.orders.send(Order::Seek { wish, language, news }).await.ok();
        heard
    }

    /// She wants nobody any more.
    pub(crate) async fn leave(&self, call: &str) {
        self.orders.send(Order::Leave { call: call.to_owned() }).await.ok();
    }

    /// Her phone could not be sent to this person.
    pub(crate) async fn not_sent(&self, call: &str, person: &str) {
        let (call, person) = (call.to_owned(), person.to_owned());
        self.orders.send(Order::NotSent { call, person }).await.ok();
    }
}

struct Seeker {
    language: SpokenLanguage,
    news: mpsc::Sender<News>,
    told: Option<Place>,
    ringing: Option<AbortHandle>,
}

struct Desk {
    host: Arc<dyn CallHost>,
    calls_out: CallsOut,
    prompts: PromptLibrary,
    queue: Queue,
    seekers: HashMap<String, Seeker>,
    ringing: JoinSet<Rung>,
    free: mpsc::UnboundedSender<Freed>,
}

impl Desk {
    async fn run(
        mut self,
        mut orders: mpsc::Receiver<Order>,
        mut freed: mpsc::UnboundedReceiver<Freed>,
    ) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return,
                },
                Some(Freed(person)) = freed.recv() => self.queue.free(&person),
                Some(rung) = self.ringing.join_next() => {
                    // Aborted: its caller has left.
                    if let Ok(rung) = rung {
                        self.rung(rung);
                    }
                }
                _ = look.tick(), if !self.queue.is_empty() => {}
            }
            if !self.queue.is_empty() {
                self.look().await;
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Seek { wish, language, news } => {
                let seeker = Seeker { language, news, told: None, ringing: None };
                self.forget(&wish.call);
                self.seekers.insert(wish.call.clone(), seeker);
                self.queue.seek(wish);
            }
            Order::Leave { call } => {
                self.forget(&call);
                self.queue.leave(&call);
            }
            Order::NotSent { call, person } => self.queue.failed(&call, &person, Instant::now()),
        }
    }

    /// Whoever rings for this call is let go.
    fn forget(&mut self, call: &str) {
        if let Some(Seeker { ringing: Some(ringing), .. }) = self.seekers.remove(call) {
            ringing.abort();
        }
    }

    fn rung(&mut self, Rung { call, person, answered }: Rung) {
        let Some(seeker) = self.seekers.get_mut(&call) else { return };
        seeker.ringing = None;
        let Some(leg) = answered else {
            self.queue.failed(&call, &person, Instant::now());
            return;
        };
        self.queue.answered(&call, &person);
        let engaged = Engaged { name: person.clone(), orders: self.free.downgrade() };
        let side = Box::new(Side { name: person, line: LiveLine::of(leg), engaged });
        if let Some(seeker) = self.seekers.remove(&call) {
            // A call that ended at this very moment drops the side, which hangs up.
            seeker.news.try_send(News::Person(side)).ok();
        }
    }

    /// Asks who is there, and sets phones ringing.
    async fn look(&mut self) {
        let mut staff = HashMap::new();
        for line in self.queue.lines() {
            let there = self.host.staff(&line).await;
            staff.insert(line, there);
        }
        for one in self.queue.moves(&staff, Instant::now()) {
            match one {
                Move::Ring { call, person } => self.ring(call, person, &staff),
                Move::Nobody { call, why } => {
                    if let Some(seeker) = self.seekers.remove(&call) {
                        seeker.news.try_send(News::Nobody(why)).ok();
                    }
                }
            }
        }
        self.tell_places().await;
    }

    fn ring(&mut self, call: String, name: String, staff: &HashMap<String, Staff>) {
        let people = staff.values().flat_map(|staff| &staff.people);
        let reach = people.into_iter().find(|person| person.name == name).map(|one| &one.reach);
        let (Some(reach), Some(seeker)) = (reach, self.seekers.get_mut(&call)) else { return };
        match reach {
            Reach::SendOn { target } => {
                let (person, target) = (name, target.clone());
                seeker.news.try_send(News::SendOn { person, target }).ok();
            }
            Reach::Ring { order, confirm } => {
                seeker.news.try_send(News::Ringing(name.clone())).ok();
                let (calls_out, prompts) = (self.calls_out.clone(), self.prompts.clone());
                let (order, confirm, language) = (order.clone(), *confirm, seeker.language);
                let ringing = self.ringing.spawn(async move {
                    let answered = ring(&calls_out, &prompts, order, confirm, language).await;
                    Rung { call, person: name, answered }
                });
                seeker.ringing = Some(ringing);
            }
        }
    }

    async fn tell_places(&mut self) {
        let lines: HashMap<String, String> = self.queue.lines_of_calls();
        for (call, ahead) in self.queue.places() {
            let Some(seeker) = self.seekers.get_mut(&call) else { continue };
            let ahead_told = u8::try_from(ahead).unwrap_or(u8::MAX);
            if seeker.told.is_some_and(|told| told.ahead == ahead_told) {
                continue;
            }
            let line = lines.get(&call).map_or("", String::as_str);
            let usual = self.host.usual_wait(line, ahead).await;
            let place = Place { ahead: ahead_told, minutes: usual.map(minutes) };
            seeker.told = Some(place);
            seeker.news.try_send(News::Place(place)).ok();
        }
    }
}
