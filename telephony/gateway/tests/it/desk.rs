//! A running gateway with a host that remembers, for the tests.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use mostik_gateway::call_back::CallBacks;
use mostik_gateway::call_flow::People;
use mostik_gateway::{
    ArrivedCall, CallApp, CallHost, CallPlan, CallProgress, CompletedCall, Gateway, GatewayConfig,
    GatewayError, HostError, LeftMessage, Lines, Person, Refusal, Sentence, SpokenLanguage,
    SpokenPromise, Staff, Stage, StudioPlan, Turn, TurnEnd, Understood,
};
use mostik_sip::{Edge, EdgeConfig, Listen, Transport};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::phone::PATIENCE;
use crate::studio::Booth;

/// Keeps calls, after refusing some.
pub(crate) struct Host {
    refusals: AtomicU32,
    kept: mpsc::UnboundedSender<CompletedCall>,
    staff: Staff,
    progress: mpsc::UnboundedSender<Stage>,
    turns: Mutex<mpsc::UnboundedReceiver<Turn>>,
    over: mpsc::UnboundedSender<TurnEnd>,
    studio: Arc<Booth>,
}

#[async_trait]
impl CallHost for Host {
    async fn plan(&self, arrived: &ArrivedCall) -> Result<CallApp, Refusal> {
        match arrived.line.as_str() {
            "nobody" => Err(Refusal::UnknownLine),
            "studio" => Ok(CallApp::Studio(StudioPlan {
                language: SpokenLanguage::English,
                studio: self.studio.clone(),
            })),
            "unwanted" => Err(Refusal::Declined),
            "people" => Ok(CallApp::Message(CallPlan {
                people: People::Perhaps,
                keeps_places: true,
                ..CallPlan::message(
                    SpokenLanguage::Russian,
                    SpokenPromise::WithinMinutes(30),
                    Duration::from_secs(30),
                )
            })),
            _ => Ok(CallApp::Message(CallPlan::message(
                SpokenLanguage::Russian,
                SpokenPromise::WithinMinutes(30),
                Duration::from_secs(30),
            ))),
        }
    }

    async fn completed(&self, call: CompletedCall) -> Result<(), HostError> {
        let left = |count: u32| count.checked_sub(1);
        if self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok() {
            return Err(HostError::new("not now"));
        }
        self.kept.send(call).map_err(|_| HostError::new("nobody listens"))
    }

    async fn staff(&self, _line: &str) -> Staff {
        self.staff.clone()
    }

    /// What was said is about delivery, on every line but one.
    async fn understand(&self, _message: &LeftMessage) -> Option<Understood> {
        Some(Understood {
            topic: "delivery".into(),
            said: Sentence::of_prompts(&["understood_delivery"]),
            topics: vec!["pricing".into(), "design".into()],
            topics_said: Sentence::of_prompts(&["which_cause"]),
        })
    }

    async fn next_turn(&self) -> Turn {
        match self.turns.lock().await.recv().await {
            Some(turn) => turn,
            None => std::future::pending().await,
        }
    }

    async fn about_to_call(&self, about: &str) -> bool {
        about != "withdrawn"
    }

    async fn turn_over(&self, _about: &str, end: TurnEnd) {
        self.over.send(end).ok();
    }

    async fn progressed(&self, progress: &CallProgress) {
        self.progress.send(progress.stage.clone()).ok();
    }
}

pub(crate) struct Desk {
    pub(crate) edge: SocketAddr,
    pub(crate) kept: mpsc::UnboundedReceiver<CompletedCall>,
    pub(crate) progress: mpsc::UnboundedReceiver<Stage>,
    /// Kept places whose turn it is, and the ends of those in which nobody talked.
    pub(crate) turns: mpsc::UnboundedSender<Turn>,
    pub(crate) over: mpsc::UnboundedReceiver<TurnEnd>,
    pub(crate) call_backs: CallBacks,
    pub(crate) studio: Arc<Booth>,
    pub(crate) stop: CancellationToken,
    pub(crate) running: JoinHandle<Result<(), GatewayError>>,
    _edge: Edge,
}

impl Desk {
    /// Opens in `directory`; every prompt is the short tone. The host refuses some calls first.
    pub(crate) async fn open(directory: &Path, first_port: u16, refusals: u32) -> Self {
        Self::with(directory, first_port, refusals, vec![], Some(short_prompts(directory))).await
    }

    /// The same with these people to answer the line "people".
    pub(crate) async fn staffed(directory: &Path, first_port: u16, people: Vec<Person>) -> Self {
        Self::with(directory, first_port, 0, people, Some(short_prompts(directory))).await
    }

    /// With the prompts that ship, unless there are others.
    pub(crate) async fn open_with(
        directory: &Path,
        first_port: u16,
        refusals: u32,
        prompts_dir: Option<PathBuf>,
    ) -> Self {
        Self::with(directory, first_port, refusals, vec![], prompts_dir).await
    }

