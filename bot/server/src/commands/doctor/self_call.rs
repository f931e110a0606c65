//! A call to our own echo: a tone goes out, and must come back.

use std::{
    f64::consts::TAU,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use mostik_gateway::{
    ArrivedCall, CallApp, CallHost, CompletedCall, EncryptionMode, Gateway, GatewayConfig,
    HostError, Lines, Refusal,
};
use mostik_media::{CallQuality, Clip, RtpPorts, SAMPLE_RATE};
use mostik_sip::{DialFailure, Edge, EdgeConfig, Listen, Network, Route, Transport};
use tokio_util::sync::CancellationToken;

use super::{Failure, Finding, Fine, Report, Warning};
use crate::{
    commands::call::placed::{NotPlaced, Order, address_toward, place},
    config::Config,
};

const TONE_HERTZ: f64 = 440.0;
const TONE: Duration = Duration::from_millis(1500);
/// Until the last of the tone is back.
const BACK_WITHIN: Duration = Duration::from_millis(700);
const ANSWERED_WITHIN: Duration = Duration::from_secs(8);
const SHUTDOWN: Duration = Duration::from_secs(3);
/// Quieter than this is no tone of ours, in dB.
const AUDIBLE: f64 = -40.0;

pub(super) async fn examine(config: &Config, running: bool, report: &mut Report) {
    let Ok(edge) = config.edge() else { return };
    // TLS is the same line behind a certificate, which has its own check.
    let Some(listen) = edge.listen.iter().find(|it| it.transport != Transport::Tls).copied() else {
        return report.add("self-call", Warning("only \"tls:\" is listened on: not tried".into()));
    };
    if config.phone.echo.is_empty() {
        let why = "phone.echo is empty: nobody to call; set it to \"echo\" to have this checked";
        return report.add("self-call", Warning(why.into()));
    }
    let doors = Doors { line: listen, audio: &config.sip.rtp_ports };
    if running {
        let called = call(config, listen).await;
        return report.add("self-call", finding(called, edge.public_address, &doors));
    }
    let called = without_a_running_one(config, listen, None).await;
    report.add("self-call", finding(called, None, &doors));
    if let Some(public) = edge.public_address {
        let called = without_a_running_one(config, listen, Some(public)).await;
        report.add("self-call by the public address", finding(called, Some(public), &doors));
    }
}

/// Opens the line as `mostik serve` would, with nothing on it but the echo.
async fn without_a_running_one(
    config: &Config,
    listen: Listen,
    public: Option<IpAddr>,
) -> Result<CallQuality, NotPlaced> {
    let unusable = |error: &dyn std::fmt::Display| NotPlaced::Ports(error.to_string());
    let edge = config.edge().map_err(|error| unusable(&error))?;
    let edge = EdgeConfig { listen: vec![listen], trunks: Vec::new(), tls: None, ..edge };
    let (edge, calls) = Edge::start(edge).await.map_err(|error| unusable(&error))?;
    let folder = std::env::temp_dir().join(format!("mostik-doctor-{}", std::process::id()));
    let ports = config.rtp_ports().map_err(|error| unusable(&error))?;
    let gateway = GatewayConfig { public_address: public, ..GatewayConfig::new(&folder, ports) };
    let stop = CancellationToken::new();
    let line = tokio::spawn(Gateway::run(
        gateway,
        Lines::new(calls, edge.line_out()),
        Arc::new(EchoHost),
        stop.clone(),
    ));
    let called = call(config, edge.listening()[0]).await;
    stop.cancel();
    line.await.ok();
    edge.shutdown(SHUTDOWN).await;
    std::fs::remove_dir_all(folder).ok();
    called
}

/// Everybody hears themselves.
struct EchoHost;

#[async_trait]
impl CallHost for EchoHost {
    async fn plan(&self, _: &ArrivedCall) -> Result<CallApp, Refusal> {
        Ok(CallApp::Echo)
    }

    async fn completed(&self, _: CompletedCall) -> Result<(), HostError> {
        Ok(())
    }
}

async fn call(config: &Config, line: Listen) -> Result<CallQuality, NotPlaced> {
    let unusable = |error: &dyn std::fmt::Display| NotPlaced::Ports(error.to_string());
    let mut target = line.address;
    if target.ip().is_unspecified() {
        target.set_ip(if target.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1_u16])
        });
    }
    let local = address_toward(target).map_err(|error| unusable(&error))?;
    let own = Network::loopback().into_iter().chain(target.ip().to_string().parse().ok());
    let (edge, _calls) = Edge::start(EdgeConfig {
        listen: vec![Listen { transport: line.transport, address: SocketAddr::new(local, 0) }],
        allowed_networks: own.collect(),
        ..EdgeConfig::default()
    })
    .await
    .map_err(|error| unusable(&error))?;
    let ports = config.rtp_ports().map_err(|error| unusable(&error))?;
    let ports = RtpPorts::new(ports).map_err(|error| unusable(&error))?;
    let order = Order {
        to: format!("sip:{}@{target}", config.phone.echo),
        route: Route::Direct { transport: line.transport, address: target },
        toward: target,
        public_address: None,
        encryption: EncryptionMode::Off,
        keys_are_safe: false,
        ring_for: ANSWERED_WITHIN,
    };
    let placed = place(&edge, &ports, order, |_| {}).await?;
    placed.session.play(tone(), 1).await;
    tokio::time::sleep(TONE + BACK_WITHIN).await;
    let (quality, _) = placed.end().await;
    edge.shutdown(SHUTDOWN).await;
    Ok(quality)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a tone of a second, well inside of both types"
)]
fn tone() -> Clip {
    let rate = f64::from(SAMPLE_RATE);
    let count = (TONE.as_secs_f64() * rate) as usize;
    let sample = |n: usize| ((TAU * TONE_HERTZ * n as f64 / rate).sin() * 8_000.0) as i16;
    Clip::from_samples((0..count).map(sample).collect::<Vec<i16>>())
}

