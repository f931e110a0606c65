//! Who waits for whom, as a pure structure: the clock comes in as an argument.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::Staff;
use crate::call_flow::NobodyWhy;

/// Who did not answer is left alone for so long.
const REST: Duration = Duration::from_secs(15);

/// Somebody who wants a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    /// The call.
    pub(crate) call: String,
    /// Its line.
    pub(crate) line: String,
    /// Since when she waits: her place.
    pub(crate) since: Timestamp,
    /// A colleague is wanted while she talks to this person.
    pub(crate) instead_of: Option<String>,
    /// Nobody else will do: she is taken out of her turn, or handed on to this one.
    pub(crate) only: Option<String>,
}

#[derive(Debug)]
struct Waiting {
    wish: Wish,
    /// Whose phone rings for her.
    ringing: Option<String>,
    /// Colleagues who did not answer: none is rung twice for one handing-on.
    tried: Vec<String>,
}

/// All who wait, and all who are busy.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// By their places.
    waiting: Vec<Waiting>,
    /// How many calls a person is in; more than one only for a moment.
    engaged: HashMap<String, u32>,
    resting: HashMap<String, Instant>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Move {
    /// Ring this person for this call.
    Ring { call: String, person: String },
    /// Nobody will come for this call, which waits no more.
    Nobody { call: String, why: NobodyWhy },
}

impl Queue {
    /// Takes a wish in, at its place.
    pub(crate) fn seek(&mut self, wish: Wish) {
        self.leave(&wish.call);
        let place = self.waiting.partition_point(|other| other.wish.since <= wish.since);
        self.waiting.insert(place, Waiting { wish, ringing: None, tried: Vec::new() });
    }

    /// She wants nobody any more.
    pub(crate) fn leave(&mut self, call: &str) {
        self.waiting.retain(|waiting| waiting.wish.call != call);
    }

    /// The person has answered: the wish is fulfilled.
    pub(crate) fn answered(&mut self, call: &str, person: &str) {
        self.leave(call);
        *self.engaged.entry(person.to_owned()).or_default() += 1;
    }

    /// The person did not answer, or could not be sent to.
    pub(crate) fn failed(&mut self, call: &str, person: &str, now: Instant) {
        self.resting.insert(person.to_owned(), now + REST);
        if let Some(waiting) = self.waiting.iter_mut().find(|waiting| waiting.wish.call == call) {
            waiting.ringing = None;
            waiting.tried.push(person.to_owned());
            if waiting.wish.instead_of.is_none() {
                // Her turn comes all the same.
                waiting.wish.only = None;
            }
        }
    }

    /// The person talks no more, and may be rung at once.
    pub(crate) fn free(&mut self, person: &str) {
        if let Some(calls) = self.engaged.get_mut(person) {
            *calls -= 1;
            if *calls == 0 {
                self.engaged.remove(person);
            }
        }
    }

    /// The lines on which somebody waits.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> =
            self.waiting.iter().map(|waiting| waiting.wish.line.clone()).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    }

    /// The line of each call that waits.
    pub(crate) fn lines_of_calls(&self) -> HashMap<String, String> {
        let pair = |waiting: &Waiting| (waiting.wish.call.clone(), waiting.wish.line.clone());
        self.waiting.iter().map(pair).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How many of the same line are before each who waits.
    pub(crate) fn places(&self) -> Vec<(String, usize)> {
        let mut before: HashMap<&str, usize> = HashMap::new();
        let waiting = self.waiting.iter().filter(|waiting| waiting.wish.instead_of.is_none());
        waiting
            .map(|waiting| {
                let ahead = before.entry(&waiting.wish.line).or_default();
                let place = (waiting.wish.call.clone(), *ahead);
                *ahead += 1;
                place
            })
            .collect()
    }

    /// Gives each who waits the first person who is free, in the order of their places.
    pub(crate) fn moves(&mut self, staff: &HashMap<String, Staff>, now: Instant) -> Vec<Move> {
        self.resting.retain(|_, until| *until > now);
        let mut moves = Vec::new();
        let out_of_turn = |place: &usize| self.waiting[*place].wish.only.is_none();
        let mut places: Vec<usize> = (0..self.waiting.len()).collect();
        places.sort_by_key(out_of_turn);
        for place in places {
            let Some(staff) = staff.get(&self.waiting[place].wish.line) else { continue };
            self.waiting[place].forget_who_is_away(staff);
            let Waiting { wish, ringing: None, .. } = &self.waiting[place] else { continue };
            if let Some(person) = self.free_person(&self.waiting[place], staff) {
                let call = wish.call.clone();
                self.waiting[place].ringing = Some(person.clone());
                moves.push(Move::Ring { call, person });
            } else if let Some(why) = hopeless(&self.waiting[place], staff) {
                moves.push(Move::Nobody { call: wish.call.clone(), why });
            }
        }
        for one in &moves {
            if let Move::Nobody { call, .. } = one {
                self.leave(call);
            }
        }
        moves
    }

    fn free_person(&self, waiting: &Waiting, staff: &Staff) -> Option<String> {
        if !staff.open {
            return None;
        }
        let rings = |name: &String| {
            self.waiting.iter().any(|waiting| waiting.ringing.as_ref() == Some(name))
        };
        let names = staff.people.iter().map(|person| &person.name);
        let mut free = names.filter(|name| {
            !self.engaged.contains_key(*name)
                && !rings(name)
                && match waiting.wish.instead_of {
                    Some(_) => !waiting.tried.contains(name),
                    None => !self.resting.contains_key(*name),
                }
        });
        free.next().cloned()
    }
}

