//! An edge for trying out desk phones: `desk_phones ADDRESS:PORT NAME PASSWORD [md5]` lets one register,
//! answers its calls, agrees to its transfers, and prints the ladder of each call when it is over.

use std::error::Error;

use mostik_sip::{
    Call, CallEvent, Credentials, Edge, EdgeConfig, IncomingCall, Listen, RegistrarConfig,
    Transport,
};

const DESCRIPTION: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
     m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

async fn talk(mut call: Call) {
    let ladder = call.ladder();
    loop {
        match call.next_event().await {
            CallEvent::Reoffer { .. } => {
                let _ = call.accept_reoffer(DESCRIPTION.to_owned()).await;
            }
            CallEvent::Transfer(transfer) => {
                println!("{} {transfer:?}", call.id());
                let _ = call.accept_transfer().await;
                let _ = call.report_transfer(200).await;
            }
            CallEvent::Ended(ended) => {
                println!("{} {ended:?}", call.id());
                break;
            }
            other => println!("{} {other:?}", call.id()),
        }
    }
    // The answer to a BYE is written after the event.
    tokio::task::yield_now().await;
    for entry in ladder.entries() {
        println!("  {:?} {} {}", entry.direction, entry.peer, entry.start_line);
        for (name, value) in entry.headers.iter().filter(|(name, _)| name != "Via") {
            println!("      {name}: {value}");
        }
        for line in &entry.media {
            println!("      {line}");
        }
    }
}

async fn receive(call: IncomingCall) {
    println!("{call:?}");
    let _ = call.ring().await;
    match call.answer(DESCRIPTION.to_owned()).await {
        Ok(call) => talk(call).await,
        Err(error) => println!("{error}"),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: desk_phones ADDRESS:PORT NAME PASSWORD");
    let (address, name, password) = (next()?.parse()?, next()?, next()?);
    // Some phones cannot read a question that offers SHA-256 too.
    let offers_sha256 = std::env::args().all(|argument| argument != "md5");
    let phones = vec![Credentials::new(name.clone(), password.into())];
    let listen = [Transport::Udp, Transport::Tcp].map(|transport| Listen { transport, address });
    let config = EdgeConfig {
        listen: listen.to_vec(),
        may_refer: true,
        registrar: Some(RegistrarConfig { phones, offers_sha256, ..RegistrarConfig::default() }),
        ..EdgeConfig::default()
    };
    let (edge, mut calls) = Edge::start(config).await?;
    let mut look = tokio::time::interval(std::time::Duration::from_secs(1));
    let mut known = 0;
    loop {
        tokio::select! {
            call = calls.recv() => match call {
                Some(call) => drop(tokio::spawn(receive(call))),
                None => return Ok(()),
            },
            _ = look.tick() => {
                let registered = edge.registered(&name);
                if registered.len() != known {
                    known = registered.len();
                    println!("registered: {registered:?}");
                }
            }
        }
    }
}
