//! Every real implementation is chosen here and nowhere else.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use mostik_channels::{
    CallerBack, DetectLanguage, Discord, DiscordConfig, Ears, Intake, Phone, PhoneLine,
    RingsCustomers, Senses,
};
use mostik_domain::{Channel, Language, link::LinkSigner};
use mostik_gateway::call_back::{CallBacks, CallBacksWaiting};
use mostik_gateway::{GatewayConfig, SpokenLanguage, StudioPlan};
use mostik_local::{
    CustomCause, LocalJudge, LocalRootCause, LocalStage, WithCustomCauses, encoder::Encoder,
};
use mostik_openai::{CauseGuide, OpenAiRootCause, OpenAiSettings, OpenAiStage};
use mostik_pipeline::{LikelyProblems, Listener, Pipeline, Rules};
use mostik_speech::{
    CacheOptions, CachedSpeech, LocalOptions, LocalWhisper, ModelStore, OpenAiOptions,
    OpenAiSpeech, OpenAiSpeechOptions, OpenAiTranscription, ProgramOptions, Sources, SpeechProgram,
    SpeechToText, TextToSpeech,
};
use mostik_store::{AccessStore, Clock, Store, SystemClock};
use mostik_store_postgres::PostgresStore;
use mostik_store_sqlite::SqliteStore;
use mostik_taxonomy::{MessageJudge, RootCauseClassifier, StageClassifier};
use mostik_text::likeness::Meanings;
use mostik_trackers::{Board, Credentials, GitHub, GitHubConfig, Tracker};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    board_ledger::StoredBoard,
    config::{self, Config, OwnCause},
    data_folder::DataFolder,
    live_models::{LiveRootCauses, LiveStages},
    own_models::OwnModels,
    studio_door::StudioDoor,
    voice_door::VoiceDoor,
};

/// Where everything is kept, seen from both sides.
#[derive(Clone)]
pub(crate) struct Stores {
    /// Everything but access.
    pub(crate) store: Arc<dyn Store>,
    /// Who may sign in.
    pub(crate) access: Arc<dyn AccessStore>,
    /// The same, when it is SQLite: then one process has it for itself.
    pub(crate) sqlite: Option<Arc<SqliteStore>>,
}

/// The parts that several roles use.
pub(crate) struct Parts {
    /// Everything the steps work with.
    pub(crate) pipeline: Pipeline,
    /// The one door by which everything comes in.
    pub(crate) intake: Intake,
    /// GitHub, when configured.
    pub(crate) github: Option<Arc<GitHub>>,
    /// Discord, when configured.
    pub(crate) discord: Option<Arc<Discord>>,
    /// The call-backs that the steps order, for the phone line.
    pub(crate) call_backs: Option<CallBacksWaiting>,
}

/// SQLite in the data folder, or what `store.url` says.
pub(crate) async fn stores(config: &Config, data: &DataFolder) -> Result<Stores> {
    let url = config.store.url.expose_secret();
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        let store = PostgresStore::connect(&config.store.url).await?;
        let store = Arc::new(store);
        return Ok(Stores { store: store.clone(), access: store, sqlite: None });
    }
    let path = match url.strip_prefix("sqlite:") {
        Some(path) => PathBuf::from(path.trim_start_matches("//")),
        None if url.is_empty() => data.join("mostik.db"),
        None => anyhow::bail!("store.url: use \"sqlite:…\" or \"postgres://…\""),
    };
    let store = SqliteStore::open(&path)
        .await
        .with_context(|| format!("cannot open the database {}", path.display()))?;
    let store = Arc::new(store);
    Ok(Stores { store: store.clone(), access: store.clone(), sqlite: Some(store) })
}

/// The folder of recordings.
pub(crate) fn recordings(config: &Config, data: &DataFolder) -> Result<PathBuf> {
    match config.recordings.url.as_str() {
        "" => Ok(data.join("recordings")),
        url => match url.strip_prefix("file:") {
            Some(path) => Ok(PathBuf::from(path.trim_start_matches("//"))),
            None => anyhow::bail!("recordings.url: use \"file:…\""),
        },
    }
}

/// Who names root causes: by the model in use in the data folder.
pub(crate) fn root_causes(config: &Config, data: &Path) -> Result<Arc<dyn RootCauseClassifier>> {
    let own = config.own_causes()?;
    let local = local_root_causes(&own)(OwnModels::root_cause(data)?);
    root_causes_by(config, own, local)
}

