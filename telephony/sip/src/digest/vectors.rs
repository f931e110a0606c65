//! Both halves against the examples of the standards, and against each other.

use secrecy::SecretString;

use super::challenge::Protection;
use super::{Algorithm, Authorization, Challenge, Credentials, DigestFault, DigestSession};

const RFC_7616_CNONCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

/// Name Mufasa, password pw, REGISTER sip:example.org with the body `body`, tenth use.
const HAND_MADE: [(Algorithm, Option<Protection>, &str); 12] = [
    (Algorithm::Md5, None, "d87cdd8c7ed5a37ed8771d0a231205ef"),
    (Algorithm::Md5, Some(Protection::Auth), "353cc047b8b5d9a9c88dba1bb555a151"),
    (Algorithm::Md5, Some(Protection::AuthInt), "cf3c0e3f6c544b9ca432ae7260fa3974"),
    (Algorithm::Md5Sess, None, "feeafc4580b7bf6536532f976261565a"),
    (Algorithm::Md5Sess, Some(Protection::Auth), "a206b61f8b23a5bb622a10f588fd1855"),
    (Algorithm::Md5Sess, Some(Protection::AuthInt), "49360484c92cb9817ff252fc765926c1"),
    (Algorithm::Sha256, None, "f7cf7c303acb1786f445c006052f0fa492dfc083fa3740096c09930bfe12feca"),
    (
        Algorithm::Sha256,
        Some(Protection::Auth),
        "9de52e27acb9a102f5c3fd2d26eee780017ec3a3956b6a60404f29174ec603a5",
    ),
    (
        Algorithm::Sha256,
        Some(Protection::AuthInt),
        "e89950f1e5ac8a744ae27b89c62952f16c61e58b02934ed8fbae15177258b339",
    ),
    (
        Algorithm::Sha256Sess,
        None,
        "5f336bf10de7886843f4f43817e762171430df8d2bdfb88a84347a308e96cd35",
    ),
    (
        Algorithm::Sha256Sess,
        Some(Protection::Auth),
        "c8df243df72f8286601b9fb2b66440b0e1187390f95719cf3d91ff6b9b8507a0",
    ),
    (
        Algorithm::Sha256Sess,
        Some(Protection::AuthInt),
        "bf034247b5efdf2aeec19ae8ac82545051baefac53086712b1aaf66e649d742a",
    ),
];

fn mufasa(password: &str) -> Credentials {
    Credentials::new("Mufasa", SecretString::from(password))
}

fn rfc_7616(algorithm: &str) -> Challenge {
    Challenge::parse(&format!(
        "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
         nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
         opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
    ))
    .unwrap()
}

fn challenge(algorithm: Algorithm, protection: Option<Protection>) -> Challenge {
    Challenge { algorithm, protection, ..rfc_7616("MD5") }
}

fn value<'h>(header: &'h str, name: &str) -> &'h str {
    let (_, rest) = header.split_once(&format!("{name}=")).expect(name);
    rest.split(',').next().unwrap().trim_matches('"')
}

#[test]
fn the_example_of_rfc_2617_section_3_5() {
    let challenge = Challenge::parse(
        "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
         nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
    );
    let mut session = DigestSession::resumed(challenge.unwrap(), "0a4f113b", 0);
    let header =
        session.authorize(&mufasa("Circle Of Life"), "GET", "/dir/index.html", b"").unwrap();
    assert_eq!(value(&header, "response"), "6629fae49393a05397450978507c4ef1");
    assert_eq!(value(&header, "nc"), "00000001");
}

#[test]
fn the_examples_of_rfc_7616_section_3_9_1() {
    for (algorithm, response) in [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ] {
        let mut session = DigestSession::resumed(rfc_7616(algorithm), RFC_7616_CNONCE, 0);
        let header = session.authorize(&mufasa("Circle of Life"), "GET", "/dir/index.html", b"");
        assert_eq!(value(&header.unwrap(), "response"), response, "{algorithm}");
    }
}

#[test]
fn a_password_as_made_by_hand_from_the_formulas() {
    // H(A1), H(A2) and the response by another program's MD5 and SHA-256.
    for (algorithm, protection, response) in HAND_MADE {
        let mut session =
            DigestSession::resumed(challenge(algorithm, protection), RFC_7616_CNONCE, 9);
        let header = session.authorize(&mufasa("pw"), "REGISTER", "sip:example.org", b"body");
        assert_eq!(value(&header.unwrap(), "response"), response, "{algorithm} {protection:?}");
    }
}

