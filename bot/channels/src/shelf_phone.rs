//! The desk's phone side of the shelf: what the phone tells, and what the desk asks.

use jiff::Timestamp;
use mostik_domain::{
    Attendance, Call, CallBack, CallId, CallNote, Change, DeskOrder, LiveCall, Outage, WaitEnd,
    Waited,
};
use mostik_store::StoreError;

/// All of it, in the order in which it came.
#[derive(Debug, Default)]
pub(crate) struct PhoneShelf {
    pub(crate) attendance: Vec<Attendance>,
    pub(crate) live_calls: Vec<LiveCall>,
    pub(crate) orders: Vec<DeskOrder>,
    pub(crate) outages: Vec<Outage>,
    pub(crate) call_backs: Vec<CallBack>,
    pub(crate) notes: Vec<(CallId, CallNote)>,
}

impl PhoneShelf {
    /// Keeps a change, or gives it back when it is about something else.
    pub(crate) fn keep(&mut self, change: Change) -> Result<Option<Change>, StoreError> {
        match change {
            Change::SaveAttendance(said) => {
                put(&mut self.attendance, said, |a, b| a.operator == b.operator);
            }
            Change::SaveLiveCall(call) => put(&mut self.live_calls, call, |a, b| a.id == b.id),
            Change::EndLiveCall(id) => {
                self.live_calls.retain(|call| call.id != id);
                self.orders.retain(|order| order.call != id);
            }
            Change::NoLiveCalls => {
                self.live_calls.clear();
                self.orders.clear();
            }
            Change::GiveOrder(order) => self.order(order)?,
            Change::OrderDone(id) => self.orders.retain(|order| order.id != id),
            Change::SetOutage(outage) => {
                put(&mut self.outages, outage, |a, b| a.line == b.line);
            }
            Change::ClearOutage(line) => self.outages.retain(|outage| outage.line != line),
            Change::SaveCallBack(call_back) => self.call_back(call_back)?,
            Change::NoteCall(id, note) => put(&mut self.notes, (id, note), |a, b| a.0 == b.0),
            other => return Ok(Some(other)),
        }
        Ok(None)
    }

    fn order(&mut self, order: DeskOrder) -> Result<(), StoreError> {
        if !self.live_calls.iter().any(|call| call.id == order.call) {
            return Err(StoreError::NotFound { what: order.call.to_string() });
        }
        self.orders.retain(|before| before.call != order.call);
        self.orders.push(order);
        Ok(())
    }

    fn call_back(&mut self, saved: CallBack) -> Result<(), StoreError> {
        let conflict = || StoreError::Conflict { what: saved.id.to_string() };
        match self.call_backs.iter_mut().find(|it| it.id == saved.id || it.call == saved.call) {
            Some(known) if (known.id, known.revision) == (saved.id, saved.revision) => {
                *known = CallBack { revision: saved.revision.saturating_add(1), ..saved };
            }
            Some(_) => return Err(conflict()),
            None => self.call_backs.push(saved),
        }
        Ok(())
    }

    pub(crate) fn open_orders(&self, now: Timestamp) -> Vec<DeskOrder> {
        self.orders.iter().filter(|order| order.is_open(now)).cloned().collect()
    }

    pub(crate) fn kept_places(&self) -> Vec<CallBack> {
        let mut kept: Vec<_> =
            self.call_backs.iter().filter(|it| !it.state.is_final()).cloned().collect();
        kept.sort_by_key(|it| (it.in_queue_since, it.id));
        kept
    }
}

/// How callers of a line waited until they were answered, newest first.
pub(crate) fn waits<'a>(
    calls: impl DoubleEndedIterator<Item = &'a Call>,
    line: &str,
    most: u32,
) -> Vec<Waited> {
    calls
        .rev()
        .filter(|call| call.line == line)
        .filter_map(|call| call.waited)
        .filter(|waited| waited.ended == WaitEnd::Answered)
        .take(usize::try_from(most).unwrap_or(usize::MAX))
        .collect()
}

fn put<T>(all: &mut Vec<T>, one: T, same: impl Fn(&T, &T) -> bool) {
    match all.iter_mut().find(|known| same(known, &one)) {
        Some(known) => *known = one,
        None => all.push(one),
    }
}
