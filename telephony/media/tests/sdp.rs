//! What real phones offer, what is answered, and what is refused.

use std::net::IpAddr;

use mostik_media::{Codec, Direction, Negotiation, SdpError, negotiate};

const HERE: &str = "192.0.2.9";
const PHONE: &str = "v=0\r\no=alice 3 1 IN IP4 192.0.2.1\r\ns=call\r\nc=IN IP4 192.0.2.1\r\n\
    t=0 0\r\nm=audio 49170 RTP/AVP 111 8 0 96\r\na=rtpmap:111 opus/48000/2\r\n\
    a=rtpmap:8 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\na=ptime:30\r\n\
    m=video 49172 RTP/AVP 31\r\n";

fn here() -> IpAddr {
    HERE.parse().expect("a literal")
}

fn refused(offer: &str) -> SdpError {
    negotiate(offer, here(), 40_000).expect_err("must be refused")
}

#[test]
fn the_first_common_codec_is_taken_and_other_streams_are_refused_in_place() {
    let (answer, plan) = negotiate(PHONE, here(), 40_000).expect("a usual offer");
    assert_eq!((plan.codec, plan.payload_type, plan.key_payload_type), (Codec::Pcma, 8, Some(96)));
    assert_eq!(plan.peer, Some("192.0.2.1:49170".parse().expect("a literal")));
    assert_eq!((plan.direction, plan.samples_per_packet), (Direction::BOTH, 240));
    assert!(answer.contains("c=IN IP4 192.0.2.9\r\n"));
    assert!(answer.contains("m=audio 40000 RTP/AVP 8 96\r\n"), "{answer}");
    assert!(answer.contains("a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\n"));
    assert!(answer.contains("a=sendrecv\r\nm=video 0 RTP/AVP 31\r\n"), "{answer}");
}

#[test]
fn static_payload_types_need_no_map() {
    let offer = PHONE.replace("111 8 0 96", "0").replace("a=rtpmap:8 PCMA/8000\r\n", "");
    let (_, plan) = negotiate(&offer, here(), 40_000).expect("RFC 3551 names it");
    assert_eq!((plan.codec, plan.key_payload_type), (Codec::Pcmu, None));
}

#[test]
fn a_payload_type_means_what_its_map_says() {
    let offer = PHONE
        .replace("111 8 0 96", "0 97")
        .replace("a=rtpmap:8 PCMA/8000", "a=rtpmap:0 EVS/16000\r\na=rtpmap:97 pcma/8000/1");
    let (answer, plan) = negotiate(&offer, here(), 40_000).expect("97 is A-law here");
    assert_eq!((plan.codec, plan.payload_type), (Codec::Pcma, 97));
    assert!(answer.contains("a=rtpmap:97 PCMA/8000\r\n"));
}

