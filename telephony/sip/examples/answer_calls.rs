//! Answers every call with a fixed session description and prints what happens, for trying phones
//! by hand: `cargo run -p mostik-sip --example answer_calls -- udp:127.0.0.1:5060 tcp:127.0.0.1:5060`.
//! With the word `ring` it never answers.

use std::time::Duration;

use mostik_sip::{Call, CallEvent, Edge, EdgeConfig, IncomingCall, Listen, Transport};

fn listen(text: &str) -> Listen {
    let (transport, address) = text.split_once(':').expect("udp:ADDRESS or tcp:ADDRESS");
    Listen {
        transport: match transport {
            "tcp" => Transport::Tcp,
            _ => Transport::Udp,
        },
        address: address.parse().expect("an address and port"),
    }
}

fn description() -> String {
    "v=0\r\no=mostik 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
     m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
        .to_owned()
}

async fn talk(mut call: Call) {
    loop {
        match call.next_event().await {
            CallEvent::Reoffer { .. } => {
                let _ = call.accept_reoffer(description()).await;
            }
            CallEvent::Key(key) => println!("{} key {key}", call.id()),
            CallEvent::Reanswer { .. } => {}
            CallEvent::Transfer(_) => {
                let _ = call.refuse_transfer(603).await;
            }
            CallEvent::Ended(ended) => {
                println!("{} {ended:?}", call.id());
                return;
            }
        }
    }
}

async fn receive(call: IncomingCall, only_ring: bool) {
    println!("{call:?}");
    let _ = call.ring().await;
    if only_ring {
        call.cancelled().await;
        return;
    }
    match call.answer(description()).await {
        Ok(call) => talk(call).await,
        Err(error) => println!("{error}"),
    }
}

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().with_env_filter("info").init();
    let mut config =
        EdgeConfig { requests_per_second: 0, max_calls: 10_000, ..EdgeConfig::default() };
    let only_ring = std::env::args().any(|argument| argument == "ring");
    let given = std::env::args().skip(1).filter(|argument| argument != "ring");
    let given: Vec<Listen> = given.map(|text| listen(&text)).collect();
    if !given.is_empty() {
        config.listen = given;
    }
    let (edge, mut calls) = Edge::start(config).await.expect("free addresses");
    loop {
        tokio::select! {
            Some(call) = calls.recv() => {
                tokio::spawn(receive(call, only_ring));
            }
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    edge.shutdown(Duration::from_secs(2)).await;
    println!("done");
}
