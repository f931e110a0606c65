//! [`World`]: a real Mostik, started as its own process with a configuration and folder of its own.

mod api;
mod binary;
mod settings;

use std::fs::OpenOptions;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use api::{Answer, Api};
pub use binary::{mostik, run, run_for};
use serde_json::{Value, json};
use settings::Listening;
use tempfile::TempDir;
use toml::Table;

use crate::eventually::eventually;
use crate::needs::speech_models;
use crate::ports::PortBlock;
use crate::postgres;
use crate::process::Process;

const START: Duration = Duration::from_mins(1);
const STOP: Duration = Duration::from_secs(40);

/// A Mostik to be started.
#[derive(Debug)]
pub struct Plan {
    fragments: Vec<Table>,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
    with_postgres: bool,
    with_speech: bool,
}

/// A running Mostik. Dropping it kills it; when the test is failing its log is printed.
#[derive(Debug)]
pub struct World {
    process: Option<Process>,
    folder: TempDir,
    listening: Listening,
    environment: Vec<(String, String)>,
    arguments: Vec<String>,
    _ports: PortBlock,
}

impl World {
    /// Starts one with the usual configuration: SQLite, the board, local classifiers.
    pub async fn start() -> Self {
        Self::plan().start().await
    }

    /// Starts one with this fragment of `mostik.toml` laid over the usual configuration.
    pub async fn with(fragment: &str) -> Self {
        Self::plan().config(fragment).start().await
    }

    /// Starts one on a fresh PostgreSQL database.
    pub async fn postgres() -> Self {
        Self::plan().postgres().start().await
    }

    /// One to be described further.
    pub fn plan() -> Plan {
        Plan {
            fragments: Vec::new(),
            environment: Vec::new(),
            arguments: Vec::new(),
            with_postgres: false,
            with_speech: false,
        }
    }

    /// The API with the administrator's token.
    pub fn api(&self) -> Api {
        Api::new(self.web_url(), Some(&self.admin_token()))
    }

    /// The API as the public sees it.
    pub fn public(&self) -> Api {
        Api::new(self.web_url(), None)
    }

    /// `http://127.0.0.1:port`.
    pub fn web_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.listening.web)
    }

    /// `sip:user@127.0.0.1:port`.
    pub fn sip_uri(&self, user: &str) -> String {
        format!("sip:{user}@127.0.0.1:{}", self.listening.sip)
    }

    /// Where the phone line listens.
    pub fn sip_address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.listening.sip).into()
    }

    /// `DIR`: database, recordings, token.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.folder.path().join("mostik.toml")
    }

    /// The content of `DIR/admin.token`.
    ///
    /// # Panics
    /// When it is not there.
    pub fn admin_token(&self) -> String {
        let file = self.data().join("admin.token");
        let token = std::fs::read_to_string(&file);
        token.unwrap_or_else(|error| panic!("{}: {error}", file.display())).trim().to_owned()
    }

    /// Everything the product has written to standard output and standard error, over all starts.
    pub fn log(&self) -> String {
        std::fs::read_to_string(log_file(self.folder.path())).unwrap_or_default()
    }

    /// The last address printed that contains `part`, for instance the one-time sign-in link.
    pub fn printed_link(&self, part: &str) -> Option<String> {
        let log = self.log();
        log.split(|letter: char| letter.is_whitespace() || "\"'<>\u{1b}".contains(letter))
            .rfind(|word| word.starts_with("http") && word.contains(part))
            .map(str::to_owned)
    }

    /// Fails the test when a customer's words, numbers or names stand in the log.
    ///
    /// # Panics
    /// When one does.
    pub fn assert_log_keeps_silent_about(&self, secrets: &[&str]) {
        let log = self.log();
        for secret in secrets {
            assert!(!log.contains(secret), "the log tells «{secret}»");
        }
    }

    /// Sends a message by the public form's API; the id of its feedback.
    ///
    /// # Panics
    /// When it is not accepted.
    pub async fn writes(&self, text: &str) -> String {
        let answer = self.public().post("/api/v1/messages", &json!({ "text": text })).await;
        let answer = answer.expect(202).json();
        answer["feedback"].as_str().expect("the feedback's id").to_owned()
    }

    /// One feedback as the API shows it.
    pub async fn feedback(&self, id: &str) -> Value {
        self.api().get(&format!("/api/v1/feedback/{id}")).await
    }

    /// All feedback, newest first.
    pub async fn all_feedback(&self) -> Vec<Value> {
        self.api().all("/api/v1/feedback").await
    }

    /// Waits until a feedback is in this state, and returns it.
    ///
    /// # Panics
    /// When it does not get there in time.
    pub async fn feedback_becomes(&self, id: &str, state: &str, patience: Duration) -> Value {
        eventually(&format!("feedback {id} to become {state}"), patience, async || {
            let feedback = self.feedback(id).await;
            if feedback["state"] == state { Ok(feedback) } else { Err(feedback.to_string()) }
        })
        .await
    }

    /// The process id.
    ///
    /// # Panics
    /// When it does not run.
    pub fn process_id(&self) -> u32 {
        self.process.as_ref().expect("a running mostik").id()
    }

    /// SIGKILL.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill_nine(&mut self) {
        self.process.take().expect("a running mostik").kill_nine();
    }

    /// Sends a signal by name (`INT`, `STOP`, `CONT`).
    ///
    /// # Panics
    /// When it does not run.
    pub fn signal(&self, name: &str) {
        self.process.as_ref().expect("a running mostik").signal(name);
    }

    /// Starts it again on the same data and ports, stopping it first when it runs.
    pub async fn restart(&mut self) {
        if self.process.is_some() {
            self.stop().await;
        }
        self.launch();
        self.is_ready().await;
    }

    /// SIGTERM; it must end by itself with status 0.
    ///
    /// # Panics
    /// When it does not.
    pub async fn stop(&mut self) {
        self.signal("TERM");
        self.ended().await;
    }

    /// Waits for the end that a signal asked for; the status must be 0.
    ///
    /// # Panics
    /// When it does not end, or not so.
    pub async fn ended(&mut self) {
        let mut process = self.process.take().expect("a running mostik");
        let status = process.end(STOP).await;
        assert!(status.success(), "told to stop, mostik ended with {status}\n{}", self.log());
    }

    fn launch(&mut self) {
        let folder = self.folder.path();
        let log = OpenOptions::new().create(true).append(true).open(log_file(folder));
        let log = log.expect("a log file");
        let errors = log.try_clone().expect("the log file once more");
        let process = Process::start(&mostik().to_string_lossy(), |command| {
            command.arg("serve").arg("--config").arg(folder.join("mostik.toml"));
            command.arg("--data").arg(folder.join("data")).args(&self.arguments);
            command.envs(self.environment.iter().cloned()).current_dir(folder);
            command.stdout(log).stderr(errors);
        });
        self.process = Some(process);
    }

    async fn is_ready(&mut self) {
        let public = self.public();
        let log = log_file(self.folder.path());
        let process = self.process.as_mut().expect("just launched");
        eventually("mostik to be ready", START, async || {
            if let Some(status) = process.ended() {
                let log = std::fs::read_to_string(&log).unwrap_or_default();
                panic!("mostik ended at the start with {status}\n{log}");
            }
            let request = public.request(reqwest::Method::GET, "/readyz");
            match public.try_send(request).await {
                Ok(answer) if answer.status == 200 => Ok(()),
                Ok(answer) => Err(answer.text),
                Err(error) => Err(error.to_string()),
            }
        })
        .await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.process = None;
        let log = self.log();
        if std::thread::panicking() {
            eprintln!("--- the log of mostik ---\n{log}--- end of the log ---");
        } else {
            assert!(!log.contains("panicked at"), "mostik panicked:\n{log}");
        }
    }
}

