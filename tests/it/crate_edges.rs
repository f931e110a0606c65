//! Who may use whom among our own crates: the map in `bot/README.md`, kept true.

use std::collections::BTreeMap;
use std::process::Command;

use mostik_tests::needs::repository;
use serde_json::Value;

/// A crate and all that it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("taxonomy", &[]),
    ("text", &["taxonomy"]),
    ("local", &["taxonomy", "text"]),
    ("openai", &["taxonomy", "text"]),
    ("sip", &[]),
    ("media", &[]),
    ("gateway", &["media", "sip"]),
    ("speech", &[]),
    ("domain", &["taxonomy"]),
    ("store", &["domain"]),
    ("store-sqlite", &["domain", "store"]),
    ("store-postgres", &["domain", "store"]),
    ("channels", &["domain", "gateway", "store"]),
    ("trackers", &["domain"]),
    ("web", &["domain", "store"]),
    ("pipeline", &["channels", "domain", "speech", "store", "taxonomy", "text", "trackers"]),
];
/// They put everything together.
const MAY_USE_ALL: [&str; 2] = ["server", "tests"];

#[test]
fn crates_use_only_whom_they_may() {
    let edges = edges();
    let mut wrong = Vec::new();
    for (user, used) in &edges {
        if MAY_USE_ALL.contains(&user.as_str()) {
            assert!(!used.contains(&"tests".to_owned()), "{user} uses the tests");
            continue;
        }
        let rule = ALLOWED.iter().find(|(name, _)| name == user);
        let (_, allowed) = rule.unwrap_or_else(|| panic!("{user} is not on the map"));
        let beyond = used.iter().filter(|it| !allowed.contains(&it.as_str()));
        wrong.extend(beyond.map(|it| format!("{user} uses {it}")));
    }
    assert!(wrong.is_empty(), "edges that are not on the map: {}", wrong.join(", "));
    for (name, _) in ALLOWED {
        assert!(edges.contains_key(*name), "{name} is on the map and is no crate");
    }
}

/// Each crate of the workspace, and which of the others it uses, for tests and building too.
fn edges() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--offline", "--no-deps"])
        .current_dir(repository())
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let ours = |value: &Value| Some(value["name"].as_str()?.strip_prefix("mostik-")?.to_owned());
    let edges: BTreeMap<_, _> = packages
        .iter()
        .filter_map(|package| {
            let dependencies = package["dependencies"].as_array()?;
            Some((ours(package)?, dependencies.iter().filter_map(ours).collect()))
        })
        .collect();
    assert_eq!(edges.len(), packages.len(), "every crate of ours is called mostik-…");
    edges
}
