//! `mostik doctor` on a good line, and on lines that are wrong on purpose.

use std::path::Path;
use std::time::Duration;

use jiff::civil::{Date, date};
use mostik_tests::kamailio::{Kamailio, Manners, PASSWORD};
use mostik_tests::ports::PortBlock;
use mostik_tests::world::{mostik, run};
use mostik_tests::{World, needs};

use super::DEAF;
use super::carrier::is_registered;

/// What the doctor says of this configuration.
async fn said_of(config: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mostik.toml");
    std::fs::write(&file, config).expect("a configuration");
    let data = folder.path().join("data");
    let place = [file.to_string_lossy().into_owned(), data.to_string_lossy().into_owned()];
    let ran = run(&["doctor", "--config", &place[0], "--data", &place[1]], "").await;
    (ran.status.code(), String::from_utf8(ran.stdout).expect("UTF-8"))
}

/// A line of its own on free ports, with this beside.
fn line(ports: &PortBlock, in_sip: &str, beside: &str) -> String {
    let (sip, web, media) = (ports.single(), ports.single(), ports.media());
    format!(
        "[web]\nlisten = \"127.0.0.1:{web}\"\n[sip]\nlisten = [\"udp:127.0.0.1:{sip}\"]\n\
         rtp_ports = \"{}-{}\"\nmax_calls = 20\n{in_sip}\n{beside}\n{DEAF}",
        media.start(),
        media.end()
    )
}

/// What the doctor says of this configuration behind a firewall, in a network of its own.
async fn said_behind(firewall: &str, config: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("mostik.toml"), config).expect("a configuration");
    let rules = format!(
        "table inet f {{\nchain i {{\ntype filter hook input priority 0;\n{firewall} drop\n}}\n}}\n"
    );
    std::fs::write(folder.path().join("rules"), rules).expect("rules");
    let script = "ip link set lo up && nft -f rules && exec \"$0\" doctor --data data";
    let ran = tokio::process::Command::new("unshare")
        .args(["--map-root-user", "--net", "sh", "-c", script])
        .arg(mostik())
        .current_dir(folder.path())
        .kill_on_drop(true)
        .output();
    let ran = tokio::time::timeout(Duration::from_mins(1), ran).await.expect("an end");
    let ran = ran.expect("unshare");
    let said = [ran.stdout, ran.stderr].concat();
    assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&said));
    String::from_utf8(said).expect("UTF-8")
}

#[tokio::test]
async fn a_firewall_is_told_with_the_ports_to_open() {
    needs!("nft", "unshare");
    let ports = PortBlock::take();
    let (sip, media) = (ports.single(), ports.media());
    let range = format!("{}-{}", media.start(), media.end());
    let config =
        format!("[sip]\nlisten = [\"udp:127.0.0.1:{sip}\"]\nrtp_ports = \"{range}\"\n{DEAF}");
    let deaf = said_behind(&format!("udp dport {range}"), &config).await;
    let told = format!(
        "self-call: one-way audio: the call was answered, but no sound came back: a firewall drops it; open UDP ports {range}"
    );
    assert!(deaf.contains(&told), "{deaf}");
    let shut = said_behind(&format!("udp dport {sip}"), &config).await;
    let told = format!("open UDP port {sip} for calls, and UDP ports {range} for their sound");
    assert!(shut.contains("the line does not answer us") && shut.contains(&told), "{shut}");
}

#[tokio::test]
async fn a_certificate_that_runs_out_is_told_in_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).display().to_string();
    let ports = PortBlock::take();
    let config = format!(
        "[sip]\nlisten = [\"tls:127.0.0.1:{}\"]\ntls_certificate = \"{}\"\ntls_key = \"{}\"\n{DEAF}",
        ports.single(),
        place("certificate.pem"),
        place("key.pem")
    );
    let in_ten_days = (jiff::Zoned::now() + jiff::Span::new().days(10)).date();
    for (from, until, told) in [
        (date(2020, 1, 1), date(2021, 1, 1), "failure  certificate: "),
        (date(2020, 1, 1), date(2021, 1, 1), "expired on 2021-01-01"),
        (date(2090, 1, 1), date(2091, 1, 1), "valid only from 2090-01-01"),
        (date(2020, 1, 1), date(2091, 1, 1), "ok       certificate: "),
        (date(2020, 1, 1), in_ten_days, "warning  certificate: "),
    ] {
        certificate(folder.path(), from, until);
        let (_, said) = said_of(&config).await;
        assert!(said.contains(told), "«{told}» is missing in\n{said}");
    }
}

