//! One direction of the audio, and what becomes of its packets.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::Instant;

use super::Harm;

/// Longer than two packets of 20 ms, shorter than anybody waits for one.
const OVERTAKEN_BY_TWO: Duration = Duration::from_millis(45);
/// An Ethernet frame.
const LARGEST_PACKET: usize = 1_500;

/// How many packets met which fate.
#[derive(Debug, Default)]
pub struct Tally {
    came: AtomicU64,
    lost: AtomicU64,
    doubled: AtomicU64,
    overtaken: AtomicU64,
}

impl Tally {
    /// Packets that came into the network.
    pub fn came(&self) -> u64 {
        self.came.load(Ordering::Relaxed)
    }

    /// How many of them were lost.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// How many came out twice.
    pub fn doubled(&self) -> u64 {
        self.doubled.load(Ordering::Relaxed)
    }

    /// How many came out after a later one.
    pub fn overtaken(&self) -> u64 {
        self.overtaken.load(Ordering::Relaxed)
    }
}

/// From one socket, out of another, to a place.
pub(super) struct Lane {
    pub(super) from: Arc<UdpSocket>,
    pub(super) onto: Arc<UdpSocket>,
    pub(super) to: Arc<OnceLock<SocketAddr>>,
    /// Reports go one port beside the audio.
    pub(super) port_offset: u16,
}

impl Lane {
    pub(super) async fn carry(self, harm: Harm, tally: Arc<Tally>) {
        let mut luck = Luck { harm, tally, drawn: harm.seed };
        let mut waiting = BinaryHeap::new();
        let mut datagram = [0; LARGEST_PACKET];
        loop {
            let due = waiting.peek().map(|Reverse((due, _)): &Reverse<(Instant, Vec<u8>)>| *due);
            tokio::select! {
                biased;
                () = wait_until(due) => {
                    if let Some(Reverse((_, packet))) = waiting.pop() {
                        self.send(&packet).await;
                    }
                }
                came = self.from.recv(&mut datagram) => {
                    let Ok(length) = came else { continue };
                    for held_up in luck.of_the_next() {
                        let packet = datagram[..length].to_vec();
                        waiting.push(Reverse((Instant::now() + held_up, packet)));
                    }
                }
            }
        }
    }

    async fn send(&self, packet: &[u8]) {
        let Some(to) = self.to.get() else { return };
        let to = SocketAddr::new(to.ip(), to.port() + self.port_offset);
        // Whoever hung up does not listen any more.
        self.onto.send_to(packet, to).await.ok();
    }
}

async fn wait_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// The fate of packets, in their order.
struct Luck {
    harm: Harm,
    tally: Arc<Tally>,
    drawn: u64,
}

impl Luck {
    /// How long the next packet is held up, for each time that it comes out.
    fn of_the_next(&mut self) -> Vec<Duration> {
        let Harm { lost, doubled, overtaken, jitter, .. } = self.harm;
        count(&self.tally.came);
        if self.strikes(lost) {
            count(&self.tally.lost);
            return Vec::new();
        }
        let mut held_up = jitter.mul_f64(self.draw());
        if self.strikes(overtaken) {
            count(&self.tally.overtaken);
            held_up += OVERTAKEN_BY_TWO;
        }
        if self.strikes(doubled) {
            count(&self.tally.doubled);
            return vec![held_up; 2];
        }
        vec![held_up]
    }

    fn strikes(&mut self, of_a_thousand: u64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a thousand is a small number")]
        let share = of_a_thousand as f64 / 1_000.0;
        self.draw() < share
    }

    /// From 0 to 1: SplitMix64 (Steele, Lea, Flood 2014).
    fn draw(&mut self) -> f64 {
        self.drawn = self.drawn.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.drawn;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }
}

fn count(one_more: &AtomicU64) {
    one_more.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_luck_is_as_bad_as_was_asked_and_the_same_each_time() {
        let fates = |seed| {
            let jitter = Duration::from_millis(10);
            let harm = Harm { lost: 50, doubled: 20, overtaken: 30, jitter, seed };
            let mut luck = Luck { harm, tally: Arc::default(), drawn: seed };
            let fates: Vec<_> = (0..10_000).map(|_| luck.of_the_next()).collect();
            (fates, luck.tally)
        };
        let (once, tally) = fates(7);
        assert_eq!(once, fates(7).0);
        assert_ne!(once, fates(8).0);
        assert_eq!(tally.came(), 10_000);
        assert!((440..560).contains(&tally.lost()), "{tally:?}");
        assert!((150..250).contains(&tally.doubled()), "{tally:?}");
        assert!((240..360).contains(&tally.overtaken()), "{tally:?}");
    }
}
