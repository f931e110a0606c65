//! News to the customer, by the way she came.

use jiff::Timestamp;
use mostik_channels::{Outgoing, SendError};
use mostik_domain::{
    AddressKind, Author, CallAttempts, Change, Decision, Feedback, FeedbackId, FeedbackState, Job,
    Message, MessageId, MessageKind, Notice, NoticeId, NoticeKind, NoticeState, Promise, PromiseId,
    PromiseState, PromiseWhat, ReturnPath, Words, answered_as,
    notice::{self, AnsweredBy},
    tracking,
};

use super::{follow_up, ring};
use crate::{Pipeline, StepError, pipeline::missing};

/// Tells a notice.
pub(super) async fn decide(pipeline: &Pipeline, id: NoticeId) -> Result<Decision, StepError> {
    let notice = pipeline.store.notice(id).await?.ok_or_else(|| missing(id))?;
    if notice.state.is_final() || matches!(notice.state, NoticeState::AwaitingCall { .. }) {
        return Ok(Decision::nothing());
    }
    let feedback = pipeline.load_feedback(notice.feedback).await?;
    let substantial = notice.kind != NoticeKind::Delayed;
    let asked_later = follow_up::after(pipeline, &notice);
    let mut decision = deliver(pipeline, &feedback, notice).await?;
    decision.next_jobs.extend(asked_later);
    if substantial {
        return keep_promises(pipeline, feedback.id, decision).await;
    }
    Ok(decision)
}

/// What was told was the answer that was promised, if the customer was told it.
pub(super) async fn keep_promises(
    pipeline: &Pipeline,
    id: FeedbackId,
    told: Decision,
) -> Result<Decision, StepError> {
    let mut decision = told;
    if was_told(&decision) {
        for promise in pipeline.store.promises(id).await? {
            if let Ok(kept) = promise.kept(pipeline.now()) {
                decision = decision.and(Change::SavePromise(kept));
            }
        }
    }
    Ok(decision)
}

fn was_told(decision: &Decision) -> bool {
    decision.changes.iter().any(|change| {
        matches!(
            change,
            Change::SaveNotice(Notice {
                state: NoticeState::Sent { .. } | NoticeState::Posted { .. },
                ..
            })
        )
    })
}

/// Puts a notice into words and tells it: the words always stand on the
/// customer's own page too.
pub(super) async fn deliver(
    pipeline: &Pipeline,
    feedback: &Feedback,
    notice: Notice,
) -> Result<Decision, StepError> {
    let page = pipeline.rules.links.customer_page(feedback.id);
    let text = words(pipeline, feedback, notice.kind, &page).await?;
    let notice = Notice { text, ..notice };
    let now = pipeline.now();
    let (state, external_id) = match &feedback.return_path {
        ReturnPath::Reply { address, .. } if address.kind == AddressKind::Sip => {
            let attempts = CallAttempts::default();
            (NoticeState::AwaitingCall { since: now, attempts }, None)
        }
        ReturnPath::Reply { address, room } => {
            let elsewhere = notice::link_elsewhere(feedback.language);
            let outgoing = Outgoing {
                address: address.clone(),
                room: room.clone(),
                notice: notice.id,
                text: notice.text.clone(),
                text_for_all: words(pipeline, feedback, notice.kind, elsewhere).await?,
            };
            send(pipeline, feedback, &outgoing, now).await?
        }
        ReturnPath::None(_) => (NoticeState::Posted { at: now }, None),
    };
    let message = Message {
        id: MessageId::new(pipeline.fresh()),
        inbox: feedback.inbox.clone(),
        external_id: external_id.unwrap_or_else(|| format!("notice:{}", notice.id)),
        conversation: feedback.conversation,
        feedback: feedback.id,
        author: Author::Mostik,
        text: notice.text.clone(),
        at: now,
    };
    let notice = notice.in_state(state)?;
    let (notice, ring) = match notice.call_attempts() {
        Some(_) => ring::first(pipeline, notice, feedback)?,
        None => (notice, None),
    };
    let decision =
        Decision::nothing().and(Change::SaveNotice(notice)).and(Change::AddMessage(message));
    Ok(ring.into_iter().fold(decision, Decision::then))
}

async fn send(
    pipeline: &Pipeline,
    feedback: &Feedback,
    outgoing: &Outgoing,
    now: Timestamp,
) -> Result<(NoticeState, Option<String>), StepError> {
    let Some(channel) = pipeline.channel(feedback.channel) else {
        let why = format!("the channel {} is not configured any more", feedback.channel);
        return Ok((NoticeState::Undeliverable { why, at: now }, None));
    };
    match channel.send(outgoing).await {
        Ok(sent) => Ok((NoticeState::Sent { at: now }, Some(sent.external_id))),
        Err(SendError::GiveUp { why }) => Ok((NoticeState::Undeliverable { why, at: now }, None)),
        Err(again) => Err(again.into()),
    }
}

