//! Tells open pages that something changed; they fetch themselves anew. No
//! word of a customer goes this way.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::Path,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt as _};
use mostik_store::Changed;
use tokio::sync::Semaphore;
use tokio_stream::wrappers::{BroadcastStream, errors::BroadcastStreamRecvError};

use super::{own_page::feedback_of, shell::Visit};
use crate::{error::ProblemDocument, guard::Owner, state::WebState};

/// Between signs of life on a quiet line.
const QUIET: Duration = Duration::from_secs(20);

type Events = Sse<
    axum::response::sse::KeepAliveStream<
        std::pin::Pin<Box<dyn Stream<Item = Result<Event, Infallible>> + Send>>,
    >,
>;

/// Every change, for staff.
pub(super) async fn desk(_: Owner, visit: Visit) -> Result<Events, ProblemDocument> {
    events(&visit.state, &visit.state.live_desks, |_| true)
}

/// Changes of one feedback and its problem, for its customer.
pub(super) async fn own_page(
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Events, ProblemDocument> {
    let id = feedback_of(&visit, &token)?;
    let feedback = visit.state.store.feedback(id).await?.ok_or_else(ProblemDocument::not_found)?;
    let problem = feedback.problem();
    events(&visit.state, &visit.state.live_customers, move |changed: &Changed| {
        changed.feedback == Some(id) || (problem.is_some() && changed.problem == problem)
    })
}

fn events(
    state: &WebState,
    places: &Arc<Semaphore>,
    concerns: impl Fn(&Changed) -> bool + Send + Sync + 'static,
) -> Result<Events, ProblemDocument> {
    let place = Arc::clone(places).try_acquire_owned().map_err(|_| ProblemDocument::busy())?;
    let changes = BroadcastStream::new(state.store.changes())
        .filter_map(move |change| {
            let _held = &place;
            let tell = match &change {
                Ok(changed) => concerns(changed),
                // Too many at once to know: look anew.
                Err(BroadcastStreamRecvError::Lagged(_)) => true,
            };
            std::future::ready(tell.then(|| Ok(Event::default().data("changed"))))
        })
        .take_until(state.closing.clone().cancelled_owned())
        .boxed();
    Ok(Sse::new(changes).keep_alive(KeepAlive::new().interval(QUIET)))
}
