//! A telephone of few words for the demo: calls over UDP, plays a recording, hangs up.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result, bail};
use tokio::{net::UdpSocket, time::timeout};

/// One packet of G.711 each 20 ms.
const PACKET: usize = 160;
const PACKET_TIME: Duration = Duration::from_millis(20);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// RTP payload type of PCMU (RFC 3551 section 6).
const PCMU: u8 = 0;

/// Calls the line, waits until the tone has surely sounded, says the recording
/// and hangs up. `samples` are 8 kHz, 16 bit, mono.
pub(super) async fn call(
    line: SocketAddr,
    number: &str,
    from: &str,
    samples: &[i16],
    listen_first: Duration,
) -> Result<()> {
    let signalling = UdpSocket::bind("127.0.0.1:0").await?;
    signalling.connect(line).await?;
    let audio = UdpSocket::bind("127.0.0.1:0").await?;
    let dialog = Dialog::new(line, number, from, signalling.local_addr()?);
    let offer = sdp(audio.local_addr()?);
    let answer = invite(&signalling, &dialog, &offer).await?;
    let to = header(&answer, "To").context("an answer without To")?.to_owned();
    send(&signalling, &dialog.request("ACK", 1, &to, "")).await?;
    let port = media_port(&answer).context("an answer without audio")?;
    audio.connect((line.ip(), port)).await?;
    // A key ends the greeting and leads to the tone (RFC 4733 would do as well;
    // silence keeps the line open meanwhile).
    let mut stream = Stream::default();
    let silence = vec![0_i16; PACKET];
    for _ in 0..listen_first.as_millis() / PACKET_TIME.as_millis() {
        stream.send(&audio, &silence).await?;
    }
    for packet in samples.chunks(PACKET) {
        stream.send(&audio, packet).await?;
    }
    send(&signalling, &dialog.request("BYE", 2, &to, "")).await?;
    response(&signalling, "BYE").await?;
    Ok(())
}

struct Dialog {
    target: String,
    from: String,
    call_id: String,
    local: SocketAddr,
}

impl Dialog {
    fn new(line: SocketAddr, number: &str, from: &str, local: SocketAddr) -> Self {
        let unique = uuid::Uuid::new_v4().simple().to_string();
        Self {
            target: format!("sip:{number}@{line}"),
            from: format!("<sip:{from}@{}>;tag={}", local.ip(), &unique[..8]),
            call_id: unique,
            local,
        }
    }

    /// A request within RFC 3261 section 8.1.1.
    fn request(&self, method: &str, sequence: u32, to: &str, body: &str) -> String {
        let Self { target, from, call_id, local } = self;
        let branch = uuid::Uuid::new_v4().simple();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        format!(
            "{method} {target} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {local};branch=z9hG4bK{branch};rport\r\n\
             Max-Forwards: 70\r\nFrom: {from}\r\nTo: {to}\r\nCall-ID: {call_id}\r\n\
             CSeq: {sequence} {method}\r\nContact: <sip:demo@{local}>\r\n{kind}\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

async fn invite(signalling: &UdpSocket, dialog: &Dialog, offer: &str) -> Result<String> {
    let to = format!("<{}>", dialog.target);
    send(signalling, &dialog.request("INVITE", 1, &to, offer)).await?;
    let answer = response(signalling, "INVITE").await?;
    if !answer.starts_with("SIP/2.0 200") {
        bail!("the line did not answer: {}", answer.lines().next().unwrap_or_default());
    }
    Ok(answer)
}

async fn send(signalling: &UdpSocket, message: &str) -> Result<()> {
    signalling.send(message.as_bytes()).await?;
    Ok(())
}

/// The final response to a method.
async fn response(signalling: &UdpSocket, method: &str) -> Result<String> {
    let mut buffer = vec![0; 8_192];
    let answered = async {
        loop {
            let length = signalling.recv(&mut buffer).await?;
            let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let ours = header(&message, "CSeq").is_some_and(|cseq| cseq.ends_with(method));
            if ours && message.starts_with("SIP/2.0 ") && !message.starts_with("SIP/2.0 1") {
                return anyhow::Ok(message);
            }
        }
    };
    timeout(ANSWER_WITHIN, answered).await.context("the line does not answer")?
}

fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn sdp(audio: SocketAddr) -> String {
    format!(
        "v=0\r\no=demo 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\n\
         m=audio {1} RTP/AVP {PCMU}\r\na=rtpmap:{PCMU} PCMU/8000\r\n",
        audio.ip(),
        audio.port()
    )
}

fn media_port(answer: &str) -> Option<u16> {
    let line = answer.lines().find_map(|line| line.strip_prefix("m=audio "))?;
    line.split(' ').next()?.parse().ok()
}

/// Paced RTP packets (RFC 3550 section 5.1).
#[derive(Default)]
struct Stream {
    sequence: u16,
    timestamp: u32,
    next: Option<tokio::time::Instant>,
}

impl Stream {
    async fn send(&mut self, audio: &UdpSocket, samples: &[i16]) -> Result<()> {
        let due = self.next.unwrap_or_else(tokio::time::Instant::now);
        tokio::time::sleep_until(due).await;
        self.next = Some(due + PACKET_TIME);
        let mut packet = Vec::with_capacity(12 + PACKET);
        packet.extend([0x80, PCMU]);
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(self.timestamp.to_be_bytes());
        packet.extend(*b"demo");
        packet.extend(samples.iter().map(|sample| mu_law(*sample)));
        // An unreachable port shows at the next send; the line may have hung up already.
        let _ = audio.send(&packet).await;
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
        Ok(())
    }
}

/// G.711 µ-law (ITU-T G.711 table 2a).
fn mu_law(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.unsigned_abs().min(32_635) + 132;
    let exponent = 8_u8.saturating_sub(u8::try_from(magnitude.leading_zeros()).unwrap_or(8));
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    !(sign | (exponent << 4) | u8::try_from(mantissa).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mu_law_follows_the_table() {
        // Decision values and codes of G.711 table 2a, first and last of several segments.
        let cases =
            [(0, 0xff), (-1, 0x7f), (32_124, 0x80), (-32_124, 0x00), (1_000, 0xce), (132, 0xef)];
        for (sample, code) in cases {
            assert_eq!(mu_law(sample), code, "{sample}");
        }
    }
}
