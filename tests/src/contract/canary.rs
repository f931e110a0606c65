//! A check that cannot fail proves nothing: each schema must refuse what is plainly wrong.

use serde_json::{Map, Value, json};

use super::document::Document;
use super::operation::BodySchema;
use super::undeclared::undeclared;

/// Panics unless the compiled schema refuses three wrong bodies made for it: something of no
/// described type, an object with an unknown property, and a known property of the wrong type.
pub(super) fn must_be_refused(document: &Document, body: &BodySchema, whose: &str) {
    if accepts_anything(document.resolve(&body.schema)) {
        return;
    }
    let refused = |value: &Value| !body.departures(document, value).is_empty();
    assert!(refused(&json!(true)), "{whose}: the check accepts `true`");
    let resolved = document.resolve(&body.schema);
    let Some(properties) = resolved["properties"].as_object() else { return };
    let unknown = json!({ "mostik_canary": 1 });
    assert!(
        refused(&unknown) || is_free_form(document, &body.schema, &unknown),
        "{whose}: the check accepts a property nobody described"
    );
    assert!(
        properties.keys().any(|name| wrong_type_is_refused(body, name)),
        "{whose}: the check accepts a wrong type in every property"
    );
}

fn accepts_anything(schema: &Value) -> bool {
    schema.as_object().is_none_or(Map::is_empty)
}

fn is_free_form(document: &Document, schema: &Value, unknown: &Value) -> bool {
    undeclared(document, schema, unknown).is_empty()
}

/// The refusal must be about that very property, not about others that are missing.
fn wrong_type_is_refused(body: &BodySchema, name: &str) -> bool {
    let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let wrong = json!({ name: { "mostik_canary": [1] } });
    body.validator
        .iter_errors(&wrong)
        .any(|error| error.instance_path().as_str().starts_with(&pointer))
}