/// Makes `certificate.pem` and `key.pem`, valid between these days.
fn certificate(folder: &Path, from: Date, until: Date) {
    let midnight = |date: Date| {
        let part = |part: i8| u8::try_from(part).expect("a part of a date");
        rcgen::date_time_ymd(date.year().into(), part(date.month()), part(date.day()))
    };
    let mut wanted = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("a name");
    (wanted.not_before, wanted.not_after) = (midnight(from), midnight(until));
    let key = rcgen::KeyPair::generate().expect("a key");
    let made = wanted.self_signed(&key).expect("a certificate");
    std::fs::write(folder.join("certificate.pem"), made.pem()).expect("written");
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).expect("written");
}

#[tokio::test]
async fn a_good_line_is_proved_by_a_tone_whether_it_runs_or_not() {
    needs!("kamailio");
    let carrier = Kamailio::start(Manners::default()).await;
    let trunk = |password| {
        format!(
            "[[sip.trunk]]\nname = \"carrier\"\nregistrar = \"{}\"\nusername = \"100\"\n\
             password = \"{password}\"\n",
            carrier.address()
        )
    };
    let (_, said) = said_of(&line(&PortBlock::take(), "", &trunk(PASSWORD))).await;
    for good in ["ok       trunk carrier: registered", "ok       self-call: a tone went out and"] {
        assert!(said.contains(good), "«{good}» is missing in\n{said}");
    }
    let world = World::plan().config(DEAF).config(&trunk(PASSWORD)).start().await;
    is_registered(&world).await;
    let (config, data) = (world.config_file(), world.data());
    let place = [config.to_string_lossy(), data.to_string_lossy()];
    let ran = run(&["doctor", "--config", &place[0], "--data", &place[1]], "").await;
    let said = String::from_utf8(ran.stdout).expect("UTF-8");
    for good in ["registered by the running mostik", "self-call: a tone went out and came back"] {
        assert!(said.contains(good), "«{good}» is missing in\n{said}");
    }
    let (status, said) = said_of(&line(&PortBlock::take(), "", &trunk("wrong"))).await;
    assert_eq!(status, Some(1));
    assert!(said.contains("failure  trunk carrier: it refuses our name and password"), "{said}");
}

#[tokio::test]
async fn a_line_that_is_wrong_says_what_is_wrong_and_what_to_do() {
    let ports = PortBlock::take();
    let nowhere = format!(
        "[[sip.trunk]]\nname = \"carrier\"\nregistrar = \"127.0.0.1:{}\"\nusername = \"100\"\n",
        ports.single()
    );
    let missing = "[sip]\nlisten = [\"tls:127.0.0.1:0\"]\n".to_owned() + DEAF;
    let cases = [
        (line(&ports, "", &nowhere), "trunk carrier: none of its addresses answers"),
        (line(&ports, "allowed_networks = [\"10.0.0.0/8\"]", ""), "sip.allowed_networks"),
        (missing, "sip.tls_certificate"),
        (line(&ports, "tls_certificate = \"/a\"", ""), "belong together"),
        (line(&ports, "srtp = \"sometimes\"", ""), "sip.srtp"),
    ];
    for (config, wrong) in cases {
        let (status, said) = said_of(&config).await;
        assert_eq!(status, Some(1), "{config}\n{said}");
        let told = said.lines().any(|line| line.starts_with("failure") && line.contains(wrong));
        assert!(told, "«{wrong}» is missing in\n{said}");
    }
}
