//! A telephone made of two UDP sockets: enough SIP (RFC 3261) and RTP for one call.

use std::net::SocketAddr;
use std::time::Duration;

use rtp_types::{RtpPacket, RtpPacketBuilder};
use tokio::net::UdpSocket;
use tokio::time::timeout;

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const KEYS: u8 = 101;

pub(crate) struct Phone {
    sip: UdpSocket,
    rtp: UdpSocket,
    edge: SocketAddr,
    call: String,
    to: String,
    audio: SocketAddr,
    sequence: u16,
    timestamp: u32,
}

/// A response or a request, as text.
pub(crate) struct Message(pub(crate) String);

impl Message {
    pub(crate) fn status(&self) -> Option<u16> {
        self.0.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    pub(crate) fn is_request(&self, method: &str) -> bool {
        self.0.starts_with(method)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let lines = self.0.lines();
        let mut named = lines.filter_map(|line| line.split_once(": "));
        named.find(|(found, _)| found.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    pub(crate) fn audio(&self) -> Option<SocketAddr> {
        let port = self.0.split("m=audio ").nth(1)?.split(' ').next()?.parse().ok()?;
        Some(([127, 0, 0, 1], port).into())
    }
}

impl Phone {
    pub(crate) async fn new(edge: SocketAddr) -> Self {
        let bind = || UdpSocket::bind(("127.0.0.1", 0));
        let (sip, rtp) = (bind().await.expect("bound"), bind().await.expect("bound"));
        let call = format!("{}-{}", sip.local_addr().expect("bound").port(), edge.port());
        let to = String::new();
        Self { sip, rtp, edge, call, to, audio: edge, sequence: 1, timestamp: 0 }
    }

    pub(crate) fn description(&self) -> String {
        let port = self.rtp.local_addr().expect("bound").port();
        format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 0 {KEYS}\r\na=rtpmap:{KEYS} telephone-event/8000\r\n"
        )
    }

    /// Calls a line with this offer; the final answer's status.
    pub(crate) async fn call(&mut self, line: &str, offer: &str) -> u16 {
        self.request("INVITE", line, 1, offer).await;
        loop {
            let answer = self.receive().await;
            let Some(status) = answer.status().filter(|status| *status >= 200) else { continue };
            self.to = answer.header("To").into();
            let ack = if offer.is_empty() { self.description() } else { String::new() };
            self.request("ACK", line, 1, &ack).await;
            if status == 200 {
                self.audio = answer.audio().expect("an answer with audio");
            }
            return status;
        }
    }

    pub(crate) async fn hang_up(&mut self) {
        self.request("BYE", "support", 2, "").await;
        while self.receive().await.header("CSeq") != "2 BYE" {}
    }

    /// Waits for the gateway to hang up, and agrees.
    pub(crate) async fn wait_for_bye(&mut self) {
        let bye = self.wait_for("BYE").await;
        self.answer(&bye, "200 OK", "").await;
    }

    /// Waits for a request of the gateway's.
    pub(crate) async fn wait_for(&mut self, method: &str) -> Message {
        loop {
            let request = self.receive().await;
            if request.is_request(method) {
                return request;
            }
        }
    }

    /// Answers a request of the gateway's, with further headers if there are any.
    pub(crate) async fn answer(&self, request: &Message, status: &str, further: &str) {
        let headers = ["Via", "From", "To", "Call-ID", "CSeq"]
            .map(|name| format!("{name}: {}\r\n", request.header(name)))
            .concat();
        let answer = format!("SIP/2.0 {status}\r\n{headers}{further}Content-Length: 0\r\n\r\n");
        self.sip.send_to(answer.as_bytes(), self.edge).await.expect("sent");
    }

    /// Describes itself anew within the call; the answer's status.
    pub(crate) async fn reoffers(&mut self) -> u16 {
        self.request("INVITE", "support", 2, &self.description()).await;
        loop {
            let answer = self.receive().await;
            let ours = answer.header("CSeq") == "2 INVITE";
            if let Some(status) = answer.status().filter(|status| ours && *status >= 200) {
                self.request("ACK", "support", 2, "").await;
                return status;
            }
        }
    }

    /// Speaks µ-law samples without waiting for the time they take.
    pub(crate) async fn say(&mut self, octets: &[u8]) {
        for frame in octets.chunks(160) {
            self.packet(0, frame, false).await;
            self.timestamp = self.timestamp.wrapping_add(160);
        }
    }

    /// Speaks in the time that it takes.
    pub(crate) async fn say_slowly(&mut self, octets: &[u8]) {
        let mut clock = tokio::time::interval(Duration::from_millis(20));
        for frame in octets.chunks(160) {
            clock.tick().await;
            self.say(frame).await;
        }
    }

    /// Waits until this is heard, sample by sample.
    pub(crate) async fn hears(&self, octets: &[u8]) {
        let linear = |octets: &[u8]| -> Vec<i16> {
            octets.iter().map(|octet| mostik_media::Law::Mu.decode(*octet)).collect()
        };
        let (wanted, mut heard) = (linear(octets), Vec::new());
        let mut buffer = [0; 1_500];
        loop {
            let received = timeout(PATIENCE, self.rtp.recv(&mut buffer)).await;
            let length = received.expect("sound in time").expect("received");
            let Ok(packet) = RtpPacket::parse(&buffer[..length]) else { continue };
            if packet.payload_type() != 0 {
                continue;
            }
            heard.extend(linear(packet.payload()));
            // Only what is new can be the end of it.
            let since = heard.len().saturating_sub(wanted.len() + 160);
            if heard[since..].windows(wanted.len()).any(|window| window == wanted) {
                return;
            }
        }
    }

    pub(crate) async fn press(&mut self, event: u8) {
        for (index, flags) in [0x0a, 0x0a, 0x8a, 0x8a, 0x8a].into_iter().enumerate() {
            self.packet(KEYS, &[event, flags, 1, 0x40], index == 0).await;
        }
        self.timestamp = self.timestamp.wrapping_add(800);
    }

    async fn packet(&mut self, payload_type: u8, payload: &[u8], marker: bool) {
        let packet = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(payload_type)
            .marker_bit(marker)
            .sequence_number(self.sequence)
            .timestamp(self.timestamp)
            .ssrc(77)
            .payload(payload)
            .write_vec()
            .expect("a packet");
        self.sequence = self.sequence.wrapping_add(1);
        self.rtp.send_to(&packet, self.audio).await.expect("sent");
    }

    async fn request(&self, method: &str, line: &str, number: u32, body: &str) {
        let (edge, call) = (self.edge, &self.call);
        let here = self.sip.local_addr().expect("bound");
        let to = match &self.to {
            unanswered if unanswered.is_empty() => format!("<sip:{line}@{edge}>"),
            answered => answered.clone(),
        };
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let message = format!(
            "{method} sip:{line}@{edge} SIP/2.0\r\n\
             Via: SIP/2.0/UDP {here};branch=z9hG4bK-{call}-{number}-{method};rport\r\n\
             From: \"Anna\" <sip:+74950001122@{here}>;tag=t\r\nTo: {to}\r\nCall-ID: {call}\r\n\
             CSeq: {number} {method}\r\nContact: <sip:anna@{here}>\r\nMax-Forwards: 70\r\n\
             {kind}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.sip.send_to(message.as_bytes(), edge).await.expect("sent");
    }

    async fn receive(&self) -> Message {
        let mut buffer = vec![0; 65_536];
        let received = timeout(PATIENCE, self.sip.recv(&mut buffer)).await;
        let length = received.expect("an answer in time").expect("received");
        Message(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }
}