/// The same for a process that runs on: by the model in use at each message.
pub(crate) fn live_root_causes(
    config: &Config,
    data: &Path,
) -> Result<Arc<dyn RootCauseClassifier>> {
    let own = config.own_causes()?;
    let local = Arc::new(LiveRootCauses::start(data, local_root_causes(&own))?);
    root_causes_by(config, own, local)
}

/// From a model to a classifier that knows the company's own causes, too.
fn local_root_causes(
    own: &[OwnCause],
) -> impl Fn(LocalRootCause) -> Arc<dyn RootCauseClassifier> + Send + Sync + 'static {
    let causes: Vec<CustomCause> = own.iter().map(custom_cause).collect();
    move |model| match causes.as_slice() {
        [] => Arc::new(model),
        causes => Arc::new(WithCustomCauses::new(model, causes)),
    }
}

fn root_causes_by(
    config: &Config,
    own: Vec<OwnCause>,
    local: Arc<dyn RootCauseClassifier>,
) -> Result<Arc<dyn RootCauseClassifier>> {
    match config.classifier.engine.as_str() {
        "openai" => {
            let guides: Vec<CauseGuide> = own.into_iter().map(guide).collect();
            let asked = OpenAiRootCause::new(language_model(config), &guides, local);
            Ok(Arc::new(asked.context("in [classifier]")?))
        }
        _ => Ok(local),
    }
}

fn custom_cause(cause: &OwnCause) -> CustomCause {
    CustomCause {
        root_cause: cause.root_cause.clone(),
        description: cause.description.clone(),
        examples: cause.examples.clone(),
    }
}

fn guide(cause: OwnCause) -> CauseGuide {
    let OwnCause { root_cause, description, examples } = cause;
    CauseGuide { root_cause, description, examples }
}

/// Who judges owner-side comments: by the model in use in the data folder.
pub(crate) fn stages(config: &Config, data: &Path) -> Result<Arc<dyn StageClassifier>> {
    stages_by(config, Arc::new(OwnModels::stage(data)?))
}

/// The same for a process that runs on: by the model in use at each comment.
pub(crate) fn live_stages(config: &Config, data: &Path) -> Result<Arc<dyn StageClassifier>> {
    stages_by(config, Arc::new(LiveStages::start(data)?))
}

fn stages_by(config: &Config, local: Arc<dyn StageClassifier>) -> Result<Arc<dyn StageClassifier>> {
    match config.classifier.engine.as_str() {
        "openai" => {
            let asked = OpenAiStage::new(language_model(config), local);
            Ok(Arc::new(asked.context("in [classifier]")?))
        }
        _ => Ok(local),
    }
}

fn language_model(config: &Config) -> OpenAiSettings {
    let section = &config.classifier;
    let mut settings = OpenAiSettings::new(
        section.openai_url.clone(),
        section.openai_key.clone(),
        section.openai_model.clone(),
    );
    settings.requests_per_hour = section.openai_requests_per_hour;
    settings
}

/// Who tells what messages say beside their cause: always on this machine.
pub(crate) fn judge() -> Result<&'static LocalJudge> {
    LocalJudge::shipped().context("the compiled-in judge is damaged")
}

/// Who tells what texts mean, to find the problems they are about.
pub(crate) fn meanings() -> Result<Arc<dyn Meanings>> {
    Ok(Arc::new(Encoder::shipped().context("the compiled-in encoder is damaged")?))
}

/// Name and version of the models inside this binary.
pub(crate) fn compiled_in_models() -> Result<Vec<(&'static str, String)>> {
    Ok(vec![
        ("root-cause", LocalRootCause::new()?.version().to_owned()),
        ("stage", LocalStage::new()?.version().to_owned()),
        ("judge", judge()?.version()),
    ])
}

/// Where speech models are kept and come from.
pub(crate) fn models(config: &Config, data: &DataFolder) -> ModelStore {
    let folder = match config.speech.models_folder.as_str() {
        "" => data.join("models"),
        folder => PathBuf::from(folder),
    };
    let hub = config.speech.hub.trim_end_matches('/').to_owned();
    ModelStore::with_sources(folder, Sources { hub, ..Sources::default() })
}

/// A recording of ten minutes on one slow core.
const RECOGNISED_WITHIN: Duration = Duration::from_mins(4);

/// Who recognises speech.
pub(crate) fn speech(config: &Config, data: &DataFolder) -> Result<Option<Arc<dyn SpeechToText>>> {
    let section = &config.speech;
    Ok(match section.engine.as_str() {
        "off" => None,
        "openai" => Some(Arc::new(OpenAiTranscription::new(OpenAiOptions {
            base_url: section.openai_url.clone(),
            key: filled(&section.openai_key),
            model: section.openai_model.clone(),
            time_limit: RECOGNISED_WITHIN,
        })?)),
        _ => {
            let options = LocalOptions {
                model: section.model.clone(),
                threads: section.threads,
                time_limit: RECOGNISED_WITHIN,
                ..LocalOptions::default()
            };
            Some(Arc::new(LocalWhisper::start(models(config, data), options)?))
        }
    })
}

