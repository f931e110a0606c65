use toml::{Table, Value};

/// The first key that the defaults do not have, with the nearest one they have.
/// `secrets` may also be given with `_file`.
pub(super) fn find(given: &Table, defaults: &Table, secrets: &[(&str, &str)]) -> Option<String> {
    unknown(given, defaults, "", &|section, key| {
        key.strip_suffix("_file").is_some_and(|secret| secrets.contains(&(section, secret)))
    })
}

fn unknown(
    given: &Table,
    defaults: &Table,
    section: &str,
    allowed: &dyn Fn(&str, &str) -> bool,
) -> Option<String> {
    given.iter().find_map(|(key, value)| match defaults.get(key) {
        None if allowed(section, key) => None,
        None => Some(say(section, key, defaults)),
        Some(known) => below(value, known, &path(section, key), allowed),
    })
}

fn below(
    value: &Value,
    known: &Value,
    section: &str,
    allowed: &dyn Fn(&str, &str) -> bool,
) -> Option<String> {
    match (value, known) {
        (Value::Table(given), Value::Table(defaults)) => unknown(given, defaults, section, allowed),
        (Value::Array(given), Value::Array(known)) => {
            let Some(Value::Table(defaults)) = known.first() else {
                return None;
            };
            given
                .iter()
                .filter_map(Value::as_table)
                .find_map(|table| unknown(table, defaults, section, allowed))
        }
        _ => None,
    }
}

fn path(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

fn say(section: &str, key: &str, defaults: &Table) -> String {
    let nearest = defaults.keys().min_by_key(|known| distance(key, known));
    let hint = nearest
        .map(|known| format!("; the nearest known key is {:?}", path(section, known)))
        .unwrap_or_default();
    format!("unknown key {:?}{hint}", path(section, key))
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
