use askama::Template;
use axum::{extract::Path, response::Response};
use mostik_domain::{
    Author, Cause, Channel, Classification, Confidence, DecidedBy, Feedback, FeedbackState,
    Language, NoReturnPath, Promise, PromiseState, ReturnPath, ReviewReason, RootCause, Source,
    Words,
};
use mostik_store::FeedbackDetails;

use super::{
    feedback_list::{Choice, FeedbackRow, choices, row},
    highlight::{Stretch, mark},
    likely::{self, LikelyRow, likely_rows},
    said::{Said, said},
    shell::{Here, Shell, Visit, private_page},
};
use crate::{api::id_in_path, error::ProblemDocument, guard::Operator, wording::When};

#[derive(Template)]
#[template(path = "feedback.html")]
struct FeedbackPage {
    shell: Shell,
    row: FeedbackRow,
    review_why: Option<String>,
    words: Option<Vec<Stretch>>,
    transcript_by: Option<String>,
    recording: Option<Audio>,
    may_type: bool,
    languages: Vec<Choice>,
    named: Option<Named>,
    said: Option<Said>,
    causes: Vec<CauseKey>,
    likely: Vec<LikelyRow>,
    history: Vec<HistoryRow>,
    teams: Vec<TeamKey>,
    may_finish: bool,
    may_return: bool,
    answer_hint: &'static str,
    contact: String,
    claimed: Vec<String>,
    page_of_origin: Option<String>,
    earlier: u64,
    customer: String,
    problem: Option<ProblemLink>,
    issue: Option<(String, String)>,
    promises: Vec<PromiseRow>,
    notices: Vec<NoticeRow>,
    messages: Vec<MessageRow>,
    own_page: String,
}

struct Audio {
    src: String,
    seconds: u64,
}

/// The current cause and why.
struct Named {
    cause: String,
    percent: u32,
    by_operator: bool,
    by: String,
    scores: Vec<Score>,
}

struct Score {
    cause: String,
    percent: u32,
}

/// Keys of the first teams; none of them means anything else on this page.
const TEAM_KEYS: [char; 8] = ['q', 'w', 'e', 'u', 'i', 'o', 'p', 'l'];

/// A team and the key that gives the feedback to it.
struct TeamKey {
    name: String,
    current: bool,
    key: Option<char>,
}

fn team_keys(visit: &Visit, owner: Option<&str>) -> Vec<TeamKey> {
    let keys = TEAM_KEYS.into_iter().map(Some).chain(std::iter::repeat(None));
    let key =
        |(name, key): (String, _)| TeamKey { current: owner == Some(name.as_str()), name, key };
    visit.state.teams().into_iter().zip(keys).map(key).collect()
}

/// A button that names a cause, and its key.
struct CauseKey {
    value: String,
    label: String,
    key: Option<char>,
    current: bool,
    suggested: bool,
}

struct HistoryRow {
    cause: String,
    by: String,
    percent: u32,
    when: When,
}

struct ProblemLink {
    href: String,
    title: String,
    stage: &'static str,
}

pub(super) struct PromiseRow {
    pub(super) state: &'static str,
    pub(super) mood: &'static str,
    pub(super) due: When,
}

struct NoticeRow {
    kind: &'static str,
    state: &'static str,
    text: String,
    when: When,
}

struct MessageRow {
    who: String,
    by_customer: bool,
    text: String,
    when: When,
}