/// A sentence that takes longer is given up; a call goes on long before (`voice_seconds`).
const SPOKEN_WITHIN: Duration = Duration::from_secs(20);
/// Three and a half hours of speech.
const MOST_SPOKEN_BYTES: u64 = 200 << 20;

/// Who says what no recorded prompt says; what was spoken is kept.
pub(crate) fn voice(config: &Config, data: &DataFolder) -> Result<Option<Arc<dyn TextToSpeech>>> {
    let Some(engine) = voice_engine(config)? else { return Ok(None) };
    let folder = data.join("spoken");
    let options = CacheOptions {
        folder: folder.clone(),
        key: data.voice_key()?.into_bytes().into(),
        most_bytes: MOST_SPOKEN_BYTES,
        keep_for: Duration::from_hours(24 * u64::from(config.speech.voice_days)),
    };
    let kept = CachedSpeech::open(engine, options)
        .with_context(|| format!("cannot use the folder {}", folder.display()))?;
    Ok(Some(Arc::new(kept)))
}

/// The same, speaking each sentence anew.
pub(crate) fn voice_engine(config: &Config) -> Result<Option<Arc<dyn TextToSpeech>>> {
    let section = &config.speech;
    let [russian, english] = [Language::Russian, Language::English].map(spoken);
    Ok(match config.voice()? {
        config::Voice::Off => None,
        config::Voice::OpenAi => Some(Arc::new(OpenAiSpeech::new(OpenAiSpeechOptions {
            base_url: section.voice_url.clone(),
            key: filled(&section.voice_key),
            model: section.voice_model.clone(),
            voices: vec![
                (russian, section.voice_name_ru.clone()),
                (english, section.voice_name_en.clone()),
            ],
            time_limit: SPOKEN_WITHIN,
        })?)),
        config::Voice::Program => Some(Arc::new(SpeechProgram::new(ProgramOptions {
            programs: vec![
                (russian, section.voice_program_ru.clone()),
                (english, section.voice_program_en.clone()),
            ],
            ..ProgramOptions::default()
        }))),
    })
}

fn filled(secret: &SecretString) -> Option<SecretString> {
    (!secret.expose_secret().is_empty()).then(|| secret.clone())
}

/// The recogniser's own type for a language.
pub(crate) const fn spoken(language: Language) -> mostik_speech::Language {
    match language {
        Language::Russian => mostik_speech::Language::Russian,
        Language::English => mostik_speech::Language::English,
    }
}

/// GitHub, when configured.
pub(crate) fn github(config: &Config) -> Result<Option<Arc<GitHub>>> {
    let section = &config.github;
    if !config.has_github() {
        return Ok(None);
    }
    let credentials = match filled(&section.token) {
        Some(token) => Credentials::Token(token),
        None => {
            Credentials::App { id: section.app_id, private_key: section.app_private_key.clone() }
        }
    };
    let poll_every = (section.poll_seconds > 0).then(|| Duration::from_secs(section.poll_seconds));
    let api_url = section.api_url.clone();
    Ok(Some(Arc::new(GitHub::new(GitHubConfig { api_url, credentials, poll_every })?)))
}

/// Discord, when configured.
pub(crate) fn discord(config: &Config) -> Result<Option<Arc<Discord>>> {
    let section = &config.discord;
    if !config.has_discord() {
        return Ok(None);
    }
    let channels = section.channels.iter().map(|id| {
        id.parse().with_context(|| format!("discord.channels: {id:?} is not a channel's id"))
    });
    Ok(Some(Discord::new(&DiscordConfig {
        token: section.token.clone(),
        api_url: section.api_url.clone(),
        channels: channels.collect::<Result<_>>()?,
        language: config::language("discord.language", &section.language)?,
    })))
}

/// How the gateway keeps and carries calls.
pub(crate) fn gateway(config: &Config, data: &DataFolder) -> Result<GatewayConfig> {
    let mut gateway = GatewayConfig::new(recordings(config, data)?, config.rtp_ports()?);
    gateway.public_address = config.public_address()?;
    gateway.encryption = config.encryption()?;
    gateway.prompts_dir = Some(data.join("prompts"));
    Ok(gateway)
}

