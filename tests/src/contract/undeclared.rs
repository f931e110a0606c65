//! The lint beside the schemas: whatever is sent must be listed in the description.

use serde_json::Value;

use super::document::Document;

/// Alternatives nest (`oneOf` in `allOf` in …), but never this deep in a sane description.
const DEEPEST: usize = 12;

/// Properties of `value` that no alternative of `schema` lists.
pub(super) fn undeclared(document: &Document, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(document, &[schema], value, "", &mut found);
    found
}

fn walk(document: &Document, schemas: &[&Value], value: &Value, at: &str, found: &mut Vec<String>) {
    let mut alternatives = Vec::new();
    for schema in schemas {
        expand(document, schema, 0, &mut alternatives);
    }
    match value {
        Value::Object(properties) => {
            for (name, inner) in properties {
                let here = format!("{at}/{name}");
                let listed = listed(&alternatives, name);
                if !listed.is_empty() {
                    walk(document, &listed, inner, &here, found);
                } else if !is_open(&alternatives) {
                    found.push(format!("at «{here}»: the contract lists no such property"));
                }
            }
        }
        Value::Array(items) => {
            let of: Vec<&Value> = alternatives.iter().filter_map(|it| it.get("items")).collect();
            for (index, item) in items.iter().enumerate() {
                walk(document, &of, item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn listed<'v>(alternatives: &[&'v Value], name: &str) -> Vec<&'v Value> {
    alternatives.iter().filter_map(|schema| schema.get("properties")?.get(name)).collect()
}

/// Free-form by intention: values of any name are described, or nothing at all is.
fn is_open(alternatives: &[&Value]) -> bool {
    let describes_any_name = |schema: &&Value| {
        schema.get("patternProperties").is_some()
            || match schema.get("additionalProperties") {
                Some(Value::Bool(open)) => *open,
                Some(_) => true,
                None => false,
            }
    };
    alternatives.iter().any(describes_any_name)
        || alternatives.iter().all(|schema| schema.get("properties").is_none())
}

/// The schema itself and every alternative inside it, references followed.
fn expand<'v>(document: &'v Document, schema: &'v Value, depth: usize, into: &mut Vec<&'v Value>) {
    if depth > DEEPEST {
        return;
    }
    if schema.get("$ref").is_some() {
        expand(document, document.resolve(schema), depth + 1, into);
    }
    into.push(schema);
    for combinator in ["allOf", "anyOf", "oneOf"] {
        for inner in schema[combinator].as_array().into_iter().flatten() {
            expand(document, inner, depth + 1, into);
        }
    }
}
