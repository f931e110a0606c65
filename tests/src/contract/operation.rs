//! One operation of a contract, compiled.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::Value;

use super::canary;
use super::document::{Document, Found};
use super::exchange::{BINARY, Body, Exchange};
use super::parameter::Parameters;
use super::undeclared::undeclared;

/// At most this many departures of one body are reported; the first few tell enough.
const REPORTED: usize = 8;

/// A body's schema, for judging and for asking which properties it lists.
#[derive(Debug)]
pub(super) struct BodySchema {
    pub(super) schema: Value,
    pub(super) validator: Validator,
}

impl BodySchema {
    fn new(document: &Document, schema: &Value, whose: &str) -> Self {
        let standalone = document.standalone(schema);
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            .build(&standalone)
            .unwrap_or_else(|error| panic!("the schema of {whose} does not compile: {error}"));
        let compiled = Self { schema: schema.clone(), validator };
        canary::must_be_refused(document, &compiled, whose);
        compiled
    }

    pub(super) fn departures(&self, document: &Document, value: &Value) -> Vec<String> {
        self.validator
            .iter_errors(value)
            .map(|error| format!("at «{}»: {error}", error.instance_path()))
            .chain(undeclared(document, &self.schema, value))
            .take(REPORTED)
            .collect()
    }
}

/// Everything the contract says about one method of one path.
#[derive(Debug)]
pub(super) struct Operation {
    name: String,
    parameters: Parameters,
    request: BTreeMap<String, BodySchema>,
    request_required: bool,
    /// By status as described (`200`, `4XX`, `default`); `None`: an answer without a body.
    responses: BTreeMap<String, Option<BodySchema>>,
    /// The statuses whose answer is bytes.
    binary: Vec<String>,
}

impl Operation {
    pub(super) fn new(document: &Document, method: &str, found: &Found<'_>) -> Self {
        let name = format!("{method} {}", found.template);
        let body = found.operation.get("requestBody").map(|body| document.resolve(body));
        let mut request = BTreeMap::new();
        for (media_type, content) in contents(body) {
            let whose = format!("{name}, request");
            request.insert(media_type, BodySchema::new(document, &content["schema"], &whose));
        }
        let (mut responses, mut binary) = (BTreeMap::new(), Vec::new());
        for (status, response) in found.operation["responses"].as_object().into_iter().flatten() {
            let whose = format!("{name}, answer {status}");
            let content = contents(Some(document.resolve(response)));
            if content.iter().any(|(media_type, _)| media_type == BINARY) {
                binary.push(status.clone());
            }
            let json = content.into_iter().find(|(media_type, _)| media_type == "application/json");
            let schema =
                json.map(|(_, content)| BodySchema::new(document, &content["schema"], &whose));
            responses.insert(status.clone(), schema);
        }
        Self {
            parameters: Parameters::new(document, found),
            request_required: body.is_some_and(|body| body["required"] == true),
            name,
            request,
            responses,
            binary,
        }
    }

    pub(super) fn departures(&self, document: &Document, exchange: &Exchange) -> Vec<String> {
        let parameters = self.parameters.departures(exchange);
        let mut all: Vec<String> =
            parameters.into_iter().map(|it| format!("{}: {it}", self.name)).collect();
        all.extend(self.request_departures(document, exchange));
        all.extend(self.response_departures(document, exchange));
        all
    }

    pub(super) fn request_departures(
        &self,
        document: &Document,
        exchange: &Exchange,
    ) -> Vec<String> {
        let name = &self.name;
        match &exchange.request {
            Body::Empty if self.request_required => {
                vec![format!("{name}: a request body is required")]
            }
            Body::Empty => Vec::new(),
            Body::Unreadable(what) => vec![format!("{name}: the request carried {what}")],
            Body::Binary => vec![format!("{name}: the request carried bytes")],
            Body::Json { .. } if self.request.is_empty() => {
                vec![format!("{name}: the request carried a body, the contract has none")]
            }
            Body::Json { media_type, value } => match self.request.get(media_type) {
                None => vec![format!("{name}: a request body of type {media_type}")],
                Some(schema) => schema
                    .departures(document, value)
                    .into_iter()
                    .map(|it| format!("{name}: request {it}"))
                    .collect(),
            },
        }
    }

    pub(super) fn response_departures(
        &self,
        document: &Document,
        exchange: &Exchange,
    ) -> Vec<String> {
        let (name, status) = (&self.name, exchange.status);
        let exact = status.to_string();
        let range = format!("{}XX", status / 100);
        let described = [exact.as_str(), range.as_str(), "default"]
            .into_iter()
            .find_map(|status| self.responses.get(status));
        let bytes = self.binary.iter().any(|it| *it == exact || *it == range);
        match (described, &exchange.response) {
            (_, Body::Binary) if bytes => Vec::new(),
            (_, Body::Binary) => vec![format!("{name}: answer {status} carried bytes")],
            (Some(None), _) if bytes => vec![format!("{name}: answer {status} carried no bytes")],
            (None, _) if is_general_refusal(status) => Vec::new(),
            (None, _) => vec![format!("{name}: answered {status}, which is not described")],
            (Some(_), Body::Unreadable(what)) => {
                vec![format!("{name}: answer {status} carried {what}")]
            }
            (Some(None), Body::Empty) => Vec::new(),
            (Some(None), Body::Json { .. }) => {
                vec![format!("{name}: answer {status} has no body in the contract")]
            }
            (Some(Some(_)), Body::Empty) => vec![format!("{name}: answer {status} had no body")],
            (Some(Some(schema)), Body::Json { value, .. }) => schema
                .departures(document, value)
                .into_iter()
                .map(|it| format!("{name}: answer {status} {it}"))
                .collect(),
        }
    }
}

/// Vendors describe these once for all operations, in prose.
fn is_general_refusal(status: u16) -> bool {
    matches!(status, 304 | 400 | 401 | 403 | 404 | 405 | 415 | 429 | 500..)
}

fn contents(body: Option<&Value>) -> Vec<(String, &Value)> {
    let Some(content) = body.and_then(|body| body["content"].as_object()) else {
        return Vec::new();
    };
    content
        .iter()
        .filter(|(media_type, content)| {
            content.get("schema").is_some() && *media_type != "text/event-stream"
        })
        .map(|(media_type, content)| (media_type.to_lowercase(), content))
        .collect()
}
