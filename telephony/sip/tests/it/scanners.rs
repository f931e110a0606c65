//! What the three tools of sipvicious find out.

use std::path::PathBuf;
use std::process::Stdio;

use mostik_sip::{Credentials, EdgeConfig, Network, RegistrarConfig, Transport};
use tokio::process::Command;

use crate::world::{World, config, next};

const TOOLS: [&str; 3] = ["sipvicious_svmap", "sipvicious_svwar", "sipvicious_svcrack"];

/// Where the tools are; `None` when they are not on this machine.
fn tools() -> Option<PathBuf> {
    let venv = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/peers/venv/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).chain([PathBuf::from(venv)]);
    places.find(|place| TOOLS.iter().all(|tool| place.join(tool).exists()))
}

async fn run(tool: &str, arguments: &[&str]) -> String {
    let program = tools().unwrap().join(tool);
    let mut command = Command::new(program);
    // Its sessions go to a home of their own.
    let home = tempfile::tempdir().unwrap();
    command.args(arguments).env("HOME", home.path()).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(std::time::Duration::from_mins(1), command.output());
    let output = output.await.expect("the tool ends in time").unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test]
async fn scanners_learn_neither_names_nor_passwords() {
    if tools().is_none() {
        assert!(
            std::env::var_os("MOSTIK_TESTS_STRICT").is_none_or(|it| it != "1"),
            "no sipvicious"
        );
        eprintln!("SKIPPED (needs sipvicious): scanners_learn_neither_names_nor_passwords");
        return;
    }
    let phones = vec![Credentials::new("101", "104".to_owned().into())];
    let registrar = Some(RegistrarConfig {
        phones,
        trusted: Network::loopback(),
        ..RegistrarConfig::default()
    });
    let mut world = World::with(EdgeConfig { registrar, ..config() }).await;
    let mut phone = world.phone(Transport::Udp).await;
    let mut call = world.established(&mut phone).await;
    let port = world.address(Transport::Udp).port().to_string();
    let mapped = run(TOOLS[0], &["-p", &port, "127.0.0.1"]).await;
    for name in ["mostik", "rsipstack"] {
        assert!(!mapped.to_ascii_lowercase().contains(name), "{mapped}");
    }
    // The name that exists looks like those that do not.
    let names =
        run(TOOLS[1], &["-p", &port, "-e", "100-110", "-m", "REGISTER", "--force", "127.0.0.1"])
            .await;
    // What it found stands in a table; the rest quotes random numbers.
    let told = |name: &str| {
        let mut rows = names.lines().filter(|line| line.starts_with('|'));
        rows.find(|row| row.contains(name)).map(|row| row.replace(name, "-"))
    };
    assert_eq!(told("101"), told("102"), "{names}");
    // It does not know SHA-256, which comes first, and gives up before it has used its guesses.
    let cracked = run(TOOLS[2], &["-p", &port, "-u", "101", "-r", "80-120", "127.0.0.1"]).await;
    assert!(!cracked.contains("104"), "{cracked}");
    assert_eq!(world.edge.registrations(), 0);
    assert_eq!(phone.ask("INFO", "Content-Type: application/dtmf\r\n", "1").await.status(), 200);
    assert_eq!(next(&mut call).await, mostik_sip::CallEvent::Key('1'));
}
