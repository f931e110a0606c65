//! Encrypted audio: what is agreed, and what then crosses the network.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use mostik_media::{
    Clip, EncryptionMode, MediaEvent, MediaPlan, MediaSecurity, MediaSession, Negotiation,
    RtpPorts, SdpError, SessionSetup, SrtpSuite,
};
use tokio::net::UdpSocket;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const PATIENCE: Duration = Duration::from_secs(20);
const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

fn terms(mode: EncryptionMode) -> MediaSecurity {
    MediaSecurity { mode, keys_are_safe: true }
}

fn side(mode: EncryptionMode, port: u16) -> Negotiation {
    Negotiation::new(HERE, port).secured(terms(mode)).expect("safe keys")
}

fn phone(profile: &str, crypto: &str) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio 4000 {profile} 8\r\n{crypto}"
    )
}

fn crypto() -> String {
    format!("a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20\r\n")
}

#[test]
fn both_sides_get_each_others_keys() {
    for (mode, profile) in
        [(EncryptionMode::Required, "RTP/SAVP"), (EncryptionMode::Preferred, "RTP/AVP")]
    {
        let (mut caller, mut called) = (side(mode, 4_000), side(EncryptionMode::Preferred, 5_000));
        let offer = caller.offer();
        assert!(offer.contains(profile) && offer.matches("a=crypto:").count() == 3, "{offer}");
        let (answer, theirs) = called.answer(&offer).expect("agreed");
        let ours = caller.accept_answer(&answer).expect("agreed");
        let (ours, theirs) = (ours.srtp.expect("keys"), theirs.srtp.expect("keys"));
        assert_eq!((ours.ours, ours.theirs), (theirs.theirs, theirs.ours));
        assert_ne!(ours.ours, ours.theirs);
        // A later offer goes on with the same keys.
        let (_, again) = called.answer(&caller.hold()).expect("held");
        assert_eq!(again.srtp, Some(theirs));
    }
}

#[test]
fn a_phone_that_wants_encryption_gets_it_in_its_own_form() {
    let (answer, plan) = side(EncryptionMode::Preferred, 5_000)
        .answer(&phone("RTP/SAVP", &crypto()))
        .expect("agreed");
    assert!(answer.contains("m=audio 5000 RTP/SAVP 8\r\n"), "{answer}");
    assert!(answer.contains("a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:"), "{answer}");
    let keys = plan.srtp.expect("keys");
    assert_eq!(keys.theirs.suite, SrtpSuite::AesCm80);
    assert!(!answer.contains(KEY), "its own key was told back");
    assert!(!format!("{plan:?}").contains(&KEY[..8]));
}

#[test]
fn an_encrypted_stream_is_taken_before_an_open_one() {
    let offer = phone("RTP/AVP", "") + "m=audio 4002 RTP/SAVP 0\r\n" + &crypto();
    let (answer, plan) = side(EncryptionMode::Preferred, 5_000).answer(&offer).expect("agreed");
    assert!(answer.contains("m=audio 0 RTP/AVP 8\r\nm=audio 5000 RTP/SAVP 0\r\n"), "{answer}");
    assert!(plan.srtp.is_some());
}

#[test]
fn what_our_terms_forbid_is_refused_and_said() {
    let refused = |mode, offer: &str| side(mode, 5_000).answer(offer).expect_err("refused");
    let (open, secret) = (phone("RTP/AVP", ""), phone("RTP/SAVP", &crypto()));
    assert_eq!(refused(EncryptionMode::Required, &open), SdpError::EncryptionRequired);
    assert_eq!(refused(EncryptionMode::Off, &secret), SdpError::EncryptedOnly);
    let unusable = phone("RTP/SAVP", &crypto().replace("80", "99"));
    assert_eq!(refused(EncryptionMode::Preferred, &unusable), SdpError::EncryptedOnly);
    let overheard = MediaSecurity { mode: EncryptionMode::Required, keys_are_safe: false };
    let error = Negotiation::new(HERE, 1).secured(overheard).expect_err("overheard");
    assert_eq!(error, SdpError::KeysUnprotected);
    // Where keys could be overheard they are neither told nor believed.
    let overheard = MediaSecurity { mode: EncryptionMode::Preferred, keys_are_safe: false };
    let mut careful = Negotiation::new(HERE, 1).secured(overheard).expect("plain is allowed");
    assert!(!careful.offer().contains("crypto"));
    let (answer, plan) = careful.answer(&phone("RTP/AVP", &crypto())).expect("plain");
    assert!(plan.srtp.is_none() && !answer.contains("crypto"));
    assert_eq!(careful.answer(&secret).expect_err("refused"), SdpError::EncryptedOnly);
}

