//! A session against a phone made of one UDP socket, on loopback.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use mostik_media::{
    Clip, Codec, Direction, Law, MediaEvent, MediaPlan, MediaSession, Recorder, RtpPorts,
    SessionSetup, VoiceEvent,
};
use rtp_types::{RtpPacket, RtpPacketBuilder};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const PATIENCE: Duration = Duration::from_secs(20);
const KEYS: u8 = 101;
const FRAME: usize = 160;
const FRAME_TIME: u32 = 160;

struct Phone {
    socket: UdpSocket,
    gateway: SocketAddr,
    sequence: u16,
    timestamp: u32,
}

impl Phone {
    async fn send(&mut self, payload_type: u8, payload: &[u8], marker: bool) {
        let packet = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(payload_type)
            .marker_bit(marker)
            .sequence_number(self.sequence)
            .timestamp(self.timestamp)
            .ssrc(0x1234_5678)
            .payload(payload)
            .write_vec()
            .expect("a packet");
        self.sequence = self.sequence.wrapping_add(1);
        self.socket.send_to(&packet, self.gateway).await.expect("sent");
    }

    /// Speaks without waiting for the time it takes: the gateway goes by the packets' clock.
    async fn say(&mut self, samples: &[i16]) {
        for frame in samples.chunks(FRAME) {
            let payload: Vec<u8> = frame.iter().map(|s| Law::A.encode(*s)).collect();
            self.send(8, &payload, false).await;
            self.timestamp = self.timestamp.wrapping_add(FRAME_TIME);
        }
    }

    async fn press(&mut self, event: u8) {
        for (index, flags) in [0x0a, 0x0a, 0x8a, 0x8a, 0x8a].into_iter().enumerate() {
            self.send(KEYS, &[event, flags, 1, 0x40], index == 0).await;
        }
        self.timestamp = self.timestamp.wrapping_add(800);
    }

    /// The next packet of audio, as samples with its marker.
    async fn hear(&self) -> (Vec<i16>, bool) {
        let mut buffer = [0; 1500];
        let received = timeout(PATIENCE, self.socket.recv_from(&mut buffer)).await;
        let (length, from) = received.expect("audio in time").expect("received");
        assert_eq!(from, self.gateway);
        let packet = RtpPacket::parse(&buffer[..length]).expect("a packet");
        assert_eq!(packet.payload_type(), 8);
        let samples = packet.payload().iter().map(|octet| Law::A.decode(*octet)).collect();
        (samples, packet.marker_bit())
    }
}

struct Call {
    phone: Phone,
    session: MediaSession,
    events: Receiver<MediaEvent>,
    plan: MediaPlan,
}

impl Call {
    async fn set_up(first_port: u16, lost_after: Duration) -> Self {
        let socket = UdpSocket::bind((HERE, 0)).await.expect("bound");
        let ports = RtpPorts::new(first_port..=first_port + 199).expect("a hundred pairs");
        let sockets = ports.open(HERE).expect("a free pair");
        let gateway = SocketAddr::new(HERE, sockets.port());
        let peer = socket.local_addr().expect("bound");
        let plan =
            MediaPlan { key_payload_type: Some(KEYS), ..MediaPlan::usual(Codec::Pcma, peer) };
        let setup = SessionSetup {
            sockets,
            plan,
            signalling: HERE,
            timeout: lost_after,
            silence: Duration::from_secs(3),
        };
        let (session, events) = MediaSession::start(setup);
        let phone = Phone { socket, gateway, sequence: 65_530, timestamp: u32::MAX - 1000 };
        Self { phone, session, events, plan }
    }

    async fn event(&mut self) -> MediaEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("in time").expect("a live session")
    }

    async fn record(&self, path: &Path) {
        let recorder = Recorder::create(path, Duration::from_mins(1)).expect("created");
        self.session.record(recorder).await;
    }

    /// Waits until the session has seen so many packets.
    async fn received(&self, count: u64) {
        let seen = async {
            while self.session.statistics().await.received < count {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, seen).await.expect("packets arrive on loopback");
    }
}

fn speech() -> Vec<i16> {
    let clip = Clip::from_wav(include_bytes!("speech/ru.wav")).expect("a prompt");
    let exact = |sample: &i16| Law::A.decode(Law::A.encode(*sample));
    clip.samples()[..24_000].iter().map(exact).collect()
}

fn read(path: &Path) -> Vec<i16> {
    let mut reader = hound::WavReader::open(path).expect("a WAV file");
    reader.samples().map(|sample| sample.expect("whole")).collect()
}

