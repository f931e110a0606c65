//! Registering, step by step, on a clock of the tests' own.

use super::*;
use crate::digest::DigestSession;

const ADA: &str = "ada";

fn registrar(now: Instant) -> Registrar {
    let phone = |name: &str, password: &str| Credentials::new(name, password.to_owned().into());
    let phones = vec![phone(ADA, "secret"), phone("bob", "other")];
    Registrar::new(RegistrarConfig { phones, ..RegistrarConfig::default() }, now)
}

fn ask(contact: &str, number: u32) -> Ask {
    Ask {
        claim: Claim {
            method: "REGISTER",
            target: (String::new(), "desk.example".into()),
            proofs: vec![],
            body: vec![],
            source: "127.0.0.1:5071".parse().unwrap(),
        },
        to: "sip:ada@desk.example".into(),
        contacts: vec![contact.to_owned()],
        expires: None,
        call_id: "1".into(),
        number,
        transport: Transport::Udp,
        flow: None,
    }
}

/// The proof of `name` with `password` for the challenge in `answer`, of that algorithm.
fn proof(answer: &Answer, algorithm: Algorithm, name: &str, password: &str) -> String {
    let mut challenges = answer.headers.iter().map(|(_, text)| Challenge::parse(text).unwrap());
    let challenge = challenges.find(|challenge| challenge.algorithm == algorithm).unwrap();
    let credentials = Credentials::new(name, password.to_owned().into());
    let mut session = DigestSession::new(challenge);
    session.authorize(&credentials, "REGISTER", "sip:desk.example", b"").unwrap()
}

fn proven(registrar: &Registrar, mut ask: Ask, now: Instant) -> Answer {
    let challenge = registrar.register(&ask, now);
    assert_eq!(challenge.status, 401);
    ask.claim.proofs = vec![proof(&challenge, Algorithm::Sha256, ADA, "secret")];
    registrar.register(&ask, now)
}

#[test]
fn a_phone_registers_by_either_algorithm() {
    let now = Instant::now();
    for algorithm in [Algorithm::Sha256, Algorithm::Md5] {
        let registrar = registrar(now);
        let mut ask = ask("<sip:ada@10.0.0.9:5071>", 1);
        let challenge = registrar.register(&ask, now);
        ask.claim.proofs = vec![proof(&challenge, algorithm, ADA, "secret")];
        let answer = registrar.register(&ask, now);
        let contact = "<sip:ada@10.0.0.9:5071>;expires=3600".to_owned();
        assert_eq!(answer, Answer { status: 200, headers: vec![("Contact", contact)] });
        let bindings = registrar.registered(ADA, now);
        assert_eq!(bindings.len(), 1);
        assert_eq!(bindings[0].source, ask.claim.source);
        assert_eq!((registrar.count(now), registrar.registered("bob", now).len()), (1, 0));
        assert_eq!(registrar.count(now + Duration::from_hours(1)), 0);
    }
}

#[test]
fn older_phones_are_asked_for_md5_only() {
    let now = Instant::now();
    let config = RegistrarConfig { offers_sha256: false, ..RegistrarConfig::default() };
    let answer = Registrar::new(config, now).register(&ask("<sip:a@b>", 1), now);
    assert_eq!(answer.headers.len(), 1);
    assert!(answer.headers[0].1.contains("algorithm=MD5,"));
}

#[test]
fn a_wrong_password_and_an_unknown_name_get_the_same_question() {
    let now = Instant::now();
    let registrar = registrar(now);
    let shape = |name: &str, password: &str| {
        let mut ask = ask("<sip:ada@10.0.0.9>", 1);
        ask.to = format!("sip:{name}@desk.example");
        let challenge = registrar.register(&ask, now);
        ask.claim.proofs = vec![proof(&challenge, Algorithm::Sha256, name, password)];
        let answer = registrar.register(&ask, now);
        let text = format!("{answer:?}");
        let nonce = Challenge::parse(&answer.headers[0].1).unwrap().nonce;
        (text.replace(&nonce, "-"), nonce.len())
    };
    let known = shape(ADA, "wrong");
    assert_eq!(known, shape("nobody", "wrong"));
    assert_eq!(known, shape("nobody", "secret"));
    assert!(known.0.contains("401") && !known.0.contains("stale"));
}

#[test]
fn a_proof_is_good_once_and_for_its_owner_only() {
    let now = Instant::now();
    let registrar = registrar(now);
    let mut request = ask("<sip:ada@10.0.0.9>", 1);
    let challenge = registrar.register(&request, now);
    request.claim.proofs = vec![proof(&challenge, Algorithm::Sha256, ADA, "secret")];
    assert_eq!(registrar.register(&request, now).status, 200);
    let again = registrar.register(&request, now);
    assert_eq!(again.status, 401);
    assert!(again.headers[0].1.contains("stale=true"));
    // Right password, somebody else's address.
    let mut theirs = ask("<sip:ada@10.0.0.9>", 2);
    theirs.to = "sip:bob@desk.example".into();
    assert_eq!(proven(&registrar, theirs, now).status, 403);
    // A proof made for another server.
    let mut elsewhere = ask("<sip:ada@10.0.0.9>", 3);
    elsewhere.claim.target.1 = "other.example".into();
    elsewhere.claim.proofs = vec![proof(&again, Algorithm::Sha256, ADA, "secret")];
    assert_eq!(registrar.register(&elsewhere, now).status, 401);
}