#[test]
fn hold_is_mirrored_and_the_version_counts_up() {
    let mut negotiation = Negotiation::new(here(), 40_000);
    let origin = |answer: &str| {
        let line = answer.lines().nth(1).expect("an origin");
        line.split(' ').skip(1).take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    let (first, _) = negotiation.answer(PHONE).expect("a usual offer");
    for (attribute, mirrored, send, receive) in [
        ("sendonly", "recvonly", false, true),
        ("recvonly", "sendonly", true, false),
        ("inactive", "inactive", false, false),
    ] {
        let held = PHONE.replace("a=ptime:30", &format!("a={attribute}"));
        let (answer, plan) = negotiation.answer(&held).expect("hold is an offer");
        assert!(answer.contains(&format!("a={mirrored}\r\n")), "{answer}");
        assert_eq!(plan.direction, Direction { send, receive });
    }
    let (last, _) = negotiation.answer(PHONE).expect("resumed");
    assert_eq!(origin(&first)[0], origin(&last)[0]);
    assert_eq!((origin(&first)[1].as_str(), origin(&last)[1].as_str()), ("1", "5"));
}

#[test]
fn old_style_hold_names_no_address() {
    let offer = PHONE.replace("c=IN IP4 192.0.2.1", "c=IN IP4 0.0.0.0");
    let (answer, plan) = negotiate(&offer, here(), 40_000).expect("RFC 2543 hold");
    assert_eq!((plan.peer, plan.direction.send), (None, false));
    assert!(answer.contains("a=recvonly\r\n"));
}

#[test]
fn an_offer_of_ours_can_be_answered_by_ourselves() {
    let mut ours = Negotiation::new("2001:db8::1".parse().expect("a literal"), 40_000);
    let offer = ours.offer();
    assert!(offer.contains("c=IN IP6 2001:db8::1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 0 9 101\r\n"));
    let (answer, theirs) = negotiate(&offer, here(), 5_000).expect("our own offer");
    let plan = ours.accept_answer(&answer).expect("their answer");
    assert_eq!((plan.codec, plan.key_payload_type), (Codec::Pcma, Some(101)));
    assert_eq!(plan.peer, Some("192.0.2.9:5000".parse().expect("a literal")));
    assert_eq!(theirs.peer, Some("[2001:db8::1]:40000".parse().expect("a literal")));
}

#[test]
fn what_cannot_work_is_refused_with_its_reason() {
    assert_eq!(refused(&PHONE.replace("111 8 0 96", "111 18")), SdpError::NoCommonCodec);
    assert_eq!(refused(&PHONE.replace("RTP/AVP 111", "RTP/SAVP 111")), SdpError::EncryptedOnly);
    assert_eq!(refused(&PHONE.replace("audio 49170", "audio 0")), SdpError::NoAudio);
    assert_eq!(refused(&PHONE.replace("192.0.2.1", "239.1.2.3")), SdpError::UnusableAddress);
    assert_eq!(
        refused(&PHONE.replace("IP4 192.0.2.1", "IP4 phone.local")),
        SdpError::UnusableAddress
    );
    assert!(matches!(refused(&PHONE.replace("c=IN", "b=IN")), SdpError::Malformed(_)));
    assert!(matches!(refused("not a description"), SdpError::Malformed(_)));
    assert!(matches!(refused(""), SdpError::Malformed(_)));
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    assert_eq!(refused(&"a".repeat(1 << 20)), SdpError::TooLarge);
    let streams = "m=audio 1 RTP/AVP 0\r\n".repeat(17);
    assert_eq!(refused(&format!("v=0\r\nc=IN IP4 192.0.2.1\r\n{streams}")), SdpError::TooLarge);
    let formats = "0 ".repeat(200);
    assert_eq!(refused(&PHONE.replace("111 8 0 96", &formats)), SdpError::TooLarge);
}

#[test]
fn mutations_never_panic_and_answers_stay_one_description() {
    let bytes = PHONE.as_bytes();
    for position in 0..bytes.len() {
        for replacement in [0, b'\n', b'9', 0x80, b' '] {
            let mut mutated = bytes.to_vec();
            mutated[position] = replacement;
            let text = String::from_utf8_lossy(&mutated);
            if let Ok((answer, _)) = negotiate(&text, here(), 40_000) {
                assert_eq!(answer.matches("v=0\r\n").count(), 1, "{answer}");
                assert!(answer.lines().all(|line| line.as_bytes()[1] == b'='), "{answer}");
            }
        }
        let _ = negotiate(&String::from_utf8_lossy(&bytes[..position]), here(), 40_000);
    }
}

#[test]
fn g722_is_taken_when_there_is_nothing_else_or_it_is_wanted() {
    let offer = PHONE.replace("111 8 0 96", "9 8 96");
    let mut usual = Negotiation::new(here(), 40_000);
    assert_eq!(usual.answer(&offer).expect("A-law").1.codec, Codec::Pcma);
    let mut wideband = Negotiation::new(here(), 40_000).with_codecs(&[Codec::G722, Codec::Pcmu]);
    let (answer, plan) = wideband.answer(&offer).expect("G.722");
    assert_eq!((plan.codec, plan.payload_type), (Codec::G722, 9));
    assert!(answer.contains("a=rtpmap:9 G722/8000\r\n"), "{answer}");
    let only = PHONE.replace("111 8 0 96", "9 96");
    assert_eq!(usual.answer(&only).expect("G.722").1.codec, Codec::G722);
    let none = PHONE.replace("111 8 0 96", "8 96");
    assert_eq!(wideband.answer(&none).expect_err("neither"), SdpError::NoCommonCodec);
}

#[test]
fn we_hold_resume_and_change_the_codec() {
    let (mut ours, mut theirs) =
        (Negotiation::new(here(), 40_000), Negotiation::new(here(), 5_000));
    let (answer, held) = theirs.answer(&ours.hold()).expect("hold is an offer");
    assert_eq!(held.direction, Direction { send: false, receive: true });
    let plan = ours.accept_answer(&answer).expect("held");
    assert_eq!(plan.direction, Direction { send: true, receive: false });
    // An offer of the peer's does not lift our hold.
    let (answer, plan) = ours.answer(&theirs.offer()).expect("still held");
    assert!(answer.contains("a=sendonly\r\n") && !plan.direction.receive, "{answer}");
    let (answer, _) = theirs.answer(&ours.resume()).expect("resumed");
    assert_eq!(ours.accept_answer(&answer).expect("resumed").direction, Direction::BOTH);
    ours.use_codecs(&[Codec::Pcmu]);
    let (answer, _) = theirs.answer(&ours.offer()).expect("µ-law");
    assert_eq!(ours.accept_answer(&answer).expect("changed").codec, Codec::Pcmu);
}

#[test]
fn reports_go_where_the_peer_wants_them_but_to_no_other_machine() {
    let port = |extra: &str| {
        let offer = PHONE.replace("a=ptime:30\r\n", extra);
        let (answer, plan) = negotiate(&offer, here(), 40_000).expect("usual");
        assert_eq!(answer.contains("a=rtcp-mux"), plan.reports_share_port);
        plan.reports.expect("a place").to_string()
    };
    assert_eq!(port(""), "192.0.2.1:49171");
    assert_eq!(port("a=rtcp-mux\r\n"), "192.0.2.1:49170");
    assert_eq!(port("a=rtcp:53020\r\n"), "192.0.2.1:53020");
    assert_eq!(port("a=rtcp:53020 IN IP4 203.0.113.9\r\n"), "192.0.2.1:53020");
}

#[cfg(feature = "opus")]
#[test]
fn opus_is_agreed_on_where_it_is_wanted() {
    let mut ours = Negotiation::new(here(), 40_000).with_codecs(&[Codec::Opus, Codec::Pcma]);
    let (answer, plan) = ours.answer(PHONE).expect("Opus");
    assert_eq!((plan.codec, plan.payload_type), (Codec::Opus, 111));
    // It has no frames of the 30 ms that are asked for.
    assert_eq!(plan.samples_per_packet, 160);
    assert!(answer.contains("a=rtpmap:111 opus/48000/2\r\n"), "{answer}");
    assert!(ours.offer().contains("a=rtpmap:107 opus/48000/2\r\n"));
    assert_eq!(Negotiation::new(here(), 1).answer(PHONE).expect("A-law").1.codec, Codec::Pcma);
}
