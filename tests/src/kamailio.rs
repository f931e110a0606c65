//! Kamailio (<https://www.kamailio.org>) as a carrier: it asks for a password, remembers who is
//! registered, and connects calls to them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::eventually::eventually;
use crate::phones::scripts;
use crate::ports::PortBlock;
use crate::process::Process;

/// What every account here is protected with.
pub const PASSWORD: &str = "open-sesame";

/// How it asks for passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RFC 2617.
    Md5,
    /// RFC 8760.
    Sha256,
}

/// What the carrier is like.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// How it asks for passwords.
    pub algorithm: Algorithm,
    /// After so long a proof is stale, and must be given anew.
    pub nonce: Duration,
    /// The longest registration it grants.
    pub expires: Duration,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::Md5,
            nonce: Duration::from_mins(5),
            expires: Duration::from_mins(10),
        }
    }
}

/// A running carrier; `needs!("kamailio")`.
#[derive(Debug)]
pub struct Kamailio {
    process: Option<Process>,
    folder: TempDir,
    port: u16,
    _ports: PortBlock,
}

impl Kamailio {
    /// Starts one on loopback.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(manners: Manners) -> Self {
        let (folder, ports) = (tempfile::tempdir().expect("a folder"), PortBlock::take());
        let port = ports.single();
        let template = std::fs::read_to_string(scripts().join("kamailio.cfg")).expect("a template");
        let algorithm = match manners.algorithm {
            Algorithm::Md5 => "",
            Algorithm::Sha256 => "SHA-256",
        };
        let config = template
            .replace("{{port}}", &port.to_string())
            .replace("{{modules}}", &modules().to_string_lossy())
            .replace("{{algorithm}}", algorithm)
            .replace("{{password}}", PASSWORD)
            .replace("{{nonce_seconds}}", &manners.nonce.as_secs().to_string())
            .replace("{{expires}}", &manners.expires.as_secs().to_string());
        std::fs::write(folder.path().join("kamailio.cfg"), config).expect("its configuration");
        let mut carrier = Self { process: None, folder, port, _ports: ports };
        carrier.restart().await;
        carrier
    }

    /// `127.0.0.1:port`, over UDP and TCP.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The address of somebody who is registered here.
    pub fn uri(&self, user: &str) -> String {
        format!("sip:{user}@{}", self.address())
    }

    /// Goes away without a word; everybody's registration is lost.
    pub fn dies(&mut self) {
        self.process = None;
    }

    /// Comes back.
    ///
    /// # Panics
    /// When it does not.
    pub async fn restart(&mut self) {
        let folder = self.folder.path().to_owned();
        let log = std::fs::File::create(folder.join("log")).expect("a log");
        let errors = log.try_clone().expect("the log once more");
        self.process = Some(Process::start("kamailio", |command| {
            command.args(["-DD", "-E", "-f"]).arg(folder.join("kamailio.cfg"));
            command.arg("-Y").arg(&folder).stdout(log).stderr(errors);
        }));
        let address = self.address();
        let listens = async || tokio::net::TcpStream::connect(&address).await.map(drop);
        eventually("Kamailio to listen", Duration::from_secs(20), listens).await;
    }
}

/// Debian keeps them in a folder named after the processor.
fn modules() -> PathBuf {
    let found = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let found = found.map(|entry| entry.path().join("kamailio/modules"));
    found.into_iter().find(|path| path.is_dir()).unwrap_or_else(|| {
        let plain = Path::new("/usr/lib/kamailio/modules");
        assert!(plain.is_dir(), "Kamailio's modules are nowhere");
        plain.to_owned()
    })
}
