use askama::Template;
use axum::{extract::Path, response::Response};
use mostik_domain::{Job, JobId};
use mostik_store::{JobFilter, JobRecord, JobState, PageRequest};

use super::shell::{Here, Shell, Visit, private_page, see};
use crate::{api::id_in_path, error::ProblemDocument, guard::Operator, wording::When};

/// Jobs of one page.
const SHOWN: u32 = 100;

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    shell: Shell,
    jobs: Vec<JobRow>,
}

struct JobRow {
    id: JobId,
    step: &'static str,
    /// What it is about, and where that is seen.
    about: String,
    href: Option<String>,
    attempts: u32,
    error: String,
    stopped: When,
}

/// Jobs that failed for good.
pub(super) async fn show(
    Operator(person): Operator,
    visit: Visit,
) -> Result<Response, ProblemDocument> {
    let filter = JobFilter { state: Some(JobState::Dead), step: None };
    let request = PageRequest { limit: SHOWN, after: None };
    let page = visit.state.store.job_page(&filter, &request).await?;
    let jobs = page.items.into_iter().map(|record| row(&visit, record)).collect();
    private_page(&JobsPage { shell: visit.staff(&person, Here::Jobs).await?, jobs })
}

fn row(visit: &Visit, record: JobRecord) -> JobRow {
    let href = match &record.job {
        Job::Transcribe { feedback }
        | Job::Classify { feedback }
        | Job::Answer { feedback }
        | Job::Route { feedback }
        | Job::Ring { feedback, .. }
        | Job::FollowUp { feedback }
        | Job::Dial { feedback, .. }
        | Job::Reply { feedback, .. } => Some(format!("/desk/feedback/{feedback}")),
        Job::File { problem } => Some(format!("/desk/problems/{problem}")),
        _ => None,
    };
    JobRow {
        id: record.id,
        step: visit.w().step(record.job.step()),
        about: record.job.lane(),
        href,
        attempts: record.attempts,
        error: record.last_error.unwrap_or_default(),
        stopped: visit.when(record.updated_at),
    }
}

/// Makes a dead job ready again.
pub(super) async fn run_again(
    _: Operator,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, ProblemDocument> {
    visit.state.store.run_again(id_in_path(&id)?, visit.now).await?;
    Ok(see("/desk/jobs"))
}
