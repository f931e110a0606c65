//! Which UDP ports carry audio: even ones, each with its odd neighbour for RTCP (RFC 3550
//! section 11), out of one configured range.

use std::collections::VecDeque;
use std::io::ErrorKind::WouldBlock;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use crate::chance::random_number;
use crate::workers::Workers;

/// Datagrams that a socket keeps while nobody reads it, at the very most: a flood must not hold us.
const MOST_DISCARDED: usize = 4_096;

/// Why no ports could be had.
#[derive(Debug, thiserror::Error)]
pub enum PortsError {
    /// The range holds no even port with its neighbour.
    #[error("the range {0}-{1} holds no even port with an odd one after it")]
    EmptyRange(u16, u16),
    /// Every pair is taken.
    #[error("all {0} audio port pairs are taken")]
    Exhausted(usize),
    /// The system does not let us use the local address.
    #[error("no audio port can be opened on {0}: {1}")]
    Refused(IpAddr, #[source] std::io::Error),
}

/// The free pairs, named by their even port. The longest free comes first, so that stragglers of
/// an old call do not meet a new one.
type Free = Arc<Mutex<VecDeque<u16>>>;

/// Hands out port pairs, and has the threads on which their audio is carried.
#[derive(Debug, Clone)]
pub struct RtpPorts {
    free: Free,
    pairs: usize,
    workers: Arc<Workers>,
}

impl RtpPorts {
    /// Serves pairs from this range.
    pub fn new(range: RangeInclusive<u16>) -> Result<Self, PortsError> {
        let (first, last) = (*range.start(), *range.end());
        let mut free: VecDeque<u16> =
            range.filter(|port| *port != 0 && port % 2 == 0 && *port < last).collect();
        if free.is_empty() {
            return Err(PortsError::EmptyRange(first, last));
        }
        // After a restart phones of the last run may still send: begin somewhere else.
        let begin = random_number() % free.len() as u64;
        free.rotate_left(usize::try_from(begin).unwrap_or(0));
        Ok(Self {
            pairs: free.len(),
            free: Arc::new(Mutex::new(free)),
            workers: Arc::new(Workers::default()),
        })
    }

    /// Opens the longest free pair on `local`; pairs that other programs hold are passed over.
    pub fn open(&self, local: IpAddr) -> Result<RtpSockets, PortsError> {
        let mut refused = None;
        for _ in 0..self.pairs {
            let Some(port) = lock(&self.free).pop_front() else { break };
            let lease = Lease { port, free: Arc::clone(&self.free) };
            match open_pair(local, port) {
                Ok((rtp, reports)) => {
                    let workers = Arc::clone(&self.workers);
                    return Ok(RtpSockets { rtp, reports, workers, lease });
                }
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
                Err(error) => refused = Some(error),
            }
        }
        Err(match refused {
            Some(error) => PortsError::Refused(local, error),
            None => PortsError::Exhausted(self.pairs),
        })
    }

    /// How many calls can have audio at once.
    pub const fn pairs(&self) -> usize {
        self.pairs
    }
}

fn open_pair(local: IpAddr, port: u16) -> std::io::Result<(UdpSocket, UdpSocket)> {
    let open = |port| {
        let socket = UdpSocket::bind(SocketAddr::new(local, port))?;
        socket.set_nonblocking(true)?;
        Ok::<_, std::io::Error>(socket)
    };
    Ok((open(port)?, open(port + 1)?))
}

fn lock(free: &Free) -> std::sync::MutexGuard<'_, VecDeque<u16>> {
    // The queue is whole at every moment, also after a panic elsewhere.
    free.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An open pair; the ports are free again when it is dropped.
#[derive(Debug)]
pub struct RtpSockets {
    pub(crate) rtp: UdpSocket,
    /// For reports; open also when the peer sends none, so that nobody else gets the port.
    pub(crate) reports: UdpSocket,
    pub(crate) workers: Arc<Workers>,
    lease: Lease,
}

impl RtpSockets {
    /// The even port, the one to describe.
    pub const fn port(&self) -> u16 {
        self.lease.port
    }

    /// Throws away what came so far: ringing tones and announcements from before an answer, which
    /// nobody was there to hear.
    pub fn discard_what_came(&self) {
        let mut nothing = [0; 1];
        for socket in [&self.rtp, &self.reports] {
            let mut came = (0..MOST_DISCARDED).map(|_| socket.recv_from(&mut nothing));
            // The rest of a longer datagram goes with it.
            let _ = came.find(|received| matches!(received, Err(e) if e.kind() == WouldBlock));
        }
    }
}

#[derive(Debug)]
struct Lease {
    port: u16,
    free: Free,
}

impl Drop for Lease {
    fn drop(&mut self) {
        lock(&self.free).push_back(self.port);
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    /// The start of a stretch of `count` ports that are free just now.
    fn free_stretch(from: u16, count: u16) -> u16 {
        (from..from + 2_000)
            .step_by(usize::from(count))
            .find(|start| (*start..start + count).all(|port| UdpSocket::bind((HERE, port)).is_ok()))
            .expect("some ports are free")
    }

    #[test]
    fn a_range_is_handed_out_once_and_comes_back() {
        let start = free_stretch(20_000, 6);
        let ports = RtpPorts::new(start..=start + 5).expect("three pairs");
        let mut open: Vec<RtpSockets> = (0..3).map(|_| ports.open(HERE).expect("free")).collect();
        let mut numbers: Vec<u16> = open.iter().map(RtpSockets::port).collect();
        let given_back = numbers[1];
        numbers.sort_unstable();
        assert_eq!(numbers, [start, start + 2, start + 4]);
        assert!(matches!(ports.open(HERE), Err(PortsError::Exhausted(3))));
        open.remove(1);
        assert_eq!(ports.open(HERE).expect("given back").port(), given_back);
    }

    #[test]
    fn ports_of_other_programs_are_passed_over() {
        let start = free_stretch(23_000, 4);
        let _other = UdpSocket::bind((HERE, start + 1)).expect("free");
        let ports = RtpPorts::new(start..=start + 3).expect("two pairs");
        assert_eq!(ports.open(HERE).expect("the second").port(), start + 2);
    }

    #[test]
    fn what_came_before_an_answer_is_thrown_away() {
        let start = free_stretch(25_000, 2);
        let open = RtpPorts::new(start..=start + 1).expect("a pair").open(HERE).expect("free");
        let peer = UdpSocket::bind((HERE, 0)).expect("free");
        for _ in 0..10 {
            peer.send_to(&[0x80; 172], (HERE, start)).expect("sent");
        }
        open.discard_what_came();
        let mut buffer = [0; 200];
        let left = open.rtp.recv_from(&mut buffer).expect_err("nothing is left");
        assert_eq!(left.kind(), WouldBlock);
        peer.send_to(b"later", (HERE, start)).expect("sent");
        assert_eq!(open.rtp.recv_from(&mut buffer).expect("heard").0, 5);
    }

    #[test]
    fn a_range_without_a_pair_is_refused() {
        assert!(matches!(RtpPorts::new(4001..=4001), Err(PortsError::EmptyRange(4001, 4001))));
        assert!(matches!(RtpPorts::new(4000..=4000), Err(PortsError::EmptyRange(..))));
        assert_eq!(RtpPorts::new(65_534..=65_535).expect("the last pair").pairs(), 1);
    }
}
