//! A telephone that is called, made of two UDP sockets.

use std::net::SocketAddr;
use std::time::Duration;

use mostik_sip::{Route, Transport};
use rtp_types::{RtpPacket, RtpPacketBuilder};
use tokio::net::UdpSocket;
use tokio::time::{Instant, interval, timeout};

use crate::phone::{KEYS, Message, PATIENCE};

/// What a packet of audio lasts.
const FRAME: Duration = Duration::from_millis(20);

pub(crate) struct Callee {
    sip: UdpSocket,
    rtp: UdpSocket,
    /// Who calls, and with which INVITE.
    caller: Option<(SocketAddr, Message)>,
    audio: Option<SocketAddr>,
    sequence: u16,
    timestamp: u32,
    number: u32,
}

impl Callee {
    pub(crate) async fn new() -> Self {
        let bind = || UdpSocket::bind(("127.0.0.1", 0));
        let (sip, rtp) = (bind().await.expect("bound"), bind().await.expect("bound"));
        Self { sip, rtp, caller: None, audio: None, sequence: 1, timestamp: 0, number: 1 }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.sip.local_addr().expect("bound")
    }

    pub(crate) fn route(&self) -> Route {
        Route::Direct { transport: Transport::Udp, address: self.address() }
    }

    pub(crate) fn uri(&self) -> String {
        format!("sip:anna@{}", self.address())
    }

    /// Waits for the next INVITE that is not the last one repeated; the name it shows.
    pub(crate) async fn is_called(&mut self) -> String {
        loop {
            let (request, source) = self.receive().await;
            let known = self.caller.as_ref().map(|(_, invite)| invite.header("Call-ID"));
            if !request.is_request("INVITE") || known == Some(request.header("Call-ID")) {
                continue;
            }
            self.audio = request.audio();
            let shown = request.header("From").to_owned();
            self.caller = Some((source, request));
            return shown;
        }
    }

    /// Answers the INVITE with a status, and with a description where it is a good one.
    pub(crate) async fn says(&self, status: &str) {
        let body = if status.starts_with("200") { self.description() } else { String::new() };
        self.says_with(status, &body).await;
    }

    pub(crate) async fn says_with(&self, status: &str, body: &str) {
        let (_, invite) = self.caller.as_ref().expect("a call");
        self.answer(invite, status, body).await;
    }

    /// Picks up, and waits until the caller knows.
    pub(crate) async fn picks_up(&mut self) {
        self.says("200 OK").await;
        self.expect("ACK").await;
    }

    pub(crate) fn description(&self) -> String {
        let port = self.rtp.local_addr().expect("bound").port();
        format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 0 {KEYS}\r\na=rtpmap:{KEYS} telephone-event/8000\r\n"
        )
    }

    /// The next request of this kind; a goodbye is agreed to.
    pub(crate) async fn expect(&mut self, method: &str) {
        loop {
            let (request, _) = self.receive().await;
            if matches!(method, "BYE" | "CANCEL") && request.is_request(method) {
                self.answer(&request, "200 OK", "").await;
            }
            if request.is_request(method) {
                return;
            }
        }
    }

    /// Hangs up.
    pub(crate) async fn hangs_up(&mut self) {
        let (caller, invite) = self.caller.as_ref().expect("a call");
        let (here, number) = (self.address(), self.number);
        let contact = invite.header("Contact").trim_start_matches('<');
        let target = contact.split('>').next().unwrap_or_default();
        let message = format!(
            "BYE {target} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK-bye{number};rport\r\n\
             From: {};tag=callee\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {number} BYE\r\n\
             Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
            invite.header("To"),
            invite.header("From"),
            invite.header("Call-ID"),
        );
        let caller = *caller;
        self.sip.send_to(message.as_bytes(), caller).await.expect("sent");
        while self.receive().await.0.status() != Some(200) {}
    }

    /// Speaks µ-law samples without waiting for the time they take.
    pub(crate) async fn speaks(&mut self, octets: &[u8]) {
        for frame in octets.chunks(160) {
            self.packet(0, frame, false).await;
            self.timestamp = self.timestamp.wrapping_add(160);
        }
    }

    /// Speaks in the time that it takes.
    pub(crate) async fn speaks_slowly(&mut self, octets: &[u8]) {
        let mut clock = interval(FRAME);
        for frame in octets.chunks(160) {
            clock.tick().await;
            self.speaks(frame).await;
        }
    }

    pub(crate) async fn presses(&mut self, event: u8) {
        for (index, flags) in [0x0a, 0x0a, 0x8a, 0x8a, 0x8a].into_iter().enumerate() {
            self.packet(KEYS, &[event, flags, 1, 0x40], index == 0).await;
        }
        self.timestamp = self.timestamp.wrapping_add(800);
    }

    /// Waits until something louder than silence is heard.
    pub(crate) async fn hears_something(&self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.next_packet_is_loud(deadline).await {}
    }

    /// Waits until half a second of nothing but silence was heard.
    pub(crate) async fn hears_nothing(&self) {
        let deadline = Instant::now() + PATIENCE;
        let mut quiet = 0;
        while quiet < 25 {
            quiet = if self.next_packet_is_loud(deadline).await { 0 } else { quiet + 1 };
        }
    }

    async fn next_packet_is_loud(&self, deadline: Instant) -> bool {
        let mut buffer = [0; 1_500];
        let received = tokio::time::timeout_at(deadline, self.rtp.recv(&mut buffer)).await;
        let length = received.expect("sound in time").expect("received");
        let Ok(packet) = RtpPacket::parse(&buffer[..length]) else { return false };
        let loud = |octet: &u8| mostik_media::Law::Mu.decode(*octet).unsigned_abs() > 500;
        packet.payload_type() == 0 && packet.payload().iter().any(loud)
    }

    async fn packet(&mut self, payload_type: u8, payload: &[u8], marker: bool) {
        let packet = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(payload_type)
            .marker_bit(marker)
            .sequence_number(self.sequence)
            .timestamp(self.timestamp)
            .ssrc(78)
            .payload(payload)
            .write_vec()
            .expect("a packet");
        self.sequence = self.sequence.wrapping_add(1);
        let audio = self.audio.expect("somebody to talk to");
        self.rtp.send_to(&packet, audio).await.expect("sent");
    }

    async fn answer(&self, to: &Message, status: &str, body: &str) {
        let (caller, _) = self.caller.as_ref().expect("a call");
        let tag = if to.header("To").contains("tag=") { "" } else { ";tag=callee" };
        let headers = ["Via", "From", "Call-ID", "CSeq"]
            .map(|name| format!("{name}: {}\r\n", to.header(name)))
            .concat();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\r\n" };
        let answer = format!(
            "SIP/2.0 {status}\r\n{headers}To: {}{tag}\r\nContact: <{}>\r\n{kind}\
             Content-Length: {}\r\n\r\n{body}",
            to.header("To"),
            self.uri(),
            body.len()
        );
        self.sip.send_to(answer.as_bytes(), *caller).await.expect("sent");
    }

    async fn receive(&self) -> (Message, SocketAddr) {
        let mut buffer = vec![0; 65_536];
        let received = timeout(PATIENCE, self.sip.recv_from(&mut buffer)).await;
        let (length, source) = received.expect("a message in time").expect("received");
        (Message(String::from_utf8_lossy(&buffer[..length]).into_owned()), source)
    }
}
