use askama::Template;
use axum::response::Response;
use mostik_domain::agreement::{ConfusedCause, WeekOfJudgements};

use super::shell::{Here, Shell, Visit, private_page};
use crate::{
    api::{AgreementQuery, agreement},
    error::ProblemDocument,
    guard::{Manager, QueryOf},
};

#[derive(Template)]
#[template(path = "agreement.html")]
struct AgreementPage {
    shell: Shell,
    asked: u8,
    weeks: Vec<WeekRow>,
    cut: bool,
}

/// One week.
struct WeekRow {
    monday: String,
    named: u64,
    agreed: String,
    by_customers: u64,
    causes: Vec<CauseRow>,
}

/// One cause that the model had named.
struct CauseRow {
    said: String,
    named: u64,
    agreed: String,
    instead: String,
}

/// How often people name the cause that the model had named.
pub(super) async fn show(
    Manager(person): Manager,
    visit: Visit,
    QueryOf(query): QueryOf<AgreementQuery>,
) -> Result<Response, ProblemDocument> {
    let asked = query.weeks()?;
    let found = agreement(&visit.state, asked).await?;
    private_page(&AgreementPage {
        weeks: found.weeks.iter().map(|week| row(&visit, week)).collect(),
        cut: found.cut,
        asked,
        shell: visit.staff(&person, Here::Agreement).await?,
    })
}

fn row(visit: &Visit, week: &WeekOfJudgements) -> WeekRow {
    WeekRow {
        monday: visit.w().day(week.monday),
        named: week.named,
        agreed: share(week.agreed, week.named),
        by_customers: week.by_customers,
        causes: week.causes.iter().map(|cause| cause_row(visit, cause)).collect(),
    }
}

fn cause_row(visit: &Visit, cause: &ConfusedCause) -> CauseRow {
    let w = visit.w();
    let instead = cause.instead.iter().map(|(cause, count)| format!("{}: {count}", w.cause(cause)));
    CauseRow {
        said: w.cause(&cause.said),
        named: cause.named,
        agreed: share(cause.agreed, cause.named),
        instead: instead.collect::<Vec<_>>().join(", "),
    }
}

/// "3 (75 %)"
fn share(part: u64, whole: u64) -> String {
    let hundredths = (part * 100 + whole / 2).checked_div(whole).unwrap_or_default();
    format!("{part} ({hundredths} %)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_said_in_whole_hundredths() {
        assert_eq!(share(2, 3), "2 (67 %)");
        assert_eq!(share(0, 0), "0 (0 %)");
    }
}
