//! From nothing to serving, and back: start, announce, wait, end in order.

use std::{fs::File, future::Future, path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use mostik_domain::{Role as UserRole, Step, User, UserId};
use mostik_gateway::{Gateway, Lines};
use mostik_pipeline::Crew;
use mostik_sip::{Edge, Listen};
use mostik_speech::ModelStore;
use mostik_store::{Clock as _, JobState, SystemClock, WaitingJobs};
use mostik_web::{RecordingFolder, WebParts, WebSettings, WebState, one_time_link, token_hash};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    commands::Role,
    config::{self, Config},
    data_folder::DataFolder,
    doors::{FormDoor, GitHubDoor, HandOverDoor, LikelyDoor},
    forgetting::forget,
    line_watch::{self, LineNow},
    readiness::Ready,
    wiring::{self, Parts, Stores},
};

/// For calls in progress when the process is told to stop.
const CALLS_MAY_TAKE: Duration = Duration::from_secs(10);
/// For everything else.
const REST_MAY_TAKE: Duration = Duration::from_secs(15);
/// How often the counts that are not counted as they happen are read.
const GAUGES_EVERY: Duration = Duration::from_secs(10);

/// Runs until Ctrl-C or SIGTERM.
pub(crate) async fn serve(config: Config, folder: &Path, role: Role) -> Result<()> {
    let stop = stop_signal()?;
    let running = start(config, folder, role).await?;
    running.announce();
    tokio::select! {
        () = stop => {}
        // A part that ended by itself takes the others with it, and says why.
        () = running.stop.cancelled() => {}
    }
    eprintln!("Stopping: calls in progress may end …");
    running.stop().await
}

/// Everything that runs.
pub(crate) struct Running {
    announcement: String,
    stop: CancellationToken,
    /// Work goes on while calls end, so that what they bring is stored.
    stop_work: CancellationToken,
    phone: JoinSet<Result<()>>,
    tasks: JoinSet<Result<()>>,
    _lock: Option<File>,
}

/// Starts what the role asks for.
pub(crate) async fn start(config: Config, folder: &Path, role: Role) -> Result<Running> {
    let data = DataFolder::open(folder)?;
    let stores = wiring::stores(&config, &data).await?;
    let lock = match &stores.sqlite {
        Some(sqlite) => {
            let lock = data.lock()?;
            // What is leased was held by a process that is gone.
            sqlite.take_back_leases(SystemClock.now()).await?;
            Some(lock)
        }
        None => None,
    };
    anyhow::ensure!(
        role == Role::All || lock.is_none(),
        "--role needs a PostgreSQL that the processes share (store.url)"
    );
    let metrics = metrics()?;
    let mut parts = wiring::parts(&config, &data, &stores).await?;
    let mut starting = Starting {
        stop: CancellationToken::new(),
        stop_work: CancellationToken::new(),
        phone: JoinSet::new(),
        tasks: JoinSet::new(),
        lines: Vec::new(),
    };
    let listening = starting.phone(&config, &data, &mut parts, role).await?;
    if role.does(Role::Web) {
        starting.web(&config, &data, &stores, &parts, metrics, listening).await?;
    }
    if role.does(Role::Worker) {
        starting.work(&config, &data, &parts);
    }
    Ok(Running {
        announcement: starting.lines.join("\n"),
        stop: starting.stop,
        stop_work: starting.stop_work,
        phone: starting.phone,
        tasks: starting.tasks,
        _lock: lock,
    })
}

struct Starting {
    stop: CancellationToken,
    stop_work: CancellationToken,
    phone: JoinSet<Result<()>>,
    tasks: JoinSet<Result<()>>,
    lines: Vec<String>,
}

impl Starting {
    /// The phone line, if this role has one; tells whether it listens.
    async fn phone(
        &mut self,
        config: &Config,
        data: &DataFolder,
        parts: &mut Parts,
        role: Role,
    ) -> Result<Option<watch::Receiver<LineNow>>> {
        if !role.does(Role::Phone) || config.sip.listen.is_empty() {
            return Ok(None);
        }
        let (edge, calls) = Edge::start(config.edge()?).await?;
        for line in &config.phone.line {
            let places: Vec<_> = edge.listening().iter().map(|at| dial(&line.number, at)).collect();
            self.lines.push(format!("  Call   {}   ({})", places.join("  or  "), line.language));
        }
        let senses = wiring::senses(config, data, &parts.pipeline)?;
        let host = wiring::phone(config, data, parts.intake.clone(), senses)?;
        host.opens().await?;
        let gateway = wiring::gateway(config, data)?;
        let stop = self.stop.clone();
        let mut lines = Lines::new(calls, edge.line_out());
        if let Some(ordered) = parts.call_backs.take() {
            lines = lines.with_call_backs(ordered);
        }
        if let Some(plan) = &parts.pipeline.call_back {
            self.crew(parts, Crew::callers(plan.longest_try()));
        }
        let (now, listening) = watch::channel(LineNow { listens: true, trunks: Vec::new() });
        self.phone.spawn(async move {
            let ran = tokio::select! {
                ran = Gateway::run(gateway, lines, host, stop.clone()) => ran,
                never = line_watch::watch(&edge, &now) => match never {},
            };
            now.send_modify(|now| now.listens = false);
            edge.shutdown(CALLS_MAY_TAKE).await;
            // Without its line this process has no purpose that anybody would notice.
            stop.cancel();
            ran.context("the phone line ended")
        });
        Ok(Some(listening))
    }

