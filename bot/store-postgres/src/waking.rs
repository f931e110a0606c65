use std::time::Duration;

use mostik_domain::{Change, FeedbackId, ProblemId};
use mostik_store::{Changed, StoreError};
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::{sync::broadcast, task::JoinHandle};
use tracing::warn;

use crate::{connect::Connection, error::failed};

/// Events that a slow listener may be behind before it misses some.
const BACKLOG: usize = 1_024;

/// The channel of `NOTIFY`.
const NOTIFICATIONS: &str = "mostik_changes";
/// Things named in one notification; PostgreSQL takes at most 8,000 bytes.
const NAMED: usize = 64;
/// Between two tries to listen again.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells commits of this process to its workers and open pages.
pub(crate) fn channel() -> broadcast::Sender<Changed> {
    broadcast::channel(BACKLOG).0
}

/// What a transaction touched; told after its commit.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    jobs: bool,
    calls: bool,
    feedback: Vec<FeedbackId>,
    problems: Vec<ProblemId>,
}

impl Touched {
    /// Jobs were queued, or a lane became free.
    pub(crate) fn jobs() -> Self {
        Self { jobs: true, ..Self::default() }
    }

    /// News were missed: everybody looks again.
    fn anything() -> Self {
        Self { calls: true, ..Self::jobs() }
    }

    /// Jobs were queued in it as well.
    pub(crate) fn queued(&mut self) {
        self.jobs = true;
    }

    /// Something about this feedback.
    pub(crate) fn feedback(&mut self, id: FeedbackId) {
        if !self.feedback.contains(&id) {
            self.feedback.push(id);
        }
    }

    /// Something about this problem.
    pub(crate) fn problem(&mut self, id: ProblemId) {
        if !self.problems.contains(&id) {
            self.problems.push(id);
        }
    }

    /// What a change is about.
    pub(crate) fn by(&mut self, change: &Change) {
        match change {
            Change::SaveFeedback(feedback) => {
                self.feedback(feedback.id);
                if let Some(problem) = feedback.problem() {
                    self.problem(problem);
                }
            }
            Change::AddClassification(id, _) | Change::SaveTranscript(id, _) => self.feedback(*id),
            Change::AddMessage(message) => self.feedback(message.feedback),
            Change::SavePromise(promise) => self.feedback(promise.feedback),
            Change::SaveNotice(notice) => self.feedback(notice.feedback),
            Change::OpenProblem { problem, .. } | Change::SaveProblem(problem) => {
                self.problem(problem.id);
            }
            Change::SaveIssue(issue) => self.problem(issue.problem),
            Change::SaveAttendance(_)
            | Change::SaveLiveCall(_)
            | Change::EndLiveCall(_)
            | Change::NoLiveCalls
            | Change::GiveOrder(_)
            | Change::OrderDone(_)
            | Change::SetOutage(_)
            | Change::ClearOutage(_)
            | Change::SaveCallBack(_) => self.calls = true,
            Change::SaveCall(_)
            | Change::NoteCall(..)
            | Change::AddSignal(_)
            | Change::SaveBoardIssue(..)
            | Change::SetCursor { .. } => {}
        }
    }

    /// One event for each thing touched; at least one, so that open pages look again.
    pub(crate) fn events(&self) -> impl Iterator<Item = Changed> + '_ {
        let count = self.feedback.len().max(self.problems.len()).max(1);
        (0..count).map(|i| Changed {
            jobs: self.jobs && i == 0,
            calls: self.calls && i == 0,
            feedback: self.feedback.get(i).copied(),
            problem: self.problems.get(i).copied(),
        })
    }
}

/// Tells the other nodes, when this transaction commits.
pub(crate) async fn notify(
    db: &mut Connection,
    node: &str,
    touched: &Touched,
) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(NOTIFICATIONS)
        .bind(payload(node, touched))
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

/// `<node> <jobs, 0 or 1> <feedback or ->,… <problem or ->,… <calls, 0 or 1>`, the lists in the
/// order of the events. What stands last came last: older nodes read on without it.
fn payload(node: &str, touched: &Touched) -> String {
    let list = |ids: Vec<String>| if ids.is_empty() { "-".to_owned() } else { ids.join(",") };
    let feedback = touched.feedback.iter().take(NAMED).map(ToString::to_string).collect();
    let problems = touched.problems.iter().take(NAMED).map(ToString::to_string).collect();
    let (jobs, calls) = (u8::from(touched.jobs), u8::from(touched.calls));
    format!("{node} {jobs} {} {} {calls}", list(feedback), list(problems))
}

/// What another node told; none for our own words, or for words nobody understands.
fn heard(payload: &str, node: &str) -> Option<Touched> {
    let mut parts = payload.split(' ');
    let from = parts.next()?;
    if from == node {
        return None;
    }
    let jobs = parts.next()? == "1";
    let feedback = parts.next()?.split(',').filter_map(|id| id.parse().ok()).collect();
    let problems = parts.next()?.split(',').filter_map(|id| id.parse().ok()).collect();
    let calls = parts.next() == Some("1");
    Some(Touched { jobs, calls, feedback, problems })
}

/// Hears the other nodes until it is dropped.
#[derive(Debug)]
pub(crate) struct Listening {
    node: String,
    task: JoinHandle<()>,
}

impl Listening {
    /// Listens on a connection of its own.
    pub(crate) async fn start(
        options: PgConnectOptions,
        changes: broadcast::Sender<Changed>,
    ) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await;
        let pool = pool.map_err(failed)?;
        let node: String = sqlx::query_scalar("SELECT gen_random_uuid()::text")
            .fetch_one(&pool)
            .await
            .map_err(failed)?;
        let mut listener = PgListener::connect_with(&pool).await.map_err(failed)?;
        listener.listen(NOTIFICATIONS).await.map_err(failed)?;
        let task = tokio::spawn(listen(listener, node.clone(), changes));
        Ok(Self { node, task })
    }

    /// Unique among the nodes.
    pub(crate) fn node(&self) -> &str {
        &self.node
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(mut listener: PgListener, node: String, changes: broadcast::Sender<Changed>) {
    loop {
        let touched = match listener.try_recv().await {
            Ok(Some(notification)) => heard(notification.payload(), &node),
            // The connection was lost, and with it perhaps some news: everybody looks again.
            Ok(None) => Some(Touched::anything()),
            Err(error) => {
                warn!(%error, "cannot hear other nodes");
                tokio::time::sleep(PAUSE).await;
                Some(Touched::anything())
            }
        };
        for event in touched.iter().flat_map(Touched::events) {
            // Nobody may be listening; whoever starts to will look first.
            let _ = changes.send(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_understand_each_other_and_not_themselves() {
        let feedback = "fb_0190c0de000070008000000000000001".parse().expect("an id");
        let mut touched = Touched::jobs();
        touched.feedback(feedback);
        touched.by(&Change::NoLiveCalls);
        let payload = payload("one", &touched);
        assert!(heard(&payload, "one").is_none());
        let events: Vec<_> = heard(&payload, "two").iter().flat_map(Touched::events).collect();
        let both = Changed { jobs: true, feedback: Some(feedback), problem: None, calls: true };
        assert_eq!(events, [both]);
        let older = payload.strip_suffix(" 1").expect("calls stand last");
        let events: Vec<_> = heard(older, "two").iter().flat_map(Touched::events).collect();
        assert_eq!(events, [Changed { calls: false, ..both }]);
        assert!(heard("gibberish", "two").is_none());
    }
}
