//! Messages that were judged, to learn from.

use std::collections::HashMap;

use mostik_taxonomy::{Judgement, Language};
use serde::Deserialize;

use super::{Example, InvalidExample};
use crate::hashing;

/// A message and what a careful reader judged.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Language of the text.
    pub language: Language,
    /// The customer's words.
    pub text: String,
    /// What was judged.
    pub judgement: Judgement,
}

#[derive(Deserialize)]
struct Line {
    id: Option<String>,
    lang: Option<String>,
    text: Option<String>,
    kind: String,
    criticality: String,
    complexity: String,
    contact_risk: String,
}

/// Reads judged lines: `{"lang","text","kind","criticality","complexity",
/// "contact_risk"}`, or with the `id` of one of the `examples` in the place of
/// its language and text. Blank lines are passed over; anything wrong is an
/// error.
pub fn read_judged(examples: &[Example], jsonl: &str) -> Result<Vec<Judged>, InvalidExample> {
    let by_id: HashMap<&str, &Example> =
        examples.iter().map(|example| (example.id.as_str(), example)).collect();
    let lines = (1..).zip(jsonl.lines()).filter(|(_, source)| !source.trim().is_empty());
    lines
        .map(|(line, source)| read_line(&by_id, source).map_err(|why| InvalidExample { line, why }))
        .collect()
}

fn read_line(by_id: &HashMap<&str, &Example>, source: &str) -> Result<Judged, String> {
    let line: Line = serde_json::from_str(source).map_err(|error| error.to_string())?;
    let judgement = Judgement {
        kind: line.kind.parse().map_err(|error| format!("{error}"))?,
        criticality: line.criticality.parse().map_err(|error| format!("{error}"))?,
        complexity: line.complexity.parse().map_err(|error| format!("{error}"))?,
        contact_risk: line.contact_risk.parse().map_err(|error| format!("{error}"))?,
    };
    match (line.id, line.lang, line.text) {
        (Some(id), None, None) => {
            let example = by_id.get(id.as_str()).ok_or_else(|| format!("no line {id:?}"))?;
            Ok(Judged { language: example.language, text: example.text.clone(), judgement })
        }
        (_, Some(lang), Some(text)) if !text.trim().is_empty() => {
            let language = lang.parse().map_err(|error| format!("{error}"))?;
            Ok(Judged { language, text, judgement })
        }
        _ => Err("neither an id alone nor a language with a text".to_owned()),
    }
}

/// The judged lines that the compiled-in judge has learnt from; `examples` are
/// the shipped lines of root causes.
pub fn shipped_judged(examples: &[Example]) -> Result<Vec<Judged>, InvalidExample> {
    read_judged(examples, include_str!("../../training/judged.jsonl"))
}

/// A hash of the lines and of what the judge sees of them, kept in the judge.
pub(crate) fn data_hash(judged: &[Judged], seen: u64) -> u64 {
    judged.iter().fold(seen, |hash, line| {
        let line = format!("{hash:x}\n{:?}\n{}", line.judgement, line.text);
        hashing::hash(15, line.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const JUDGED: &str =
        r#""kind":"thanks","criticality":"low","complexity":"simple","contact_risk":"low"}"#;

    #[test]
    fn a_line_has_its_text_or_the_id_of_another_line() {
        let known = r#"{"id":"1","lang":"ru","trade":"shop","text":"спасибо","labels":["other"]}"#;
        let known = super::super::read_examples(super::super::Task::RootCause, known);
        let known = known.expect("a line of a cause");
        let read = |start: &str| read_judged(&known, &format!("\n{{{start},{JUDGED}"));
        let told = |start: &str| read(start).map(|lines| lines[0].text.clone());
        assert_eq!(told(r#""id":"1""#).as_deref(), Ok("спасибо"));
        assert_eq!(told(r#""lang":"en","text":"thank you""#).as_deref(), Ok("thank you"));
        for (wrong, why) in [
            (r#""id":"2""#, "no line"),
            (r#""lang":"en","text":" ""#, "neither"),
            (r#""lang":"de","text":"danke""#, "unknown language"),
            (r#""text":"thank you""#, "neither"),
        ] {
            let error = read(wrong).expect_err("a wrong line").to_string();
            assert!(error.starts_with("line 2") && error.contains(why), "{error}");
        }
        let urgent = JUDGED.replace("low", "urgent");
        assert!(read_judged(&known, &format!(r#"{{"id":"1",{urgent}"#)).is_err());
    }
}
