//! A test call from the terminal.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use mostik_domain::Language;
use mostik_gateway::EncryptionMode;
use mostik_media::{CallQuality, Clip, MediaEvent, Recorder, RtpPorts};
use mostik_sip::{
    CallEvent, DialEvent, Edge, EdgeConfig, Listen, Network, Route, Transport, TrunkConfig,
};

use super::placed::{Order, PlacedCall, address_toward, place};
use crate::commands::Place;

/// Without anything to play, the call lasts so long.
const USUAL_LENGTH: Duration = Duration::from_secs(10);
/// After the last sound and key, to hear the answer.
const AFTERWARDS: Duration = Duration::from_secs(2);
const BETWEEN_KEYS: Duration = Duration::from_millis(400);
const SHUTDOWN: Duration = Duration::from_secs(5);

/// What a test call does.
#[derive(Debug, Args)]
pub(super) struct TestCall {
    /// Whom to call: sip:user@host[:port][;transport=tcp|tls], or a number with --trunk
    to: Option<String>,
    /// A WAV file to say (8 kHz, mono)
    #[arg(long, value_name = "FILE")]
    play: Option<PathBuf>,
    /// Keys to press one after the other
    #[arg(long, default_value = "")]
    keys: String,
    /// Keep what is heard as a WAV file
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Hang up after so many seconds at the latest
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// By this trunk of the configuration
    #[arg(long, value_name = "NAME")]
    trunk: Option<String>,
    /// Show the SIP messages
    #[arg(long)]
    ladder: bool,
    #[command(flatten)]
    place: Place,
}

impl TestCall {
    pub(super) async fn run(self) -> Result<()> {
        let to = self.to.clone().context("whom to call? As sip:echo@127.0.0.1:5060")?;
        let clip = self.play.as_deref().map(clip).transpose()?;
        let known = |key: &char| "0123456789*#ABCD".contains(*key);
        ensure!(self.keys.chars().all(|key| known(&key)), "--keys: use 0-9, *, #, A-D");
        let config = self.place.config()?;
        let way = Way::find(&to, self.trunk.as_deref(), config.trunks()?).await?;
        let local = address_toward(way.toward).context("there is no way to the other side")?;
        let (edge, _calls) = Edge::start(EdgeConfig {
            listen: vec![Listen {
                transport: if way.transport == Transport::Tls {
                    Transport::Tcp
                } else {
                    way.transport
                },
                address: SocketAddr::new(local, 0),
            }],
            allowed_networks: vec![network(way.toward.ip())?],
            trunks: way.trunks,
            public_address: config.public_address()?,
            ..EdgeConfig::default()
        })
        .await?;
        let order = Order {
            to,
            route: way.route,
            toward: way.toward,
            public_address: config.public_address()?,
            encryption: encryption(way.transport, config.encryption()?),
            keys_are_safe: way.transport == Transport::Tls,
            ring_for: Duration::from_secs(self.seconds),
        };
        let ports = RtpPorts::new(config.rtp_ports()?)?;
        let placed = place(&edge, &ports, order, tell).await?;
        println!("answered after {} ms", placed.answered_after.as_millis());
        let (placed, kept) = self.talk(placed, clip).await?;
        let (quality, ladder) = placed.end().await;
        edge.shutdown(SHUTDOWN).await;
        if let Some(seconds) = kept {
            println!("kept {seconds:.1} s of what was heard");
        }
        if self.ladder {
            for entry in ladder {
                println!("{:?} {}", entry.direction, entry.start_line);
            }
        }
        judge(&quality)
    }

    /// Says and presses what is to be said and pressed, and listens.
    async fn talk(
        &self,
        mut placed: PlacedCall,
        clip: Option<Clip>,
    ) -> Result<(PlacedCall, Option<f64>)> {
        let longest = Duration::from_secs(self.seconds);
        if let Some(path) = &self.record {
            placed.session.record(Recorder::create(path, longest)?).await;
        }
        let spoken =
            clip.as_ref().map_or(Duration::ZERO, |clip| Duration::from_secs_f64(clip.seconds()));
        let nothing_to_do = clip.is_none() && self.keys.is_empty();
        if let Some(clip) = clip {
            placed.session.play(clip, 1).await;
        }
        for key in self.keys.chars() {
            tokio::time::sleep(BETWEEN_KEYS).await;
            placed
                .session
                .press(key)
                .await
                .map_err(|error| anyhow::anyhow!("key {key}: {error}"))?;
        }
        let length = if nothing_to_do { USUAL_LENGTH } else { spoken + AFTERWARDS };
        let over = tokio::time::sleep(length.min(longest));
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => break,
                event = placed.call.next_event() => if let CallEvent::Ended(_) = event {
                    println!("the other side hung up");
                    break;
                },
                event = placed.heard.recv() => match event {
                    Some(MediaEvent::Key(key)) => println!("key {key}"),
                    Some(_) => {}
                    None => break,
                },
            }
        }
        let kept = match placed.session.stop_recording().await {
            Some(recorded) => Some(recorded?.seconds),
            None => None,
        };
        Ok((placed, kept))
    }
}

