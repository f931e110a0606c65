//! What the web layer asks of the rest, each a few lines over the part that does it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use mostik_channels::{CaptureError, Intake};
use mostik_domain::{Captured, Decision, Feedback, FeedbackId, Inbound, Job, JobId, NewJob};
use mostik_pipeline::{Pipeline, StepError};
use mostik_store::{Clock, ProblemCard, Store, StoreError};
use mostik_trackers::{GitHub, github::webhook};
use mostik_web::ports::{
    Delivery, HandOver, HandOverError, Intake as WebIntake, IntakeError, Likely, LikelyProblems,
    WebhookOutcome, Webhooks,
};
use secrecy::{ExposeSecret as _, SecretString};

/// The form's door to the intake.
pub(crate) struct FormDoor(pub(crate) Intake);

#[async_trait]
impl WebIntake for FormDoor {
    async fn message(&self, inbound: Inbound) -> Result<Captured, IntakeError> {
        self.0.message(inbound).await.map_err(|error| match error {
            CaptureError::Store(error) => IntakeError::Store(error),
            refused => IntakeError::Refused(refused.to_string()),
        })
    }
}

/// A person's choice of a team.
pub(crate) struct HandOverDoor(pub(crate) Pipeline);

#[async_trait]
impl HandOver for HandOverDoor {
    async fn to_team(
        &self,
        feedback: FeedbackId,
        team: &str,
        by: &str,
    ) -> Result<(), HandOverError> {
        mostik_pipeline::hand_over(&self.0, feedback, team, by).await.map_err(
            |error| match error {
                StepError::GiveUp { why } => HandOverError::Refused(why),
                StepError::RetryAfter { why, .. } | StepError::Overtaken { why } => {
                    HandOverError::Store(StoreError::Unavailable { why })
                }
            },
        )?;
        tracing::info!(%feedback, team, by, "handed over by a person");
        Ok(())
    }
}

/// Finds the open problems that a feedback may be about, for its page.
pub(crate) struct LikelyDoor(pub(crate) Arc<mostik_pipeline::LikelyProblems>);

#[async_trait]
impl LikelyProblems for LikelyDoor {
    async fn to(&self, feedback: &Feedback, most: usize) -> Result<Vec<Likely>, StoreError> {
        let Some(voiced) = mostik_pipeline::Voiced::by(feedback) else { return Ok(Vec::new()) };
        let own = feedback.problem();
        let others = |card: &ProblemCard| Some(card.problem.id) != own;
        let found = self.0.of(&voiced, &[], others, most).await?;
        let likely = |found: mostik_pipeline::LikelyProblem| Likely {
            card: found.card,
            certainty: found.certainty,
        };
        Ok(found.into_iter().map(likely).collect())
    }
}

/// Takes GitHub's deliveries: verified, understood, queued. What is done about
/// them is the track step's work.
pub(crate) struct GitHubDoor {
    /// To tell our own doings from people's.
    pub(crate) github: Arc<GitHub>,
    /// Shared with GitHub.
    pub(crate) secret: SecretString,
    /// Where jobs are queued.
    pub(crate) store: Arc<dyn Store>,
    /// Time and ids.
    pub(crate) clock: Arc<dyn Clock>,
}

/// GitHub gives up on a delivery after ten seconds.
const LOGIN_WITHIN: Duration = Duration::from_secs(5);

#[async_trait]
impl Webhooks for GitHubDoor {
    async fn github(&self, delivery: Delivery) -> WebhookOutcome {
        let outcome = self.judge(delivery).await;
        metrics::counter!(
            "mostik_webhooks_total",
            "tracker" => "github",
            "outcome" => name_of(&outcome)
        )
        .increment(1);
        outcome
    }
}

/// As a metrics label.
const fn name_of(outcome: &WebhookOutcome) -> &'static str {
    match outcome {
        WebhookOutcome::Taken => "taken",
        WebhookOutcome::Ignored => "ignored",
        WebhookOutcome::BadSignature => "bad_signature",
        WebhookOutcome::Malformed(_) => "malformed",
        WebhookOutcome::Unavailable => "unavailable",
    }
}

impl GitHubDoor {
    async fn judge(&self, delivery: Delivery) -> WebhookOutcome {
        let signature = delivery.signature.as_deref().unwrap_or_default();
        if !webhook::verify(self.secret.expose_secret().as_bytes(), &delivery.body, signature) {
            return WebhookOutcome::BadSignature;
        }
        if serde_json::from_slice::<serde::de::IgnoredAny>(&delivery.body).is_err() {
            return WebhookOutcome::Malformed("the body is not JSON".into());
        }
        match self.take(delivery).await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::error!(%error, "a delivery could not be stored");
                WebhookOutcome::Unavailable
            }
        }
    }

    async fn take(&self, delivery: Delivery) -> Result<WebhookOutcome, StoreError> {
        // When GitHub cannot say who we are, the issue is looked at later instead.
        let login = tokio::time::timeout(LOGIN_WITHIN, self.github.own_login()).await;
        let login = login.ok().and_then(Result::ok);
        let known = login.as_deref().unwrap_or_default();
        let Some(told) = webhook::parse(&delivery.event, &delivery.body, known) else {
            return Ok(WebhookOutcome::Ignored);
        };
        let Some(issue) = self.store.issue_by_key("github", &told.project, &told.key).await? else {
            return Ok(WebhookOutcome::Ignored);
        };
        let job = match login {
            Some(_) => Job::Track { issue: issue.id, events: told.events },
            None => Job::Look { issue: issue.id },
        };
        let now = self.clock.now();
        let queued = NewJob {
            id: JobId::new(self.clock.fresh_id()),
            dedup_key: format!("webhook:github:{}", delivery.id),
            job,
            run_at: now,
        };
        self.store.submit(Decision::nothing().then(queued), now).await?;
        Ok(WebhookOutcome::Taken)
    }
}
