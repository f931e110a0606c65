//! Says what works and what does not, and what to do.

mod certificate;
mod line;
mod self_call;
mod trunks;
mod voice;

use std::{process::ExitCode, time::Duration};

use anyhow::Result;
use clap::Args;
use mostik_domain::OwnerTeam;
use tokio::net::TcpListener;

use super::Place;
use crate::{
    config::Config,
    data_folder::DataFolder,
    wiring::{self, Stores},
};

/// Says what works and what does not, and what to do.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    place: Place,
}

/// What a check came to.
enum Finding {
    Ok(String),
    Warning(String),
    Failure(String),
}

use Finding::{Failure, Ok as Fine, Warning};

/// For a vendor's answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

impl Doctor {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let mut report = Report::default();
        let config = match self.place.config() {
            Ok(config) => {
                report.add("configuration", Fine("every key and value is understood".into()));
                config
            }
            Err(error) => {
                report.add("configuration", Failure(format!("{error:#}")));
                return Ok(report.status());
            }
        };
        match DataFolder::open(&self.place.data) {
            Ok(data) => examine(&config, &data, &mut report).await,
            Err(error) => report.add("data folder", Failure(format!("{error:#}"))),
        }
        Ok(report.status())
    }
}

async fn examine(config: &Config, data: &DataFolder, report: &mut Report) {
    match wiring::stores(config, data).await {
        Ok(stores) => report.add("database", database(&stores).await),
        Err(error) => report.add("database", Failure(format!("{error:#}"))),
    }
    let running = data.lock().is_err();
    line::examine(config, running, report).await;
    report.add("web", web(config, running).await);
    report.add("speech", speech(config, data));
    voice::examine(config, report).await;
    match wiring::github(config) {
        Ok(Some(github)) => {
            for team in
                config.ownership().iter().flat_map(|all| all.teams().cloned().collect::<Vec<_>>())
            {
                if team.tracker == "github" {
                    report.add(&format!("github {}", team.project), project(&github, &team).await);
                }
            }
            report.add("github webhook", webhook(config));
        }
        Ok(None) => report.add("github", Fine("not configured; teams work on the board".into())),
        Err(error) => report.add("github", Failure(format!("{error:#}"))),
    }
    match wiring::discord(config) {
        Ok(Some(bot)) => report.add("discord", discord(&bot).await),
        Ok(None) => report.add("discord", Fine("not configured".into())),
        Err(error) => report.add("discord", Failure(format!("{error:#}"))),
    }
}

async fn discord(bot: &mostik_channels::Discord) -> Finding {
    match tokio::time::timeout(ANSWER_WITHIN, bot.check()).await {
        Ok(Ok(name)) => Fine(format!("the bot {name} can connect")),
        Ok(Err(why)) => Failure(why),
        Err(_) => Failure(format!("no answer within {} s", ANSWER_WITHIN.as_secs())),
    }
}

async fn database(stores: &Stores) -> Finding {
    match stores.store.ping().await {
        Ok(()) => Fine("answers, and its tables are up to date".into()),
        Err(error) => Failure(error.to_string()),
    }
}

async fn web(config: &Config, running: bool) -> Finding {
    match TcpListener::bind(config.web.listen).await {
        Ok(_) => {
            Fine(format!("{} is free; people will open {}", config.web.listen, config.public_url()))
        }
        Err(_) if running => Fine(format!("a running mostik answers at {}", config.public_url())),
        Err(error) => Failure(format!(
            "cannot listen on {} ({error}): stop what uses the port, or change web.listen",
            config.web.listen
        )),
    }
}

fn speech(config: &Config, data: &DataFolder) -> Finding {
    match wiring::speech(config, data) {
        Ok(None) => Warning("switched off: an operator types what callers said".into()),
        Ok(Some(speech)) if speech.ready() => Fine(format!("{} is here", speech.name())),
        Ok(Some(_)) if config.speech.download => Warning(format!(
            "{0} is not here yet: it will be fetched at start, or now: mostik models get {0}",
            config.speech.model
        )),
        Ok(Some(_)) => Failure(format!(
            "{0} is not here and speech.download is off: mostik models get {0}",
            config.speech.model
        )),
        Err(error) => Failure(format!("{error:#}")),
    }
}

async fn project(github: &mostik_trackers::GitHub, team: &OwnerTeam) -> Finding {
    match tokio::time::timeout(ANSWER_WITHIN, github.check(&team.project)).await {
        Ok(Ok(access)) if !access.has_issues => {
            Failure("the repository has issues switched off: switch them on in its settings".into())
        }
        Ok(Ok(access)) if access.may_push == Some(false) => Warning(
            "issues can be filed, but labels and assignees need a token that may write".into(),
        ),
        Ok(Ok(_)) => Fine("issues can be filed".into()),
        Ok(Err(error)) => Failure(error.to_string()),
        Err(_) => Failure(format!("no answer within {} s", ANSWER_WITHIN.as_secs())),
    }
}

fn webhook(config: &Config) -> Finding {
    use secrecy::ExposeSecret as _;
    let secret = !config.github.webhook_secret.expose_secret().is_empty();
    match (secret, config.github.poll_seconds) {
        (true, _) => {
            Fine(format!("deliveries are taken at {}/webhooks/github", config.public_url()))
        }
        (false, 0) => Failure(
            "neither webhook_secret nor poll_seconds is set: nothing would ever be heard".into(),
        ),
        (false, seconds) => Fine(format!("not configured; GitHub is asked every {seconds} s")),
    }
}

#[derive(Default)]
struct Report {
    failed: bool,
}

impl Report {
    fn add(&mut self, what: &str, finding: Finding) {
        let (mark, said) = match finding {
            Fine(said) => ("ok     ", said),
            Warning(said) => ("warning", said),
            Failure(said) => {
                self.failed = true;
                ("failure", said)
            }
        };
        println!("{mark}  {what}: {said}");
    }

    fn status(&self) -> ExitCode {
        if self.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}
