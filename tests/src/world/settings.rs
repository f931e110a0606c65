//! The `mostik.toml` of a test: loopback, free ports, nothing fetched; a test changes what it is
//! about.

use toml::{Table, Value};

use crate::ports::PortBlock;

/// Where the product under test listens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listening {
    pub(super) web: u16,
    pub(super) sip: u16,
}

impl Listening {
    pub(super) fn on(ports: &PortBlock) -> Self {
        Self { web: ports.single(), sip: ports.single() }
    }
}

/// What every test starts from.
pub(super) fn usual(ports: &PortBlock, listening: Listening) -> Table {
    let (Listening { web, sip }, media) = (listening, ports.media());
    let text = format!(
        r#"
[web]
listen = "127.0.0.1:{web}"
public_rate_per_minute = 0
[sip]
listen = ["udp:127.0.0.1:{sip}", "tcp:127.0.0.1:{sip}"]
rtp_ports = "{}-{}"
requests_per_second = 1000
[speech]
download = false
"#,
        media.start(),
        media.end()
    );
    read(&text)
}

/// Reads a fragment.
///
/// # Panics
/// When it is not TOML.
pub(super) fn read(fragment: &str) -> Table {
    fragment.parse().unwrap_or_else(|error| panic!("not TOML: {error}\n{fragment}"))
}

/// Lays `over` on `base`: tables are merged, everything else is replaced.
pub(super) fn lay(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}
