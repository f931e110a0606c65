//! What the screen says to one message at a time.

use std::net::SocketAddr;

use super::{Answerer, Offered, Verdict, judge};
use crate::counters::Counting;

pub(super) const INVITE: &str = "\
INVITE sip:support@127.0.0.1:5060 SIP/2.0\r
Via: SIP/2.0/UDP 127.0.0.1:5071;branch=z9hG4bK-1;rport\r
From: \"Ada\" <sip:ada@127.0.0.1:5071>;tag=a1\r
To: <sip:support@127.0.0.1:5060>\r
Call-ID: 1@127.0.0.1\r
CSeq: 1 INVITE\r
Contact: <sip:ada@127.0.0.1:5071>\r
Max-Forwards: 70\r
Content-Type: application/sdp\r
Content-Length: 5\r
\r
v=0\r\n";

fn source() -> SocketAddr {
    "127.0.0.1:5071".parse().unwrap()
}

pub(super) fn verdict(message: &[u8]) -> Verdict {
    judge(message, source(), &Answerer::default(), Offered::default(), &Counting::default())
}

/// The INVITE with one part replaced.
fn with(part: &str, other: &str) -> String {
    assert!(INVITE.contains(part), "{part}");
    INVITE.replace(part, other)
}

/// The INVITE as a request of another method.
fn of(method: &str) -> String {
    INVITE.replace("INVITE", method)
}

fn answer(message: &str) -> String {
    match verdict(message.as_bytes()) {
        Verdict::Answer(answer) => String::from_utf8(answer).unwrap(),
        other => panic!("{other:?} for\n{message}"),
    }
}

