//! An OpenAPI file: finding operations, following references, making schemas that stand alone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// A whole OpenAPI document.
#[derive(Debug)]
pub(super) struct Document {
    root: Value,
    nullable_is_a_keyword: bool,
}

/// An operation found by method and path.
#[derive(Debug)]
pub(super) struct Found<'d> {
    /// The path as described, with `{placeholders}`.
    pub(super) template: &'d str,
    /// Parameters shared by all operations of the path.
    pub(super) path_item: &'d Value,
    /// The operation itself.
    pub(super) operation: &'d Value,
}

impl Document {
    pub(super) fn load(file: &str) -> Option<Self> {
        let path = specifications().join(file);
        let text = std::fs::read(&path).ok()?;
        let root: Value = serde_json::from_slice(&text)
            .unwrap_or_else(|error| panic!("{} is not JSON: {error}", path.display()));
        let nullable_is_a_keyword =
            root["openapi"].as_str().is_some_and(|version| version.starts_with("3.0"));
        Some(Self { root, nullable_is_a_keyword })
    }

    /// The described operation for a concrete path; among several the most literal template wins.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<Found<'_>> {
        let method = method.to_lowercase();
        let wanted: Vec<&str> = path.split('/').collect();
        let paths = self.root["paths"].as_object()?;
        let (template, path_item) = paths
            .iter()
            .filter(|(template, item)| fits(template, &wanted) && item.get(&method).is_some())
            .max_by_key(|(template, _)| literal_segments(template))?;
        Some(Found { template, path_item, operation: &path_item[&method] })
    }

    /// Follows `$ref` until something that is not a reference.
    pub(super) fn resolve<'v>(&'v self, mut value: &'v Value) -> &'v Value {
        while let Some(pointer) = value.get("$ref").and_then(Value::as_str) {
            value = self.pointed(pointer);
        }
        value
    }

    fn pointed(&self, reference: &str) -> &Value {
        reference
            .strip_prefix('#')
            .and_then(|pointer| self.root.pointer(pointer))
            .unwrap_or_else(|| panic!("the contract points at {reference}, which is not there"))
    }

    /// The schema together with the components it reaches, as one JSON Schema 2020-12 document.
    pub(super) fn standalone(&self, schema: &Value) -> Value {
        let mut wanted = BTreeSet::new();
        self.reach(schema, &mut wanted);
        let mut whole = json!({ "allOf": [self.modern(schema)] });
        for pointer in wanted {
            let value = self.modern(self.pointed(&pointer));
            insert(&mut whole, &pointer, value);
        }
        whole
    }

    fn reach(&self, value: &Value, wanted: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(pointer)) = map.get("$ref")
                    && wanted.insert(pointer.clone())
                {
                    self.reach(self.pointed(pointer), wanted);
                }
                map.values().for_each(|inner| self.reach(inner, wanted));
            }
            Value::Array(items) => items.iter().for_each(|inner| self.reach(inner, wanted)),
            _ => {}
        }
    }

    /// OpenAPI 3.0 spells "or null" as a keyword of its own, which JSON Schema does not know.
    fn modern(&self, schema: &Value) -> Value {
        match schema {
            Value::Array(items) => items.iter().map(|item| self.modern(item)).collect(),
            Value::Object(map) => {
                let rest: Map<String, Value> = map
                    .iter()
                    .filter(|(key, _)| !matches!(key.as_str(), "example" | "examples"))
                    .filter(|(key, value)| {
                        !(self.nullable_is_a_keyword && *key == "nullable" && value.is_boolean())
                    })
                    .map(|(key, value)| (lenient(key, map), self.modern(value)))
                    .collect();
                let or_null =
                    self.nullable_is_a_keyword && map.get("nullable") == Some(&Value::Bool(true));
                if or_null { json!({ "anyOf": [rest, { "type": "null" }] }) } else { rest.into() }
            }
            other => other.clone(),
        }
    }
}

/// Described alternatives overlap (extra properties are allowed nearly everywhere), so "exactly one"
/// would refuse what a vendor's own server says.
fn lenient(key: &str, schema: &Map<String, Value>) -> String {
    if key == "oneOf" && !schema.contains_key("anyOf") { "anyOf".into() } else { key.into() }
}

fn specifications() -> PathBuf {
    std::env::var_os("MOSTIK_SPECS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs"),
        PathBuf::from,
    )
}

fn is_placeholder(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}')
}

fn fits(template: &str, wanted: &[&str]) -> bool {
    template.split('/').count() == wanted.len()
        && template
            .split('/')
            .zip(wanted)
            .all(|(known, asked)| is_placeholder(known) && !asked.is_empty() || known == *asked)
}

fn literal_segments(template: &str) -> usize {
    template.split('/').filter(|segment| !is_placeholder(segment)).count()
}

/// Puts `value` at `#/a/b/c`, making the objects on the way.
fn insert(whole: &mut Value, reference: &str, value: Value) {
    let mut at = whole;
    for name in reference.trim_start_matches("#/").split('/') {
        let name = name.replace("~1", "/").replace("~0", "~");
        at = &mut at[name];
    }
    *at = value;
}