impl Waiting {
    fn forget_who_is_away(&mut self, staff: &Staff) {
        let there = |name: &String| staff.people.iter().any(|person| person.name == *name);
        if self.wish.instead_of.is_none() && !self.wish.only.as_ref().is_some_and(there) {
            self.wish.only = None;
        }
    }
}

/// Whether waiting has no sense: nobody is there. A colleague is not waited for.
fn hopeless(waiting: &Waiting, staff: &Staff) -> Option<NobodyWhy> {
    if !staff.open {
        Some(NobodyWhy::Closed)
    } else if staff.people.is_empty() {
        Some(NobodyWhy::Away)
    } else if waiting.wish.instead_of.is_some() {
        Some(NobodyWhy::Busy)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outgoing::OutgoingOrder;
    use crate::{Person, Reach};

    fn staff(names: &[&str]) -> HashMap<String, Staff> {
        let person = |name: &&str| Person {
            name: (*name).to_owned(),
            reach: Reach::Ring { order: OutgoingOrder::phone(*name), confirm: false },
        };
        let staff = Staff { open: true, people: names.iter().map(person).collect() };
        [("support".to_owned(), staff)].into()
    }

    fn wish(call: &str, second: i64) -> Wish {
        Wish {
            call: call.into(),
            line: "support".into(),
            since: Timestamp::from_second(second).expect("a second"),
            instead_of: None,
            only: None,
        }
    }

    fn ring(call: &str, person: &str) -> Move {
        Move::Ring { call: call.into(), person: person.into() }
    }

    #[test]
    fn ten_callers_are_served_in_their_order_whatever_the_order_of_news() {
        let now = Instant::now();
        let mut queue = Queue::default();
        for second in [5, 2, 9, 0, 7, 1, 3, 8, 4, 6] {
            queue.seek(wish(&format!("call_{second}"), second));
        }
        let places = queue.places();
        let expected: Vec<_> = (0..10).map(|place| (format!("call_{place}"), place)).collect();
        assert_eq!(places, expected);
        let both = staff(&["ada", "bo"]);
        assert_eq!(queue.moves(&both, now), [ring("call_0", "ada"), ring("call_1", "bo")]);
        assert_eq!(queue.moves(&both, now), [], "their phones ring already");
        queue.answered("call_1", "bo");
        queue.failed("call_0", "ada", now);
        assert_eq!(queue.moves(&both, now), [], "one talks, the other is left alone for a while");
        assert_eq!(queue.moves(&both, now + REST), [ring("call_0", "ada")]);
        queue.free("bo");
        assert_eq!(queue.moves(&both, now), [ring("call_2", "bo")]);
    }

    #[test]
    fn who_asked_to_be_called_keeps_her_place() {
        let mut queue = Queue::default();
        queue.seek(wish("first", 1));
        queue.seek(wish("second", 2));
        queue.leave("first");
        queue.seek(wish("cb_first", 1));
        assert_eq!(queue.places()[0], ("cb_first".to_owned(), 0));
    }

    #[test]
    fn nobody_waits_for_nobody() {
        let now = Instant::now();
        for (staff, why) in [
            (Staff { open: false, ..staff(&["ada"])["support"].clone() }, NobodyWhy::Closed),
            (Staff { open: true, people: vec![] }, NobodyWhy::Away),
        ] {
            let mut queue = Queue::default();
            queue.seek(wish("call", 1));
            let told = [Move::Nobody { call: "call".into(), why }];
            assert_eq!(queue.moves(&[("support".to_owned(), staff)].into(), now), told);
            assert!(queue.is_empty());
        }
    }

    #[test]
    fn who_is_taken_out_of_turn_loses_nothing_by_it() {
        let (mut queue, now) = (Queue::default(), Instant::now());
        queue.seek(wish("first", 1));
        queue.seek(Wish { only: Some("bo".into()), ..wish("second", 2) });
        let both = staff(&["bo", "ada"]);
        assert_eq!(queue.moves(&both, now), [ring("second", "bo"), ring("first", "ada")]);
        queue.failed("second", "bo", now);
        queue.failed("first", "ada", now);
        assert_eq!(
            queue.moves(&both, now + REST),
            [ring("first", "bo"), ring("second", "ada")],
            "then her turn comes as before"
        );
        let mut queue = Queue::default();
        queue.seek(Wish { only: Some("cy".into()), ..wish("call", 1) });
        assert_eq!(queue.moves(&both, now), [ring("call", "bo")], "who is not there takes nobody");
    }

    #[test]
    fn a_colleague_is_another_person_and_each_is_rung_once() {
        let now = Instant::now();
        let (mut queue, both) = (Queue::default(), staff(&["ada", "bo", "cy"]));
        queue.answered("call", "ada");
        let wish = Wish { instead_of: Some("ada".into()), ..wish("call", 1) };
        queue.seek(wish);
        assert_eq!(queue.places(), [], "she is not in the queue");
        for person in ["bo", "cy"] {
            assert_eq!(queue.moves(&both, now), [ring("call", person)]);
            queue.failed("call", person, now);
        }
        let nobody = Move::Nobody { call: "call".into(), why: NobodyWhy::Busy };
        assert_eq!(queue.moves(&both, now), [nobody]);
    }
}
