//! Who is measured: Mostik, or a peer that records too.

use std::collections::HashSet;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mostik_tests::World;
use mostik_tests::eventually::eventually;
use mostik_tests::ports::PortBlock;

use crate::report::Whole;
use crate::rustpbx::RustPbx;
use crate::swarm::Plan;

/// Callers' processes; each has its own address.
const CALLERS: u16 = 10;
/// What a recording may lack: the tone, the key, the ends of the call.
const MAY_LACK: Duration = Duration::from_secs(2);
/// A second of a recording, in bytes: 8000 samples of two bytes.
const BYTES_A_SECOND: u64 = 16_000;

/// Limits out of the way.
const UNLIMITED: &str = r#"
[sip]
max_calls = 4000
rtp_ports = "40000-48999"
requests_per_second = 100000
[speech]
engine = "off"
[log]
level = "warn"
[[phone.line]]
number = "support"
language = "ru"
max_message_seconds = 600
"#;

/// A running server under test.
pub(crate) enum Subject {
    Mostik(Box<World>),
    RustPbx(RustPbx),
}

impl Subject {
    /// The same, listening by TLS, with audio always encrypted; its certificate lies in `folder`.
    pub(crate) async fn secured(folder: &Path) -> (Box<World>, String) {
        let made = std::process::Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
            .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
            .args(["-keyout", "key.pem", "-out", "certificate.pem"])
            .current_dir(folder)
            .output()
            .expect("openssl");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let ports = PortBlock::take();
        let port = ports.single();
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        let tls = format!(
            "[sip]\nlisten = [\"tls:127.0.0.1:{port}\"]\nsrtp = \"required\"\n\
             tls_certificate = \"{}\"\ntls_key = \"{}\"\n",
            certificate.display(),
            key.display()
        );
        let world = World::plan().config(UNLIMITED).config(&tls).start().await;
        (Box::new(world), format!("sip:support@127.0.0.1:{port}"))
    }

    /// The product, built for release, with its limits out of the way: speech is not recognised,
    /// because that is another measurement.
    pub(crate) async fn mostik() -> Self {
        Self::Mostik(Box::new(World::with(UNLIMITED).await))
    }

    /// The peer.
    pub(crate) async fn rustpbx(program: &Path, folder: &Path) -> Self {
        Self::RustPbx(RustPbx::start(program, folder).await)
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Mostik(_) => "Mostik",
            Self::RustPbx(_) => "RustPBX",
        }
    }

    pub(crate) fn process(&self) -> u32 {
        match self {
            Self::Mostik(world) => world.process_id(),
            Self::RustPbx(peer) => peer.process_id(),
        }
    }

    /// Mostik greets first; a peer that connects two phones does not.
    pub(crate) const fn wants_a_key(&self) -> bool {
        matches!(self, Self::Mostik(_))
    }

    /// Whom to call, to be filled in.
    pub(crate) fn plan(&self) -> Plan {
        let (user, target) = match self {
            Self::Mostik(world) => ("support", address_of(&world.sip_uri("support"))),
            Self::RustPbx(peer) => ("callee", peer.address()),
        };
        Plan {
            user: user.to_owned(),
            target,
            callers: CALLERS,
            calls: 0,
            at_once: 0,
            per_second: 0,
            speaks: Duration::ZERO,
            with_sound: false,
            presses_a_key: false,
        }
    }

    /// The recordings that are there.
    pub(crate) fn recordings(&self) -> HashSet<PathBuf> {
        let folder = match self {
            Self::Mostik(world) => world.data().join("recordings"),
            Self::RustPbx(peer) => peer.recordings(),
        };
        let mut found = HashSet::new();
        wav_files(&folder, &mut found);
        found
    }

    /// What was kept of calls that spoke this long.
    pub(crate) async fn whole_recordings(
        &self,
        before: &HashSet<PathBuf>,
        speaks: Duration,
        calls: u32,
    ) -> Whole {
        let least = speaks.saturating_sub(MAY_LACK).as_secs() * BYTES_A_SECOND;
        let wanted = usize::try_from(calls).unwrap_or(usize::MAX);
        let whole = || {
            let new = self.recordings();
            let long = |file: &&PathBuf| fs::metadata(file).is_ok_and(|it| it.len() >= least);
            new.difference(before).filter(long).count()
        };
        for _ in 0..20 {
            if whole() >= wanted {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Whole { recordings: whole(), of: calls, packets: self.packets(calls).await }
    }

    /// What Mostik tells of calls whose recordings lack more than they may.
    pub(crate) async fn short_recordings(&self, speaks: Duration) -> Vec<String> {
        let Self::Mostik(world) = self else { return Vec::new() };
        let least = u64::try_from(speaks.saturating_sub(MAY_LACK).as_millis()).unwrap_or(0);
        let calls = world.api().all("/api/v1/calls?limit=200").await;
        calls
            .iter()
            .filter(|call| call["recording"]["milliseconds"].as_u64().is_none_or(|it| it < least))
            .map(|call| {
                let kept = &call["recording"]["milliseconds"];
                let times = (&call["answered_at"], &call["tone_at"], &call["ended_at"]);
                format!("{kept} ms, {}, {times:?}, {}", call["termination"], call["audio"])
            })
            .collect()
    }

    /// Lost packets, and all that should have come, of the newest calls.
    async fn packets(&self, calls: u32) -> Option<(u64, u64)> {
        let Self::Mostik(world) = self else { return None };
        let listed = eventually("all calls to be kept", Duration::from_secs(30), async || {
            let calls_kept = world.api().all("/api/v1/calls?limit=200").await;
            let spoken: Vec<_> =
                calls_kept.into_iter().filter(|it| !it["recording"].is_null()).collect();
            let enough = u32::try_from(spoken.len()).unwrap_or(u32::MAX) >= calls;
            if enough { Ok(spoken) } else { Err(format!("{} are", spoken.len())) }
        })
        .await;
        let sum = |name: &str| {
            listed.iter().map(|call| call["audio"][name].as_u64().unwrap_or(0)).sum::<u64>()
        };
        Some((sum("lost_in"), sum("packets_in") + sum("lost_in")))
    }
}

fn wav_files(folder: &Path, found: &mut HashSet<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            wav_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "wav") {
            found.insert(path);
        }
    }
}

fn address_of(uri: &str) -> SocketAddr {
    uri.rsplit('@').next().and_then(|it| it.parse().ok()).expect("sip:user@address:port")
}