#[test]
fn an_answer_must_choose_one_of_our_offers() {
    let mut caller = side(EncryptionMode::Required, 4_000);
    caller.offer();
    for wrong in [crypto(), crypto().replace("crypto:4", "crypto:2"), String::new()] {
        assert!(caller.accept_answer(&phone("RTP/SAVP", &wrong)).is_err(), "{wrong}");
    }
    let right = crypto().replace("crypto:4", "crypto:1");
    assert!(caller.accept_answer(&phone("RTP/SAVP", &right)).is_ok());
}

fn start(ports: &RtpPorts, plan: impl FnOnce(u16) -> MediaPlan) -> Live {
    let sockets = ports.open(HERE).expect("a free pair");
    let plan = plan(sockets.port());
    MediaSession::start(SessionSetup {
        sockets,
        plan,
        signalling: HERE,
        timeout: PATIENCE,
        silence: Duration::from_secs(3),
    })
}

type Live = (MediaSession, Receiver<MediaEvent>);

/// Two sessions that hear each other, their agreement made by real descriptions.
fn connected(range: u16, mode: EncryptionMode) -> [Live; 2] {
    let ports = RtpPorts::new(range..=range + 99).expect("a range");
    let (first, second) = (ports.open(HERE).expect("free"), ports.open(HERE).expect("free"));
    let (mut caller, mut called) = (side(mode, first.port()), side(mode, second.port()));
    let (answer, theirs) = called.answer(&caller.offer()).expect("agreed");
    let ours = caller.accept_answer(&answer).expect("agreed");
    [(first, ours), (second, theirs)].map(|(sockets, plan)| {
        MediaSession::start(SessionSetup {
            sockets,
            plan,
            signalling: HERE,
            timeout: PATIENCE,
            silence: Duration::from_secs(3),
        })
    })
}

#[tokio::test]
async fn encrypted_sessions_hear_each_other_and_say_so() {
    let [(caller, mut events), (called, _heard)] = connected(28_000, EncryptionMode::Required);
    caller.play(Clip::from_samples(vec![8_000; 1_600]), 1).await;
    while !matches!(
        timeout(PATIENCE, events.recv()).await.expect("in time"),
        Some(MediaEvent::ClipEnded(1))
    ) {}
    let heard = async {
        while called.quality().await.level_in_dbfs.is_none_or(|level| level < -60.0) {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, heard).await.expect("the clip is heard");
    let quality = called.quality().await;
    assert_eq!((quality.srtp, quality.refused), (Some(SrtpSuite::AesCm80), 0));
    assert_eq!(quality.lost, 0);
}

#[tokio::test]
async fn plain_packets_of_anybody_are_not_heard_by_an_encrypted_session() {
    let phone = UdpSocket::bind((HERE, 0)).await.expect("bound");
    let place = phone.local_addr().expect("bound");
    let offer = self::phone("RTP/SAVP", &crypto()).replace("4000", &place.port().to_string());
    let ports = RtpPorts::new(28_200..=28_299).expect("a range");
    let mut gateway = 0;
    let (session, _events) = start(&ports, |port| {
        gateway = port;
        side(EncryptionMode::Required, port).answer(&offer).expect("agreed").1
    });
    let mut plain = vec![0x80, 8, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4];
    plain.resize(172, 0xd5);
    for _ in 0..5 {
        phone.send_to(&plain, SocketAddr::new(HERE, gateway)).await.expect("sent");
    }
    let refused = async {
        while session.quality().await.refused < 5 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, refused).await.expect("all are counted");
    assert_eq!(session.quality().await.received, 0);
    // And ours cannot be read: silence of A-law would be the same octet all over.
    let mut buffer = [0; 1_500];
    let received = timeout(PATIENCE, phone.recv_from(&mut buffer)).await.expect("in time");
    let length = received.expect("received").0;
    assert_eq!(length, 172 + 10);
    assert!(buffer[12..172].iter().any(|octet| *octet != buffer[12]));
}
