//! The configuration: `default.toml` is its documentation and the only place
//! where defaults stand.

macro_rules! section {
    ($name:ident { $($key:ident: $type:ty),* $(,)? }) => {
        #[derive(Debug, Deserialize)]
        #[expect(missing_docs, reason = "the commented default.toml describes every key")]
        pub struct $name { $(pub $key: $type),* }
    };
}

mod answerers;
mod call_back;
mod cause;
mod line;
mod load;
mod unknown_keys;
mod voice;

use std::{net::SocketAddr, time::Duration};

use mostik_domain::{
    Language, MessageKind, OfficeHours, OwnerTeam, Ownership, OwnershipRule, Thresholds,
};
use mostik_gateway::SpokenPromise;
use mostik_pipeline::Retry;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

pub use answerers::Operator;
pub use call_back::CallBack;
pub use cause::{Cause, OwnCause};
pub use load::{DEFAULT, load};
pub use voice::Voice;

/// Everything that can be set. One struct a section.
#[derive(Debug, Deserialize)]
#[expect(missing_docs, reason = "the commented default.toml describes every key")]
pub struct Config {
    pub company: Company,
    pub web: Web,
    pub store: Store,
    pub recordings: Recordings,
    pub sip: Sip,
    pub phone: Phone,
    pub call_back: CallBack,
    pub owner: Vec<Owner>,
    pub cause: Vec<Cause>,
    pub github: GitHub,
    pub discord: Discord,
    pub classifier: Classifier,
    pub speech: Speech,
    pub answers: Answers,
    pub retry: RetryTimes,
    pub log: Log,
}

section!(Company {
    name: String,
    languages: Vec<String>,
    time_zone: String,
    office_hours: Vec<String>,
    holidays: Vec<String>,
});
section!(Web { listen: SocketAddr, public_url: String, public_rate_per_minute: u32 });
section!(Store { url: SecretString });
section!(Recordings { url: String });
section!(Sip {
    listen: Vec<String>,
    public_address: String,
    rtp_ports: String,
    allowed_networks: Vec<String>,
    max_calls: usize,
    requests_per_second: u32,
    tls_certificate: String,
    tls_key: String,
    srtp: String,
    phones_by_md5: bool,
    trusted_networks: Vec<String>,
    failover_seconds: u64,
    trunk: Vec<Trunk>,
    phone: Vec<DeskPhone>,
});
section!(Trunk {
    name: String,
    registrar: String,
    transport: String,
    username: String,
    auth_username: String,
    password: SecretString,
    domain: String,
    outbound_proxy: String,
    register: bool,
    expires_seconds: u64,
    ask_seconds: u64,
    networks: Vec<String>,
    may_transfer: bool,
    ca_file: String,
});
section!(DeskPhone { user: String, password: SecretString });
section!(Phone {
    echo: String,
    studio: String,
    explained_days: u16,
    explained_calls: u32,
    operator: Vec<Operator>,
    line: Vec<Line>,
});
section!(Line {
    number: String,
    language: String,
    max_message_seconds: u64,
    greeting: Vec<String>,
    menu: Vec<String>,
    operators: Vec<String>,
    longest_wait_minutes: u64,
    hand_ons: u8,
});
section!(Owner {
    team: String,
    root_causes: Vec<String>,
    kinds: Vec<String>,
    language: String,
    tracker: String,
    project: String,
    labels: Vec<String>,
    assignees: Vec<String>,
});
section!(GitHub {
    api_url: String,
    token: SecretString,
    app_id: u64,
    app_private_key: SecretString,
    webhook_secret: SecretString,
    poll_seconds: u64,
});
section!(Discord {
    token: SecretString,
    api_url: String,
    channels: Vec<String>,
    language: String,
});
section!(Classifier {
    engine: String,
    act: f32,
    suggest: f32,
    openai_url: String,
    openai_key: SecretString,
    openai_model: String,
    openai_requests_per_hour: u32,
});
section!(Speech {
    engine: String,
    model: String,
    download: bool,
    hub: String,
    models_folder: String,
    threads: usize,
    openai_url: String,
    openai_key: SecretString,
    openai_model: String,
    voice_engine: String,
    voice_url: String,
    voice_key: SecretString,
    voice_model: String,
    voice_name_ru: String,
    voice_name_en: String,
    voice_program_ru: Vec<String>,
    voice_program_en: Vec<String>,
    voice_seconds: u64,
    voice_days: u16,
});
section!(Answers { response_minutes: u16, delayed_minutes: u32, follow_up_days: u16 });
section!(RetryTimes { first_seconds: u64, max_seconds: u64, attempts: u32 });
section!(Log { format: String, level: String });

/// A value that is of the right type but cannot be.
#[derive(Debug, thiserror::Error)]
#[error("{key}: {why}")]
pub struct WrongValue {
    key: &'static str,
    why: String,
}

fn wrong(key: &'static str) -> impl FnOnce(String) -> WrongValue {
    move |why| WrongValue { key, why }
}

impl Config {
    /// How customers reach the pages.
    pub fn public_url(&self) -> String {
        if self.web.public_url.is_empty() {
            format!("http://{}", self.web.listen)
        } else {
            self.web.public_url.trim_end_matches('/').to_owned()
        }
    }

    /// The language used where nothing tells another.
    pub fn language(&self) -> Result<Language, WrongValue> {
        let first = self.company.languages.first().map_or("", String::as_str);
        language("company.languages", first)
    }

