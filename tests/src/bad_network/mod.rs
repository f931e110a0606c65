//! A bad network between a phone and Mostik: its audio is lost, doubled, put out of order and
//! delayed, the same way each time. It needs nothing of the kernel (`tc netem`) and no rights.
//!
//! It passes the signalling of one call on, having put itself into both descriptions, so that all
//! audio goes through it. Requests after the first go past it. Reports (RTCP) pass unharmed.

mod lane;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use crate::ports::PortBlock;
use lane::Lane;
pub use lane::Tally;

/// No SIP message here is longer.
const LONGEST: usize = 8 * 1024;

/// What happens to audio packets, each by itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Harm {
    /// So many of a thousand are lost.
    pub lost: u64,
    /// So many of a thousand come twice.
    pub doubled: u64,
    /// So many of a thousand are held up by 45 ms, so that the next two come first.
    pub overtaken: u64,
    /// Every packet is held up by up to this. Below the packet time the order stays.
    pub jitter: Duration,
    /// Another number is another run of bad luck.
    pub seed: u64,
}

/// A network that one call goes through.
#[derive(Debug)]
pub struct BadNetwork {
    door: SocketAddr,
    said: Arc<Tally>,
    heard: Arc<Tally>,
    _tasks: JoinSet<()>,
    _ports: PortBlock,
}

impl BadNetwork {
    /// Stands before the line at this address, and harms audio in both directions alike.
    ///
    /// # Panics
    /// When no ports can be had.
    pub async fn before(line: SocketAddr, harm: Harm) -> Self {
        let ports = PortBlock::take();
        let mut free = ports.media();
        let mut audio = async || {
            let (even, odd) = (free.next(), free.next());
            [socket(even.expect("enough ports")).await, socket(odd.expect("enough ports")).await]
        };
        let (at_phone, at_line) = (audio().await, audio().await);
        let sides = Sides { phone: Place::default(), line: Place::default() };
        let (said, heard) = (Arc::new(Tally::default()), Arc::new(Tally::default()));
        let mut tasks = JoinSet::new();
        for (nth, rtp) in [(0, true), (1, false)] {
            let harm = if rtp { harm } else { Harm::default() };
            let lane = |from: &[Arc<UdpSocket>; 2], onto: &[Arc<UdpSocket>; 2], to: &Place| Lane {
                from: from[nth].clone(),
                onto: onto[nth].clone(),
                to: to.clone(),
                port_offset: u16::from(!rtp),
            };
            let unseen = || Arc::new(Tally::default());
            let (to_line, to_phone) =
                if rtp { (said.clone(), heard.clone()) } else { (unseen(), unseen()) };
            tasks.spawn(lane(&at_phone, &at_line, &sides.line).carry(harm, to_line));
            let harm = Harm { seed: !harm.seed, ..harm };
            tasks.spawn(lane(&at_line, &at_phone, &sides.phone).carry(harm, to_phone));
        }
        let (door, back) = (socket(0).await, socket(0).await);
        let address = door.local_addr().expect("bound");
        let ports_told = [port(&at_phone[0]), port(&at_line[0])];
        tasks.spawn(signalling(door, back, line, ports_told, sides));
        Self { door: address, said, heard, _tasks: tasks, _ports: ports }
    }

    /// Whom to call to get through it.
    pub fn uri(&self, user: &str) -> String {
        format!("sip:{user}@{}", self.door)
    }

    /// What became of the audio of the one who calls.
    pub fn said(&self) -> &Tally {
        &self.said
    }

    /// What became of the audio that she hears.
    pub fn heard(&self) -> &Tally {
        &self.heard
    }
}

/// Where audio goes, once the description told.
type Place = Arc<OnceLock<SocketAddr>>;

/// Where both ends want their audio.
struct Sides {
    phone: Place,
    line: Place,
}

async fn socket(port: u16) -> Arc<UdpSocket> {
    let bound = UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).await;
    Arc::new(bound.unwrap_or_else(|error| panic!("port {port}: {error}")))
}

fn port(socket: &UdpSocket) -> u16 {
    socket.local_addr().expect("bound").port()
}

/// Passes SIP on between the phone that spoke last and the line.
async fn signalling(
    door: Arc<UdpSocket>,
    back: Arc<UdpSocket>,
    line: SocketAddr,
    [at_phone, at_line]: [u16; 2],
    sides: Sides,
) {
    let mut phone = None;
    let (mut asked, mut answered) = ([0; LONGEST], [0; LONGEST]);
    loop {
        tokio::select! {
            came = door.recv_from(&mut asked) => {
                let Ok((length, from)) = came else { continue };
                phone = Some(from);
                let told = redirected(&asked[..length], at_line, &sides.phone);
                back.send_to(&told, line).await.ok();
            }
            came = back.recv(&mut answered) => {
                let (Ok(length), Some(phone)) = (came, phone) else { continue };
                let told = redirected(&answered[..length], at_phone, &sides.line);
                door.send_to(&told, phone).await.ok();
            }
        }
    }
}

/// The message with our port where its own stood, which is remembered. Both have five digits, so
/// the length stays.
fn redirected(message: &[u8], ours: u16, place: &Place) -> Vec<u8> {
    const AUDIO: &str = "\r\nm=audio ";
    const REPORTS: &str = "\r\na=rtcp:";
    let mut text = String::from_utf8_lossy(message).into_owned();
    for (line, ours) in [(AUDIO, ours), (REPORTS, ours + 1)] {
        let Some(at) = text.find(line).map(|at| at + line.len()) else { continue };
        let theirs: u16 = text[at..at + 5].parse().expect("a port of five digits");
        text.replace_range(at..at + 5, &ours.to_string());
        if line == AUDIO {
            place.get_or_init(|| (Ipv4Addr::LOCALHOST, theirs).into());
        }
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_redirected_and_its_length_stays() {
        let place = Place::default();
        let offer =
            b"INVITE\r\n\r\nv=0\r\nm=audio 40000 RTP/AVP 0\r\na=rtcp:40001 IN IP4 127.0.0.1\r\n";
        let told = redirected(offer, 12_340, &place);
        let text = String::from_utf8(told).expect("text");
        assert!(text.contains("m=audio 12340 RTP") && text.contains("a=rtcp:12341 IN"), "{text}");
        assert_eq!((text.len(), place.get().map(SocketAddr::port)), (offer.len(), Some(40_000)));
        assert_eq!(redirected(b"BYE\r\n\r\n", 12_340, &place), b"BYE\r\n\r\n");
    }
}
