//! Who we are on GitHub: a user by a token, or an App by its installation on each project.

use std::{collections::HashMap, time::Duration};

use octocrab::{
    Octocrab,
    models::{AppId, InstallationId},
    service::middleware::retry::RetryConfig,
};
use secrecy::ExposeSecret;
use tokio::sync::{Mutex, OnceCell};

use super::{Credentials, failure, project::Project, request::Client};
use crate::TrackerError;

const LONGEST_SILENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) struct Access {
    /// As the user, or as the App itself.
    root: Client,
    is_app: bool,
    /// One client for each project on which the App is installed; projects come from the
    /// configuration, so this stays small.
    installed: Mutex<HashMap<Project, Client>>,
    own_login: OnceCell<String>,
}

impl Access {
    pub(super) fn new(api_url: &str, credentials: Credentials) -> Result<Self, TrackerError> {
        let unusable = |what: &str| TrackerError::GiveUp { why: format!("[github] {what}") };
        let wrong_url = || unusable("api_url is not an address like https://api.github.com");
        if !(api_url.starts_with("https://") || api_url.starts_with("http://")) {
            return Err(wrong_url());
        }
        let builder = Octocrab::builder()
            .base_uri(api_url)
            .map_err(|_| wrong_url())?
            // Our own jobs try again, with a memory that survives a restart.
            .add_retry_config(RetryConfig::None)
            .set_connect_timeout(Some(LONGEST_SILENCE))
            .set_read_timeout(Some(LONGEST_SILENCE))
            .set_write_timeout(Some(LONGEST_SILENCE));
        let (builder, is_app) = match credentials {
            Credentials::Token(token) => (builder.personal_token(token), false),
            Credentials::App { id, private_key } => {
                let builder = builder
                    .app_from_rsa_pem(AppId(id), private_key.expose_secret())
                    .map_err(|_| unusable("app_private_key is not an RSA key in PEM form"))?;
                (builder, true)
            }
        };
        let root = builder.build().map_err(|_| unusable("the HTTPS client cannot be set up"))?;
        Ok(Self {
            root: Client(root),
            is_app,
            installed: Mutex::default(),
            own_login: OnceCell::new(),
        })
    }

    /// The client that may work with a project.
    pub(super) async fn client(&self, project: &Project) -> Result<Client, TrackerError> {
        if !self.is_app {
            return Ok(self.root.clone());
        }
        if let Some(client) = self.installed.lock().await.get(project) {
            return Ok(client.clone());
        }
        let client = self.installation(project).await?;
        self.installed.lock().await.insert(project.clone(), client.clone());
        Ok(client)
    }

    async fn installation(&self, project: &Project) -> Result<Client, TrackerError> {
        let answer = self.root.get(&project.route("/installation"), "").await?;
        let id =
            answer.value["id"].as_u64().ok_or_else(|| failure::unreadable("an installation"))?;
        let client = self.root.0.installation(InstallationId(id));
        client.map(Client).map_err(|_| TrackerError::GiveUp {
            why: "[github] app_id and app_private_key do not make an App".to_owned(),
        })
    }

    /// Forgets the installation of a project, which may have been made anew since.
    pub(super) async fn forget(&self, project: &Project) {
        self.installed.lock().await.remove(project);
    }

    pub(super) async fn own_login(&self) -> Result<String, TrackerError> {
        let login = self.own_login.get_or_try_init(|| async {
            let (route, field) = if self.is_app { ("/app", "slug") } else { ("/user", "login") };
            let answer = self.root.get(route, "").await?;
            let name =
                answer.value[field].as_str().ok_or_else(|| failure::unreadable("a login"))?;
            Ok(if self.is_app { format!("{name}[bot]") } else { name.to_owned() })
        });
        login.await.cloned()
    }
}