#[tokio::test]
async fn what_the_caller_says_is_recorded_sample_by_sample() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("call.wav");
    let mut call = Call::set_up(21_000, PATIENCE).await;
    call.record(&path).await;
    let said = speech();
    // Two thirds at once are within what may come ahead of the wall clock.
    call.phone.say(&said[..12_800]).await;
    assert!(matches!(call.event().await, MediaEvent::Voice(VoiceEvent::SpeechStarted)));
    call.received(80).await;
    let recorded = call.session.stop_recording().await.expect("recording").expect("kept");
    let kept = read(&path);
    let begin = kept.iter().position(|sample| *sample == said[0]).expect("speech is there");
    assert_eq!(kept[begin..begin + 12_800], said[..12_800]);
    assert!((recorded.seconds - Clip::from_samples(kept.clone()).seconds()).abs() < 1e-9);
    assert!(kept.len() < 16_000, "{} samples for 12800", kept.len());
    assert_eq!(call.session.statistics().await.lost, 0);
}

#[tokio::test]
async fn a_prompt_is_heard_whole_and_its_end_is_told() {
    let mut call = Call::set_up(21_200, PATIENCE).await;
    let prompt: Vec<i16> = speech()[..2_000].to_vec();
    call.session.play(Clip::from_samples(prompt.clone()), 7).await;
    let mut heard = Vec::new();
    while heard.len() < 30 * FRAME {
        heard.extend(call.phone.hear().await.0);
    }
    assert!(heard.windows(prompt.len()).any(|window| window == prompt));
    assert!(matches!(call.event().await, MediaEvent::ClipEnded(7)));
}

#[tokio::test]
async fn a_prompt_can_be_cut_off() {
    let mut call = Call::set_up(21_400, PATIENCE).await;
    call.session.play(Clip::from_samples(vec![8_000; 80_000]), 1).await;
    while call.phone.hear().await.0[0] < 4_000 {}
    call.session.stop_playing().await;
    while call.phone.hear().await.0[0] > 4_000 {}
    call.session.play(Clip::from_samples(vec![100; 100]), 2).await;
    assert!(matches!(call.event().await, MediaEvent::ClipEnded(2)));
}

#[tokio::test]
async fn keys_come_once_each() {
    let mut call = Call::set_up(21_600, PATIENCE).await;
    for event in [1, 2, 2, 11] {
        call.phone.press(event).await;
    }
    for expected in ['1', '2', '2', '#'] {
        assert!(matches!(call.event().await, MediaEvent::Key(key) if key == expected));
    }
    call.received(20).await;
    assert!(call.events.try_recv().is_err());
}

#[tokio::test]
async fn strangers_and_garbage_change_nothing() {
    let mut call = Call::set_up(21_800, PATIENCE).await;
    call.phone.say(&[500; FRAME]).await;
    call.received(1).await;
    let elsewhere = UdpSocket::bind((HERE, 0)).await.expect("bound");
    let mut stranger = Phone { socket: elsewhere, gateway: call.phone.gateway, ..call.phone };
    stranger.press(11).await;
    for garbage in [&[][..], &[0x80], &[0xff; 1500], &[0x80, 8, 0, 0, 0, 0, 0, 0], &[0x90; 14]] {
        stranger.socket.send_to(garbage, stranger.gateway).await.expect("sent");
    }
    let refused = async {
        while call.session.statistics().await.refused < 10 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, refused).await.expect("all are counted");
    assert!(call.events.try_recv().is_err());
    assert_eq!(call.session.statistics().await.received, 1);
}

#[tokio::test]
async fn a_prompt_waits_while_the_call_is_held() {
    let mut call = Call::set_up(22_000, PATIENCE).await;
    let held = MediaPlan { direction: Direction { send: false, receive: false }, ..call.plan };
    call.session.renegotiated(held).await;
    call.session.play(Clip::from_samples(vec![8_000; 10 * FRAME]), 3).await;
    call.session.statistics().await;
    let mut buffer = [0; 1500];
    while call.phone.socket.try_recv(&mut buffer).is_ok() {}
    let nothing = timeout(Duration::from_millis(300), call.phone.hear()).await;
    assert!(nothing.is_err(), "audio in spite of hold");
    call.session.renegotiated(call.plan).await;
    let (first, marker) = call.phone.hear().await;
    assert!(first[0] > 4_000 && marker);
    assert!(matches!(call.event().await, MediaEvent::ClipEnded(3)));
}

