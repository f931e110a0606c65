//! The recogniser as the rest of the product sees it: a queue before one worker thread.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use rayon::ThreadPool;
use tokio::sync::{mpsc, oneshot};

use super::giving_way::give_way;
use super::model::Model;
use super::recognise::{Task, recognise};
use crate::models::ModelStore;
use crate::recording::Pcm;
use crate::{Language, Recording, SpeechError, SpeechToText, Transcript};

/// How the local recogniser works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalOptions {
    /// The model's name in the store, `whisper-base`.
    pub model: String,
    /// Threads that one recognition uses; there is one recognition at a time.
    pub threads: usize,
    /// Hypotheses kept side by side: 1 is fastest, 5 makes fewer errors.
    pub beam: usize,
    /// Recordings that may wait; more are refused with [`SpeechError::Busy`].
    pub queue: usize,
    /// How long a recording may take, waiting included.
    pub time_limit: Duration,
}

impl Default for LocalOptions {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            model: "whisper-base".into(),
            threads: cores.min(4),
            beam: 5,
            queue: 16,
            time_limit: Duration::from_mins(10),
        }
    }
}

/// Whisper on this machine.
///
/// It may be made before its model is there: [`SpeechToText::ready`] turns true when the store has
/// it, and the first recording loads it. Dropping a transcription's future gives the work up. Its
/// threads have a lower priority than all others, so that calls come first.
///
/// Word errors on 8 kHz prompts beside CTranslate2 with the same weights in single precision: Russian
/// 16.3 % against 14.9 %, English 4.2 % against 4.3 % (`bot/decisions/0004-speech-recognition.md`).
pub struct LocalWhisper {
    options: LocalOptions,
    store: ModelStore,
    queue: mpsc::Sender<Job>,
}

struct Job {
    pcm: Arc<Pcm>,
    hint: Language,
    model: PathBuf,
    answer: oneshot::Sender<Result<Transcript, SpeechError>>,
}

impl LocalWhisper {
    /// The most threads and hypotheses that are accepted.
    const MOST: usize = 64;

    /// Starts the worker, which waits for recordings and ends when this is dropped.
    pub fn start(store: ModelStore, options: LocalOptions) -> Result<Self, SpeechError> {
        let failed = |error: &dyn std::fmt::Display| SpeechError::Failed {
            reason: format!("the recogniser cannot start: {error}"),
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads.clamp(1, Self::MOST))
            .thread_name(|number| format!("speech-{number}"))
            .start_handler(|_| give_way())
            .build()
            .map_err(|error| failed(&error))?;
        let (queue, jobs) = mpsc::channel(options.queue.clamp(1, 4_096));
        let beam = options.beam.clamp(1, Self::MOST);
        thread::Builder::new()
            .name("speech".into())
            .spawn(move || {
                give_way();
                work(jobs, &pool, beam);
            })
            .map_err(|error| failed(&error))?;
        Ok(Self { options, store, queue })
    }

    fn not_ready(&self) -> SpeechError {
        SpeechError::NotReady { model: self.options.model.clone() }
    }
}

#[async_trait]
impl SpeechToText for LocalWhisper {
    async fn transcribe(
        &self,
        recording: &Recording,
        hint: Language,
    ) -> Result<Transcript, SpeechError> {
        let model = self.store.folder(&self.options.model).ok_or_else(|| self.not_ready())?;
        let (answer, result) = oneshot::channel();
        let job = Job { pcm: Arc::clone(recording.pcm()), hint, model, answer };
        self.queue.try_send(job).map_err(|_| SpeechError::Busy)?;
        let limit = self.options.time_limit;
        match tokio::time::timeout(limit, result).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(SpeechError::Failed { reason: "the recogniser ended".into() }),
            Err(_) => Err(SpeechError::TooSlow { limit }),
        }
    }

    fn name(&self) -> String {
        format!("{} (local)", self.options.model)
    }

    fn ready(&self) -> bool {
        self.store.folder(&self.options.model).is_some()
    }
}

/// Takes one job after another; a job that panics takes only itself down.
fn work(mut jobs: mpsc::Receiver<Job>, pool: &ThreadPool, beam: usize) {
    let mut loaded: Option<Model> = None;
    while let Some(job) = jobs.blocking_recv() {
        if job.answer.is_closed() {
            continue;
        }
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let model = load(&mut loaded, &job)?;
            let abandoned = || job.answer.is_closed();
            let task = Task { hint: job.hint, beam, abandoned: &abandoned };
            pool.install(|| recognise(model, &job.pcm, &task))
        }));
        let result = result
            .unwrap_or_else(|_| Err(SpeechError::Failed { reason: "the recogniser broke".into() }));
        // Nobody may be waiting any more.
        let _ = job.answer.send(result);
    }
}

fn load<'a>(loaded: &'a mut Option<Model>, job: &Job) -> Result<&'a Model, SpeechError> {
    if let Some(model) = loaded {
        return Ok(model);
    }
    let started = std::time::Instant::now();
    let model = Model::open(&job.model)?;
    tracing::info!(seconds = started.elapsed().as_secs_f64(), "speech model loaded");
    Ok(loaded.insert(model))
}