/// Everything about one feedback, and what can be done.
pub(super) async fn show(
    Operator(person): Operator,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, ProblemDocument> {
    let found = visit.state.store.feedback_details(id_in_path(&id)?).await?;
    let details = found.ok_or_else(ProblemDocument::not_found)?;
    let shell = visit.staff(&person, Here::Feedback).await?;
    let likely = likely_rows(&visit, &details).await;
    private_page(&feedback_page(&visit, shell, &details, likely))
}

fn feedback_page(
    visit: &Visit,
    shell: Shell,
    details: &FeedbackDetails,
    likely: Vec<LikelyRow>,
) -> FeedbackPage {
    let w = visit.w();
    let feedback = &details.card.feedback;
    let named = feedback.state.classification();
    let evidence = named.map(|named| named.evidence.as_slice()).unwrap_or_default();
    FeedbackPage {
        row: row(visit, &details.card),
        review_why: review_why(&feedback.state),
        words: feedback.text.as_ref().map(|t| mark(t.reveal(), evidence.iter().map(Words::reveal))),
        transcript_by: details.transcript.as_ref().map(|transcript| transcript.by.clone()),
        recording: audio(details),
        may_type: may_type(feedback),
        languages: choices(
            Language::ALL.map(Language::code),
            Some(feedback.language.code()),
            str::to_uppercase,
        ),
        named: named.map(|named| reasons(visit, named)),
        said: said(visit, named),
        causes: cause_keys(visit, feedback, named, &likely::cause_keys(details, &likely)),
        likely,
        history: history(visit, &details.classifications),
        teams: team_keys(visit, feedback.owner_team()),
        may_finish: matches!(&feedback.state, FeedbackState::NeedsReview { before, reason, .. }
            if before.filed_as().is_some() || *reason == ReviewReason::Question),
        may_return: feedback.state.clone().out_of_review().reopened().is_ok(),
        answer_hint: answer_hint(visit, feedback),
        contact: contact(visit, feedback),
        claimed: claimed(feedback),
        page_of_origin: feedback.page.clone(),
        earlier: details.earlier_feedbacks,
        customer: feedback.customer.to_string(),
        problem: details.problem.as_ref().map(|problem| ProblemLink {
            href: format!("/desk/problems/{}", problem.id),
            title: problem.title.clone(),
            stage: w.stage(problem.stage),
        }),
        issue: details.card.issue.as_ref().map(|issue| {
            (issue.url.clone(), format!("{} {}#{}", issue.tracker, issue.project, issue.key))
        }),
        promises: promises(visit, &details.card.promises),
        notices: notices(visit, details),
        messages: messages(visit, details),
        own_page: format!("/c/{}", visit.state.links.token(feedback.id)),
        shell,
    }
}

fn review_why(state: &FeedbackState) -> Option<String> {
    match state {
        FeedbackState::NeedsReview { reason, .. } => match reason {
            ReviewReason::NoTranscript { why }
            | ReviewReason::Unrouted { why }
            | ReviewReason::StepFailed { why } => Some(why.clone()).filter(|why| !why.is_empty()),
            ReviewReason::LowConfidence | ReviewReason::Question | ReviewReason::NotSolved => None,
        },
        _ => None,
    }
}

fn audio(details: &FeedbackDetails) -> Option<Audio> {
    let call = details.call.as_ref()?;
    let recording = call.recording.as_ref()?;
    Some(Audio {
        src: format!("/api/v1/calls/{}/recording", call.id),
        seconds: recording.milliseconds.div_ceil(1000),
    })
}

/// Words may be typed until the cause is looked for.
fn may_type(feedback: &Feedback) -> bool {
    let waits = matches!(
        feedback.state.clone().out_of_review(),
        FeedbackState::Captured | FeedbackState::Transcribed
    );
    waits && matches!(feedback.source, Source::Call(_))
}

fn percent(confidence: Confidence) -> u32 {
    let hundredth = (f64::from(confidence.value()) * 100.0).round();
    (0..=100).rev().find(|whole| f64::from(*whole) <= hundredth).unwrap_or_default()
}

fn reasons(visit: &Visit, named: &Classification) -> Named {
    let w = visit.w();
    let (by_operator, by) = match &named.decided_by {
        DecidedBy::Model { version } => (false, version.clone()),
        DecidedBy::Operator { name } => (true, name.clone()),
        DecidedBy::Customer => (true, w.feedback.customer.to_owned()),
    };
    let score =
        |cause: &Cause| Score { cause: w.cause(&cause.root_cause), percent: percent(cause.score) };
    Named {
        cause: w.cause(&named.root_cause),
        percent: percent(named.confidence),
        by_operator,
        by,
        scores: named.causes.iter().take(5).map(score).collect(),
    }
}

fn cause_keys(
    visit: &Visit,
    feedback: &Feedback,
    named: Option<&Classification>,
    keys: &[char],
) -> Vec<CauseKey> {
    if feedback.text.is_none() {
        return Vec::new();
    }
    let waits = matches!(feedback.state, FeedbackState::NeedsReview { .. });
    let current = named.map(|named| &named.root_cause);
    let key = |(position, cause): (usize, RootCause)| CauseKey {
        label: visit.w().cause(&cause),
        key: keys.get(position).copied(),
        suggested: waits && current == Some(&cause),
        current: !waits && current == Some(&cause),
        value: cause.to_string(),
    };
    visit.state.root_causes().into_iter().enumerate().map(key).collect()
}

fn history(visit: &Visit, all: &[Classification]) -> Vec<HistoryRow> {
    let line = |named: &Classification| HistoryRow {
        cause: visit.w().cause(&named.root_cause),
        by: match &named.decided_by {
            DecidedBy::Model { version } => version.clone(),
            DecidedBy::Operator { name } => name.clone(),
            DecidedBy::Customer => visit.w().feedback.customer.to_owned(),
        },
        percent: percent(named.confidence),
        when: visit.when(named.at),
    };
    all.iter().map(line).collect()
}

fn answer_hint(visit: &Visit, feedback: &Feedback) -> &'static str {
    let words = &visit.w().feedback;
    match feedback.channel {
        Channel::Phone => words.answer_hint_call,
        Channel::Discord | Channel::Telegram | Channel::Email => words.answer_hint_chat,
        Channel::Web => words.answer_hint_page,
    }
}