/// What the phone line hears and speaks with.
pub(crate) fn senses(config: &Config, data: &DataFolder, pipeline: &Pipeline) -> Result<Senses> {
    let ears = pipeline.listener.clone().map(|listener| listener as Arc<dyn Ears>);
    let patience = config.voice_patience();
    let door = |voice| Arc::new(VoiceDoor { voice, patience }) as Arc<dyn mostik_channels::Voice>;
    Ok(Senses { ears, voice: voice(config, data)?.map(door) })
}

/// Hosts the phone lines.
pub(crate) fn phone(
    config: &Config,
    data: &DataFolder,
    intake: Intake,
    senses: Senses,
) -> Result<Arc<Phone>> {
    let lines = config.phone.line.iter().map(|line| {
        let language = config::language("phone.line.language", &line.language)?;
        let longest = Duration::from_secs(line.max_message_seconds);
        Ok(PhoneLine {
            script: config.script(line)?,
            longest_wait: Duration::from_mins(line.longest_wait_minutes),
            operators: config.operators(line)?,
            ..PhoneLine::new(line.number.clone(), language, longest)
        })
    });
    let echo = Some(config.phone.echo.clone()).filter(|number| !number.is_empty());
    let lines = lines.collect::<Result<_>>()?;
    let studio = studio(config, data)?;
    Ok(Phone::new(intake, lines, echo, senses, config.call_back()?, studio))
}

/// Where prompts are recorded, and its number.
fn studio(config: &Config, data: &DataFolder) -> Result<Option<(String, StudioPlan)>> {
    let number = config.phone.studio.clone();
    if number.is_empty() {
        return Ok(None);
    }
    let taken = config.phone.line.iter().map(|line| &line.number).chain([&config.phone.echo]);
    anyhow::ensure!(
        taken.into_iter().all(|other| *other != number),
        "phone.studio: {number:?} is the number of a line or of phone.echo"
    );
    let language = match config.language()? {
        Language::Russian => SpokenLanguage::Russian,
        Language::English => SpokenLanguage::English,
    };
    Ok(Some((number, StudioPlan { language, studio: Arc::new(StudioDoor::of(data)) })))
}

/// Puts the parts together.
pub(crate) async fn parts(config: &Config, data: &DataFolder, stores: &Stores) -> Result<Parts> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = stores.store.clone();
    let public_url = config.public_url();
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    seed[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    let link_key = stores.access.installation_secret("customer-page", seed).await?;
    let github = github(config)?;
    let ledger = Arc::new(StoredBoard { store: store.clone(), clock: clock.clone() });
    let mut trackers: HashMap<&'static str, Arc<dyn Tracker>> = HashMap::new();
    trackers.insert("board", Arc::new(Board::new(ledger, &public_url)));
    if let Some(github) = &github {
        trackers.insert("github", github.clone());
    }
    let discord = discord(config)?;
    let mut channels: HashMap<Channel, Arc<dyn mostik_channels::Channel>> = HashMap::new();
    if let Some(discord) = &discord {
        channels.insert(Channel::Discord, discord.clone());
    }
    let call_back = config.call_back()?;
    let (desk, call_backs) = CallBacks::open();
    let hours = config.office_hours()?;
    let minutes = config.response_minutes()?;
    let root_causes = live_root_causes(config, data.path())?;
    let speech = speech(config, data)?;
    let judge: Arc<dyn MessageJudge> = Arc::new(judge()?);
    let listener =
        speech.clone().map(|speech| Listener::new(speech, root_causes.clone(), judge.clone()));
    let pipeline = Pipeline {
        store: store.clone(),
        clock: clock.clone(),
        root_causes,
        judge,
        stages: live_stages(config, data.path())?,
        speech,
        listener: listener.map(Arc::new),
        recordings: recordings(config, data)?,
        channels,
        rings: call_back
            .clone()
            .map(|plan| Arc::new(CallerBack::new(desk, plan)) as Arc<dyn RingsCustomers>),
        call_back: call_back.map(Arc::new),
        trackers,
        likely: Arc::new(LikelyProblems::new(store.clone(), meanings()?)),
        rules: Arc::new(Rules {
            ownership: config.ownership()?,
            thresholds: config.thresholds()?,
            hours: hours.clone(),
            delayed_answer_minutes: config.answers.delayed_minutes,
            follow_up_days: config.answers.follow_up_days,
            links: LinkSigner::new(link_key, &public_url),
            retry: config.retry(),
        }),
    };
    let detect_language: DetectLanguage = Arc::new(mostik_text::detect_language);
    let intake =
        Intake { store, clock, hours, response_minutes: u32::from(minutes), detect_language };
    Ok(Parts { pipeline, intake, github, discord, call_backs: Some(call_backs) })
}
