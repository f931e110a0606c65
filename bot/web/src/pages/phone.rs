//! The desk's page of the phone: my call, who waits, who talks, who is to be
//! called back, who is there, what is announced.

use askama::Template;
use axum::response::Response;
use mostik_domain::{
    CallBack, CallBackId, CallBackState, CallId, DeskOrder, LiveCall, LiveStage, Outage, Presence,
};
use mostik_store::CallCard;

use super::{
    caller::{self, Before},
    presence::{self, whom},
    shell::{Here, Shell, Visit, private_page},
};
use crate::{
    error::ProblemDocument,
    guard::{Operator, Person},
    phone_desk::{AtThePhone, call_of, operators},
    wording::When,
};

#[derive(Template)]
#[template(path = "phone.html")]
struct PhonePage {
    shell: Shell,
    mine: Option<Mine>,
    owed: Vec<Owed>,
    waiting: Vec<LiveRow>,
    others: Vec<LiveRow>,
    kept: Vec<Kept>,
    operators: Vec<OperatorRow>,
    announced: Vec<Announced>,
    lines: Vec<String>,
}

/// The call that the person is in.
struct Mine {
    row: LiveRow,
    may_hand_on: bool,
    hand_ons: String,
    /// Colleagues who are there.
    colleagues: Vec<String>,
    before: Vec<Before>,
}

/// A call that the person has answered and said nothing about.
struct Owed {
    id: CallId,
    whom: String,
    ended: When,
}

/// What the phone is doing with one call.
struct LiveRow {
    id: CallId,
    whom: String,
    line: String,
    stage: &'static str,
    operator: Option<String>,
    ringing: bool,
    place: u32,
    since: String,
    lasts: String,
    /// What was asked of the phone.
    ordered: Option<&'static str>,
}

/// A kept place.
struct Kept {
    id: CallBackId,
    whom: String,
    line: String,
    state: &'static str,
    queued: When,
    asked: When,
    attempts: u8,
    not_before: Option<When>,
    twice: bool,
    may_cancel: bool,
}

struct OperatorRow {
    name: String,
    state: &'static str,
    mood: &'static str,
}

struct Announced {
    /// Empty for every line.
    line: String,
    texts: Vec<String>,
    by: String,
    since: When,
    until: Option<When>,
    over: bool,
}

/// The page; at pick-up the caller's history stands first.
pub(super) async fn show(
    Operator(person): Operator,
    visit: Visit,
) -> Result<Response, ProblemDocument> {
    let store = &visit.state.store;
    let live = store.live_calls().await?;
    let orders = store.desk_orders(visit.now).await?;
    let at_the_phone = operators(&visit.state, &live).await?;
    let mut waiting = Vec::new();
    let mut others = Vec::new();
    for call in &live {
        let row = live_row(&visit, call, &orders).await?;
        if row.place > 0 {
            waiting.push(row);
        } else if call.talking_with() != Some(person.name.as_str()) {
            others.push(row);
        }
    }
    waiting.sort_by_key(|row| row.place);
    let owed = presence::owed(&visit, &person).await?;
    let mut kept = Vec::new();
    for call_back in store.call_backs().await? {
        kept.push(self::kept(&visit, &call_back));
    }
    private_page(&PhonePage {
        mine: mine(&visit, &person, &live, &orders, &at_the_phone).await?,
        owed: owed.iter().map(|card| self::owed(&visit, card)).collect(),
        waiting,
        others,
        kept,
        operators: at_the_phone.iter().map(|it| operator(&visit, it)).collect(),
        announced: store.outages().await?.iter().map(|it| announced(&visit, it)).collect(),
        lines: visit.state.settings.lines.clone(),
        shell: visit.staff(&person, Here::Phone).await?,
    })
}

async fn mine(
    visit: &Visit,
    person: &Person,
    live: &[LiveCall],
    orders: &[DeskOrder],
    at_the_phone: &[AtThePhone],
) -> Result<Option<Mine>, ProblemDocument> {
    let Some(call) = call_of(&person.name, live) else {
        return Ok(None);
    };
    let others = at_the_phone.iter().filter(|it| it.is_free() && it.name != person.name);
    Ok(Some(Mine {
        row: live_row(visit, call, orders).await?,
        may_hand_on: call.may_be_handed_on(),
        hand_ons: visit.w().hand_ons(call.hand_ons, LiveCall::MOST_HAND_ONS),
        colleagues: others.map(|it| it.name.clone()).collect(),
        before: caller::before(visit, call).await?,
    }))
}

async fn live_row(
    visit: &Visit,
    call: &LiveCall,
    orders: &[DeskOrder],
) -> Result<LiveRow, ProblemDocument> {
    let (place, since) = match call.stage {
        LiveStage::Waiting { place, since } => (place.max(1), since),
        _ => (0, call.since),
    };
    let ordered = orders.iter().find(|order| order.call == call.id);
    Ok(LiveRow {
        id: call.id,
        whom: whom(visit, call).await?,
        line: call.line.clone(),
        stage: visit.w().live_stage(&call.stage),
        operator: call.talking_with().or(call.ringing_at()).map(str::to_owned),
        ringing: call.ringing_at().is_some(),
        place,
        since: since.to_string(),
        lasts: visit.lasts(since),
        ordered: ordered.map(|order| visit.w().order(&order.what)),
    })
}

fn owed(visit: &Visit, card: &CallCard) -> Owed {
    Owed {
        id: card.call.id,
        whom: visit.number(card.call.caller.reveal()),
        ended: visit.when(card.call.ended_at),
    }
}

fn kept(visit: &Visit, call_back: &CallBack) -> Kept {
    let name = call_back.name.as_ref().filter(|name| !name.is_blank());
    let not_before = match call_back.state {
        CallBackState::Waiting { not_before } => not_before,
        _ => None,
    };
    Kept {
        id: call_back.id,
        whom: name.map_or_else(
            || visit.number(call_back.address.value.reveal()),
            |name| name.reveal().to_owned(),
        ),
        line: call_back.line.clone(),
        state: visit.w().call_back_state(&call_back.state),
        queued: visit.when(call_back.in_queue_since),
        asked: visit.when(call_back.asked_at),
        attempts: call_back.attempts,
        not_before: not_before.map(|at| visit.when(at)),
        twice: call_back.perhaps_called_twice,
        may_cancel: matches!(call_back.state, CallBackState::Waiting { .. }),
    }
}

fn operator(visit: &Visit, it: &AtThePhone) -> OperatorRow {
    let (state, mood) = match (it.call, it.presence) {
        (Some(_), _) => (visit.w().on_a_call(), "going"),
        (None, Presence::Available) => (visit.w().presence(it.presence), "good"),
        (None, Presence::Away) => (visit.w().presence(it.presence), ""),
    };
    OperatorRow { name: it.name.clone(), state, mood }
}

fn announced(visit: &Visit, outage: &Outage) -> Announced {
    let texts = [&outage.texts.russian, &outage.texts.english];
    Announced {
        line: outage.line.clone().unwrap_or_default(),
        texts: texts
            .into_iter()
            .filter(|text| !text.is_blank())
            .map(|text| text.reveal().to_owned())
            .collect(),
        by: outage.set_by.clone(),
        since: visit.when(outage.since),
        until: outage.until.map(|until| visit.when(until)),
        over: !outage.holds(visit.now),
    }
}
