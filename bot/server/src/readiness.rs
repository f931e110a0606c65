use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use mostik_channels::DiscordHealth;
use mostik_speech::SpeechToText;
use mostik_store::Store;
use mostik_web::ports::{Check, Readiness};
use tokio::sync::watch;

use crate::line_watch::LineNow;

/// Says whether Mostik can take what comes in.
pub(crate) struct Ready {
    /// Must answer.
    pub(crate) store: Arc<dyn Store>,
    /// Told, not required: calls wait for it.
    pub(crate) speech: Option<Arc<dyn SpeechToText>>,
    /// How the phone line is; none where this process has no phone.
    pub(crate) phone: Option<watch::Receiver<LineNow>>,
    /// Told, not required: what is written meanwhile is read afterwards.
    pub(crate) discord: Option<watch::Receiver<DiscordHealth>>,
}

const DATABASE_WITHIN: Duration = Duration::from_secs(2);

#[async_trait]
impl Readiness for Ready {
    async fn checks(&self) -> Vec<Check> {
        let mut checks = vec![self.database().await];
        if let Some(phone) = &self.phone {
            let LineNow { listens, trunks } = phone.borrow().clone();
            checks.push(Check {
                name: "phone".into(),
                failure: (!listens).then(|| "the SIP line does not listen".into()),
                required: true,
            });
            checks.extend(trunks.into_iter().map(|trunk| Check {
                name: format!("trunk {}", trunk.name),
                failure: trunk.failure,
                required: false,
            }));
        }
        if let Some(discord) = &self.discord {
            let health = discord.borrow().clone();
            checks.push(Check {
                name: "discord".into(),
                failure: (!health.is_ready()).then(|| health.to_string()),
                required: false,
            });
        }
        if let Some(speech) = &self.speech {
            checks.push(Check {
                name: "speech model".into(),
                failure: (!speech.ready())
                    .then(|| format!("{} is not here yet; calls wait for it", speech.name())),
                required: false,
            });
        }
        checks
    }
}

impl Ready {
    async fn database(&self) -> Check {
        let failure = match tokio::time::timeout(DATABASE_WITHIN, self.store.ping()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("it does not answer".into()),
        };
        Check { name: "database".into(), failure, required: true }
    }
}