#[test]
fn counts_are_eight_hexadecimal_digits_beyond_a_byte() {
    for (used, count) in [(9, "0000000a"), (255, "00000100"), (u32::MAX - 1, "ffffffff")] {
        let mut session = DigestSession::resumed(rfc_7616("MD5"), "c", used);
        let header = session.authorize(&mufasa("pw"), "INVITE", "sip:a", b"").unwrap();
        assert_eq!(value(&header, "nc"), count);
    }
    let mut session = DigestSession::resumed(rfc_7616("MD5"), "c", u32::MAX);
    let refused = session.authorize(&mufasa("pw"), "INVITE", "sip:a", b"");
    assert_eq!(refused, Err(DigestFault::UsedUp));
}

#[test]
fn what_one_half_makes_the_other_accepts() {
    let algorithms = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"].map(Algorithm::named);
    for algorithm in algorithms.map(Option::unwrap) {
        for protection in [None, Some(Protection::Auth), Some(Protection::AuthInt)] {
            let mut session = DigestSession::new(challenge(algorithm, protection));
            for count in 1..=300 {
                let header = session.authorize(&mufasa("pw"), "INVITE", "sip:a", b"sdp").unwrap();
                let proof = Authorization::parse(&header).unwrap();
                assert_eq!(proof.nonce_count(), protection.map(|_| count));
                assert!(proof.proves(&mufasa("pw"), "INVITE", b"sdp"));
                assert!(!proof.proves(&mufasa("pW"), "INVITE", b"sdp"));
                assert!(!proof.proves(&mufasa("pw"), "BYE", b"sdp"));
                let whole = protection == Some(Protection::AuthInt);
                assert_eq!(!whole, proof.proves(&mufasa("pw"), "INVITE", b"other"));
            }
        }
    }
}

#[test]
fn a_name_with_quotes_arrives() {
    let odd = Credentials::new("o\"dd\\", SecretString::from("pw"));
    let mut session = DigestSession::new(rfc_7616("SHA-256"));
    let header = session.authorize(&odd, "INVITE", "sip:a", b"").unwrap();
    let proof = Authorization::parse(&header).unwrap();
    assert_eq!(proof.username(), "o\"dd\\");
    assert!(proof.proves(&odd, "INVITE", b""));
}

#[test]
fn hostile_proofs_are_faults_or_prove_nothing() {
    let base = "username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:a\", response=\"\"";
    let parse = |more: &str| Authorization::parse(&format!("Digest {base}{more}"));
    for (more, fault) in [
        (", qop=auth", DigestFault::Missing("nc")),
        (", qop=auth, nc=00000001", DigestFault::Missing("cnonce")),
        (", qop=auth, nc=1, cnonce=\"c\"", DigestFault::Malformed),
        (", qop=auth, nc=00000000, cnonce=\"c\"", DigestFault::Malformed),
        (", qop=auth, nc=+0000001, cnonce=\"c\"", DigestFault::Malformed),
        (", qop=auth, nc=000000001, cnonce=\"c\"", DigestFault::Malformed),
        (", qop=none, nc=00000001, cnonce=\"c\"", DigestFault::Unsupported),
        (", algorithm=MD4", DigestFault::Unsupported),
        (", algorithm=MD5-sess", DigestFault::Missing("cnonce")),
        (", nonce=\"other\"", DigestFault::Malformed),
    ] {
        assert_eq!(parse(more).err(), Some(fault), "{more}");
    }
    assert!(!parse("").unwrap().proves(&mufasa("pw"), "INVITE", b""));
    for missing in ["username", "realm", "nonce", "uri", "response"] {
        let header = format!("Digest {}", base.replace(missing, "x"));
        let fault = Authorization::parse(&header).err();
        assert_eq!(fault, Some(DigestFault::Missing(missing)));
    }
}

#[test]
fn debug_keeps_names_and_secrets_to_itself() {
    let mut session = DigestSession::new(rfc_7616("MD5"));
    let header = session.authorize(&mufasa("pw"), "INVITE", "sip:a", b"").unwrap();
    let proof = Authorization::parse(&header).unwrap();
    let debug = format!("{proof:?} {:?}", mufasa("secret"));
    assert!(!debug.contains("Mufasa") && !debug.contains("secret"), "{debug}");
    assert!(!debug.contains(value(&header, "response")), "{debug}");
}
