//! What is told of the phone line while it runs: counts, registrations, calls.

use std::{collections::HashMap, convert::Infallible, time::Duration};

use mostik_sip::{Edge, TrunkState, TrunkStatus};
use tokio::sync::watch;

/// How the line is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LineNow {
    /// False when it has ended.
    pub(crate) listens: bool,
    pub(crate) trunks: Vec<TrunkNow>,
}

/// How one trunk is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrunkNow {
    pub(crate) name: String,
    /// Why it brings no calls; none when it is registered, or need not be.
    pub(crate) failure: Option<String>,
}

/// How often the line is looked at.
const EVERY: Duration = Duration::from_secs(2);

/// Keeps the metrics of the line up to date, and says when a trunk comes or goes.
pub(crate) async fn watch(edge: &Edge, now: &watch::Sender<LineNow>) -> Infallible {
    let mut known: HashMap<String, &'static str> = HashMap::new();
    let mut clock = tokio::time::interval(EVERY);
    loop {
        clock.tick().await;
        for (name, count) in edge.counters().named() {
            metrics::counter!("mostik_sip_events_total", "event" => name).absolute(count);
        }
        metrics::gauge!("mostik_sip_calls_in_progress").set(as_gauge(edge.calls_in_progress()));
        metrics::gauge!("mostik_sip_phones_registered").set(as_gauge(edge.registrations()));
        let trunks = edge.trunks();
        now.send_if_modified(|now| {
            let told: Vec<_> = trunks.iter().map(trunk_now).collect();
            let changed = now.trunks != told;
            now.trunks = told;
            changed
        });
        for trunk in trunks {
            let registered = matches!(trunk.state, TrunkState::Registered { .. });
            metrics::gauge!("mostik_sip_trunk_registered", "trunk" => trunk.name.clone())
                .set(f64::from(u8::from(registered)));
            let state = state(&trunk);
            if known.insert(trunk.name.clone(), state) != Some(state) {
                tell(&trunk, state);
            }
        }
    }
}

fn trunk_now(trunk: &TrunkStatus) -> TrunkNow {
    let failure = match &trunk.state {
        TrunkState::Unregistered if trunk.answers == Some(false) => {
            Some("it does not answer when it is asked (OPTIONS)".to_owned())
        }
        TrunkState::Registered { .. } | TrunkState::Unregistered => None,
        TrunkState::Registering => Some("it is being registered with".to_owned()),
        TrunkState::Failed { why, .. } => Some(why.to_string()),
    };
    TrunkNow { name: trunk.name.clone(), failure }
}

fn state(trunk: &TrunkStatus) -> &'static str {
    match trunk.state {
        TrunkState::Unregistered => "unregistered",
        TrunkState::Registering => "registering",
        TrunkState::Registered { .. } => "registered",
        TrunkState::Failed { .. } => "failed",
    }
}

fn tell(trunk: &TrunkStatus, state: &'static str) {
    if let TrunkState::Failed { why, .. } = &trunk.state {
        tracing::warn!(trunk = trunk.name, %why, "a trunk is not registered");
    } else {
        tracing::info!(trunk = trunk.name, state, "a trunk");
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; no count here needs 52 bits")]
fn as_gauge(count: usize) -> f64 {
    count as f64
}