fn status(message: &str) -> u16 {
    let answer = answer(message);
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn passes(message: &str) -> bool {
    matches!(verdict(message.as_bytes()), Verdict::Pass(_))
}

#[test]
fn a_proper_invite_passes_unchanged() {
    assert_eq!(verdict(INVITE.as_bytes()), Verdict::Pass(INVITE.into()));
}

#[test]
fn the_methods_of_a_call_pass() {
    for method in ["ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE", "PRACK", "NOTIFY"] {
        assert!(passes(&of(method)), "{method}");
    }
}

#[test]
fn other_methods_are_refused_and_told_what_is_offered() {
    for method in ["REGISTER", "SUBSCRIBE", "PUBLISH", "MESSAGE"] {
        let answer = answer(&of(method));
        assert!(answer.starts_with("SIP/2.0 405 Method Not Allowed\r\n"), "{answer}");
        assert!(
            answer.contains("\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK")
        );
    }
    assert_eq!(status(&of("NEWMETHOD")), 501);
    // Methods are case-sensitive (RFC 3261 section 7.1).
    assert_eq!(status(&of("invite")), 501);
}

#[test]
fn nobody_outside_makes_us_dial() {
    assert_eq!(status(&of("REFER")), 603);
    // Within a call the call decides.
    assert!(passes(&of("REFER").replace("5060>\r\n", "5060>;tag=b\r\n")));
}

#[test]
fn broken_requests_are_refused_with_400() {
    let cases = [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 5", "Content-Length: -5"),
        ("CSeq: 1 INVITE", "CSeq: 1 OPTIONS"),
        ("CSeq: 1 INVITE", "CSeq: 2147483648 INVITE"),
        ("CSeq: 1 INVITE", "CSeq: INVITE"),
        (";tag=a1", ""),
        ("\"Ada\"", "\"Ada"),
        ("\"Ada\"", "Ada, Lovelace"),
        ("To: <sip:support@127.0.0.1:5060>", "To: < sip:support@127.0.0.1 >"),
        ("INVITE sip:support@127.0.0.1:5060 SIP", "INVITE <sip:support@127.0.0.1:5060> SIP"),
        ("INVITE sip:support@127.0.0.1:5060 SIP", "INVITE sip:support@127.0.0.1; lr SIP"),
        ("INVITE sip:support@127.0.0.1:5060 SIP", "INVITE  sip:support@127.0.0.1 SIP"),
        ("INVITE sip:support@127.0.0.1:5060 SIP", "INVITE sip:support@127.0.0.1?Route=x SIP"),
        ("INVITE sip:support@127.0.0.1:5060 SIP", "INVITE support SIP"),
        ("INVITE sip:support@127.0.0.1:5060 SIP", "INVITE sip:support@127.0.0.@:5060 SIP"),
        ("INVITE sip:support@127.0.0.1:5060 SIP", "INVITE sip:support@127.0.0.1:99999 SIP"),
        ("SIP/2.0\r\nVia", "SIP/two\r\nVia"),
        ("Max-Forwards: 70", "Max-Forwards: 256"),
        ("Max-Forwards: 70", "Max-Forwards: 70\r\nMax-Forwards: 69"),
        ("Contact: <sip:ada@127.0.0.1:5071>\r\n", ""),
        ("Contact: <sip:ada@127.0.0.1:5071>", "Contact: <sip:ada@127.0.0.1"),
        ("Via: SIP/2.0/UDP 127.0.0.1:5071;", "Via: SIP/2.0 127.0.0.1:5071;"),
        ("Via: SIP/2.0/UDP 127.0.0.1:5071;", "Via: SIP/2.0/UDP ;"),
        ("Call-ID: 1@127.0.0.1", "Call-ID: one two"),
        ("Call-ID: 1@127.0.0.1", "Call-ID: 1\r\ni: 2"),
        (
            "Via: SIP/2.0/UDP 127.0.0.1:5071;branch",
            "Via: SIP/2.0/UDP 127.0.0.1:5071;;,;,,\r\nX: ;branch",
        ),
        ("Contact: <sip:ada@127.0.0.1:5071>", "Contact: <sip:ada@127.0.0.1>;;;;"),
        ("Contact: <", "No colon here\r\nContact: <"),
    ];
    for (part, other) in cases {
        assert_eq!(status(&with(part, other)), 400, "{other}");
    }
    let mut bytes = INVITE.as_bytes().to_vec();
    let end = bytes.len();
    bytes[end - 1] = 0xff;
    let Verdict::Answer(answer) = verdict(&bytes) else {
        panic!("a body that is not UTF-8 was not refused");
    };
    assert!(answer.starts_with(b"SIP/2.0 400 "));
}

#[test]
fn a_version_we_do_not_speak_gets_505() {
    for version in ["SIP/7.0", "SIP/3.0", "sip/1.1"] {
        assert_eq!(status(&with("SIP/2.0\r\nVia", &format!("{version}\r\nVia"))), 505);
    }
}

#[test]
fn addresses_we_do_not_read_get_416() {
    for uri in ["http://example.org", "sips:support@127.0.0.1", "nobodyKnowsThisScheme:x"] {
        assert_eq!(status(&with("sip:support@127.0.0.1:5060 SIP", &format!("{uri} SIP"))), 416);
    }
    assert!(passes(&with("sip:support@127.0.0.1:5060 SIP", "tel:+4930123 SIP")));
}

#[test]
fn a_required_extension_is_named_as_unsupported() {
    let answer = answer(&with("Max-Forwards: 70", "Max-Forwards: 70\r\nRequire: foo, 100rel, bar"));
    assert!(answer.starts_with("SIP/2.0 420 Bad Extension\r\n"), "{answer}");
    assert!(answer.contains("\r\nUnsupported: foo, bar\r\n"), "{answer}");
    assert!(passes(&with("Max-Forwards: 70", "Max-Forwards: 70\r\nRequire: timer, 100rel")));
    // In a CANCEL or ACK it has no meaning (RFC 3261 section 8.2.2.3).
    assert!(passes(&of("CANCEL").replace("Max-Forwards: 70", "Require: foo")));
}

#[test]
fn a_call_without_hops_left_went_in_circles() {
    assert_eq!(status(&with("Max-Forwards: 70", "Max-Forwards: 0")), 483);
    assert_eq!(status(&of("UPDATE").replace("Max-Forwards: 70", "Max-Forwards: 0")), 483);
    for method in ["OPTIONS", "BYE", "CANCEL"] {
        assert!(passes(&of(method).replace("Max-Forwards: 70", "Max-Forwards: 0")), "{method}");
    }
}

#[test]
fn a_session_interval_is_long_enough_or_refused() {
    let timer = |lines: &str| with("Max-Forwards: 70", &format!("Max-Forwards: 70\r\n{lines}"));
    let short = answer(&timer("Supported: timer\r\nSession-Expires: 30;refresher=uac"));
    assert!(short.starts_with("SIP/2.0 422 ") && short.contains("\r\nMin-SE: 90\r\n"), "{short}");
    assert!(passes(&timer("k: timer\r\nx: 90")));
    // Who cannot lengthen the interval is not asked to.
    assert!(passes(&timer("Session-Expires: 30")));
    for bad in ["x: soon", "x: -1", "x:", "x: 90\r\nx: 91", "Min-SE: 5000000000"] {
        assert_eq!(status(&timer(bad)), 400, "{bad}");
    }
}

#[test]
fn a_body_beyond_measure_gets_413() {
    let body = "x".repeat(50_000);
    let long =
        of("INFO").replace("Content-Length: 5\r\n\r\nv=0\r\n", &format!("l: 50000\r\n\r\n{body}"));
    assert_eq!(status(&long), 413);
}

#[test]
fn phones_register_only_where_that_is_offered() {
    let register = of("REGISTER");
    assert_eq!(status(&register), 405);
    let ask = |message: &str| {
        let offered = Offered { registration: true, ..Offered::default() };
        let (answerer, counting) = (Answerer::default(), Counting::default());
        judge(message.as_bytes(), source(), &answerer, offered, &counting)
    };
    assert!(matches!(ask(&register), Verdict::Pass(_)));
    for contact in ["*", "<sip:a@b>, \"x, y\" <sip:c@d>;expires=5"] {
        let contact = format!("Contact: {contact}\r\nMax");
        assert!(matches!(
            ask(&register
                .replace("Max", &contact)
                .replace("Contact: <sip:ada@127.0.0.1:5071>\r\n", "")),
            Verdict::Pass(_)
        ));
    }
    for contact in ["sip:a@b?Route=x", "<sip:a@b>, *", "Ada", ""] {
        let broken =
            register.replace("<sip:ada@127.0.0.1:5071>\r\nMax", &format!("{contact}\r\nMax"));
        assert!(
            matches!(ask(&broken), Verdict::Answer(answer) if answer.starts_with(b"SIP/2.0 400 ")),
            "{contact}"
        );
    }
}

#[test]
fn an_offer_must_be_a_plain_session_description() {
    let answer = answer(&with("application/sdp", "application/unknown"));
    assert!(answer.starts_with("SIP/2.0 415 "), "{answer}");
    assert!(answer.contains("\r\nAccept: application/sdp\r\n"), "{answer}");
    assert_eq!(status(&with("Content-Type:", "Content-Encoding: gzip\r\nContent-Type:")), 415);
    assert!(passes(&with("application/sdp", "Application/SDP ; charset=utf-8")));
    assert_eq!(status(&with("Max-Forwards", "Accept: text/nobodyKnowsThis\r\nMax-Forwards")), 406);
    assert!(passes(&with(
        "Max-Forwards",
        "Accept: text/plain, application/*;q=0.5\r\nMax-Forwards"
    )));
}

#[test]
fn an_ack_and_an_answer_are_never_answered() {
    let ack = of("ACK").replace("CSeq: 1 ACK", "CSeq: 1 BYE");
    assert_eq!(verdict(ack.as_bytes()), Verdict::Drop);
    let response = with("INVITE sip:support@127.0.0.1:5060 SIP/2.0", "SIP/2.0 200 OK");
    assert!(passes(&response));
    let broken = response.replace("Call-ID: 1@127.0.0.1\r\n", "");
    assert_eq!(verdict(broken.as_bytes()), Verdict::Drop);
}

#[test]
fn what_cannot_be_echoed_is_dropped() {
    for header in ["Via", "CSeq"] {
        let lines = INVITE.split("\r\n").filter(|line| !line.starts_with(&format!("{header}:")));
        let message = lines.collect::<Vec<_>>().join("\r\n");
        assert_eq!(verdict(message.as_bytes()), Verdict::Drop, "{header}");
    }
}

#[test]
fn a_request_that_lacks_what_names_it_is_told_so() {
    for header in ["From", "To", "Call-ID"] {
        let lines = INVITE.split("\r\n").filter(|line| !line.starts_with(&format!("{header}:")));
        let answer = answer(&lines.collect::<Vec<_>>().join("\r\n"));
        assert!(answer.starts_with("SIP/2.0 400 "), "{answer}");
        assert!(!answer.contains(&format!("\r\n{header}:")), "{answer}");
    }
}

#[test]
fn an_answer_echoes_the_request_and_says_where_it_came_from() {
    let answer = answer(&of("PUBLISH").replace("127.0.0.1:5071;branch", "10.0.0.9;branch"));
    let lines: Vec<&str> = answer.split("\r\n").collect();
    assert_eq!(
        lines[1],
        "Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK-1;received=127.0.0.1;rport=5071"
    );
    assert_eq!(lines[2], "From: \"Ada\" <sip:ada@127.0.0.1:5071>;tag=a1");
    assert!(lines[3].starts_with("To: <sip:support@127.0.0.1:5060>;tag="), "{answer}");
    assert_eq!(lines[4..6], ["Call-ID: 1@127.0.0.1", "CSeq: 1 PUBLISH"]);
    assert_eq!(lines[7], "Content-Length: 0");
    for name in ["server", "user-agent", "mostik", "rsipstack"] {
        assert!(!answer.to_ascii_lowercase().contains(name), "{answer}");
    }
}

#[test]
fn the_same_request_gets_the_same_tag_and_another_one_another() {
    let answerer = Answerer::default();
    let counting = Counting::default();
    let ask =
        |text: &str| judge(text.as_bytes(), source(), &answerer, Offered::default(), &counting);
    assert_eq!(ask(&of("PUBLISH")), ask(&of("PUBLISH")));
    assert_ne!(ask(&of("PUBLISH")), ask(&of("PUBLISH").replace("z9hG4bK-1", "z9hG4bK-2")));
    let tagged = of("PUBLISH").replace("5060>\r\n", "5060>;tag=b\r\n");
    let Verdict::Answer(answer) = ask(&tagged) else {
        panic!("not answered");
    };
    assert!(String::from_utf8(answer).unwrap().contains("5060>;tag=b\r\n"));
}

#[test]
fn an_answer_is_never_much_longer_than_the_request() {
    let tiny =
        "X a:b SIP/2.0\r\nv:SIP/2.0/UDP a;rport\r\nf:a:b;tag=1\r\nt:a:b\r\ni:1\r\nCSeq:1 X\r\n\r\n";
    match verdict(tiny.as_bytes()) {
        Verdict::Answer(answer) => assert!(answer.len() <= tiny.len() + 48),
        Verdict::Drop => {}
        Verdict::Pass(_) => panic!("an unknown method passed"),
    }
    let long = of("PUBLISH");
    assert!(answer(&long).len() <= long.len() + 48);
}

#[test]
fn too_many_headers_are_refused_and_too_many_bytes_dropped() {
    let many = with("Max-Forwards: 70", &"X: y\r\n".repeat(125));
    assert_eq!(status(&many), 400);
    let huge = with("Max-Forwards: 70", &format!("Subject: {}", "x".repeat(66_000)));
    assert_eq!(verdict(huge.as_bytes()), Verdict::Drop);
}

#[test]
fn compact_folded_and_foreign_forms_pass() {
    let compact = INVITE
        .replace("Via:", "v :")
        .replace("From:", "f:")
        .replace("To:", "t:")
        .replace("Call-ID:", "i:")
        .replace("Contact:", "m:")
        .replace("Content-Type:", "c:")
        .replace("Content-Length:", "l:")
        .replace("CSeq: 1", "CSeq: 1\r\n ");
    assert!(passes(&compact));
    assert!(passes(&with(
        "127.0.0.1:5071;branch",
        "[2001:db8::9:1]:6050;received=2001:db8::1;branch"
    )));
    assert!(passes(&with(
        "SIP/2.0/UDP 127.0.0.1:5071;branch=",
        "SIP  / 2.0\r\n /UDP\r\n   127.0.0.1 ; branch = "
    )));
    assert!(passes(&with("\"Ada\"", "\"Ольга \\\"Оля\\\" 李\"")));
}
