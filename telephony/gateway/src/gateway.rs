//! Takes calls as they come, and ends in order.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mostik_media::{PortsError, RtpPorts};
use mostik_sip::{IncomingCall, LineOut};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::call_back::{self, CallBacks, CallBacksWaiting};
use crate::delivery::Delivery;
use crate::in_progress::InProgress;
use crate::journal::Journal;
use crate::outgoing::{CallTerms, CallsOut};
use crate::progress::ProgressTeller;
use crate::prompt_library::{PromptError, PromptLibrary};
use crate::switchboard::Switchboard;
use crate::{CallHost, CompletedCall, GatewayConfig, reception, recovery, studio, turn};

/// After the grace: time to finish recordings, say BYE and hand calls over.
const LAST_WORK: Duration = Duration::from_secs(5);

/// Why the gateway cannot run.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The recordings directory cannot be used.
    #[error("the recordings directory {0} cannot be used: {1}")]
    Recordings(PathBuf, #[source] std::io::Error),
    /// The audio ports cannot be used.
    #[error(transparent)]
    Ports(#[from] PortsError),
    /// A prompt cannot be used.
    #[error(transparent)]
    Prompts(#[from] PromptError),
}

/// What every call needs.
pub(crate) struct Shared {
    pub(crate) config: GatewayConfig,
    pub(crate) host: Arc<dyn CallHost>,
    pub(crate) prompts: PromptLibrary,
    pub(crate) ports: RtpPorts,
    /// Places calls: to customers, to operators.
    pub(crate) calls_out: CallsOut,
    /// Brings callers and people together.
    pub(crate) switchboard: Switchboard,
    pub(crate) progress: ProgressTeller,
    pub(crate) in_progress: InProgress,
    pub(crate) journal: Journal,
    pub(crate) delivery: Delivery,
    /// The grace is over: calls end now.
    pub(crate) hurry: CancellationToken,
}

/// The ways in and out, as an edge gives them.
#[derive(Debug)]
pub struct Lines {
    incoming: mpsc::Receiver<IncomingCall>,
    out: LineOut,
    call_backs: CallBacksWaiting,
}

impl Lines {
    /// Takes the calls of an edge, and places calls by it ([`mostik_sip::Edge::line_out`]).
    pub fn new(incoming: mpsc::Receiver<IncomingCall>, out: LineOut) -> Self {
        Self { incoming, out, call_backs: CallBacks::open().1 }
    }

    /// Takes orders for call-backs too.
    #[must_use]
    pub fn with_call_backs(self, call_backs: CallBacksWaiting) -> Self {
        Self { call_backs, ..self }
    }
}

/// The call app: greets, records, thanks.
#[derive(Debug)]
pub struct Gateway;

impl Gateway {
    /// The calls that a crash, or a host that could not keep them, left in a recordings directory;
    /// broken-off recordings are repaired first. [`Gateway::run`] does this by itself.
    pub async fn recover(recordings_dir: &Path) -> Result<Vec<CompletedCall>, GatewayError> {
        let directory = recordings_dir.to_owned();
        let recovered = tokio::task::spawn_blocking(move || {
            Journal::open(&directory).and_then(|journal| recovery::recover(&journal))
        });
        recovered
            .await
            .unwrap_or_else(|crash| Err(std::io::Error::other(crash)))
            .map_err(|error| GatewayError::Recordings(recordings_dir.into(), error))
    }

    /// Hands recovered calls to the host, then takes calls until `shutdown`. Calls in progress
    /// then get the configured grace, are ended with their recordings finished, and are handed
    /// over; whatever the host has not kept by then waits on disk for the next start.
    pub async fn run(
        config: GatewayConfig,
        lines: Lines,
        host: Arc<dyn CallHost>,
        shutdown: CancellationToken,
    ) -> Result<(), GatewayError> {
        let Lines { mut incoming, out, mut call_backs } = lines;
        let recovered = Self::recover(&config.recordings_dir).await?;
        let shared = Arc::new(Shared::new(config, host, out).await?);
        let tasks = TaskTracker::new();
        for call in recovered {
            shared.hand_over_recovered(call, &tasks).await;
        }
        loop {
            let call = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                call = incoming.recv() => call,
                (call, order) = shared.host.next_order() => {
                    if !shared.in_progress.order(&call, order) {
                        tracing::info!(call, "an order came too late");
                    }
                    continue;
                }
                turn = shared.host.next_turn() => {
                    let span = tracing::info_span!("turn", id = tracing::field::Empty);
                    let turn = turn::conduct(Arc::clone(&shared), turn);
                    tasks.spawn(shared.with_fresh_prompts(turn).instrument(span));
                    continue;
                }
                ordered = call_backs.next() => {
                    let span = tracing::info_span!("call_back", id = tracing::field::Empty);
                    let calling = call_back::conduct(Arc::clone(&shared), ordered);
                    tasks.spawn(shared.with_fresh_prompts(calling).instrument(span));
                    continue;
                }
            };
            let Some(call) = call else { break };
            let span = tracing::info_span!("call", id = tracing::field::Empty);
            let meeting = reception::receive(Arc::clone(&shared), call);
            tasks.spawn(shared.with_fresh_prompts(meeting).instrument(span));
        }
        drop((incoming, call_backs));
        shared.drain(&tasks).await;
        Ok(())
    }
}

impl Shared {
    async fn new(
        config: GatewayConfig,
        host: Arc<dyn CallHost>,
        out: LineOut,
    ) -> Result<Self, GatewayError> {
        let journal = Journal::open(&config.recordings_dir)
            .map_err(|error| GatewayError::Recordings(config.recordings_dir.clone(), error))?;
        studio::forget_left_takes(&config.recordings_dir)
            .map_err(|error| GatewayError::Recordings(config.recordings_dir.clone(), error))?;
        let directory = config.prompts_dir.clone();
        let prompts =
            tokio::task::spawn_blocking(move || PromptLibrary::open(directory.as_deref()))
                .await
                .unwrap_or_else(|crash| {
                    let crash = std::io::Error::other(crash);
                    Err(PromptError::Unreadable("prompts".into(), crash))
                })?;
        let ports = RtpPorts::new(config.rtp_ports.clone())?;
        let delivery = Delivery {
            host: Arc::clone(&host),
            journal: journal.clone(),
            closing: CancellationToken::new(),
        };
        let hurry = CancellationToken::new();
        let terms = CallTerms::of(&config, reception::SILENCE);
        let calls_out = CallsOut::new(out, ports.clone(), terms);
        let switchboard = Switchboard::start(Arc::clone(&host), calls_out.clone(), prompts.clone());
        let progress = ProgressTeller::start(Arc::clone(&host));
        Ok(Self {
            config,
            host,
            prompts,
            ports,
            calls_out,
            switchboard,
            progress,
            in_progress: InProgress::default(),
            journal,
            delivery,
            hurry,
        })
    }

    /// A call hears what has been recorded before it.
    fn with_fresh_prompts<Meeting: Future<Output = ()>>(
        &self,
        meeting: Meeting,
    ) -> impl Future<Output = ()> + use<Meeting> {
        let prompts = self.prompts.clone();
        async move {
            prompts.refresh().await;
            meeting.await;
        }
    }

    /// Once before new calls are taken; a host that is not ready yet gets it in the background.
    async fn hand_over_recovered(&self, call: CompletedCall, tasks: &TaskTracker) {
        tracing::info!(call = call.id, termination = %call.termination, "recovered a call");
        if self.delivery.attempt(&call).await.is_err() {
            let delivery = self.delivery.clone();
            tasks.spawn(async move { delivery.deliver(call).await });
        }
    }

    async fn drain(&self, tasks: &TaskTracker) {
        tasks.close();
        let grace = self.config.shutdown_grace;
        if tokio::time::timeout(grace, tasks.wait()).await.is_ok() {
            return;
        }
        tracing::info!(waiting = tasks.len(), "ending what is still in progress");
        self.hurry.cancel();
        self.delivery.closing.cancel();
        if tokio::time::timeout(LAST_WORK, tasks.wait()).await.is_err() {
            tracing::warn!(waiting = tasks.len(), "some calls are left to the next start");
        }
    }
}
