//! What is told of the phone line while it runs: counts, registrations, calls.

use std::{collections::HashMap, convert::Infallible, time::Duration};

use mostik_sip::{Edge, TrunkState, TrunkStatus};

/// How often the line is looked at.
const EVERY: Duration = Duration::from_secs(2);

/// Keeps the metrics of the line up to date, and says when a trunk comes or goes.
pub(crate) async fn watch(edge: &Edge) -> Infallible {
    let mut known: HashMap<String, &'static str> = HashMap::new();
    let mut clock = tokio::time::interval(EVERY);
    loop {
        clock.tick().await;
        for (name, count) in edge.counters().named() {
            metrics::counter!("mostik_sip_events_total", "event" => name).absolute(count);
        }
        metrics::gauge!("mostik_sip_calls_in_progress").set(as_gauge(edge.calls_in_progress()));
        metrics::gauge!("mostik_sip_phones_registered").set(as_gauge(edge.registrations()));
        for trunk in edge.trunks() {
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
