//! Two calls joined, and one that hears itself.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use mostik_media::{Codec, Law, MediaEvent, MediaPlan, MediaSession, RtpPorts, SessionSetup};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, timeout};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const PATIENCE: Duration = Duration::from_secs(20);
const FRAME: usize = 160;

struct Phone {
    socket: UdpSocket,
    gateway: SocketAddr,
    codec: Codec,
    sequence: u16,
    session: MediaSession,
    events: Receiver<MediaEvent>,
}

impl Phone {
    async fn call(ports: &RtpPorts, codec: Codec, keys: Option<u8>) -> Self {
        let socket = UdpSocket::bind((HERE, 0)).await.expect("bound");
        let sockets = ports.open(HERE).expect("a free pair");
        let gateway = SocketAddr::new(HERE, sockets.port());
        let peer = socket.local_addr().expect("bound");
        let (session, events) = MediaSession::start(SessionSetup {
            sockets,
            plan: MediaPlan { key_payload_type: keys, ..MediaPlan::usual(codec, peer) },
            signalling: HERE,
            timeout: PATIENCE,
            silence: Duration::from_secs(3),
        });
        Self { socket, gateway, codec, sequence: 9, session, events }
    }

    async fn send(&mut self, payload_type: u8, timestamp: u32, payload: &[u8]) {
        let mut packet = vec![0x80, payload_type];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(timestamp.to_be_bytes());
        packet.extend([9, 9, 9, 9]);
        packet.extend(payload);
        self.sequence += 1;
        self.socket.send_to(&packet, self.gateway).await.expect("sent");
    }

    /// Twenty milliseconds of one value.
    async fn say(&mut self, number: u32, value: i16) {
        let law = self.codec.law().expect("G.711");
        self.send(self.codec.payload_type(), number * 160, &[law.encode(value); FRAME]).await;
    }

    /// The payload type and payload of the next packet.
    async fn hear(&self) -> (u8, Vec<u8>) {
        let mut buffer = [0; 1_500];
        let received = timeout(PATIENCE, self.socket.recv_from(&mut buffer)).await;
        let (length, _) = received.expect("in time").expect("received");
        (buffer[1] & 0x7f, buffer[12..length].to_vec())
    }
}

/// One phone speaks a value in real time until the other hears about the same.
async fn is_heard(speaker: &mut Phone, listener: &Phone, value: i16) {
    let law = listener.codec.law().expect("G.711");
    let deadline = Instant::now() + PATIENCE;
    for number in 0.. {
        assert!(Instant::now() < deadline, "never heard");
        speaker.say(number, value).await;
        let (_, payload) = listener.hear().await;
        let near = |octet: &u8| law.decode(*octet).abs_diff(value) < value.unsigned_abs() / 8;
        if payload.iter().filter(|octet| near(octet)).count() > FRAME / 2 {
            return;
        }
    }
}

#[tokio::test]
async fn joined_calls_hear_each_other_through_different_laws() {
    let ports = RtpPorts::new(29_000..=29_099).expect("a range");
    let mut one = Phone::call(&ports, Codec::Pcma, Some(101)).await;
    let mut other = Phone::call(&ports, Codec::Pcmu, Some(96)).await;
    one.session.bridge(&other.session).await;
    is_heard(&mut one, &other, 4_000).await;
    is_heard(&mut other, &one, -9_000).await;
    assert_eq!(one.session.quality().await.codec, Some(Codec::Pcma));
}

#[tokio::test]
async fn a_key_of_one_is_an_event_at_the_other() {
    let ports = RtpPorts::new(29_200..=29_299).expect("a range");
    let mut one = Phone::call(&ports, Codec::Pcma, Some(101)).await;
    let other = Phone::call(&ports, Codec::Pcmu, Some(96)).await;
    one.session.bridge(&other.session).await;
    for _ in 0..3 {
        one.send(101, 800, &[7, 0x0a, 1, 0x40]).await;
    }
    let event = loop {
        let (payload_type, payload) = other.hear().await;
        if payload_type == 96 {
            break payload;
        }
    };
    assert_eq!((event.len(), event[0]), (4, 7));
    let told = timeout(PATIENCE, one.events.recv()).await.expect("in time");
    assert!(matches!(told, Some(MediaEvent::Key('7'))));
}

#[tokio::test]
async fn a_caller_who_is_echoed_hears_herself_until_they_part() {
    let ports = RtpPorts::new(29_400..=29_499).expect("a range");
    let mut one = Phone::call(&ports, Codec::Pcma, None).await;
    one.session.echo().await;
    let deadline = Instant::now() + PATIENCE;
    let mut number = 0;
    while Law::A.decode(one.hear().await.1[80]) < 3_000 {
        assert!(Instant::now() < deadline, "never heard");
        one.say(number, 5_000).await;
        number += 1;
    }
    one.session.part().await;
    while Law::A.decode(one.hear().await.1[80]) > 3_000 {
        assert!(Instant::now() < deadline, "still heard");
    }
}

#[tokio::test]
async fn keys_are_pressed_as_events_and_as_tones() {
    let ports = RtpPorts::new(29_600..=29_699).expect("a range");
    let modern = Phone::call(&ports, Codec::Pcma, Some(101)).await;
    modern.session.press('#').await.expect("a key");
    while modern.hear().await.0 != 101 {}
    // A telephone without events gets tones; the one beside it, that is echoed what the first
    // hears, has none either, so it finds the key in the audio.
    let old = Phone::call(&ports, Codec::Pcma, None).await;
    let mut listener = Phone::call(&ports, Codec::Pcma, None).await;
    old.session.press('4').await.expect("a key");
    assert!(old.session.press('x').await.is_err());
    let deadline = Instant::now() + PATIENCE;
    let mut number = 0;
    loop {
        assert!(Instant::now() < deadline, "no key was heard");
        let (_, payload) = old.hear().await;
        listener.send(8, number * 160, &payload).await;
        number += 1;
        if let Ok(MediaEvent::Key(key)) = listener.events.try_recv() {
            assert_eq!(key, '4');
            return;
        }
    }
}
