//! The REST API of `CONTRACT`: a file per resource, one table of routes.

mod agreement;
mod calls;
mod changes;
mod feedback;
mod feedback_shape;
mod health;
mod jobs;
mod listing;
mod messages;
mod outage;
mod phone;
mod presence;
mod problems;
mod recording;
mod webhooks;

use axum::{
    Json,
    extract::DefaultBodyLimit,
    routing::{MethodRouter, get, post, put},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{error::ProblemDocument, state::WebState};

pub(crate) use agreement::{AgreementQuery, agreement};
pub(crate) use changes::named;
pub(crate) use feedback::{FeedbackQuery, STATES as FEEDBACK_STATES};
pub(crate) use listing::{id_in_path, page_request};
pub(crate) use messages::{PublicMessage, Sender, captured_page, take_message};
pub(crate) use problems::{ProblemQuery, STATES as PROBLEM_STATES};

/// Bytes of a JSON body.
const JSON_LIMIT: usize = 64 * 1024;
/// Bytes of a webhook delivery: GitHub's longest issue body is 64 KiB, escaped
/// and sent beside the repository.
const WEBHOOK_LIMIT: usize = 2 * 1024 * 1024;

/// Every route of the API with its methods: what the router serves and what the
/// description is checked against.
pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<WebState>)> {
    vec![
        ("/api/v1/messages", post(messages::create).options(messages::preflight)),
        ("/api/v1/feedback", get(feedback::list)),
        ("/api/v1/feedback/{id}", get(feedback::one).patch(changes::change)),
        ("/api/v1/problems", get(problems::list)),
        ("/api/v1/problems/{id}", get(problems::one)),
        ("/api/v1/calls", get(calls::list)),
        ("/api/v1/calls/{id}", get(calls::one)),
        ("/api/v1/calls/{id}/recording", get(recording::recording)),
        ("/api/v1/calls/{id}/hand-on", post(phone::hand_on)),
        ("/api/v1/calls/{id}/note", put(phone::note)),
        ("/api/v1/call-backs/{id}/cancel", post(phone::cancel_call_back)),
        ("/api/v1/phone", get(phone::now)),
        ("/api/v1/presence", get(presence::get).put(presence::put)),
        ("/api/v1/outage", get(outage::list).put(outage::set).delete(outage::clear)),
        ("/api/v1/jobs", get(jobs::list)),
        ("/api/v1/jobs/{id}/run-again", post(jobs::run_again)),
        ("/api/v1/reports/agreement", get(agreement::report)),
        ("/webhooks/github", post(webhooks::github).layer(DefaultBodyLimit::max(WEBHOOK_LIMIT))),
        ("/healthz", get(health::alive)),
        ("/readyz", get(health::ready)),
        ("/metrics", get(health::metrics)),
        ("/api/openapi.json", get(describe)),
    ]
}

/// Puts the limit of JSON bodies on all routes that have none of their own.
pub(crate) fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(JSON_LIMIT)
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mostik",
        description = "A bridge between customers and the teams that can change things: \
                       feedback, problems, promises, calls. Errors are RFC 9457 problem \
                       documents; times are RFC 3339 in UTC; ids carry their kind.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        messages::create,
        feedback::list,
        feedback::one,
        changes::change,
        problems::list,
        problems::one,
        calls::list,
        calls::one,
        recording::recording,
        phone::hand_on,
        phone::note,
        phone::cancel_call_back,
        phone::now,
        presence::get,
        presence::put,
        outage::list,
        outage::set,
        outage::clear,
        jobs::list,
        jobs::run_again,
        agreement::report,
        webhooks::github,
        health::alive,
        health::ready,
        health::metrics,
        describe,
    ),
    components(schemas(ProblemDocument)),
    modifiers(&Security)
)]
struct Described;

struct Security;

impl Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The description of the API (OpenAPI 3.1).
pub fn open_api() -> utoipa::openapi::OpenApi {
    Described::openapi()
}

/// This description.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "about",
    responses((status = 200, description = "OpenAPI 3.1"))
)]
async fn describe() -> Json<utoipa::openapi::OpenApi> {
    Json(open_api())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn description() -> Value {
        serde_json::to_value(open_api()).expect("a description is JSON")
    }

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let served: BTreeSet<_> = routes().into_iter().map(|(path, _)| path.to_owned()).collect();
        let description = description();
        let described = description["paths"].as_object().expect("paths");
        assert_eq!(served, described.keys().cloned().collect());
        assert!(description["openapi"].as_str().is_some_and(|v| v.starts_with("3.1")));
    }

    #[test]
    fn every_reference_of_the_description_leads_somewhere() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(fields) => {
                    found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    fields.values().for_each(|field| references(field, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let description = description();
        let mut found = Vec::new();
        references(&description, &mut found);
        assert!(found.len() > 20, "{found:?}");
        for reference in found {
            let pointer = reference.trim_start_matches('#');
            assert!(description.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    }
}
