use std::{collections::HashSet, fmt};

use mostik_taxonomy::Language;
use serde::Deserialize;

use super::Task;

/// One labelled line.
#[derive(Clone)]
pub struct Example {
    /// Unique among the lines.
    pub id: String,
    /// Language of the text.
    pub language: Language,
    /// Kind of business, left out as a whole when the model is validated.
    pub trade: String,
    /// The customer's or owner's words.
    pub text: String,
    /// Classes by their place in [`Task::classes`], the primary one first.
    pub labels: Vec<usize>,
}

/// A line that cannot be learnt from, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidExample {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for InvalidExample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl std::error::Error for InvalidExample {}

#[derive(Deserialize)]
struct Line {
    id: String,
    lang: String,
    #[serde(default)]
    trade: String,
    text: String,
    #[serde(default)]
    labels: Vec<String>,
    label: Option<String>,
}

/// Reads labelled lines: `{"id","lang","trade","text","labels":[…]}`, or with
/// one `label`. Blank lines are passed over; anything wrong is an error.
pub fn read_examples(task: Task, jsonl: &str) -> Result<Vec<Example>, InvalidExample> {
    let classes = task.classes();
    let mut ids = HashSet::new();
    let mut examples = Vec::new();
    for (line, source) in (1..).zip(jsonl.lines()).filter(|(_, source)| !source.trim().is_empty()) {
        let example = read_example(&classes, source).map_err(|why| InvalidExample { line, why })?;
        if !ids.insert(example.id.clone()) {
            return Err(InvalidExample {
                line,
                why: format!("id {:?} was there before", example.id),
            });
        }
        examples.push(example);
    }
    Ok(examples)
}

fn read_example(classes: &[String], source: &str) -> Result<Example, String> {
    let line: Line = serde_json::from_str(source).map_err(|error| error.to_string())?;
    let language = line.lang.parse().map_err(|error| format!("{error}"))?;
    let names = if line.labels.is_empty() { line.label.into_iter().collect() } else { line.labels };
    let labels = names
        .iter()
        .map(|name| {
            let place = classes.iter().position(|class| class == name);
            place.ok_or_else(|| format!("unknown label {name:?}"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if labels.is_empty() {
        return Err("no label".to_owned());
    }
    if line.text.trim().is_empty() {
        return Err("no text".to_owned());
    }
    Ok(Example { id: line.id, language, trade: line.trade, text: line.text, labels })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_line_is_named() {
        let good = r#"{"id":"1","lang":"ru","trade":"shop","text":"дорого","labels":["pricing"]}"#;
        assert_eq!(read_examples(Task::RootCause, good).map(|e| e.len()), Ok(1));
        for (wrong, why) in [
            (r#"{"id":"2","lang":"ru","text":"дорого","label":"prices"}"#, "unknown label"),
            (r#"{"id":"1","lang":"ru","text":"дорого","label":"pricing"}"#, "was there before"),
            (r#"{"id":"2","lang":"de","text":"teuer","label":"pricing"}"#, "unknown language"),
            (r#"{"id":"2","lang":"en","text":" ","label":"pricing"}"#, "no text"),
            (r#"{"id":"2","lang":"en","text":"costly"}"#, "no label"),
            ("{", "EOF"),
        ] {
            let error = read_examples(Task::RootCause, &format!("{good}\n\n{wrong}"))
                .err()
                .map(|error| error.to_string());
            assert!(
                error.as_ref().is_some_and(|e| e.contains("line 3") && e.contains(why)),
                "{error:?}"
            );
        }
    }
}
