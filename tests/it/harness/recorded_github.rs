//! Real answers of api.github.com, recorded by the Octokit project: the contract we check against
//! and the client we use must both understand reality.

use std::path::{Path, PathBuf};

use mostik_tests::contract::Contract;
use mostik_tests::needs;
use mostik_tests::needs::peers;
use octocrab::models::Label;
use octocrab::models::issues::Issue;
use serde_json::Value;

/// Recorded in 2022; what GitHub has added to answers since cannot be in them.
const IS_YOUNGER_THAN_THE_RECORDINGS: [&str; 1] = ["\"search_type\" is a required property"];

fn recordings(folder: &Path) -> Vec<PathBuf> {
    let scenarios = std::fs::read_dir(folder).expect("the recordings' folder");
    let mut files: Vec<PathBuf> = scenarios
        .filter_map(|scenario| Some(scenario.ok()?.path().join("normalized-fixture.json")))
        .filter(|file| file.is_file())
        .collect();
    files.sort();
    files
}

fn exchanges() -> Vec<Value> {
    let folder = peers().join("node_modules/@octokit/fixtures/scenarios/api.github.com");
    recordings(&folder)
        .iter()
        .flat_map(|file| {
            let text = std::fs::read(file).expect("a recording");
            serde_json::from_slice::<Vec<Value>>(&text).expect("a list of exchanges")
        })
        .collect()
}

fn read_as_client(path: &str, response: &Value) -> Result<bool, serde_json::Error> {
    let Some(last) = path.strip_prefix("/repos/").and_then(|it| it.rsplit('/').next()) else {
        return Ok(false);
    };
    match (last, response) {
        ("issues", Value::Array(_)) => {
            serde_json::from_value::<Vec<Issue>>(response.clone()).map(|_| true)
        }
        ("issues", Value::Object(_)) => {
            serde_json::from_value::<Issue>(response.clone()).map(|_| true)
        }
        ("labels", Value::Array(_)) => {
            serde_json::from_value::<Vec<Label>>(response.clone()).map(|_| true)
        }
        _ => Ok(false),
    }
}

#[test]
fn recorded_answers_satisfy_the_contract_and_the_client() {
    needs!("octokit-fixtures");
    let github = Contract::github();
    let (mut checked, mut read) = (0, 0);
    for exchange in exchanges() {
        let method = exchange["method"].as_str().unwrap_or_default().to_uppercase();
        let url = exchange["path"].as_str().unwrap_or_default();
        let path = url.split('?').next().unwrap_or_default();
        let status = exchange["status"].as_u64().and_then(|it| u16::try_from(it).ok());
        let (status, response) = (status.unwrap_or_default(), &exchange["response"]);
        if !response.is_object() && !response.is_array() || !(200..300).contains(&status) {
            continue;
        }
        if github.describes(&method, path) {
            checked += 1;
            let mut departures = github.response_departures(&method, path, status, response);
            departures
                .retain(|it| !IS_YOUNGER_THAN_THE_RECORDINGS.iter().any(|new| it.contains(new)));
            assert_eq!(departures, [""; 0], "{method} {path}");
        }
        let understood = read_as_client(path, response);
        let understood = understood.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        read += usize::from(understood);
    }
    assert!(read >= 4, "only {read} recorded answers were about issues and labels");
    assert!(!github.is_checked() || checked >= 8, "only {checked} were checked");
}
