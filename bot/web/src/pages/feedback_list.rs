use askama::Template;
use axum::{http::Uri, response::Response};
use mostik_domain::{Channel, FeedbackId, FeedbackState, MessageKind, PromiseState};
use mostik_store::FeedbackCard;

use super::{
    said::{Chip, chips},
    shell::{Here, Shell, Visit, private_page},
};
use crate::{
    api::{FEEDBACK_STATES, FeedbackQuery, page_request},
    error::ProblemDocument,
    guard::{Operator, QueryOf},
    wording::When,
};

/// Characters of a customer's words in a list.
const EXCERPT: usize = 160;

#[derive(Template)]
#[template(path = "feedback_list.html")]
struct FeedbackListPage {
    shell: Shell,
    query: String,
    states: Vec<Choice>,
    causes: Vec<Choice>,
    teams: Vec<Choice>,
    channels: Vec<Choice>,
    kinds: Vec<Choice>,
    sorts: Vec<Choice>,
    count: u64,
    items: Vec<FeedbackRow>,
    older: Option<String>,
    newest: Option<String>,
}

/// One option of a filter.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// A feedback in a list.
pub(super) struct FeedbackRow {
    pub(super) id: FeedbackId,
    pub(super) reference: String,
    /// The beginning of the words; none for a call without a transcript.
    pub(super) excerpt: Option<String>,
    pub(super) name: Option<String>,
    pub(super) channel: &'static str,
    pub(super) state: &'static str,
    /// For the colour of the state.
    pub(super) mood: &'static str,
    pub(super) cause: Option<String>,
    pub(super) team: Option<String>,
    /// Urgency, risk and kind, where they are out of the ordinary.
    pub(super) said: Vec<Chip>,
    pub(super) review: Option<(&'static str, When)>,
    pub(super) captured: When,
    /// The promise that is open.
    pub(super) due: Option<When>,
}

/// All feedbacks that match the filter, newest first.
pub(super) async fn show(
    Operator(person): Operator,
    visit: Visit,
    QueryOf(query): QueryOf<FeedbackQuery>,
) -> Result<Response, ProblemDocument> {
    let filter = query.filter()?;
    let request = page_request(query.limit.as_deref(), query.after.clone())?;
    let page = visit.state.store.feedback_page(&filter, &request).await?;
    let w = visit.w();
    private_page(&FeedbackListPage {
        count: visit.state.store.feedback_count(&filter).await?,
        states: choices(FEEDBACK_STATES, query.state.as_deref(), |s| w.state_named(s).to_owned()),
        causes: choices(
            visit.state.root_causes().iter().map(ToString::to_string),
            query.root_cause.as_deref(),
            |name| name.parse().map_or_else(|_| name.to_owned(), |cause| w.cause(&cause)),
        ),
        teams: choices(visit.state.teams(), query.owner_team.as_deref(), str::to_owned),
        channels: choices(Channel::ALL.map(Channel::as_str), query.channel.as_deref(), |name| {
            name.parse().map_or_else(|_| name.to_owned(), |c| w.channel(c).to_owned())
        }),
        kinds: choices(
            MessageKind::ALL.iter().map(|kind| kind.as_str()),
            query.kind.as_deref(),
            |name| name.parse().map_or_else(|_| name.to_owned(), |kind| w.kind(kind).to_owned()),
        ),
        sorts: choices(["newest", "urgency"], query.sort.as_deref(), |name| match name {
            "urgency" => w.said.by_urgency.to_owned(),
            _ => w.said.by_newest.to_owned(),
        }),
        items: page.items.iter().map(|card| row(&visit, card)).collect(),
        older: page.next.map(|cursor| with_cursor(&visit.uri, Some(&cursor))),
        newest: query.after.is_some().then(|| with_cursor(&visit.uri, None)),
        query: query.q.unwrap_or_default(),
        shell: visit.staff(&person, Here::Feedback).await?,
    })
}

/// The options of a filter.
pub(super) fn choices<T: Into<String>>(
    values: impl IntoIterator<Item = T>,
    chosen: Option<&str>,
    label: impl Fn(&str) -> String,
) -> Vec<Choice> {
    values
        .into_iter()
        .map(|value| {
            let value = value.into();
            Choice { label: label(&value), chosen: chosen == Some(value.as_str()), value }
        })
        .collect()
}

/// The same list from another place on.
pub(super) fn with_cursor(uri: &Uri, cursor: Option<&str>) -> String {
    let kept = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| {
            !pair.is_empty() && !pair.starts_with("after=") && !pair.starts_with("cursor=")
        })
        .fold(String::new(), |kept, pair| format!("{kept}{pair}&"));
    match cursor {
        Some(cursor) => format!("{}?{kept}after={cursor}", uri.path()),
        None => format!("{}?{}", uri.path(), kept.trim_end_matches('&')),
    }
}

/// A feedback as lists show it.
pub(super) fn row(visit: &Visit, card: &FeedbackCard) -> FeedbackRow {
    let w = visit.w();
    let feedback = &card.feedback;
    let open = card.promises.iter().find(|promise| promise.state == PromiseState::Due);
    FeedbackRow {
        id: feedback.id,
        reference: feedback.reference.to_string(),
        excerpt: feedback.text.as_ref().map(|text| excerpt(text.reveal())),
        name: card.customer.name.as_ref().map(|name| name.reveal().to_owned()),
        channel: w.channel(feedback.channel),
        state: w.state(&feedback.state),
        mood: mood(&feedback.state),
        cause: feedback.state.classification().map(|named| w.cause(&named.root_cause)),
        team: feedback.owner_team().map(str::to_owned),
        said: chips(visit, feedback.state.classification()),
        review: match &feedback.state {
            FeedbackState::NeedsReview { reason, since, .. } => {
                Some((w.review(reason), visit.when(*since)))
            }
            _ => None,
        },
        captured: visit.when(feedback.captured_at),
        due: open.map(|promise| visit.when(promise.due_at)),
    }
}

/// The class that colours a state.
pub(super) const fn mood(state: &FeedbackState) -> &'static str {
    match state {
        FeedbackState::NeedsReview { .. } => "ask",
        FeedbackState::Resolved { .. } => "good",
        FeedbackState::Declined { .. } => "bad",
        FeedbackState::Routed(_) | FeedbackState::Filed(_) => "going",
        FeedbackState::Captured
        | FeedbackState::Transcribed
        | FeedbackState::Classified { .. }
        | FeedbackState::Answered(_) => "calm",
    }
}

/// The beginning of a text on one line.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= EXCERPT {
        return line;
    }
    let cut: String = line.chars().take(EXCERPT).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_ends_at_a_word() {
        assert_eq!(excerpt(" раз\n два "), "раз два");
        let long = "слово ".repeat(60);
        let cut = excerpt(&long);
        assert!(cut.ends_with("слово…") && cut.chars().count() <= EXCERPT + 1);
    }

    #[test]
    fn pages_of_a_list_keep_the_filter() {
        let uri: Uri = "/desk/feedback?state=filed&after=x&q=a".parse().expect("a uri");
        assert_eq!(with_cursor(&uri, Some("fb_1")), "/desk/feedback?state=filed&q=a&after=fb_1");
        assert_eq!(with_cursor(&uri, None), "/desk/feedback?state=filed&q=a");
    }
}
