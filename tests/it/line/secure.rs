//! Encrypted signalling and audio.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use mostik_tests::phones::{CallPlan, Encryption, Ending, Phone, Transport};
use mostik_tests::ports::PortBlock;
use mostik_tests::{World, needs};

use super::{DEAF, newest_call, recording};
use crate::journeys::callers::{ALWAYS_OPEN, complaint, says};

struct Secured {
    world: World,
    uri: String,
    _folder: tempfile::TempDir,
    _ports: PortBlock,
}

/// A line that listens by TLS only.
async fn secured(srtp: &str) -> Secured {
    let folder = tempfile::tempdir().expect("a folder");
    certificate(folder.path());
    let ports = PortBlock::take();
    let port = ports.single();
    let config = format!(
        "[sip]\nlisten = [\"tls:127.0.0.1:{port}\"]\nsrtp = \"{srtp}\"\n\
         tls_certificate = \"{}\"\ntls_key = \"{}\"\n",
        folder.path().join("certificate.pem").display(),
        folder.path().join("key.pem").display(),
    );
    let world = World::plan().config(ALWAYS_OPEN).config(DEAF).config(&config).start().await;
    Secured { world, uri: format!("sip:support@127.0.0.1:{port}"), _folder: folder, _ports: ports }
}

fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-keyout", "key.pem", "-out", "certificate.pem"])
        .current_dir(folder)
        .output()
        .expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

#[tokio::test]
async fn pjsip_and_baresip_speak_encrypted() {
    needs!("pjsua2", "baresip", "openssl");
    for phone in [Phone::Pjsip, Phone::Baresip] {
        let Secured { world, uri, .. } = &secured("required").await;
        let words = complaint("ru-delivery-1");
        let plan = says(uri, &words).over(Transport::Tls).encrypted(Encryption::Required);
        let report = phone.call(plan).await;
        assert_eq!(report.answered, 1, "{phone:?}: {}", report.output);
        let call = newest_call(world).await;
        assert_eq!(call["audio"]["encrypted"], true, "{phone:?}: {call}");
        assert_eq!(call["transport"], "tls");
        let likeness = recording(world, &call).await.likeness_of(&words);
        assert!(likeness > 0.9, "{phone:?}: {likeness:.2}");
    }
}

#[tokio::test]
async fn who_must_encrypt_and_who_never_does_are_told_apart() {
    needs!("pjsua2", "openssl");
    let call = |uri: &str, encryption| {
        CallPlan::to(uri)
            .over(Transport::Tls)
            .encrypted(encryption)
            .ending(Ending::After(Duration::from_secs(1)))
    };
    let Secured { world, uri, .. } = &secured("required").await;
    let plain = Phone::Pjsip.call(call(uri, Encryption::Off)).await;
    assert_eq!((plain.answered, plain.refusals.as_slice()), (0, &[488][..]), "{}", plain.output);
    let kept = newest_call(world).await;
    assert_eq!(kept["termination"], "not_answered/encryption", "{kept}");

    let Secured { uri, .. } = &secured("off").await;
    let refused = Phone::Pjsip.call(call(uri, Encryption::Required)).await;
    assert_eq!((refused.answered, refused.refusals.as_slice()), (0, &[488][..]));
}
