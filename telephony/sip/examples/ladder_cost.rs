//! What keeping the messages of calls costs: `ladder_cost CALLS` places so many calls over loopback
//! with and without ladders, three rounds each, and prints the processor time of one.

use std::error::Error;
use std::time::{Duration, Instant};

use mostik_sip::{Edge, EdgeConfig, IncomingCall, Listen, Transport};
use tokio::net::UdpSocket;

const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
     m=audio 40000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n";

/// Processor time this process has used (Linux, in ticks of 10 ms).
fn processor_time() -> Result<Duration, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(") ").ok_or("no fields")?;
    let ticks: Vec<u64> =
        fields.split(' ').skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(Duration::from_millis(10 * ticks.iter().sum::<u64>()))
}

async fn answer(call: IncomingCall) {
    if call.ring().await.is_ok()
        && let Ok(mut call) = call.answer(OFFER.to_owned()).await
    {
        call.next_event().await;
    }
}

/// The next final answer.
async fn heard(phone: &UdpSocket) -> Result<String, Box<dyn Error>> {
    let mut buffer = vec![0; 4096];
    loop {
        let length = phone.recv(&mut buffer).await?;
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if !text.starts_with("SIP/2.0 1") {
            return Ok(text);
        }
    }
}

async fn round(calls: u32, ladder_entries: usize) -> Result<Duration, Box<dyn Error>> {
    let address = ([127, 0, 0, 1], 0).into();
    let listen = vec![Listen { transport: Transport::Udp, address }];
    let limits = EdgeConfig {
        requests_per_second: 0,
        total_requests_per_second: 0,
        ..EdgeConfig::default()
    };
    let (edge, mut incoming) = Edge::start(EdgeConfig { listen, ladder_entries, ..limits }).await?;
    tokio::spawn(async move {
        while let Some(call) = incoming.recv().await {
            tokio::spawn(answer(call));
        }
    });
    let phone = UdpSocket::bind("127.0.0.1:0").await?;
    let to = edge.listening()[0].address;
    phone.connect(to).await?;
    let local = phone.local_addr()?;
    let before = processor_time()?;
    for number in 0..calls {
        let request = |method: &str, branch: &str, tag: &str, body: &str| {
            let (kind, length) = ("application/sdp", body.len());
            format!(
                "{method} sip:support@{to} SIP/2.0\r\n\
                 Via: SIP/2.0/UDP {local};branch=z9hG4bK{number}{branch};rport\r\nMax-Forwards: 70\r\n\
                 From: <sip:ada@{local}>;tag={number}\r\nTo: <sip:support@{to}>{tag}\r\n\
                 Call-ID: {number}@{local}\r\nCSeq: {} {method}\r\nContact: <sip:ada@{local}>\r\n\
                 Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}",
                if method == "BYE" { 2 } else { 1 }
            )
        };
        phone.send(request("INVITE", "i", "", OFFER).as_bytes()).await?;
        let ok = heard(&phone).await?;
        let line = ok.lines().find(|line| line.starts_with("To: ")).ok_or("no To")?;
        let tag = line.split_once('>').map_or("", |(_, tag)| tag);
        phone.send(request("ACK", "a", tag, "").as_bytes()).await?;
        phone.send(request("BYE", "b", tag, "").as_bytes()).await?;
        while !heard(&phone).await?.contains("BYE") {}
    }
    let used = processor_time()?.saturating_sub(before);
    edge.shutdown(Duration::ZERO).await;
    Ok(used / calls)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let calls = std::env::args().nth(1).ok_or("usage: ladder_cost CALLS")?.parse()?;
    for _ in 0..3 {
        for entries in [0, 100] {
            let began = Instant::now();
            let each = round(calls, entries).await?;
            println!("{entries:3} messages kept: {each:?} a call ({:?} in all)", began.elapsed());
        }
    }
    Ok(())
}
