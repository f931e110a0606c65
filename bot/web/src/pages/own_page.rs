use askama::Template;
use axum::{extract::Path, response::Response};
use mostik_domain::{
    AcceptanceStage, Author, Feedback, FeedbackId, FeedbackState, Message, MessageKind, Notice,
    NoticeState, ProblemState, PromiseState, ReviewReason, Source, notice, survey::survey_key,
};
use mostik_store::FeedbackDetails;
use serde::Deserialize;

use super::{
    own_kind::{self, Confirm, confirm, kind_of},
    shell::{Shell, Visit, private_page, see},
};
use crate::{
    acts::{self, Moment, on_feedback},
    error::ProblemDocument,
    guard::{ClientAddress, FormBody},
    wording::{When, Wording},
};

#[derive(Template)]
#[template(path = "own_page.html")]
struct OwnPage {
    shell: Shell,
    path: String,
    reference: String,
    steps: Vec<TrackStep>,
    status: String,
    why: Option<String>,
    promise: Option<Promised>,
    ask: bool,
    confirm: Option<Confirm>,
    thanks: bool,
    said: Vec<Said>,
    key: String,
}

/// A step of the way, as the customer sees it.
struct TrackStep {
    label: &'static str,
    done: bool,
    current: bool,
}

/// What was promised, and how it stands.
struct Promised {
    text: String,
    due: When,
    open: bool,
}

/// One thing said in the correspondence.
struct Said {
    by_customer: bool,
    who: String,
    text: String,
    when: When,
}

/// The feedback of a signed link; any other link leads nowhere.
pub(super) fn feedback_of(visit: &Visit, token: &str) -> Result<FeedbackId, ProblemDocument> {
    visit.state.links.verify(token).ok_or_else(ProblemDocument::not_found)
}