/// How to get there.
struct Way {
    route: Route,
    toward: SocketAddr,
    transport: Transport,
    trunks: Vec<TrunkConfig>,
}

impl Way {
    async fn find(to: &str, trunk: Option<&str>, trunks: Vec<TrunkConfig>) -> Result<Self> {
        let Some(name) = trunk else {
            return Self::direct(to).await;
        };
        let mut trunk = trunks
            .into_iter()
            .find(|trunk| trunk.name == name)
            .with_context(|| format!("no trunk is named {name:?}"))?;
        // A registration of ours would take the calls away from a running Mostik.
        trunk.register = false;
        let host = trunk.outbound_proxy.as_ref().unwrap_or(&trunk.registrar);
        let toward = resolve(host.trim_start_matches("sips:").trim_start_matches("sip:")).await?;
        let transport = trunk.transport;
        Ok(Self { route: Route::Trunk(name.to_owned()), toward, transport, trunks: vec![trunk] })
    }

    async fn direct(uri: &str) -> Result<Self> {
        let (address, parameters) = uri.split_once(';').unwrap_or((uri, ""));
        let host = address.rsplit_once('@').map(|(_, host)| host);
        let host = host.context("call an address like sip:support@127.0.0.1:5060")?;
        let transport = match parameters.to_ascii_lowercase().as_str() {
            "" | "transport=udp" => Transport::Udp,
            "transport=tcp" => Transport::Tcp,
            "transport=tls" => Transport::Tls,
            other => bail!("{other:?} is not known here; use transport=udp, tcp or tls"),
        };
        let address = resolve(host).await?;
        Ok(Self {
            route: Route::Direct { transport, address },
            toward: address,
            transport,
            trunks: Vec::new(),
        })
    }
}

async fn resolve(host: &str) -> Result<SocketAddr> {
    if let Ok(address) = host.parse() {
        return Ok(address);
    }
    let with_port = if host.contains(':') { host.to_owned() } else { format!("{host}:5060") };
    let mut found = tokio::net::lookup_host(&with_port)
        .await
        .with_context(|| format!("{host:?} leads nowhere"))?;
    found.next().with_context(|| format!("{host:?} has no address"))
}

fn network(address: IpAddr) -> Result<Network> {
    Ok(address.to_string().parse()?)
}

/// Unencrypted signalling cannot carry keys; a test call then goes without.
const fn encryption(transport: Transport, wanted: EncryptionMode) -> EncryptionMode {
    match transport {
        Transport::Tls => wanted,
        Transport::Udp | Transport::Tcp => EncryptionMode::Off,
    }
}

fn clip(path: &Path) -> Result<Clip> {
    let content = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Clip::from_wav(&content).with_context(|| format!("{} cannot be played", path.display()))
}

fn tell(event: &DialEvent) {
    match event {
        DialEvent::Ringing => println!("ringing"),
        DialEvent::EarlyMedia(_) => println!("there is something to hear before the answer"),
        _ => {}
    }
}

/// Says how it sounded; fails when nothing was heard.
fn judge(quality: &CallQuality) -> Result<()> {
    let level =
        |level: Option<f64>| level.map_or("silence".into(), |level| format!("{level:.0} dB"));
    println!(
        "heard {} packets ({}), {} lost, jitter {:.0} ms; said {} packets ({})",
        quality.received,
        level(quality.level_in_dbfs),
        quality.lost,
        quality.max_jitter_ms,
        quality.sent,
        level(quality.level_out_dbfs),
    );
    if quality.received == 0 {
        let trouble = mostik_domain::SoundTrouble::NothingHeard;
        bail!("one-way audio: {}", trouble.told(Language::English));
    }
    Ok(())
}