#[test]
fn an_old_nonce_is_called_stale_only_with_the_right_password() {
    let now = Instant::now();
    let registrar = registrar(now);
    let mut request = ask("<sip:ada@10.0.0.9>", 1);
    let challenge = registrar.register(&request, now);
    let later = now + Duration::from_mins(6);
    for (password, stale) in [("secret", true), ("wrong", false)] {
        request.claim.proofs = vec![proof(&challenge, Algorithm::Md5, ADA, password)];
        let answer = registrar.register(&request, later);
        assert_eq!((answer.status, answer.headers[1].1.contains("stale=true")), (401, stale));
    }
}

#[test]
fn guessing_ends_soon_and_does_not_lock_out_the_phone_that_is_registered() {
    let now = Instant::now();
    let registrar = registrar(now);
    assert_eq!(proven(&registrar, ask("<sip:ada@10.0.0.9>", 1), now).status, 200);
    let guess = |source: &str| {
        let mut ask = ask("<sip:ada@10.0.0.9>", 1);
        ask.claim.source = source.parse().unwrap();
        let challenge = registrar.register(&ask, now);
        if challenge.status != 401 {
            return challenge.status;
        }
        ask.claim.proofs = vec![proof(&challenge, Algorithm::Sha256, ADA, "guess")];
        registrar.register(&ask, now).status
    };
    let from_one: Vec<u16> = (0..25).map(|_| guess("127.0.0.9:1")).collect();
    assert_eq!(from_one.iter().filter(|status| **status == 401).count(), 20);
    assert_eq!(from_one[20..], [503; 5]);
    for source in 10..20 {
        for _ in 0..10 {
            guess(&format!("127.0.0.{source}:1"));
        }
    }
    // The right password from a strange place is no longer heard; from the known one it is.
    let mut strange = ask("<sip:ada@10.0.0.9>", 2);
    strange.claim.source = "127.0.0.30:1".parse().unwrap();
    assert_eq!(proven(&registrar, strange, now).status, 401);
    assert_eq!(proven(&registrar, ask("<sip:ada@10.0.0.9>", 3), now).status, 200);
    let later = now + GUESS_WINDOW;
    assert_eq!(guess_free(&registrar, later), 200);
}

fn guess_free(registrar: &Registrar, now: Instant) -> u16 {
    let mut strange = ask("<sip:ada@10.0.0.8>", 9);
    strange.claim.source = "127.0.0.9:1".parse().unwrap();
    proven(registrar, strange, now).status
}

#[test]
fn how_long_is_agreed_on() {
    let now = Instant::now();
    let registrar = registrar(now);
    let mut number = 0;
    let mut register = |contact: &str, expires: Option<&str>| {
        number += 1;
        let mut ask = ask(contact, number);
        ask.expires = expires.map(str::to_owned);
        proven(&registrar, ask, now)
    };
    let short = register("<sip:a@b>;expires=30", None);
    assert_eq!(short, Answer { status: 423, headers: vec![("Min-Expires", "60".into())] });
    let left = |answer: &Answer| answer.headers[0].1.clone();
    assert_eq!(left(&register("<sip:a@b>;expires=60", None)), "<sip:a@b>;expires=60");
    assert_eq!(left(&register("<sip:a@b>", Some("120"))), "<sip:a@b>;expires=120");
    assert_eq!(left(&register("<sip:a@b>", Some("99999999999"))), "<sip:a@b>;expires=3600");
    assert_eq!(left(&register("<sip:a@b>", Some("soon"))), "<sip:a@b>;expires=3600");
    assert_eq!(register("<sip:a@b>;expires=0", None), Answer::plain(200));
    for (contact, expires) in
        [("*", None), ("*", Some("60")), ("*, <sip:a@b>", Some("0")), ("", None)]
    {
        assert_eq!(register(contact, expires).status, 400, "{contact}");
    }
    register("<sip:a@b>, <sip:c@d>", None);
    assert_eq!(registrar.count(now), 2);
    assert_eq!(register("*", Some("0")), Answer::plain(200));
    assert_eq!(registrar.count(now), 0);
}

#[test]
fn a_name_has_at_most_five_phones_and_late_requests_change_nothing() {
    let now = Instant::now();
    let registrar = registrar(now);
    for number in 1..=8 {
        let later = now + Duration::from_secs(number.into());
        let answer = proven(&registrar, ask(&format!("<sip:{number}@b>"), number), later);
        assert_eq!((answer.status, answer.headers.len()), (200, (number as usize).min(5)));
    }
    let contacts: Vec<_> = registrar.registered(ADA, now).into_iter().map(|b| b.contact).collect();
    assert_eq!(contacts[0], "sip:8@b");
    assert_eq!(proven(&registrar, ask("<sip:8@b>;expires=0", 8), now).status, 500);
    assert_eq!(registrar.count(now), 5);
}

#[test]
fn rubbish_is_asked_for_a_password() {
    let now = Instant::now();
    let registrar = registrar(now);
    let long = format!("Digest username=\"{}\"", "x".repeat(10_000));
    for proof in
        ["", "Digest", "NoOneKnowsThisScheme opaque-data=here", "Digest realm=\"sip\"", &long]
    {
        let mut request = ask("<sip:a@b>", 1);
        request.claim.proofs = vec![proof.to_owned(); 100];
        assert_eq!(registrar.register(&request, now).status, 401);
    }
    assert_eq!(registrar.count(now), 0);
}
