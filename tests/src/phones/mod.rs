//! Real phones: SIPp, PJSIP and baresip, each its own process.
//!
//! | | many calls | keys | hears | codecs | gives up while it rings |
//! |---|---|---|---|---|---|
//! | SIPp | yes | no | no | both | yes |
//! | PJSIP | yes | yes | yes | both | yes |
//! | baresip | no | no | no | both | no |

mod baresip;
mod g711;
mod pjsip;
mod plan;
mod sipp;
mod sound;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub use plan::{Answer, CallPlan, CallReport, Codec, Encryption, Ending, KeyWay, Transport};
pub use sound::{RATE, Sound};
use tempfile::TempDir;

use crate::eventually::eventually;
use crate::ports::PortBlock;
use crate::process::Process;

/// Time for a phone to start and to put itself away.
const AROUND_THE_CALL: Duration = Duration::from_secs(30);

/// A make of phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phone {
    /// The load generator; `needs!("sipp")`.
    Sipp,
    /// The library behind many softphones; `needs!("pjsua2")`.
    Pjsip,
    /// A softphone; `needs!("baresip")`.
    Baresip,
}

/// A call that is being made.
#[derive(Debug)]
pub struct OngoingCall {
    phone: Phone,
    plan: CallPlan,
    process: Process,
    folder: TempDir,
    _ports: PortBlock,
}

impl Phone {
    /// Makes the call and returns when it is over.
    pub async fn call(self, plan: CallPlan) -> CallReport {
        self.dial(plan).over().await
    }

    /// Begins the call.
    ///
    /// # Panics
    /// When this phone cannot do what is planned, or does not start.
    pub fn dial(self, plan: CallPlan) -> OngoingCall {
        let folder = tempfile::Builder::new().prefix("mostik-phone-").tempdir();
        let folder = folder.expect("a folder for the phone");
        let ports = PortBlock::take();
        let process = match self {
            Self::Sipp => sipp::start(&plan, folder.path(), &ports),
            Self::Pjsip => pjsip::start(&plan, folder.path(), &ports),
            Self::Baresip => baresip::start(&plan, folder.path(), &ports),
        };
        OngoingCall { phone: self, plan, process, folder, _ports: ports }
    }
}

impl OngoingCall {
    /// Waits until the phone can be called (only PJSIP tells).
    pub async fn ready(&self) {
        eventually("the phone to be ready", AROUND_THE_CALL, async || {
            let output = self.report().output;
            if output.contains("\"ready\"") { Ok(()) } else { Err(output) }
        })
        .await;
    }

    /// Waits until all calls were answered.
    pub async fn answered(&self) {
        eventually("the call to be answered", AROUND_THE_CALL, async || {
            let report = self.report();
            if report.answered >= self.plan.calls { Ok(()) } else { Err(report.output) }
        })
        .await;
    }

    /// Waits until the phone has finished.
    pub async fn over(mut self) -> CallReport {
        self.process.end(self.plan.longest + AROUND_THE_CALL).await;
        self.report()
    }

    fn report(&self) -> CallReport {
        let folder = self.folder.path();
        match self.phone {
            Phone::Sipp => sipp::report(&self.plan, folder),
            Phone::Pjsip => pjsip::report(&self.plan, folder),
            Phone::Baresip => baresip::report(folder),
        }
    }
}

/// Standard output and error of a phone go to one file each.
fn capture(command: &mut Command, folder: &Path) {
    let create = |name: &str| File::create(folder.join(name)).expect("an output file");
    command.current_dir(folder).stdout(create("stdout")).stderr(create("stderr"));
}

fn read(folder: &Path, name: &str) -> String {
    let bytes = std::fs::read(folder.join(name)).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("phones")
}
