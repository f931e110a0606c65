//! Path and query parameters of an operation.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::document::{Document, Found};
use super::exchange::Exchange;

#[derive(Debug)]
struct Parameter {
    name: String,
    required: bool,
    kinds: Vec<String>,
    validator: Validator,
}

/// The parameters an operation takes.
#[derive(Debug)]
pub(super) struct Parameters {
    template: String,
    path: Vec<Parameter>,
    query: Vec<Parameter>,
}

impl Parameters {
    pub(super) fn new(document: &Document, found: &Found<'_>) -> Self {
        let mut all = Self { template: found.template.to_owned(), path: vec![], query: vec![] };
        let listed = [&found.path_item["parameters"], &found.operation["parameters"]];
        for parameter in listed.into_iter().filter_map(Value::as_array).flatten() {
            let parameter = document.resolve(parameter);
            match parameter["in"].as_str() {
                Some("path") => all.path.push(Parameter::new(document, parameter)),
                Some("query") => all.query.push(Parameter::new(document, parameter)),
                _ => {}
            }
        }
        all
    }

    pub(super) fn departures(&self, exchange: &Exchange) -> Vec<String> {
        let mut all = Vec::new();
        for parameter in &self.query {
            if parameter.required && !exchange.query.iter().any(|(name, _)| parameter.is(name)) {
                all.push(format!("query «{}» is required", parameter.name));
            }
        }
        let in_path = placeholders(&self.template, &exchange.path);
        for (name, text) in &exchange.query {
            // octocrab 0.54 repeats `issue_number` in the query; services ignore such an echo.
            if in_path.contains(&(name.as_str(), text.as_str())) {
                continue;
            }
            match self.query.iter().find(|parameter| parameter.is(name)) {
                None => all.push(format!("query «{name}» is not listed")),
                Some(parameter) => all.extend(parameter.departure("query", text)),
            }
        }
        for (name, text) in in_path {
            if let Some(parameter) = self.path.iter().find(|parameter| parameter.name == name) {
                all.extend(parameter.departure("path", text));
            }
        }
        all
    }
}

impl Parameter {
    fn new(document: &Document, parameter: &Value) -> Self {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let schema = parameter.get("schema").cloned().unwrap_or_else(|| json!({}));
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            .build(&document.standalone(&schema))
            .unwrap_or_else(|error| panic!("the schema of «{name}» does not compile: {error}"));
        let kinds = kinds(document.resolve(&schema));
        Self { name, required: parameter["required"] == true, kinds, validator }
    }

    fn is(&self, name: &str) -> bool {
        name.strip_suffix("[]").unwrap_or(name) == self.name
    }

    fn departure(&self, place: &str, text: &str) -> Option<String> {
        let fits = self.readings(text).iter().any(|value| self.validator.is_valid(value));
        (!fits).then(|| format!("{place} «{}» must not be «{text}»", self.name))
    }

    /// A parameter is text on the wire; its schema says what the text stands for.
    fn readings(&self, text: &str) -> Vec<Value> {
        let mut readings = vec![Value::from(text)];
        for kind in &self.kinds {
            match kind.as_str() {
                "integer" | "number" | "boolean" => {
                    readings.extend(serde_json::from_str::<Value>(text).ok());
                }
                "array" => readings.push(text.split(',').collect()),
                _ => {}
            }
        }
        readings
    }
}

fn kinds(schema: &Value) -> Vec<String> {
    let own = match &schema["type"] {
        Value::String(kind) => vec![kind.clone()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let inner = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|it| schema[it].as_array());
    own.into_iter().chain(inner.flatten().flat_map(kinds)).collect()
}

fn placeholders<'t>(template: &'t str, path: &'t str) -> Vec<(&'t str, &'t str)> {
    let mut named: Vec<_> = template
        .split('/')
        .rev()
        .zip(path.split('/').rev())
        .filter_map(|(known, asked)| Some((known.strip_prefix('{')?.strip_suffix('}')?, asked)))
        .collect();
    named.reverse();
    named
}