/// The correspondence, how it stands, and what was promised.
pub(super) async fn show(
    mut visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, ProblemDocument> {
    let id = feedback_of(&visit, &token)?;
    let details = visit.state.store.feedback_details(id).await?;
    let details = details.ok_or_else(ProblemDocument::not_found)?;
    visit.locale = visit.locale.or(details.card.feedback.language);
    private_page(&own_page(&visit, &token, &details))
}

fn own_page(visit: &Visit, token: &str, details: &FeedbackDetails) -> OwnPage {
    let w = visit.w();
    let feedback = &details.card.feedback;
    let answered = survey_key(feedback)
        .map(|key| details.messages.iter().any(|message| message.external_id == key));
    let (status, why) = status(w, details);
    let path = format!("/c/{token}");
    OwnPage {
        shell: Shell { live: format!("{path}/events"), ..visit.public() },
        path,
        reference: feedback.reference.to_string(),
        steps: steps(w, details),
        status,
        why,
        promise: promised(visit, details),
        ask: answered == Some(false) && kind_of(details) != MessageKind::Cooperation,
        confirm: confirm(visit, details),
        thanks: answered == Some(true),
        said: correspondence(visit, details),
        key: visit.state.clock.fresh_id().simple().to_string(),
    }
}

fn steps(w: &Wording, details: &FeedbackDetails) -> Vec<TrackStep> {
    let state = &details.card.feedback.state;
    let Some(labels) = own_kind::steps(w, kind_of(details), state) else { return Vec::new() };
    let reached = match state.clone().out_of_review() {
        FeedbackState::Captured
        | FeedbackState::Transcribed
        | FeedbackState::Classified { .. }
        | FeedbackState::Answered(_)
        | FeedbackState::NeedsReview { .. } => 1,
        FeedbackState::Routed(_) | FeedbackState::Filed(_) => 2,
        FeedbackState::Resolved { .. } | FeedbackState::Declined { .. } => 3,
    };
    labels
        .into_iter()
        .enumerate()
        .map(|(position, label)| TrackStep {
            label,
            done: position < reached || reached == 3,
            current: position == reached,
        })
        .collect()
}

/// How it stands in plain words; for a refusal the reason.
fn status(w: &Wording, details: &FeedbackDetails) -> (String, Option<String>) {
    let own = &w.own;
    let state = &details.card.feedback.state;
    if let Some(status) = own_kind::status(w, details) {
        return (status.to_owned(), None);
    }
    match state {
        FeedbackState::NeedsReview { reason: ReviewReason::NotSolved, .. } => {
            (own.not_solved.to_owned(), None)
        }
        FeedbackState::NeedsReview { .. } => (own.with_person.to_owned(), None),
        FeedbackState::Captured
        | FeedbackState::Transcribed
        | FeedbackState::Classified { .. }
        | FeedbackState::Answered(_) => (own.received.to_owned(), None),
        FeedbackState::Routed(_) | FeedbackState::Filed(_) => {
            let cause = state.classification().map(|named| &named.root_cause);
            let passed = format!("{} {}.", own.passed, w.passed_to(cause));
            let further = match details.problem.as_ref().map(|problem| problem.stage) {
                Some(AcceptanceStage::Acceptance) => own.confirmed,
                Some(AcceptanceStage::Evangelism) => own.working,
                _ => return (passed, None),
            };
            (format!("{passed} {further}"), None)
        }
        FeedbackState::Resolved { .. } => (own.fixed.to_owned(), None),
        FeedbackState::Declined { .. } => {
            let why = match details.problem.as_ref().map(|problem| &problem.state) {
                Some(ProblemState::Declined { why: Some(why), .. }) => {
                    format!("{} «{why}»", own.declined_why)
                }
                _ => own.declined_no_why.to_owned(),
            };
            let declined = match kind_of(details) {
                MessageKind::Cooperation => own.offer_declined,
                _ => own.declined,
            };
            (declined.to_owned(), Some(why))
        }
    }
}

fn promised(visit: &Visit, details: &FeedbackDetails) -> Option<Promised> {
    let own = &visit.w().own;
    let promise = details.card.promises.last()?;
    let text = match promise.state {
        PromiseState::Due => format!(
            "{}: {} {}.",
            own.promised,
            own.answer_by,
            notice::promised_by(
                visit.locale.language,
                &visit.state.hours,
                visit.now,
                promise.due_at
            )
        ),
        PromiseState::Kept { .. } => format!("{}.", own.promise_kept),
        PromiseState::Broken { .. } => own.promise_broken.to_owned(),
    };
    Some(Promised {
        text,
        due: visit.when(promise.due_at),
        open: matches!(promise.state, PromiseState::Due),
    })
}

fn correspondence(visit: &Visit, details: &FeedbackDetails) -> Vec<Said> {
    let own = &visit.w().own;
    let feedback = &details.card.feedback;
    let said = details.messages.iter().map(|message| {
        let (by_customer, who) = match &message.author {
            Author::Customer => (true, own.you.to_owned()),
            Author::Mostik => (false, own.us.to_owned()),
            Author::Operator { name } => (false, format!("{name}, {}", own.us)),
        };
        (message.at, by_customer, who, words_of(visit.w(), feedback, message))
    });
    // A notice told on a channel is also kept as a message: it is shown once.
    let kept = |notice: &Notice| details.messages.iter().any(|said| said.text == notice.text);
    let told = details.card.notices.iter().filter(|notice| !kept(notice)).filter_map(|notice| {
        let at = told_at(notice)?;
        Some((at, false, own.us.to_owned(), notice.text.reveal().to_owned()))
    });
    let mut all: Vec<_> = said.chain(told).collect();
    all.sort_by_key(|(at, ..)| *at);
    let here = visit.state.links.customer_page(feedback.id);
    all.into_iter()
        .map(|(at, by_customer, who, text)| Said {
            by_customer,
            who,
            text: if by_customer { text } else { without_link(&text, &here) },
            when: visit.when(at),
        })
        .collect()
}

/// On the page itself its own address is noise: sentences that lead to it end
/// before it, and lines that say nothing else are left out.
fn without_link(text: &str, here: &str) -> String {
    let lead = format!(": {here}");
    let lines = text.lines().filter_map(|line| match line.split_once(lead.as_str()) {
        None => Some(line.to_owned()),
        Some((before, after)) => {
            let says = before.split_whitespace().count() > 3;
            says.then(|| format!("{before}.{after}"))
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A call's message is empty: its words, once known, are the feedback's.
fn words_of(w: &Wording, feedback: &Feedback, message: &Message) -> String {
    let spoken = matches!(feedback.source, Source::Call(_)) && message.text.is_blank();
    match feedback.text.as_ref().filter(|_| spoken) {
        Some(words) => format!("{}\n\n«{}»", w.own.you_called, words.reveal()),
        None if spoken => format!("{} {}", w.own.you_called, w.own.transcribing),
        None => message.text.reveal().to_owned(),
    }
}

/// When a notice was told; those without words are not shown.
fn told_at(notice: &Notice) -> Option<jiff::Timestamp> {
    match notice.state {
        _ if notice.text.is_blank() => None,
        NoticeState::Sent { at } | NoticeState::Posted { at } => Some(at),
        NoticeState::AwaitingCall { since, .. } => Some(since),
        NoticeState::Pending | NoticeState::Sending | NoticeState::Undeliverable { .. } => None,
    }
}

/// Yes or no, and why not.
#[derive(Deserialize)]
pub(super) struct Answer {
    answer: YesOrNo,
    #[serde(default)]
    why: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum YesOrNo {
    Yes,
    No,
}

/// «Решили ли мы вашу проблему?»
pub(super) async fn answer_question(
    visit: Visit,
    client: ClientAddress,
    Path(token): Path<String>,
    FormBody(answer): FormBody<Answer>,
) -> Result<Response, ProblemDocument> {
    let id = feedback_of(&visit, &token)?;
    visit.state.public_rate.check(client)?;
    let moment = Moment::now(&visit.state, "");
    on_feedback(&visit.state, id, |details| {
        let own = &Wording::of(details.card.feedback.language).own;
        match answer.answer {
            YesOrNo::Yes => acts::solved(&details, own.said_yes, &moment),
            YesOrNo::No => acts::not_solved(details, own.said_no, &answer.why, &moment),
        }
    })
    .await?;
    Ok(see(&format!("/c/{token}")))
}

/// What she adds.
#[derive(Deserialize)]
pub(super) struct Addition {
    text: String,
    #[serde(default)]
    key: String,
}

/// She writes more.
pub(super) async fn write(
    visit: Visit,
    client: ClientAddress,
    Path(token): Path<String>,
    FormBody(addition): FormBody<Addition>,
) -> Result<Response, ProblemDocument> {
    let id = feedback_of(&visit, &token)?;
    visit.state.public_rate.check(client)?;
    let moment = Moment::now(&visit.state, "");
    let fresh = visit.state.clock.fresh_id().simple().to_string();
    let plain = |key: &&String| key.len() <= 64 && key.bytes().all(|b| b.is_ascii_alphanumeric());
    let key = Some(&addition.key).filter(|key| !key.is_empty()).filter(plain).unwrap_or(&fresh);
    // The feedback is part of the key: nobody can take a key on another page.
    let key = format!("own:{id}:{key}");
    on_feedback(&visit.state, id, |details| {
        acts::write_more(details, &addition.text, key.clone(), &moment)
    })
    .await?;
    Ok(see(&format!("/c/{token}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_does_not_lead_to_itself() {
        let text = "Здравствуйте!\nХод дела видно на странице: http://h/c/1\nХод дела: http://h/c/1\nhttp://h/c/2";
        assert_eq!(
            without_link(text, "http://h/c/1"),
            "Здравствуйте!\nХод дела видно на странице.\nhttp://h/c/2"
        );
    }
}