async fn words(
    pipeline: &Pipeline,
    feedback: &Feedback,
    kind: NoticeKind,
    page: &str,
) -> Result<Words, StepError> {
    let now = pipeline.now();
    let customer = pipeline.store.customer(feedback.customer).await?;
    let promises = pipeline.store.promises(feedback.id).await?;
    let due = promises.last().map_or(now, |promise| promise.due_at);
    let problem = match feedback.problem() {
        Some(id) => pipeline.store.problem(id).await?,
        None => None,
    };
    let declined_why = problem.as_ref().and_then(|problem| match &problem.state {
        mostik_domain::ProblemState::Declined { why, .. } => why.as_deref(),
        _ => None,
    });
    let answered_by = match &feedback.return_path {
        ReturnPath::Reply { address, .. } if address.kind == AddressKind::Sip => AnsweredBy::Call,
        ReturnPath::Reply { .. } => AnsweredBy::Chat,
        ReturnPath::None(_) => AnsweredBy::Page,
    };
    let facts = notice::Facts {
        language: feedback.language,
        name: customer.as_ref().and_then(|customer| customer.name.as_ref()),
        reference: &feedback.reference,
        message_kind: feedback
            .state
            .classification()
            .map_or(MessageKind::Complaint, |named| answered_as(named, pipeline.rules.thresholds)),
        root_cause: feedback.state.classification().map(|cause| &cause.root_cause),
        page,
        promised_by: &notice::promised_by(feedback.language, &pipeline.rules.hours, now, due),
        answered_by,
        declined_why,
        with_owner_team: matches!(feedback.state, FeedbackState::Filed(_)),
    };
    Ok(notice::words(kind, &facts))
}

/// Sends on what a person answered at the desk. It stands on the customer's
/// own page already; a customer of the phone reads it there or is called.
pub(super) async fn reply(
    pipeline: &Pipeline,
    feedback: FeedbackId,
    message: MessageId,
) -> Result<Decision, StepError> {
    let feedback = pipeline.load_feedback(feedback).await?;
    let ReturnPath::Reply { address, room } = &feedback.return_path else {
        return Ok(Decision::nothing());
    };
    let Some(channel) = pipeline.channel(feedback.channel) else {
        return Ok(Decision::nothing());
    };
    let messages = pipeline.store.messages(feedback.id).await?;
    let answer = messages.into_iter().find(|one| one.id == message);
    let answer = answer.ok_or_else(|| missing(message))?;
    let outgoing = Outgoing {
        address: address.clone(),
        room: room.clone(),
        // The channel only needs a key that stays the same over attempts.
        notice: NoticeId::new(message.uuid()),
        text_for_all: answer.text.clone(),
        text: answer.text,
    };
    channel.send(&outgoing).await?;
    Ok(Decision::nothing())
}

/// The time of a promise has come: if it was not kept, say so, say why, and
/// promise anew, once (checklist #45).
pub(super) async fn check_promise(
    pipeline: &Pipeline,
    id: PromiseId,
) -> Result<Decision, StepError> {
    let promise = pipeline.store.promise(id).await?.ok_or_else(|| missing(id))?;
    let now = pipeline.now();
    if promise.state != PromiseState::Due {
        return Ok(Decision::nothing());
    }
    let what = promise.what;
    let feedback = promise.feedback;
    let decision = Decision::nothing().and(Change::SavePromise(promise.broken(now)?));
    if what == PromiseWhat::DelayedAnswer {
        return Ok(decision);
    }
    let rules = &pipeline.rules;
    let minutes = rules.delayed_answer_minutes;
    let id = PromiseId::new(pipeline.fresh());
    let anew = Promise {
        what: PromiseWhat::DelayedAnswer,
        ..Promise::first_answer(id, feedback, now, &rules.hours, minutes)
    };
    let notice = Notice {
        id: NoticeId::new(pipeline.fresh()),
        feedback,
        kind: NoticeKind::Delayed,
        text: Words::default(),
        state: NoticeState::Pending,
        created_at: now,
    };
    let check = pipeline.new_job(
        Job::CheckPromise { promise: id },
        format!("check-promise:{id}"),
        anew.due_at,
    );
    let tell = tracking::tell(&notice, &|| pipeline.fresh(), now);
    Ok(decision
        .and(Change::SavePromise(anew))
        .and(Change::SaveNotice(notice))
        .then(tell)
        .then(check))
}
