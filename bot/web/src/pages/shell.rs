use std::convert::Infallible;

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{Uri, header, request::Parts},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use jiff::Timestamp;
use mostik_domain::Language;

use super::presence::{self, AtTheTop};
use crate::{
    error::ProblemDocument,
    guard::Person,
    locale::Locale,
    state::WebState,
    wording::{When, Wording},
};

/// A section of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Here {
    Triage,
    Feedback,
    Phone,
    Calls,
    Problems,
    Board,
    Jobs,
    Agreement,
    People,
}

/// What every page has around it.
pub(super) struct Shell {
    pub(super) w: &'static Wording,
    pub(super) company: String,
    /// The same page in the other language.
    pub(super) other: String,
    pub(super) menu: Vec<MenuItem>,
    /// The name of who is signed in.
    pub(super) person: Option<String>,
    /// Whether that person takes calls, and with whom she talks.
    pub(super) top: AtTheTop,
    /// Where news of this page come from; empty when it is not live.
    pub(super) live: String,
}

/// A link of the menu.
pub(super) struct MenuItem {
    pub(super) href: &'static str,
    pub(super) label: &'static str,
    pub(super) current: bool,
}

/// One request for a page: language, address and time.
pub(crate) struct Visit {
    pub(super) state: WebState,
    pub(super) locale: Locale,
    pub(super) uri: Uri,
    pub(super) now: Timestamp,
}

impl FromRequestParts<WebState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Infallible> {
        Ok(Self {
            state: state.clone(),
            locale: Locale::of(&parts.uri, &parts.headers, state),
            uri: parts.uri.clone(),
            now: state.clock.now(),
        })
    }
}

impl Visit {
    pub(super) fn w(&self) -> &'static Wording {
        self.locale.wording()
    }

    /// The moment, on the company's clock.
    pub(super) fn when(&self, at: Timestamp) -> When {
        self.w().when(at, self.now, &self.state.hours)
    }

    /// The frame of a public page.
    pub(super) fn public(&self) -> Shell {
        Shell {
            w: self.w(),
            company: self.state.settings.company.clone(),
            other: other_language(&self.uri, self.locale.language),
            menu: Vec::new(),
            person: None,
            top: AtTheTop::default(),
            live: String::new(),
        }
    }

    /// The frame of a page for staff, with what they may see.
    pub(super) async fn staff(
        &self,
        person: &Person,
        here: Here,
    ) -> Result<Shell, ProblemDocument> {
        let words = &self.w().common;
        let mut menu = Vec::new();
        let mut add = |section, href, label| {
            menu.push(MenuItem { href, label, current: here == section });
        };
        if person.is_operator() {
            add(Here::Triage, "/desk", words.triage);
            add(Here::Feedback, "/desk/feedback", words.feedback);
        }
        add(Here::Problems, "/desk/problems", words.problems);
        add(Here::Board, "/board", words.board);
        if person.is_operator() {
            add(Here::Phone, "/desk/phone", words.phone);
            add(Here::Calls, "/desk/calls", words.calls);
            add(Here::Jobs, "/desk/jobs", words.jobs);
        }
        if person.is_manager() {
            add(Here::Agreement, "/desk/agreement", words.agreement);
        }
        if person.is_admin() {
            add(Here::People, "/desk/people", words.people);
        }
        let mut top = presence::of(self, person).await?;
        if here == Here::Phone {
            // There the lines themselves are asked for.
            top.owed = 0;
        }
        Ok(Shell {
            menu,
            person: Some(person.name.clone()),
            top,
            live: "/desk/events".to_owned(),
            ..self.public()
        })
    }
}

/// The same address with `lang=` of the other language.
fn other_language(uri: &Uri, shown: Language) -> String {
    let other = match shown {
        Language::Russian => Language::English,
        Language::English => Language::Russian,
    };
    let kept = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
        .fold(String::new(), |kept, pair| format!("{kept}{pair}&"));
    format!("{}?{kept}lang={other}", uri.path())
}

/// The page as a response.
pub(super) fn page(template: &impl Template) -> Result<Response, ProblemDocument> {
    match template.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => {
            tracing::error!(%error, "a page was not rendered");
            Err(ProblemDocument::internal())
        }
    }
}

/// The page, never to be found by a search engine.
pub(super) fn private_page(template: &impl Template) -> Result<Response, ProblemDocument> {
    let page = page(template)?;
    Ok((
        [("x-robots-tag", "noindex, nofollow"), (header::CACHE_CONTROL.as_str(), "no-store")],
        page,
    )
        .into_response())
}

/// After a form: look at the page anew.
pub(super) fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_language_keeps_the_filters() {
        let uri: Uri = "/desk/feedback?q=a%26b&lang=ru&state=filed".parse().expect("a uri");
        assert_eq!(
            other_language(&uri, Language::Russian),
            "/desk/feedback?q=a%26b&state=filed&lang=en"
        );
        assert_eq!(other_language(&"/".parse().expect("a uri"), Language::English), "/?lang=ru");
    }
}