impl Plan {
    /// Lays a fragment of `mostik.toml` over what is there. Tables are merged; lists of tables
    /// (`[[owner]]`, `[[phone.line]]`) are replaced.
    ///
    /// # Panics
    /// When it is not TOML.
    #[must_use]
    pub fn config(mut self, fragment: &str) -> Self {
        self.fragments.push(settings::read(fragment));
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an argument after `serve --config … --data …`.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// A fresh PostgreSQL database instead of SQLite; the test `needs!("postgres")`.
    #[must_use]
    pub fn postgres(mut self) -> Self {
        self.with_postgres = true;
        self
    }

    /// With the speech model in place; the test `needs!("whisper-base")`.
    #[must_use]
    pub fn speech(mut self) -> Self {
        self.with_speech = true;
        self
    }

    /// Starts it and waits until it says that it is ready.
    pub async fn start(self) -> World {
        let folder = tempfile::Builder::new().prefix("mostik-test-").tempdir();
        let folder = folder.expect("a folder for the test");
        let ports = PortBlock::take();
        let listening = Listening::on(&ports);
        let mut config = settings::usual(&ports, listening);
        if self.with_postgres {
            let url = postgres::database().await.url;
            settings::lay(&mut config, settings::read(&format!("[store]\nurl = \"{url}\"")));
        }
        self.fragments.into_iter().for_each(|fragment| settings::lay(&mut config, fragment));
        std::fs::write(folder.path().join("mostik.toml"), config.to_string()).expect("mostik.toml");
        if self.with_speech {
            lend_speech_models(&folder.path().join("data"));
        }
        let mut world = World {
            process: None,
            folder,
            listening,
            environment: self.environment,
            arguments: self.arguments,
            _ports: ports,
        };
        world.launch();
        world.is_ready().await;
        world
    }
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("mostik.log")
}

/// The models are large and never change: the product finds the shared ones in its own folder.
fn lend_speech_models(data: &Path) {
    std::fs::create_dir_all(data).expect("the data folder");
    std::os::unix::fs::symlink(speech_models(), data.join("models")).expect("a link to the models");
}
