//! Ports that nobody else takes while a test runs.
//!
//! A product under test is told its ports, so "port 0" is not enough. Blocks below the system's
//! range of outgoing ports are taken under a file lock, which also keeps other test processes off.

use std::fs::{File, OpenOptions};
use std::net::{TcpListener, UdpSocket};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU16, Ordering};

const FIRST: u16 = 10_240;
/// Linux gives outgoing connections ports from 32768 upwards.
const BLOCKS: u16 = 86;
const PORTS_OF_A_BLOCK: u16 = 256;
/// The rest of a block is for RTP.
const SINGLE_PORTS: u16 = 16;

/// A block of loopback ports, held as long as the value lives.
#[derive(Debug)]
pub struct PortBlock {
    first: u16,
    given: AtomicU16,
    _lock: File,
}

impl PortBlock {
    /// Takes a block that nobody holds and whose single ports are free.
    ///
    /// # Panics
    /// When all blocks are taken.
    pub fn take() -> Self {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let folder = std::env::temp_dir().join("mostik-test-ports");
        std::fs::create_dir_all(&folder).expect("a folder for port locks");
        let offset = u16::try_from(std::process::id() % u32::from(BLOCKS)).unwrap_or(0);
        for _ in 0..BLOCKS {
            let block = (offset + NEXT.fetch_add(1, Ordering::Relaxed)) % BLOCKS;
            let lock = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(folder.join(block.to_string()))
                .expect("a file for a port lock");
            let first = FIRST + block * PORTS_OF_A_BLOCK;
            if lock.try_lock().is_ok() && (first..first + SINGLE_PORTS).all(is_free) {
                return Self { first, given: AtomicU16::new(0), _lock: lock };
            }
        }
        panic!("all {BLOCKS} blocks of test ports are taken");
    }

    /// A single port, another one each time.
    ///
    /// # Panics
    /// After the sixteenth.
    pub fn single(&self) -> u16 {
        let nth = self.given.fetch_add(1, Ordering::Relaxed);
        assert!(nth < SINGLE_PORTS, "a test takes at most {SINGLE_PORTS} single ports");
        self.first + nth
    }

    /// 240 ports for media.
    pub fn media(&self) -> RangeInclusive<u16> {
        self.first + SINGLE_PORTS..=self.first + PORTS_OF_A_BLOCK - 1
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok() && UdpSocket::bind(("127.0.0.1", port)).is_ok()
}
