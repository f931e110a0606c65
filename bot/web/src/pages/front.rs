use askama::Template;
use axum::{http::StatusCode, response::Response};
use mostik_domain::Words;
use serde::Deserialize;

use super::{
    error_page,
    shell::{Shell, Visit, page, see},
};
use crate::{
    api::{PublicMessage, Sender, captured_page, take_message},
    error::ProblemDocument,
    guard::{ClientAddress, FormBody},
};

/// Bytes of the key with which a form sent twice counts once.
const KEY_LIMIT: usize = 64;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    shell: Shell,
    phone: Option<String>,
    /// What was entered, when it was not taken.
    entered: Entered,
    /// Why it was not taken.
    refused: Option<String>,
    key: String,
}

/// The fields of the form.
#[derive(Default, Deserialize)]
pub(super) struct Entered {
    #[serde(default)]
    text: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    key: String,
}

impl Entered {
    fn has_contacts(&self) -> bool {
        [&self.name, &self.email, &self.phone].iter().any(|field| !field.is_empty())
    }

    fn message(&self) -> PublicMessage {
        let given = |field: &str| Some(Words::new(field)).filter(|words| !words.is_blank());
        PublicMessage {
            text: Words::new(&self.text),
            from: Some(Sender {
                name: given(&self.name),
                email: given(&self.email),
                phone: given(&self.phone),
            }),
            page: None,
            inbox: None,
        }
    }
}

/// What this is, the number to call, and the form.
pub(super) async fn show(visit: Visit) -> Result<Response, ProblemDocument> {
    page(&front(&visit, Entered::default(), None))
}

fn front(visit: &Visit, entered: Entered, refused: Option<String>) -> FrontPage {
    FrontPage {
        shell: visit.public(),
        phone: visit.state.settings.phone.clone(),
        entered,
        refused,
        key: visit.state.clock.fresh_id().simple().to_string(),
    }
}

/// Takes the form and leads to the customer's own page; what was not taken is
/// shown again with the reason.
pub(super) async fn submit(
    visit: Visit,
    client: ClientAddress,
    FormBody(entered): FormBody<Entered>,
) -> Result<Response, ProblemDocument> {
    visit.state.public_rate.check(client)?;
    let key = entered.key.as_str();
    let fits = (1..=KEY_LIMIT).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    let key = fits.then(|| format!("form:{key}"));
    let taken = take_message(&visit.state, entered.message(), key, visit.locale.language).await;
    match taken {
        Ok((captured, _)) => Ok(see(&captured_page(&visit.state, captured.feedback))),
        Err(problem) if problem.status() == StatusCode::BAD_REQUEST => {
            let (_, text) = error_page::words(visit.w(), &problem);
            let mut shown = page(&front(&visit, entered, Some(text)))?;
            *shown.status_mut() = problem.status();
            Ok(shown)
        }
        Err(problem) => Err(problem),
    }
}
