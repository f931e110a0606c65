//! `mostik doctor` on a good line, and on lines that are wrong on purpose.

use mostik_tests::kamailio::{Kamailio, Manners, PASSWORD};
use mostik_tests::ports::PortBlock;
use mostik_tests::world::run;
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
