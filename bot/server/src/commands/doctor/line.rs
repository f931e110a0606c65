//! The phone line: where it listens, its certificate, its ports and addresses, its trunks, and a
//! call to itself.

use std::net::IpAddr;

use mostik_sip::Transport;
use mostik_store::{Clock as _, SystemClock};
use tokio::net::{TcpListener, UdpSocket};

use super::{Failure, Finding, Fine, Report, Warning, certificate, self_call, trunks};
use crate::config::Config;

/// Pairs of audio ports that are tried.
const PORTS_TRIED: usize = 8;

pub(super) async fn examine(config: &Config, running: bool, report: &mut Report) {
    let mut listens = true;
    for listen in &config.sip.listen {
        let finding = phone(listen, running).await;
        listens &= !matches!(finding, Failure(_));
        report.add(&format!("phone {listen}"), finding);
    }
    report.add("audio ports", audio_ports(config).await);
    report.add("public address", public_address(config));
    let Ok(edge) = config.edge() else { return };
    if edge.listen.is_empty() {
        return report.add("phone", Fine("no line is configured (sip.listen is empty)".into()));
    }
    if edge.listen.iter().any(|listen| listen.transport == Transport::Tls) {
        report.add("certificate", certificate::examine(&edge, SystemClock.now()));
    }
    trunks::examine(config, running, report).await;
    if listens {
        self_call::examine(config, running, report).await;
    }
}

async fn phone(listen: &str, running: bool) -> Finding {
    let Some((transport, address)) = listen.split_once(':') else {
        return Failure("not like \"udp:127.0.0.1:5060\"".into());
    };
    let bound = match transport {
        "tcp" => TcpListener::bind(address).await.map(drop),
        _ => UdpSocket::bind(address).await.map(drop),
    };
    match bound {
        Ok(()) => Fine("free, so `mostik serve` can listen there".into()),
        Err(_) if running => Fine("a running mostik listens there".into()),
        Err(error) => Failure(format!(
            "cannot listen there ({error}): stop what uses the port, or change sip.listen"
        )),
    }
}

async fn audio_ports(config: &Config) -> Finding {
    let Ok(ports) = config.rtp_ports() else {
        return Failure("sip.rtp_ports is not a range".into());
    };
    let count = ports.clone().count() / 2;
    let mut taken = 0;
    for port in ports.clone().step_by(2).take(PORTS_TRIED) {
        if UdpSocket::bind(("0.0.0.0", port)).await.is_err() {
            taken += 1;
        }
    }
    let range = &config.sip.rtp_ports;
    if taken == PORTS_TRIED {
        return Failure(format!("the first ports of {range} are all in use: change sip.rtp_ports"));
    }
    if count < config.sip.max_calls {
        return Warning(format!(
            "{range} is enough for {count} calls, but sip.max_calls is {}: widen the range",
            config.sip.max_calls
        ));
    }
    Fine(format!("{range}, enough for {count} calls at one time"))
}

fn public_address(config: &Config) -> Finding {
    let Ok(edge) = config.edge() else {
        return Failure("sip.listen is not understood".into());
    };
    let only_here = edge.listen.iter().all(|listen| listen.address.ip().is_loopback());
    if only_here {
        return Fine("the phone line is for this machine only (sip.listen is loopback)".into());
    }
    let private =
        |ip: IpAddr| matches!(ip, IpAddr::V4(v4) if v4.is_private() || v4.is_unspecified());
    match edge.public_address {
        Some(address) => Fine(format!("phones are told {address}")),
        None if edge.listen.iter().any(|listen| private(listen.address.ip())) => Warning(
            "the line listens on a private address and sip.public_address is empty: behind NAT \
             callers will hear nothing; set it to the address your carrier reaches"
                .into(),
        ),
        None => Fine("the address that is listened on is public".into()),
    }
}