/// What a firewall has to let through.
struct Doors<'a> {
    line: Listen,
    audio: &'a str,
}

fn finding(
    called: Result<CallQuality, NotPlaced>,
    public: Option<IpAddr>,
    doors: &Doors<'_>,
) -> Finding {
    let quality = match called {
        Ok(quality) => quality,
        Err(NotPlaced::Refused(DialFailure::UnknownNumber)) => {
            return Failure("the running mostik has no echo: set phone.echo and restart it".into());
        }
        Err(NotPlaced::Refused(DialFailure::NoAnswer | DialFailure::Unreachable)) => {
            let transport = if doors.line.transport == Transport::Udp { "UDP" } else { "TCP" };
            return Failure(format!(
                "the line does not answer us: a firewall drops it, or our own address is not in \
                 sip.allowed_networks; open {transport} port {} for calls, and UDP ports {} for \
                 their sound",
                doors.line.address.port(),
                doors.audio
            ));
        }
        Err(other) => return Failure(other.to_string()),
    };
    let loud = quality.level_in_dbfs.is_some_and(|level| level > AUDIBLE);
    match (quality.received, public) {
        (0, Some(public)) => Warning(format!(
            "nothing came back by {public}: a router between here and there drops the sound, or \
             does not lead our own packets back (many do not); forward UDP ports {} to this \
             machine, and ask somebody outside to call sip:echo",
            doors.audio
        )),
        (0, None) => Failure(format!(
            "one-way audio: the call was answered, but no sound came back: a firewall drops it; \
             open UDP ports {} (sip.rtp_ports), in and out",
            doors.audio
        )),
        (_, _) if !loud => Failure("packets came back, but not our tone: only silence".into()),
        (received, _) => Fine(format!(
            "a tone went out and came back: {received} packets, {} lost",
            quality.lost
        )),
    }
}