    /// When people are there.
    pub fn office_hours(&self) -> Result<OfficeHours, WrongValue> {
        let Company { time_zone, office_hours, holidays, .. } = &self.company;
        OfficeHours::new(time_zone, office_hours, holidays)
            .map_err(|error| wrong("company.office_hours")(error.to_string()))
    }

    /// The response time, checked to have a prompt.
    pub fn response_minutes(&self) -> Result<u16, WrongValue> {
        let minutes = self.answers.response_minutes;
        SpokenPromise::within(minutes)
            .map(|_| minutes)
            .map_err(|error| wrong("answers.response_minutes")(error.to_string()))
    }

    /// Who owns which cause.
    pub fn ownership(&self) -> Result<Ownership, WrongValue> {
        let rule = |owner: &Owner| owner.rule(self.own_causes_of(&owner.team));
        self.owner.iter().map(rule).collect::<Result<_, _>>().map(Ownership::new)
    }

    /// From which confidence on Mostik acts by itself.
    pub fn thresholds(&self) -> Result<Thresholds, WrongValue> {
        let Classifier { act, suggest, .. } = self.classifier;
        let in_range = [act, suggest].iter().all(|value| (0.0..=1.0).contains(value));
        Thresholds::new(act, suggest)
            .filter(|_| in_range)
            .ok_or_else(|| wrong("classifier.act")("needs 0 ≤ suggest ≤ act ≤ 1".into()))
    }

    /// How failures are repeated.
    pub fn retry(&self) -> Retry {
        Retry {
            first: Duration::from_secs(self.retry.first_seconds.max(1)),
            longest: Duration::from_secs(self.retry.max_seconds.max(1)),
            attempts: self.retry.attempts.max(1),
        }
    }

    /// Whether Discord is configured.
    pub fn has_discord(&self) -> bool {
        !self.discord.token.expose_secret().is_empty()
    }

    /// Whether GitHub is configured.
    pub fn has_github(&self) -> bool {
        let GitHub { token, app_id, app_private_key, .. } = &self.github;
        !token.expose_secret().is_empty()
            || (*app_id != 0 && !app_private_key.expose_secret().is_empty())
    }

    /// Checks what one section cannot check of itself.
    pub fn check(&self) -> Result<(), WrongValue> {
        self.language()?;
        self.office_hours()?;
        self.response_minutes()?;
        self.thresholds()?;
        self.check_causes()?;
        self.edge()?;
        self.encryption()?;
        self.rtp_ports()?;
        self.call_back()?;
        language("discord.language", &self.discord.language)?;
        for line in &self.phone.line {
            language("phone.line.language", &line.language)?;
            if !(5..=600).contains(&line.max_message_seconds) {
                return Err(wrong("phone.line.max_message_seconds")("use 5 to 600".into()));
            }
            if !(1..=60).contains(&line.longest_wait_minutes) {
                return Err(wrong("phone.line.longest_wait_minutes")("use 1 to 60".into()));
            }
            self.operators(line)?;
            self.script(line)?;
        }
        for team in self.ownership()?.teams() {
            if team.tracker == "github" && !self.has_github() {
                let why = format!(
                    "the team {:?} works on GitHub, but [github] has neither token nor App",
                    team.name
                );
                return Err(wrong("owner.tracker")(why));
            }
        }
        one_of("classifier.engine", &self.classifier.engine, &["local", "openai"])?;
        one_of("speech.engine", &self.speech.engine, &["local", "openai", "off"])?;
        self.voice()?;
        one_of("log.format", &self.log.format, &["text", "json"])
    }
}

impl Owner {
    fn rule<'a>(&'a self, own: impl Iterator<Item = &'a str>) -> Result<OwnershipRule, WrongValue> {
        one_of("owner.tracker", &self.tracker, &["board", "github"])?;
        let on_github = self.tracker == "github";
        let two_parts = self.project.split('/').filter(|part| !part.is_empty()).count() == 2;
        if on_github && !two_parts {
            let why = format!("{:?} is not like \"owner/repository\"", self.project);
            return Err(wrong("owner.project")(why));
        }
        let root_causes = self.root_causes.iter().map(String::as_str).chain(own).map(str::parse);
        let root_causes = root_causes.collect::<Result<_, _>>();
        let kinds = self.kinds.iter().map(|kind| match kind.as_str() {
            "cooperation" => Ok(MessageKind::Cooperation),
            other => Err(wrong("owner.kinds")(format!(
                "{other:?}: only \"cooperation\" goes to a team whatever its cause"
            ))),
        });
        let project = if self.project.is_empty() { &self.team } else { &self.project };
        Ok(OwnershipRule {
            root_causes: root_causes.map_err(|error: mostik_taxonomy::InvalidCause| {
                wrong("owner.root_causes")(error.to_string())
            })?,
            kinds: kinds.collect::<Result<_, _>>()?,
            team: OwnerTeam {
                name: self.team.clone(),
                language: language("owner.language", &self.language)?,
                tracker: self.tracker.clone(),
                project: project.clone(),
                labels: self.labels.clone(),
                assignees: self.assignees.clone(),
            },
        })
    }
}

/// A language code of the configuration.
pub fn language(key: &'static str, code: &str) -> Result<Language, WrongValue> {
    code.parse().map_err(|error: mostik_taxonomy::UnknownLanguage| wrong(key)(error.to_string()))
}

fn one_of(key: &'static str, value: &str, known: &[&str]) -> Result<(), WrongValue> {
    if known.contains(&value) {
        return Ok(());
    }
    Err(wrong(key)(format!("{value:?} is not one of {}", known.join(", "))))
}
