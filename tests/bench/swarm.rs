//! Many callers at once: SIPp processes, each on a loopback address of its own, so that limits per
//! source apply as in life.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mostik_tests::phones::Sound;
use mostik_tests::process::Process;

/// What all callers do.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Whom they call.
    pub(crate) user: String,
    pub(crate) target: SocketAddr,
    /// How many processes share the calls.
    pub(crate) callers: u16,
    pub(crate) calls: u32,
    pub(crate) at_once: u32,
    pub(crate) per_second: u32,
    /// How long each speaks; without sound none is sent.
    pub(crate) speaks: Duration,
    pub(crate) with_sound: bool,
    /// A key ends the greeting (Mostik); a peer that only connects calls needs none.
    pub(crate) presses_a_key: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) completed: u32,
    pub(crate) failed: u32,
    pub(crate) retransmissions: u32,
    /// From INVITE to 200, in milliseconds, sorted.
    pub(crate) setup: Vec<f64>,
}

impl Outcome {
    /// The setup time that this share of the calls stayed within, in milliseconds.
    pub(crate) fn setup_at(&self, share: f64) -> f64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        let at = ((self.setup.len() as f64) * share) as usize;
        self.setup.get(at.min(self.setup.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
    }
}

/// Running callers.
#[derive(Debug)]
pub(crate) struct Swarm {
    callers: Vec<(Process, PathBuf)>,
}

impl Swarm {
    /// Sets them off; what they write lies in `folder`.
    pub(crate) fn start(plan: &Plan, folder: &Path) -> Self {
        let callers = (0..plan.callers).map(|nth| {
            let folder = folder.join(format!("caller-{nth}"));
            fs::create_dir_all(&folder).expect("a folder");
            (caller(plan, nth, &folder), folder)
        });
        Self { callers: callers.collect() }
    }

    /// Waits for all of them.
    pub(crate) async fn over(mut self, patience: Duration) -> Outcome {
        let mut outcome = Outcome::default();
        for (process, folder) in &mut self.callers {
            process.end(patience).await;
            outcome.add(folder);
        }
        outcome.setup.sort_by(f64::total_cmp);
        outcome
    }
}

fn caller(plan: &Plan, nth: u16, folder: &Path) -> Process {
    fs::write(folder.join("scenario.xml"), scenario(plan, folder)).expect("the scenario");
    let share = |whole: u32| {
        let (callers, nth) = (u32::from(plan.callers), u32::from(nth));
        (whole / callers + u32::from(nth < whole % callers)).max(1).to_string()
    };
    let address = format!("127.0.{}.{}", 1 + nth / 200, 1 + nth % 200);
    let log = |name: &str| fs::File::create(folder.join(name)).expect("a log");
    Process::start("sipp", |command| {
        command.current_dir(folder).stdout(log("out")).stderr(log("err"));
        command.arg(plan.target.to_string()).args(["-s", &plan.user, "-t", "u1", "-nostdin"]);
        command.args(["-i", &address, "-mi", &address, "-sf", "scenario.xml"]);
        command.args(["-m", &share(plan.calls), "-l", &share(plan.at_once)]);
        command.args(["-r", &share(plan.per_second), "-rp", "1000", "-p", "5070"]);
        command.args(["-mp", "20000", "-trace_stat", "-stf", "statistics", "-fd", "1"]);
        command.args(["-trace_rtt", "-rtt_freq", "1", "-trace_err", "-error_file", "errors"]);
        command.args(["-recv_timeout", "20000", "-rtp_threadtasks", "200"]);
    })
}

/// The scenario with this plan's words filled in.
fn scenario(plan: &Plan, folder: &Path) -> String {
    let key = if plan.presses_a_key { include_str!("key.xml") } else { "" };
    let text = include_str!("recorded_call.xml")
        .replace("{{speech}}", &if plan.with_sound { speech(folder) } else { String::new() })
        .replace("{{key}}", key)
        .replace("{{milliseconds}}", &plan.speaks.as_millis().to_string());
    if plan.with_sound {
        return text;
    }
    text.replace("[rtpstream_audio_port]", "[media_port]")
        .replace(r#"<nop><action><exec rtp_stream="pause"/></action></nop>"#, "")
}

/// Real speech, again and again until it is told to pause.
pub(crate) fn speech(folder: &Path) -> String {
    let file = folder.join("speech.ulaw");
    fs::write(&file, Sound::read(&recording()).to_ulaw()).expect("the speech");
    format!(r#"<nop><action><exec rtp_stream="{},-1,0,PCMU/8000"/></action></nop>"#, file.display())
}

pub(crate) fn recording() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../telephony/gateway/prompts/ru/welcome.wav")
}

impl Outcome {
    fn add(&mut self, folder: &Path) {
        let statistics = fs::read_to_string(folder.join("statistics")).unwrap_or_default();
        let mut lines = statistics.lines();
        let names: Vec<&str> = lines.next().unwrap_or_default().split(';').collect();
        let last: Vec<&str> = lines.next_back().unwrap_or_default().split(';').collect();
        let value = |name: &str| {
            let column = names.iter().position(|it| *it == name)?;
            last.get(column)?.trim().parse::<u32>().ok()
        };
        self.completed += value("SuccessfulCall(C)").unwrap_or(0);
        self.failed += value("FailedCall(C)").unwrap_or(0);
        self.retransmissions += value("Retransmissions(C)").unwrap_or(0);
        for entry in fs::read_dir(folder).expect("the folder").flatten() {
            if entry.file_name().to_string_lossy().ends_with("_rtt.csv") {
                let times = fs::read_to_string(entry.path()).unwrap_or_default();
                // Date_ms;response_time_ms;rtd_name
                self.setup.extend(
                    times
                        .lines()
                        .skip(1)
                        .filter_map(|line| line.split(';').nth(1)?.parse::<f64>().ok()),
                );
            }
        }
    }
}