    async fn web(
        &mut self,
        config: &Config,
        data: &DataFolder,
        stores: &Stores,
        parts: &Parts,
        metrics: PrometheusHandle,
        phone: Option<watch::Receiver<LineNow>>,
    ) -> Result<()> {
        let listener = TcpListener::bind(config.web.listen)
            .await
            .with_context(|| format!("cannot listen for the web on {}", config.web.listen))?;
        let state = web_state(config, data, stores, parts, metrics, phone)?;
        let stop = self.stop_work.clone();
        self.tasks.spawn(async move {
            mostik_web::serve(listener, state, stop.cancelled_owned()).await?;
            Ok(())
        });
        let link = admin_link(config, stores).await?;
        let url = config.public_url();
        self.lines.push(format!("  Write  {url}/"));
        self.lines.push(format!("  Look   {url}/desk"));
        self.lines.push(format!("  Sign in, once: {link}"));
        Ok(())
    }

    fn work(&mut self, config: &Config, data: &DataFolder, parts: &Parts) {
        for crew in [Crew::LISTENERS, Crew::MESSENGERS] {
            self.crew(parts, crew);
        }
        let polls = mostik_pipeline::poll_trackers(parts.pipeline.clone(), self.stop_work.clone());
        let gauges = gauges(parts.pipeline.store.clone());
        self.until_stopped(polls);
        self.until_stopped(gauges);
        self.until_stopped(forget(parts.pipeline.store.clone(), (&config.phone).into()));
        if let Some(discord) = parts.discord.clone() {
            let (intake, stop) = (parts.intake.clone(), self.stop_work.clone());
            self.lines.push("  Discord: the bot listens".into());
            self.until_stopped(discord.run(intake, stop));
        }
        let models = wiring::models(config, data);
        let wanted = config.speech.model.clone();
        let local = config.speech.engine == "local";
        let here = models.folder(&wanted).is_some();
        if local && !here {
            self.lines.push(
                "  The speech model is not here yet: calls wait for their transcript.".into(),
            );
        }
        if local && !here && config.speech.download {
            self.until_stopped(fetch_model(models, wanted));
        }
    }

    fn crew(&mut self, parts: &Parts, crew: Crew) {
        let work = mostik_pipeline::work(parts.pipeline.clone(), crew, self.stop_work.clone());
        self.tasks.spawn(async move {
            work.await;
            Ok(())
        });
    }

    fn until_stopped(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop_work.clone();
        self.tasks.spawn(async move {
            stop.run_until_cancelled(work).await;
            Ok(())
        });
    }
}

impl Running {
    /// Where to call, where to look, and how to sign in.
    pub(crate) fn announce(&self) {
        eprintln!("\nMostik is ready.\n\n{}\n", self.announcement);
    }

    /// Lets calls end, then finishes or gives back jobs, then closes.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.stop.cancel();
        let mut failed = joined(&mut self.phone, CALLS_MAY_TAKE * 2).await.err();
        self.stop_work.cancel();
        failed = joined(&mut self.tasks, REST_MAY_TAKE).await.err().or(failed);
        failed.map_or(Ok(()), Err)
    }
}

async fn joined(tasks: &mut JoinSet<Result<()>>, within: Duration) -> Result<()> {
    let all = async {
        let mut first_failure = None;
        while let Some(ended) = tasks.join_next().await {
            let ended =
                ended.unwrap_or_else(|crash| Err(anyhow::anyhow!("a part crashed: {crash}")));
            first_failure = first_failure.or(ended.err());
        }
        first_failure.map_or(Ok(()), Err)
    };
    let Ok(ended) = tokio::time::timeout(within, all).await else {
        tracing::warn!("some work did not end in time; its leases will run out");
        return Ok(());
    };
    ended
}

