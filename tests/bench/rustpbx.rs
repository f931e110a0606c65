//! RustPBX (<https://github.com/restsend/rustpbx>) as the peer: it connects every call to a second
//! SIPp and records both. That is more work per call than leaving a message: it carries the audio
//! of two legs. It keeps no message and greets nobody.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mostik_tests::eventually::eventually;
use mostik_tests::ports::PortBlock;
use mostik_tests::process::Process;

use crate::swarm::speech;

/// A running RustPBX with somebody to be connected to.
pub(crate) struct RustPbx {
    process: Process,
    _callee: Process,
    folder: PathBuf,
    sip: u16,
    _ports: PortBlock,
}

impl RustPbx {
    /// Starts the program with recording on, and whom it rings.
    pub(crate) async fn start(program: &Path, folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("a folder");
        let ports = PortBlock::take();
        let (sip, http, callee) = (ports.single(), ports.single(), ports.single());
        fs::write(folder.join("config.toml"), config(folder, sip, http, callee)).expect("a config");
        let log = |name: &str| fs::File::create(folder.join(name)).expect("a log");
        let process = Process::start(&program.to_string_lossy(), |command| {
            command.current_dir(folder).args(["--conf", "config.toml"]);
            command.stdout(log("out")).stderr(log("err"));
        });
        let scenario = include_str!("callee.xml").replace("{{speech}}", &speech(folder));
        fs::write(folder.join("callee.xml"), scenario).expect("the scenario");
        let answering = Process::start("sipp", |command| {
            command.current_dir(folder).stdout(log("callee-out")).stderr(log("callee-err"));
            command.args(["-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", &callee.to_string()]);
            command.args(["-sf", "callee.xml", "-nostdin", "-mp", "50000"]);
            command.args(["-rtp_threadtasks", "200"]);
        });
        let url = format!("127.0.0.1:{http}");
        eventually("RustPBX to listen", Duration::from_secs(30), async || {
            tokio::net::TcpStream::connect(&url).await.map(drop)
        })
        .await;
        Self { process, _callee: answering, folder: folder.to_owned(), sip, _ports: ports }
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.sip).into()
    }

    pub(crate) fn recordings(&self) -> PathBuf {
        self.folder.join("recordings")
    }
}

fn config(folder: &Path, sip: u16, http: u16, callee: u16) -> String {
    let callers: Vec<String> = (1..=200).map(|nth| format!("\"127.0.1.{nth}\"")).collect();
    format!(
        r#"
http_addr = "127.0.0.1:{http}"
log_level = "warn"
database_url = "sqlite://rustpbx.sqlite3?mode=rwc"
external_ip = "127.0.0.1"
rtp_start_port = 12000
rtp_end_port = 19999
[proxy]
modules = ["call"]
addr = "127.0.0.1"
udp_port = {sip}
media_proxy = "all"
ensure_user = false
[proxy.trunks.callee]
dest = "sip:127.0.0.1:{callee}"
direction = "outbound"
[proxy.trunks.callers]
dest = "sip:127.0.1.1:5070"
direction = "inbound"
inbound_hosts = [{}]
[[proxy.routes]]
name = "all"
priority = 1
dest = "callee"
[proxy.routes.match]
"to.user" = "callee"
[recording]
enabled = true
auto_start = true
type = "local"
path = "{}"
subdir = "none"
"#,
        callers.join(", "),
        folder.join("recordings").display(),
    )
}
