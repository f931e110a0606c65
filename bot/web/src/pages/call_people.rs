//! What people had to do with a call: who called whom, how long she waited, who
//! talked, what each said, what was noted.

use mostik_domain::{Call, CallBack, Direction, FeedbackId, Segment, Speaker};

use super::shell::Visit;
use crate::{error::ProblemDocument, wording::When};

/// All of it, as the page of a call shows it.
pub(super) struct CallPeople {
    pub(super) direction: &'static str,
    /// Which try it was, of a call that we placed.
    pub(super) attempt: Option<u32>,
    /// What it was about.
    pub(super) about: Option<&'static str>,
    pub(super) waited: Option<Waiting>,
    pub(super) talks: Vec<TalkRow>,
    pub(super) confirmed: Option<String>,
    pub(super) note: Option<NoteRow>,
    /// An operator talked, so a line can be written.
    pub(super) may_note: bool,
    pub(super) call_back: Option<CallBackRow>,
    pub(super) said: Vec<Turn>,
    pub(super) stereo: bool,
}

pub(super) struct Waiting {
    pub(super) length: String,
    pub(super) expected: Option<String>,
    pub(super) end: &'static str,
}

pub(super) struct TalkRow {
    pub(super) operator: String,
    pub(super) from: When,
    pub(super) length: String,
}

pub(super) struct NoteRow {
    pub(super) text: String,
    pub(super) by: String,
    pub(super) when: When,
}

/// The place that was kept in this call.
pub(super) struct CallBackRow {
    pub(super) state: &'static str,
    pub(super) why: Option<&'static str>,
    pub(super) attempts: u8,
    pub(super) twice: bool,
}

/// What one side said until the other spoke.
pub(super) struct Turn {
    pub(super) by_customer: bool,
    pub(super) who: String,
    /// Since the start of the recording, as minutes and seconds.
    pub(super) at: String,
    pub(super) text: String,
}

/// Reads what is not part of the call itself.
pub(super) async fn people(
    visit: &Visit,
    call: &Call,
    feedback: Option<FeedbackId>,
) -> Result<CallPeople, ProblemDocument> {
    let store = &visit.state.store;
    let transcript = match feedback {
        Some(id) => store.transcript(id).await?,
        None => None,
    };
    let said = transcript.map(|it| turns(visit, call, &it.segments)).unwrap_or_default();
    let call_back = store.call_back_of(call.id).await?;
    Ok(shaped(visit, call, call_back.as_ref(), said))
}

fn shaped(visit: &Visit, call: &Call, call_back: Option<&CallBack>, said: Vec<Turn>) -> CallPeople {
    let w = visit.w();
    let (attempt, about) = match call.direction {
        Direction::Incoming => (None, None),
        Direction::Outgoing { attempt, about, call_back } => {
            let of_queue = call_back.map(|_| w.phone.call_back);
            (Some(attempt), of_queue.or(about.map(|_| w.phone.about_notice)))
        }
    };
    CallPeople {
        direction: w.direction(call.direction),
        attempt,
        about,
        waited: call.waited.map(|waited| Waiting {
            length: w.length(waited.milliseconds),
            expected: waited.expected_milliseconds.map(|told| w.length(told)),
            end: w.wait_end(waited.ended),
        }),
        talks: talks(visit, call),
        confirmed: call.confirmed.as_ref().map(|cause| w.cause(cause)),
        note: call.note.as_ref().filter(|note| !note.text.is_blank()).map(|note| NoteRow {
            text: note.text.reveal().to_owned(),
            by: note.by.clone(),
            when: visit.when(note.at),
        }),
        may_note: call.answered_by().is_some(),
        call_back: call_back.map(|it| kept(visit, it)),
        said,
        stereo: call.recording.as_ref().is_some_and(|recording| recording.channels == 2),
    }
}

fn talks(visit: &Visit, call: &Call) -> Vec<TalkRow> {
    let row = |talk: &mostik_domain::Talk| {
        let lasted = talk.to.duration_since(talk.from).as_millis();
        TalkRow {
            operator: talk.operator.clone(),
            from: visit.when(talk.from),
            length: visit.w().length(u64::try_from(lasted).unwrap_or_default()),
        }
    };
    call.talks.iter().map(row).collect()
}

fn kept(visit: &Visit, call_back: &CallBack) -> CallBackRow {
    let why = match call_back.state {
        mostik_domain::CallBackState::GaveUp { why, .. } => Some(why.told(visit.w().language)),
        _ => None,
    };
    CallBackRow {
        state: visit.w().call_back_state(&call_back.state),
        why,
        attempts: call_back.attempts,
        twice: call_back.perhaps_called_twice,
    }
}

/// Both sides in turns; nothing where nobody knows who spoke.
fn turns(visit: &Visit, call: &Call, segments: &[Segment]) -> Vec<Turn> {
    let mut turns: Vec<(Speaker, Turn)> = Vec::new();
    let known = segments.iter().filter_map(|segment| Some((segment.speaker?, segment)));
    for (speaker, segment) in known {
        let text = segment.text.reveal().trim();
        match turns.last_mut() {
            Some((last, turn)) if *last == speaker => {
                turn.text.push(' ');
                turn.text.push_str(text);
            }
            _ => turns.push((speaker, turn(visit, call, speaker, segment))),
        }
    }
    turns.into_iter().map(|(_, turn)| turn).collect()
}

fn turn(visit: &Visit, call: &Call, speaker: Speaker, segment: &Segment) -> Turn {
    let words = visit.w().phone;
    let who = match (speaker, call.answered_by()) {
        (Speaker::Customer, _) => words.customer.to_owned(),
        (Speaker::Operator, Some(name)) if call.talks.len() == 1 => name.to_owned(),
        (Speaker::Operator, _) => words.operator.to_owned(),
    };
    let start = std::time::Duration::try_from_secs_f64(segment.start).unwrap_or_default();
    Turn {
        by_customer: speaker == Speaker::Customer,
        who,
        at: format!("{}:{:02}", start.as_secs() / 60, start.as_secs() % 60),
        text: segment.text.reveal().trim().to_owned(),
    }
}
