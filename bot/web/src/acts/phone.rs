//! What people decide at the phone's side of the desk.

use jiff::Timestamp;
use mostik_domain::{
    Attendance, CallBack, CallBackState, CallId, CallNote, Change, Decision, LiveCall, OrderId,
    OrderRefused, OrderWhat, Outage, OutageTexts, Presence, Words,
};

use super::{Moment, typed};
use crate::{error::ProblemDocument, refusal::Refusal};

/// Characters of the line after a call.
const NOTE_LIMIT: usize = 500;
/// Characters that are read aloud to every caller.
const OUTAGE_LIMIT: usize = 500;

/// An operator takes calls, or does not.
pub(crate) fn say_presence(operator: &str, presence: Presence, moment: &Moment<'_>) -> Decision {
    let operator = operator.to_owned();
    Decision::nothing().and(Change::SaveAttendance(Attendance {
        operator,
        presence,
        since: moment.at,
    }))
}

/// Asks the phone to do something with a call.
pub(crate) fn order(
    call: &LiveCall,
    what: OrderWhat,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let id = OrderId::new(moment.clock.fresh_id());
    let order = call.order(id, moment.by, what, moment.at).map_err(Refusal::from)?;
    Ok(Decision::nothing().and(Change::GiveOrder(order)))
}

/// Why the call was answered so; a blank line says that there is nothing to add.
pub(crate) fn note(
    call: CallId,
    text: &str,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let text = if text.trim().is_empty() {
        String::new()
    } else {
        // One line: what was pasted keeps its words and loses its breaks.
        typed("text", text, NOTE_LIMIT)?.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let note = CallNote { by: moment.by.to_owned(), text: Words::new(text), at: moment.at };
    Ok(Decision::nothing().and(Change::NoteCall(call, note)))
}

/// What is to be told to callers.
pub(crate) struct WantedOutage<'a> {
    /// On which line; on every line without.
    pub(crate) line: Option<&'a str>,
    pub(crate) russian: &'a str,
    pub(crate) english: &'a str,
    pub(crate) until: Option<Timestamp>,
}

/// Callers hear of it from now on.
pub(crate) fn set_outage(
    wanted: &WantedOutage<'_>,
    lines: &[String],
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    if let Some(line) = wanted.line {
        known_line(line, lines)?;
    }
    if wanted.until.is_some_and(|until| until <= moment.at) {
        return Err(ProblemDocument::invalid("until", "that time is past already")
            .because(Refusal::AlreadyPast));
    }
    Ok(Decision::nothing().and(Change::SetOutage(Outage {
        line: wanted.line.map(str::to_owned),
        texts: OutageTexts {
            russian: spoken("texts.ru", wanted.russian)?,
            english: spoken("texts.en", wanted.english)?,
        },
        set_by: moment.by.to_owned(),
        since: moment.at,
        until: wanted.until,
    })))
}

/// What is read aloud, or nothing for the shipped sentence.
fn spoken(field: &str, text: &str) -> Result<Words, ProblemDocument> {
    if text.trim().is_empty() {
        return Ok(Words::default());
    }
    typed(field, text, OUTAGE_LIMIT).map(Words::new)
}

fn known_line(line: &str, lines: &[String]) -> Result<(), ProblemDocument> {
    if lines.iter().any(|known| known == line) {
        return Ok(());
    }
    Err(ProblemDocument::invalid("line", format!("expected one of {}", lines.join(", ")))
        .because(Refusal::NoSuchLine))
}

/// Somebody need not be called back.
pub(crate) fn cancel_call_back(
    call_back: CallBack,
    moment: &Moment<'_>,
) -> Result<Decision, ProblemDocument> {
    let why_not = match call_back.state {
        CallBackState::Calling { .. } => Refusal::BeingCalledNow,
        _ => Refusal::CallBackIsOver,
    };
    let cancelled = call_back.cancelled(moment.by, moment.at);
    let cancelled = cancelled.map_err(|refused| ProblemDocument::from(refused).because(why_not))?;
    Ok(Decision::nothing().and(Change::SaveCallBack(cancelled)))
}

impl From<OrderRefused> for Refusal {
    fn from(refused: OrderRefused) -> Self {
        match refused {
            OrderRefused::NotYourCall => Self::NotYourCall,
            OrderRefused::HandedOnTooOften => Self::HandedOnTooOften,
            OrderRefused::ToYourself => Self::ToYourself,
            OrderRefused::NotWaiting => Self::CallerNotWaiting,
        }
    }
}

/// Callers of that line, of every line without, hear of it no more.
pub(crate) fn clear_outage(line: Option<String>) -> Decision {
    Decision::nothing().and(Change::ClearOutage(line))
}
