use super::*;

fn key(suite: SrtpSuite, fill: u8) -> MasterKey {
    let length = if suite == SrtpSuite::AesGcm { 28 } else { 30 };
    let octets: Vec<u8> = (0..length).map(|at: u8| at.wrapping_mul(7) ^ fill).collect();
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, octets);
    MasterKey::from_base64(suite, &text).expect("of the right length")
}

fn octets(hexadecimal: &str) -> Vec<u8> {
    let digits: String = hexadecimal.split_whitespace().collect();
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("a literal")).collect()
}

fn published_key(suite: SrtpSuite, hexadecimal: &str) -> MasterKey {
    let text =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, octets(hexadecimal));
    MasterKey::from_base64(suite, &text).expect("of the right length")
}

/// The master key of RFC 3711 appendix B.3, and packets that libsrtp makes with it.
#[test]
fn packets_are_those_of_another_implementation() {
    let key = published_key(
        SrtpSuite::AesCm80,
        "e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6",
    );
    let plain = octets("800f1234 decafbad cafebabe abababab abababab abababab abababab");
    let mut sealed = plain.clone();
    Protector::new(key).protect(&mut sealed).expect("sealed");
    let expected = octets(
        "800f1234 decafbad cafebabe 4e55dc4c e79978d8 8ca4d215 949d2402 b78d6acc 99ea179b 8dbb",
    );
    assert_eq!(sealed, expected);

    let report = octets("81c8000b cafebabe abababab abababab abababab abababab");
    let mut protector = Protector::new(key);
    protector.protect_reports(&mut report.clone()).expect("sealed");
    let mut sealed = report.clone();
    protector.protect_reports(&mut sealed).expect("sealed");
    let expected = octets(
        "81c8000b cafebabe 7128035b e487b9bd bef89041 f977a5a8 80000001 993e08cd 54d6c123 0798",
    );
    assert_eq!(sealed, expected);

    let key = published_key(
        SrtpSuite::AesGcm,
        "000102030405060708090a0b0c0d0e0f a0a1a2a3a4a5a6a7a8a9aaab",
    );
    let mut sealed = plain;
    Protector::new(key).protect(&mut sealed).expect("sealed");
    let expected = octets(
        "800f1234 decafbad cafebabe c5002ede 04cfdd2e b91159e0 880aa06e d2976826 f796b201 \
         df3131a1 27e8a392",
    );
    assert_eq!(sealed, expected);
}

fn packet(sequence: u16) -> Vec<u8> {
    let [high, low] = sequence.to_be_bytes();
    let mut packet = vec![0x80, 8, high, low, 0, 0, 1, 0, 0xca, 0xfe, 0xba, 0xbe];
    packet.extend((0..160).map(|at: u8| at ^ low));
    packet
}

fn report() -> Vec<u8> {
    let mut report = vec![0x80, 201, 0, 1, 0xca, 0xfe, 0xba, 0xbe];
    report.extend([0x81, 202, 0, 2, 0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 0]);
    report
}

#[test]
fn what_is_sealed_is_unreadable_and_opens_again() {
    for suite in SrtpSuite::ALL {
        let (mut ours, mut theirs) = (Protector::new(key(suite, 1)), Opener::new(key(suite, 1)));
        // Over the edge of the sequence numbers, so that the rollover counter counts.
        for step in 0..200_u16 {
            let plain = packet(65_450_u16.wrapping_add(step));
            let mut sealed = plain.clone();
            ours.protect(&mut sealed).expect("sealed");
            assert_ne!(sealed[12..172], plain[12..]);
            let length = theirs.open(&mut sealed).expect("authentic");
            assert_eq!(sealed[..length], plain);
        }
        for _ in 0..3 {
            let mut sealed = report();
            ours.protect_reports(&mut sealed).expect("sealed");
            assert_ne!(sealed[8..20], report()[8..]);
            let length = theirs.open_reports(&mut sealed).expect("authentic");
            assert_eq!(sealed[..length], report());
        }
    }
}

#[test]
fn reordered_packets_open_and_repeated_ones_do_not() {
    for suite in SrtpSuite::ALL {
        let (mut ours, mut theirs) = (Protector::new(key(suite, 1)), Opener::new(key(suite, 1)));
        let mut sealed: Vec<Vec<u8>> = (0..40_u16)
            .map(|step| {
                let mut sealed = packet(65_520_u16.wrapping_add(step));
                ours.protect(&mut sealed).expect("sealed");
                sealed
            })
            .collect();
        for pair in sealed.chunks_exact_mut(2) {
            pair.swap(0, 1);
        }
        for secret in &sealed {
            theirs.open(&mut secret.clone()).expect("new");
        }
        for secret in &sealed {
            assert_eq!(theirs.open(&mut secret.clone()), Err(SrtpError::Replayed));
        }
        let mut secret = report();
        ours.protect_reports(&mut secret).expect("sealed");
        theirs.open_reports(&mut secret.clone()).expect("new");
        assert_eq!(theirs.open_reports(&mut secret), Err(SrtpError::Replayed));
    }
}

#[test]
fn the_wrong_key_a_changed_bit_and_a_cut_packet_are_refused_and_change_nothing() {
    for suite in SrtpSuite::ALL {
        let (mut ours, mut theirs) = (Protector::new(key(suite, 1)), Opener::new(key(suite, 1)));
        let mut sealed = packet(7);
        ours.protect(&mut sealed).expect("sealed");
        let mut secret_report = report();
        ours.protect_reports(&mut secret_report).expect("sealed");
        let mut stranger = Opener::new(key(suite, 2));
        assert_eq!(stranger.open(&mut sealed.clone()), Err(SrtpError::NotAuthentic));
        assert_eq!(stranger.open_reports(&mut secret_report.clone()), Err(SrtpError::NotAuthentic));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 0x20;
            assert!(theirs.open(&mut changed).is_err(), "{at}");
            assert!(theirs.open(&mut sealed[..at].to_vec()).is_err(), "{at}");
        }
        for at in 0..secret_report.len() {
            let mut changed = secret_report.clone();
            changed[at] ^= 0x20;
            assert!(theirs.open_reports(&mut changed).is_err(), "{at}");
            assert!(theirs.open_reports(&mut secret_report[..at].to_vec()).is_err(), "{at}");
        }
        assert!(
            theirs.open(&mut sealed).is_ok() && theirs.open_reports(&mut secret_report).is_ok()
        );
    }
}

#[test]
fn keys_are_never_shown() {
    let key = key(SrtpSuite::AesCm80, 3);
    let shown = format!("{key:?} {:?} {:?}", Protector::new(key), Opener::new(key));
    assert!(!shown.contains(&key.to_base64()[..6]) && shown.contains("AES_CM_128"), "{shown}");
}

#[test]
fn a_key_has_exactly_its_length() {
    for suite in SrtpSuite::ALL {
        let text = MasterKey::random(suite).expect("randomness").to_base64();
        assert!(MasterKey::from_base64(suite, &text).is_some());
        for wrong in ["", "AAAA", "?", &text[4..], &format!("AAAA{text}"), &"A".repeat(9_000)] {
            assert!(MasterKey::from_base64(suite, wrong).is_none(), "{wrong}");
        }
    }
}