fn contact(visit: &Visit, feedback: &Feedback) -> String {
    let words = &visit.w().feedback;
    match &feedback.return_path {
        ReturnPath::Reply { address, .. } => {
            format!("{}: {}", visit.w().channel(feedback.channel), address.value.reveal())
        }
        ReturnPath::None(NoReturnPath::AnonymousCaller) => words.anonymous.to_owned(),
        ReturnPath::None(NoReturnPath::OwnPageOnly) => words.own_page_only.to_owned(),
    }
}

fn claimed(feedback: &Feedback) -> Vec<String> {
    let Some(claimed) = &feedback.claimed else { return Vec::new() };
    let given = [&claimed.email, &claimed.phone];
    given.into_iter().flatten().map(|words| words.reveal().to_owned()).collect()
}

/// Promises, and how they stand.
pub(super) fn promises(visit: &Visit, promises: &[Promise]) -> Vec<PromiseRow> {
    let words = &visit.w().feedback;
    let line = |promise: &Promise| {
        let (state, mood) = match promise.state {
            PromiseState::Due if promise.due_at <= visit.now => (words.due, "bad"),
            PromiseState::Due => (words.due, "ask"),
            PromiseState::Kept { .. } => (words.kept, "good"),
            PromiseState::Broken { .. } => (words.broken, "bad"),
        };
        PromiseRow { state, mood, due: visit.when(promise.due_at) }
    };
    promises.iter().map(line).collect()
}

fn notices(visit: &Visit, details: &FeedbackDetails) -> Vec<NoticeRow> {
    let line = |notice: &mostik_domain::Notice| NoticeRow {
        kind: visit.w().notice(notice.kind),
        state: visit.w().notice_state(&notice.state),
        text: notice.text.reveal().to_owned(),
        when: visit.when(notice.created_at),
    };
    details.card.notices.iter().map(line).collect()
}

fn messages(visit: &Visit, details: &FeedbackDetails) -> Vec<MessageRow> {
    let own = &visit.w().own;
    let customer = details.card.customer.name.as_ref().map(|name| name.reveal().to_owned());
    let line = |message: &mostik_domain::Message| MessageRow {
        by_customer: message.author == Author::Customer,
        who: match &message.author {
            Author::Customer => {
                customer.clone().unwrap_or_else(|| visit.w().feedback.customer.to_owned())
            }
            Author::Mostik => own.us.to_owned(),
            Author::Operator { name } => name.clone(),
        },
        text: message.text.reveal().to_owned(),
        when: visit.when(message.at),
    };
    details.messages.iter().filter(|message| !message.text.is_blank()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_shown_in_whole_hundredths() {
        let shown = [0.0, 0.004, 0.625, 0.996, 1.0].map(|value| percent(Confidence::new(value)));
        assert_eq!(shown, [0, 0, 63, 100, 100]);
    }
}
