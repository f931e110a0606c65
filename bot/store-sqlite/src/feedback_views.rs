use std::collections::{BTreeSet, HashMap};

use mostik_domain::{
    Channel, Customer, Feedback, FeedbackId, MessageKind, Notice, RootCause, Source,
};
use mostik_store::{FeedbackCard, FeedbackDetails, FeedbackFilter, Page, PageRequest, StoreError};
use sqlx::QueryBuilder;

use crate::{
    call, classification, column,
    connect::{Connection, Db},
    customer, document,
    error::failed,
    feedback, issue, message, notice, page, problem, promise,
    time::micros,
    transcript, urgency,
};

pub(crate) async fn list(
    db: &mut Connection,
    filter: &FeedbackFilter,
    request: &PageRequest,
) -> Result<Page<FeedbackCard>, StoreError> {
    let mut query = QueryBuilder::<Db>::new("SELECT document FROM feedback WHERE TRUE");
    push_filter(&mut query, filter);
    let cursor = if filter.by_urgency {
        urgency::push_cursor(&mut query, request)
    } else {
        page::push_cursor::<FeedbackId>(&mut query, "id", request)
    };
    if cursor.is_err() {
        return Ok(page::empty());
    }
    query.push(if filter.by_urgency { urgency::ORDER } else { " ORDER BY id DESC" });
    page::push_limit(&mut query, request);
    let mut found: Vec<Feedback> = document::built(db, query).await?;
    let next = page::cut(&mut found, request, |feedback| {
        if filter.by_urgency { urgency::cursor(feedback) } else { feedback.id.to_string() }
    });
    Ok(Page { items: cards(db, found).await?, next })
}

pub(crate) async fn count(db: &mut Connection, filter: &FeedbackFilter) -> Result<u64, StoreError> {
    let mut query = QueryBuilder::<Db>::new("SELECT COUNT(*) FROM feedback WHERE TRUE");
    push_filter(&mut query, filter);
    let count: i64 = query.build_query_scalar().fetch_one(db).await.map_err(failed)?;
    Ok(u64::try_from(count).unwrap_or_default())
}

pub(crate) async fn details(
    db: &mut Connection,
    id: FeedbackId,
) -> Result<Option<FeedbackDetails>, StoreError> {
    let Some(found) = feedback::find(db, id).await? else {
        return Ok(None);
    };
    let (problem_id, source, customer) = (found.problem(), found.source, found.customer);
    let problem = match problem_id {
        Some(problem_id) => problem::find(db, problem_id).await?,
        None => None,
    };
    let call = match source {
        Source::Call(call_id) => call::find(db, call_id).await?,
        Source::Message(_) => None,
    };
    let Some(card) = cards(db, vec![found]).await?.pop() else {
        return Ok(None);
    };
    Ok(Some(FeedbackDetails {
        card,
        problem,
        call,
        transcript: transcript::find(db, id).await?,
        messages: message::about(db, id).await?,
        classifications: classification::of(db, id).await?,
        earlier_feedbacks: feedback::count_of_customer(db, customer).await?.saturating_sub(1),
    }))
}

/// Notices that wait for a call, each with its feedback.
pub(crate) async fn awaiting_call(
    db: &mut Connection,
) -> Result<Vec<(Notice, FeedbackCard)>, StoreError> {
    let notices = notice::awaiting_call(db).await?;
    let ids: BTreeSet<_> = notices.iter().map(|notice| notice.feedback).collect();
    let select = "SELECT document FROM feedback WHERE id IN";
    let found = document::among(db, select, ids, "").await?;
    let cards: HashMap<_, _> =
        cards(db, found).await?.into_iter().map(|card| (card.feedback.id, card)).collect();
    let of = |notice: Notice| cards.get(&notice.feedback).map(|card| (notice, card.clone()));
    Ok(notices.into_iter().filter_map(of).collect())
}

/// Adds to each feedback what a list shows of it: four queries, however many there are.
async fn cards(db: &mut Connection, found: Vec<Feedback>) -> Result<Vec<FeedbackCard>, StoreError> {
    let ids = || found.iter().map(|feedback| feedback.id);
    let customers: BTreeSet<_> = found.iter().map(|feedback| feedback.customer).collect();
    let problems: BTreeSet<_> = found.iter().filter_map(Feedback::problem).collect();
    let customers: HashMap<_, Customer> =
        customer::among(db, customers).await?.into_iter().map(|it| (it.id, it)).collect();
    let issues = issue::of_problems(db, problems).await?;
    let mut promises = grouped(promise::of(db, ids()).await?, |it| it.feedback);
    let mut notices = grouped(notice::of(db, ids()).await?, |it| it.feedback);
    found
        .into_iter()
        .map(|feedback| {
            let customer = customers.get(&feedback.customer).cloned();
            Ok(FeedbackCard {
                customer: customer.ok_or_else(|| StoreError::Corrupt {
                    why: format!("{} has no customer", feedback.id),
                })?,
                issue: feedback.problem().and_then(|problem| issues.get(&problem).cloned()),
                promises: promises.remove(&feedback.id).unwrap_or_default(),
                notices: notices.remove(&feedback.id).unwrap_or_default(),
                feedback,
            })
        })
        .collect()
}

fn grouped<T>(all: Vec<T>, of: impl Fn(&T) -> FeedbackId) -> HashMap<FeedbackId, Vec<T>> {
    let mut groups = HashMap::<_, Vec<T>>::new();
    for one in all {
        groups.entry(of(&one)).or_default().push(one);
    }
    groups
}

fn push_filter(query: &mut QueryBuilder<Db>, filter: &FeedbackFilter) {
    let customer = filter.customer.map(|customer| customer.to_string());
    let equal = [
        (" AND state = ", filter.state.as_deref()),
        (" AND root_cause = ", filter.root_cause.as_ref().map(RootCause::as_str)),
        (" AND owner_team = ", filter.owner_team.as_deref()),
        (" AND customer_id = ", customer.as_deref()),
        (" AND channel = ", filter.channel.map(Channel::as_str)),
        (" AND kind = ", filter.kind.map(MessageKind::as_str)),
    ];
    for (sql, value) in equal {
        if let Some(value) = value {
            query.push(sql).push_bind(column::key(value));
        }
    }
    if let Some(from) = filter.from {
        query.push(" AND captured_at >= ").push_bind(micros(from));
    }
    if let Some(to) = filter.to {
        query.push(" AND captured_at < ").push_bind(micros(to));
    }
    if let Some(q) = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        query.push(" AND instr(search, ").push_bind(column::searchable(q)).push(") > 0");
    }
}
