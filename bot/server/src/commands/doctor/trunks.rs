//! Whether each trunk is registered: asked of a running Mostik, else tried.

use std::time::Duration;

use mostik_sip::{Edge, EdgeConfig, TrunkState, TrunkStatus};
use serde_json::Value;

use super::{ANSWER_WITHIN, Failure, Finding, Fine, Report};
use crate::config::Config;

/// A carrier that does not register us by then is asked for its reason.
const REGISTERED_WITHIN: Duration = Duration::from_secs(12);
const LOOK_EVERY: Duration = Duration::from_millis(100);
const SHUTDOWN: Duration = Duration::from_secs(3);

pub(super) async fn examine(config: &Config, running: bool, report: &mut Report) {
    match config.trunks() {
        Ok(trunks) if trunks.is_empty() => {
            report.add("trunks", Fine("none configured; calls come from allowed networks".into()));
        }
        Ok(_) if running => of_the_running_one(config, report).await,
        Ok(_) => tried(config, report).await,
        Err(error) => report.add("trunks", Failure(error.to_string())),
    }
}

/// A second registration would take the calls away from the one that runs.
async fn of_the_running_one(config: &Config, report: &mut Report) {
    let url = format!("http://{}/readyz", config.web.listen);
    let client = reqwest::Client::builder().timeout(ANSWER_WITHIN).build();
    let answer = match client {
        Ok(client) => client.get(url).send().await,
        Err(error) => Err(error),
    };
    let checks = match answer {
        Ok(answer) => answer.json::<Value>().await.unwrap_or_default(),
        Err(_) => {
            return report.add("trunks", Failure("the running mostik does not answer".into()));
        }
    };
    for check in checks["checks"].as_array().into_iter().flatten() {
        let name = check["name"].as_str().unwrap_or_default();
        if name.starts_with("trunk ") {
            report.add(
                name,
                match check["why"].as_str() {
                    None => Fine("registered by the running mostik".into()),
                    Some(why) => Failure(advice(why)),
                },
            );
        }
    }
}

async fn tried(config: &Config, report: &mut Report) {
    let started = match config.edge() {
        Ok(edge) => Edge::start(EdgeConfig { listen: free_ports(&edge), ..edge }).await,
        Err(error) => return report.add("trunks", Failure(error.to_string())),
    };
    let (edge, _calls) = match started {
        Ok(started) => started,
        Err(error) => return report.add("trunks", Failure(error.to_string())),
    };
    let deadline = tokio::time::Instant::now() + REGISTERED_WITHIN;
    let waits = |trunk: &TrunkStatus| !is_decided(trunk, intended(config, &trunk.name));
    while edge.trunks().iter().any(waits) && tokio::time::Instant::now() < deadline {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    for trunk in edge.trunks() {
        let found = finding(&trunk, intended(config, &trunk.name));
        report.add(&format!("trunk {}", trunk.name), found);
    }
    edge.shutdown(SHUTDOWN).await;
}

/// What the configuration wants of a trunk.
#[derive(Clone, Copy)]
enum Intended {
    Registration,
    /// No registration, but signs of life.
    Answers,
    Nothing,
}

fn intended(config: &Config, name: &str) -> Intended {
    match config.sip.trunk.iter().find(|trunk| trunk.name == name) {
        Some(trunk) if trunk.register => Intended::Registration,
        Some(trunk) if trunk.ask_seconds > 0 => Intended::Answers,
        _ => Intended::Nothing,
    }
}

fn is_decided(trunk: &TrunkStatus, intended: Intended) -> bool {
    match intended {
        Intended::Registration => {
            matches!(trunk.state, TrunkState::Registered { .. } | TrunkState::Failed { .. })
        }
        Intended::Answers => trunk.answers.is_some(),
        Intended::Nothing => true,
    }
}

/// Where a running line would listen is none of this trial's business.
fn free_ports(edge: &EdgeConfig) -> Vec<mostik_sip::Listen> {
    let mut listen = edge.listen.clone();
    for place in &mut listen {
        place.address.set_port(0);
    }
    listen
}

fn finding(trunk: &TrunkStatus, intended: Intended) -> Finding {
    let seen = trunk.public_address.map_or_else(String::new, |at| format!("; it sees us at {at}"));
    match (&trunk.state, intended) {
        (TrunkState::Registered { target, .. }, _) => {
            Fine(format!("registered with {target}{seen}"))
        }
        (TrunkState::Failed { why, .. }, _) => Failure(advice(&why.to_string())),
        (_, Intended::Registration) => Failure(advice("none of its addresses answers")),
        (_, Intended::Answers) if trunk.answers != Some(true) => {
            Failure(advice("it needs no registration, but none of its addresses answers"))
        }
        (_, Intended::Answers) => Fine(format!("needs no registration, and answers{seen}")),
        (_, Intended::Nothing) => {
            Fine("needs no registration: the carrier knows our address".into())
        }
    }
}

fn advice(why: &str) -> String {
    let what_to_do = if why.contains("password") {
        "check username, auth_username and password in [[sip.trunk]]"
    } else if why.contains("answers") {
        "check registrar and transport, and that the firewall lets us out to it"
    } else if why.contains("status") {
        "ask the carrier what that status means for your account"
    } else {
        "check registrar in [[sip.trunk]]"
    };
    format!("{why}: {what_to_do}")
}
