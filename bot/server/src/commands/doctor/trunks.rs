//! Whether each trunk is registered: asked of a running Mostik, else tried.

use std::time::Duration;

use mostik_sip::{Edge, EdgeConfig, TrunkState};
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
    loop {
        let decided = |state: &TrunkState| {
            matches!(state, TrunkState::Registered { .. } | TrunkState::Failed { .. })
        };
        let all = edge.trunks();
        if all.iter().all(|trunk| decided(&trunk.state)) || tokio::time::Instant::now() > deadline {
            break;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    for trunk in edge.trunks() {
        let registers = config.sip.trunk.iter().any(|it| it.name == trunk.name && it.register);
        report.add(&format!("trunk {}", trunk.name), finding(&trunk.state, registers));
    }
    edge.shutdown(SHUTDOWN).await;
}

/// Where a running line would listen is none of this trial's business.
fn free_ports(edge: &EdgeConfig) -> Vec<mostik_sip::Listen> {
    let mut listen = edge.listen.clone();
    for place in &mut listen {
        place.address.set_port(0);
    }
    listen
}

fn finding(state: &TrunkState, registers: bool) -> Finding {
    match state {
        TrunkState::Registered { target, .. } => Fine(format!("registered with {target}")),
        TrunkState::Failed { why, .. } => Failure(advice(&why.to_string())),
        TrunkState::Unregistered if !registers => {
            Fine("needs no registration: the carrier knows our address".into())
        }
        TrunkState::Unregistered | TrunkState::Registering => {
            Failure(advice("none of its addresses answers"))
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
