//! A name server on loopback that knows a few records (RFC 1035, RFC 2782).

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::UdpSocket;

/// The records of one name.
#[derive(Clone, Default)]
pub(crate) struct Records {
    pub(crate) addresses: Vec<Ipv4Addr>,
    /// Priority, weight, port, target.
    pub(crate) services: Vec<(u16, u16, u16, &'static str)>,
}

pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    /// Questions answered with a record so far: those may be kept.
    pub(crate) asked: Arc<AtomicUsize>,
}

impl NameServer {
    pub(crate) async fn start(records: &[(&str, Records)]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let named = records.iter().map(|(name, records)| ((*name).to_owned(), records.clone()));
        let named: HashMap<String, Records> = named.collect();
        let count = asked.clone();
        tokio::spawn(async move {
            let mut bytes = [0; 512];
            while let Ok((length, source)) = socket.recv_from(&mut bytes).await {
                let answer = answer(&bytes[..length], &named);
                if answer[7] > 0 {
                    count.fetch_add(1, Ordering::SeqCst);
                }
                socket.send_to(&answer, source).await.unwrap();
            }
        });
        Self { address, asked }
    }
}

fn answer(question: &[u8], named: &HashMap<String, Records>) -> Vec<u8> {
    let mut labels = Vec::new();
    let mut at = 12;
    while question[at] > 0 {
        let length = usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..=at + length]).to_lowercase());
        at += length + 1;
    }
    let kind = u16::from_be_bytes([question[at + 1], question[at + 2]]);
    let end = at + 5;
    let found = named.get(&labels.join("."));
    let records: Vec<Vec<u8>> = match (kind, found) {
        (1, Some(found)) => found.addresses.iter().map(|ip| ip.octets().to_vec()).collect(),
        (33, Some(found)) => found.services.iter().map(service).collect(),
        _ => Vec::new(),
    };
    let mut bytes = question[..2].to_vec();
    // An answer, recursion available; code 3 when the name is not known.
    bytes.extend([0x81, if found.is_some() { 0x80 } else { 0x83 }, 0, 1]);
    bytes.extend(u16::try_from(records.len()).unwrap().to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(&question[12..end]);
    for record in records {
        // The name of the question, the type, class IN, a minute to live.
        bytes.extend([0xc0, 12]);
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0, 1, 0, 0, 0, 60]);
        bytes.extend(u16::try_from(record.len()).unwrap().to_be_bytes());
        bytes.extend(record);
    }
    bytes
}

fn service((priority, weight, port, target): &(u16, u16, u16, &'static str)) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        [priority, weight, port].iter().flat_map(|number| number.to_be_bytes()).collect();
    for label in target.split('.').filter(|label| !label.is_empty()) {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend(label.bytes());
    }
    bytes.push(0);
    bytes
}