#[tokio::test]
async fn missing_audio_is_reported_once_until_it_comes_back() {
    let mut call = Call::set_up(22_200, Duration::from_millis(200)).await;
    assert!(matches!(call.event().await, MediaEvent::Lost));
    call.phone.say(&[500; FRAME]).await;
    assert!(matches!(call.event().await, MediaEvent::Lost));
}

#[tokio::test]
async fn a_flood_does_not_stop_the_prompt() {
    let mut call = Call::set_up(22_400, PATIENCE).await;
    let gateway = call.phone.gateway;
    let flood = tokio::spawn(async move {
        let socket = UdpSocket::bind((HERE, 0)).await.expect("bound");
        loop {
            let _ = socket.send_to(&[0x80; 200], gateway).await;
            tokio::task::yield_now().await;
        }
    });
    call.session.play(Clip::from_samples(vec![8_000; 10 * FRAME]), 4).await;
    assert!(matches!(call.event().await, MediaEvent::ClipEnded(4)));
    flood.abort();
}

#[tokio::test]
async fn random_datagrams_from_the_peer_itself_do_no_harm() {
    let mut call = Call::set_up(22_600, PATIENCE).await;
    let mut state = 1_u32;
    for step in 0..2_000_usize {
        let datagram: Vec<u8> = (0..step % 300)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            })
            .collect();
        // Half of them look like RTP with our payload types, and so come further.
        let mut datagram = datagram;
        if step % 2 == 0 && datagram.len() > 2 {
            (datagram[0], datagram[1]) = (0x80 | (datagram[0] & 0x3f), [8, KEYS][step % 4 / 2]);
        }
        call.phone.socket.send_to(&datagram, call.phone.gateway).await.expect("sent");
        if step % 50 == 0 {
            call.session.statistics().await;
        }
    }
    call.session.play(Clip::from_samples(vec![8_000; FRAME]), 9).await;
    let ended = async { while !matches!(call.event().await, MediaEvent::ClipEnded(9)) {} };
    timeout(PATIENCE, ended).await.expect("the session lives");
}

/// A receiver's report (RFC 3550 section 6.4.2) that misses five packets of a stream.
fn report_of_five_missing(stream: u32) -> Vec<u8> {
    let mut report = vec![0x81, 201, 0, 7, 0x12, 0x34, 0x56, 0x78];
    report.extend(stream.to_be_bytes());
    report.extend([0, 0, 0, 5]);
    report.extend([0; 16]);
    report
}

#[tokio::test]
async fn reports_are_answered_and_the_end_is_told() {
    let mut call = Call::set_up(22_800, PATIENCE).await;
    let reports = UdpSocket::bind((HERE, 0)).await.expect("bound");
    let place = reports.local_addr().expect("bound");
    let described = MediaPlan { reports: Some(place), ..call.plan };
    call.session.renegotiated(described).await;
    let ours = {
        let mut buffer = [0; 1500];
        let received = timeout(PATIENCE, call.phone.socket.recv_from(&mut buffer)).await;
        let (length, _) = received.expect("in time").expect("received");
        RtpPacket::parse(&buffer[..length]).expect("a packet").ssrc()
    };
    for frame in [0, 1, 4] {
        call.phone.sequence = 10 + frame;
        call.phone.timestamp = u32::from(frame) * FRAME_TIME;
        call.phone.send(8, &[0xd5; FRAME], false).await;
    }
    call.received(3).await;
    let port = SocketAddr::new(HERE, call.phone.gateway.port() + 1);
    reports.send_to(&report_of_five_missing(ours), port).await.expect("sent");
    let told = async {
        while call.session.quality().await.remote_lost != Some(5) {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, told).await.expect("the report is read");
    let quality = call.session.quality().await;
    assert_eq!((quality.received, quality.lost, quality.reordered), (3, 2, 0));
    assert!(quality.sent > 0 && quality.first_packet_after.is_some());
    drop(call.session);
    let mut buffer = [0; 1500];
    let last = async {
        loop {
            let (length, from) = reports.recv_from(&mut buffer).await.expect("received");
            assert_eq!(from, port);
            // The last packet of the last compound is a goodbye of one source.
            if length > 8 && buffer[length - 8..length - 6] == [0x81, 203] {
                return buffer[..length].to_vec();
            }
        }
    };
    let last = timeout(PATIENCE, last).await.expect("a goodbye");
    // A sender's report with one block, and two of five packets missing in it.
    assert_eq!((last[1], &last[33..36]), (200, &[0, 0, 2][..]));
}