    async fn with(
        directory: &Path,
        first_port: u16,
        refusals: u32,
        people: Vec<Person>,
        prompts_dir: Option<PathBuf>,
    ) -> Self {
        let address = ([127, 0, 0, 1], 0).into();
        let listen = vec![Listen { transport: Transport::Udp, address }];
        let started = Edge::start(EdgeConfig { listen, ..EdgeConfig::default() }).await;
        let (edge, incoming) = started.expect("an edge on a free port");
        let (keep, kept) = mpsc::unbounded_channel();
        let (tell, progress) = mpsc::unbounded_channel();
        let (turns, taken) = mpsc::unbounded_channel();
        let (end, over) = mpsc::unbounded_channel();
        let staff = Staff { open: true, people };
        let studio = Arc::new(Booth::new(prompts_dir.clone().unwrap_or_default()));
        let host = Arc::new(Host {
            studio: Arc::clone(&studio),
            refusals: refusals.into(),
            kept: keep,
            staff,
            progress: tell,
            turns: Mutex::new(taken),
            over: end,
        });
        let config = GatewayConfig {
            prompts_dir,
            shutdown_grace: Duration::from_millis(300),
            ..GatewayConfig::new(directory.join("calls"), first_port..=first_port + 99)
        };
        let stop = CancellationToken::new();
        let (call_backs, ordered) = CallBacks::open();
        let lines = Lines::new(incoming, edge.line_out()).with_call_backs(ordered);
        let running = tokio::spawn(Gateway::run(config, lines, host, stop.clone()));
        let edge_address = edge.listening()[0].address;
        Self {
            edge: edge_address,
            kept,
            progress,
            turns,
            over,
            call_backs,
            studio,
            stop,
            running,
            _edge: edge,
        }
    }

    /// Waits until a call has come so far.
    pub(crate) async fn comes_to(&mut self, wanted: &Stage) {
        let come =
            async { while self.progress.recv().await.expect("the host lives") != *wanted {} };
        tokio::time::timeout(PATIENCE, come).await.expect("in time");
    }

    pub(crate) async fn next_call(&mut self) -> CompletedCall {
        let kept = tokio::time::timeout(PATIENCE, self.kept.recv()).await;
        kept.expect("a call in time").expect("the host lives")
    }
}

fn short_prompts(directory: &Path) -> PathBuf {
    let prompts = directory.join("prompts");
    let spoken = concat!(env!("CARGO_MANIFEST_DIR"), "/prompts");
    let tone = Path::new(spoken).join("tone.wav");
    for language in ["ru", "en"] {
        std::fs::create_dir_all(prompts.join(language)).expect("created");
        for entry in std::fs::read_dir(Path::new(spoken).join(language)).expect("prompts") {
            let name = entry.expect("a prompt").file_name();
            std::fs::copy(&tone, prompts.join(language).join(name)).expect("copied");
        }
    }
    prompts
}

/// Waits until a call's note in `directory` satisfies a condition.
pub(crate) async fn note_says(directory: &Path, condition: impl Fn(&CompletedCall) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !notes(directory).iter().any(&condition) {
        assert!(Instant::now() < deadline, "no note says so");
        tokio::task::yield_now().await;
    }
}

/// Every readable note.
pub(crate) fn notes(directory: &Path) -> Vec<CompletedCall> {
    let entries = std::fs::read_dir(directory.join("calls")).into_iter().flatten();
    let json =
        entries.flatten().filter(|entry| entry.path().extension().is_some_and(|e| e == "json"));
    json.filter_map(|entry| serde_json::from_slice(&std::fs::read(entry.path()).ok()?).ok())
        .collect()
}

/// µ-law octets of a spoken sentence of almost two seconds.
pub(crate) fn speech() -> Vec<u8> {
    let wav = include_bytes!("../../../media/tests/speech/en.wav");
    wav[wav.len() - 15_920..].to_vec()
}

/// What the caller said, and what people said to her.
pub(crate) fn both_channels(directory: &Path, call: &CompletedCall) -> (Vec<i16>, Vec<i16>) {
    assert_eq!(call.recording.as_ref().map(|recording| recording.channels), Some(2));
    let samples = recorded(directory, call);
    let channel = |first: usize| samples.iter().skip(first).step_by(2).copied().collect();
    (channel(0), channel(1))
}

/// µ-law octets of more than four seconds of a voice that does not pause for a second.
pub(crate) fn long_speech() -> Vec<u8> {
    let wav = include_bytes!("../../prompts/ru/which_cause.wav");
    let greeting = wav[58..].to_vec();
    assert!(greeting.len() > 32_000, "{}", greeting.len());
    greeting
}

/// µ-law octets of one tone.
pub(crate) fn beep(milliseconds: u32) -> Vec<u8> {
    #[expect(clippy::cast_possible_truncation, reason = "below full scale")]
    let sample = |at: u32| {
        let turn = f64::from(at) * std::f64::consts::TAU * 1_000.0 / 8_000.0;
        mostik_media::Law::Mu.encode((turn.sin() * 8_000.0) as i16)
    };
    (0..milliseconds * 8).map(sample).collect()
}

/// µ-law octets of silence.
pub(crate) fn silence(milliseconds: usize) -> Vec<u8> {
    vec![mostik_media::Law::Mu.encode(0); milliseconds * 8]
}

/// The samples of a kept recording.
pub(crate) fn recorded(directory: &Path, call: &CompletedCall) -> Vec<i16> {
    let recording = call.recording.as_ref().expect("a recording");
    let path = directory.join("calls").join(&recording.file_name);
    let mut reader = hound::WavReader::open(path).expect("a WAV file");
    reader.samples().map(|sample| sample.expect("whole")).collect()
}

/// Whether a recording holds what was said, sample by sample.
pub(crate) fn holds(samples: &[i16], octets: &[u8]) -> bool {
    let said: Vec<i16> = octets.iter().map(|octet| mostik_media::Law::Mu.decode(*octet)).collect();
    samples.windows(said.len()).any(|window| window == said)
}