fn web_state(
    config: &Config,
    data: &DataFolder,
    stores: &Stores,
    parts: &Parts,
    metrics: PrometheusHandle,
    phone: Option<watch::Receiver<LineNow>>,
) -> Result<WebState> {
    let pipeline = &parts.pipeline;
    let languages = config.company.languages.iter();
    let languages = languages.map(|code| config::language("company.languages", code));
    let number = config.phone.line.first().map(|line| line.number.clone());
    let listen = config.edge()?.listen.first().copied();
    let store = stores.store.clone();
    let webhooks = parts.github.clone().map(|github| {
        let secret = config.github.webhook_secret.clone();
        let clock = pipeline.clock.clone();
        Arc::new(GitHubDoor { github, secret, store, clock }) as Arc<_>
    });
    Ok(WebState::new(WebParts {
        settings: WebSettings {
            company: config.company.name.clone(),
            languages: languages.collect::<Result<_, _>>()?,
            public_url: config.public_url(),
            public_rate_per_minute: config.web.public_rate_per_minute,
            phone: number.zip(listen).map(|(number, listen)| dial(&number, &listen)),
            inboxes: Vec::new(),
            lines: config.phone.line.iter().map(|line| line.number.clone()).collect(),
            operators: config.operator_names(),
            api_token_hash: token_hash(&data.api_token()?),
        },
        store: stores.store.clone(),
        access: stores.access.clone(),
        clock: pipeline.clock.clone(),
        intake: Arc::new(FormDoor(parts.intake.clone())),
        webhooks,
        recordings: Arc::new(RecordingFolder::new(wiring::recordings(config, data)?)),
        readiness: Arc::new(Ready {
            store: stores.store.clone(),
            speech: pipeline.speech.clone(),
            phone,
            discord: parts.discord.as_ref().map(|discord| discord.health()),
        }),
        hand_over: Arc::new(HandOverDoor(pipeline.clone())),
        likely: Arc::new(LikelyDoor(pipeline.likely.clone())),
        metrics: Arc::new(move || metrics.render()),
        links: pipeline.rules.links.clone(),
        hours: pipeline.rules.hours.clone(),
        ownership: pipeline.rules.ownership.clone(),
    }))
}

fn dial(number: &str, at: &Listen) -> String {
    use mostik_sip::Transport;
    let transport = match at.transport {
        Transport::Udp => "",
        Transport::Tcp => ";transport=tcp",
        Transport::Tls => ";transport=tls",
    };
    format!("sip:{number}@{}{transport}", at.address)
}

/// A link that signs the admin in, once. Every start prints a fresh one, so
/// that nobody is locked out of a machine that is his.
async fn admin_link(config: &Config, stores: &Stores) -> Result<String> {
    let now = SystemClock.now();
    let users = stores.access.users().await?;
    let known = users.into_iter().find(|user| user.role == UserRole::Admin);
    let admin = if let Some(known) = known {
        known
    } else {
        let admin = User {
            id: UserId::new(SystemClock.fresh_id()),
            name: "Admin".into(),
            role: UserRole::Admin,
            created_at: now,
        };
        stores.access.save_user(admin.clone()).await?;
        admin
    };
    Ok(one_time_link(stores.access.as_ref(), admin.id, &config.public_url(), now).await?)
}

/// Gets the speech model while everything else runs.
async fn fetch_model(models: ModelStore, name: String) {
    let mut wait = Duration::from_secs(10);
    loop {
        tracing::info!(model = name, "getting the speech model");
        let told = std::sync::atomic::AtomicU64::new(0);
        let got = models
            .get(&name, move |progress| {
                let percent = progress.received * 100 / progress.total.max(1);
                let tenth = percent / 10;
                if told.fetch_max(tenth, std::sync::atomic::Ordering::Relaxed) < tenth {
                    tracing::info!(percent, "getting the speech model");
                }
            })
            .await;
        match got {
            Ok(_) => {
                tracing::info!(model = name, "the speech model is here");
                return;
            }
            Err(error) => tracing::warn!(%error, ?wait, "the speech model cannot be had yet"),
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(Duration::from_mins(30));
    }
}

fn metrics() -> Result<PrometheusHandle> {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&[0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0])?
        .build_recorder();
    let handle = recorder.handle();
    // Set already when a test starts Mostik twice in one process; the first one counts.
    let _ = metrics::set_global_recorder(recorder);
    Ok(handle)
}

async fn gauges(store: Arc<dyn mostik_store::Store>) {
    loop {
        match store.job_counts().await {
            Ok(counts) => count_jobs(&counts),
            Err(error) => tracing::warn!(%error, "jobs cannot be counted"),
        }
        tokio::time::sleep(GAUGES_EVERY).await;
    }
}

/// Every step and state, so that a count does not stay when the last job has left.
fn count_jobs(counts: &[WaitingJobs]) {
    for step in Step::ALL {
        for state in JobState::ALL {
            let known = counts.iter().find(|one| one.step == step && one.state == state);
            #[expect(clippy::cast_precision_loss, reason = "a gauge of jobs")]
            let count = known.map_or(0, |one| one.count) as f64;
            let (step, state) = (step.as_str(), state.as_str());
            metrics::gauge!("mostik_jobs", "step" => step, "state" => state).set(count);
        }
    }
}

/// Done at Ctrl-C or SIGTERM; a second Ctrl-C ends the process at once.
fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("no signals here")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("no signals here")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tokio::spawn(async move {
            interrupt.recv().await;
            std::process::exit(130);
        });
    })
}
