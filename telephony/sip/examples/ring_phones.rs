//! An edge for trying out desk phones: `ring_phones ADDRESS NAME PASSWORD SECONDS [md5]` rings NAME
//! whenever it registers, sends back what it hears, and hangs up after SECONDS unless the phone
//! did. It also takes calls. UDP and TCP are at port 5060 of the address; TLS is at 5061 when
//! `certificate.pem` and `key.pem` are in the current folder.

use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use mostik_sip::{
    Call, CallEvent, Credentials, Dial, DialEvent, Edge, EdgeConfig, IncomingCall, Listen, Network,
    RegistrarConfig, TlsFiles, Transport,
};
use tokio::net::UdpSocket;

/// Sends back all audio that comes, until it is dropped.
struct Echo {
    local: SocketAddr,
    heard: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Echo {
    async fn open(address: IpAddr) -> std::io::Result<Self> {
        let socket = UdpSocket::bind((address, 0)).await?;
        let local = socket.local_addr()?;
        let heard = Arc::<AtomicU64>::default();
        let counted = heard.clone();
        let task = tokio::spawn(async move {
            let mut packet = [0; 2048];
            while let Ok((length, source)) = socket.recv_from(&mut packet).await {
                // Silence in G.711 µ-law is 0xff; count only packets with something in them.
                let loud = packet[..length].iter().skip(12).any(|sample| sample & 0x7f < 0x60);
                counted.fetch_add(loud.into(), Ordering::Relaxed);
                socket.send_to(&packet[..length], source).await.ok();
            }
        });
        Ok(Self { local, heard, task })
    }

    fn description(&self) -> String {
        let (ip, port) = (self.local.ip(), self.local.port());
        format!(
            "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        )
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn talk(mut call: Call, echo: Echo, seconds: u64) {
    let ladder = call.ladder();
    let limit = tokio::time::sleep(Duration::from_secs(seconds));
    tokio::pin!(limit);
    let ended = loop {
        tokio::select! {
            () = &mut limit => {
                call.hang_up().await;
                break "we hung up".to_owned();
            }
            event = call.next_event() => match event {
                CallEvent::Reoffer { .. } => {
                    call.accept_reoffer(echo.description()).await.ok();
                }
                CallEvent::Ended(ended) => break format!("{ended:?}"),
                other => println!("{other:?}"),
            },
        }
    };
    println!("{ended}; {} packets with sound", echo.heard.load(Ordering::Relaxed));
    for entry in ladder.entries() {
        println!("  {:?} {} {}", entry.direction, entry.peer, entry.start_line);
    }
}

async fn ring(
    edge: &Edge,
    address: IpAddr,
    name: &str,
    seconds: u64,
) -> Result<(), Box<dyn Error>> {
    let echo = Echo::open(address).await?;
    let mut call = edge.dial(Dial::phone(name, echo.description()))?;
    loop {
        match call.next().await {
            DialEvent::Answered(call, _) => {
                talk(call, echo, seconds).await;
                return Ok(());
            }
            DialEvent::Failed(failure) => return Err(failure.into()),
            other => println!("{other:?}"),
        }
    }
}

async fn receive(call: IncomingCall, address: IpAddr, seconds: u64) -> Result<(), Box<dyn Error>> {
    println!("incoming, proven: {}", call.phone.is_some());
    let echo = Echo::open(address).await?;
    let call = call.answer(echo.description()).await?;
    talk(call, echo, seconds).await;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: ring_phones ADDRESS NAME PASSWORD SECONDS");
    let (address, name, password) = (next()?.parse::<IpAddr>()?, next()?, next()?);
    let seconds: u64 = next()?.parse()?;
    let offers_sha256 = std::env::args().all(|argument| argument != "md5");
    let phones = vec![Credentials::new(name.clone(), password.into())];
    let files = TlsFiles { certificate: "certificate.pem".into(), key: "key.pem".into() };
    let tls = files.certificate.exists().then_some(files);
    let places = [(Transport::Udp, 5060), (Transport::Tcp, 5060), (Transport::Tls, 5061)];
    let places = places.into_iter().filter(|(t, _)| *t != Transport::Tls || tls.is_some());
    let listen =
        places.map(|(transport, port)| Listen { transport, address: (address, port).into() });
    let config = EdgeConfig {
        listen: listen.collect(),
        tls,
        allowed_networks: vec!["0.0.0.0/0".parse::<Network>()?],
        registrar: Some(RegistrarConfig { phones, offers_sha256, ..RegistrarConfig::default() }),
        ..EdgeConfig::default()
    };
    let (edge, mut calls) = Edge::start(config).await?;
    let mut look = tokio::time::interval(Duration::from_millis(500));
    let mut known = 0;
    loop {
        tokio::select! {
            Some(call) = calls.recv() => {
                if let Err(error) = receive(call, address, seconds).await {
                    println!("{error}");
                }
            }
            _ = look.tick() => {
                let registered = edge.registered(&name);
                if registered.len() > known {
                    println!("registered: {registered:?}");
                    if let Err(error) = ring(&edge, address, &name, seconds).await {
                        println!("{error}");
                    }
                }
                known = edge.registered(&name).len();
            }
        }
    }
}
