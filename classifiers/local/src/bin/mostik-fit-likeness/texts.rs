//! Reads the sets of texts.

use std::error::Error;

use serde::Deserialize;

/// A text and what it is about.
#[derive(Debug, Clone)]
pub(crate) struct Labelled {
    pub(crate) text: String,
    pub(crate) label: String,
    pub(crate) trade: String,
    pub(crate) language: String,
}

impl Labelled {
    fn english(text: String, label: String) -> Self {
        Self { text, label, trade: String::new(), language: "en".to_owned() }
    }
}

/// `text,category` with quotes after RFC 4180.
pub(crate) fn banking(file: &str) -> Result<Vec<Labelled>, Box<dyn Error>> {
    let rows = rows(file);
    let line = |row: &Vec<String>| match row.as_slice() {
        [text, label] => Ok(Labelled::english(text.clone(), label.clone())),
        _ => Err(format!("expected two columns: {row:?}").into()),
    };
    rows.iter().skip(1).map(line).collect()
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut letters = file.chars().peekable();
    while let Some(letter) = letters.next() {
        let end = rows.len() - 1;
        let row = &mut rows[end];
        let last = row.len() - 1;
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                row[last].push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            '\r' if !quoted => {}
            other => row[last].push(other),
        }
    }
    rows.retain(|row| row.len() > 1);
    rows
}

#[derive(Deserialize)]
struct Clinc {
    train: Vec<(String, String)>,
    val: Vec<(String, String)>,
    test: Vec<(String, String)>,
}

/// CLINC150 without what is out of its scope: that has no label of its own.
pub(crate) fn clinc(file: &str) -> Result<Vec<Labelled>, Box<dyn Error>> {
    let Clinc { train, val, test } = serde_json::from_str(file)?;
    let all = train.into_iter().chain(val).chain(test);
    Ok(all.map(|(text, label)| Labelled::english(text, label)).collect())
}

#[derive(Deserialize)]
struct Complaint {
    lang: String,
    trade: String,
    problem: String,
    text: String,
}

/// Our own complaints, three of each problem.
pub(crate) fn complaints(file: &str) -> Result<Vec<Labelled>, Box<dyn Error>> {
    let read = |line| -> Result<Labelled, Box<dyn Error>> {
        let Complaint { lang, trade, problem, text } = serde_json::from_str(line)?;
        Ok(Labelled { text, label: problem, trade, language: lang })
    };
    file.lines().map(read).collect()
}

/// Trades in two halves, to fit on the one and measure on the other.
pub(crate) fn in_half(trade: &str) -> bool {
    matches!(trade, "food-delivery" | "telecom" | "parcels" | "electronics" | "courses")
}
