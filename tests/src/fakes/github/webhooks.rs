//! Signed deliveries
//! (<https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries>). GitHub does
//! not repeat a failed delivery by itself; an administrator may.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::hub::{Announcement, Hub};
use crate::fakes::front::locked;

/// GitHub waits ten seconds for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// One delivery and how it went.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// `X-GitHub-Delivery`; unchanged when delivered again.
    pub id: String,
    /// `X-GitHub-Event`.
    pub event: String,
    /// `action` in the payload.
    pub action: String,
    /// The receiver's status, if it answered.
    pub status: Option<u16>,
    pub(super) body: String,
}

#[derive(Debug, Clone)]
struct Target {
    url: String,
    secret: String,
}

/// The sender of webhooks.
#[derive(Debug, Clone)]
pub(super) struct Post {
    client: reqwest::Client,
    target: Arc<Mutex<Option<Target>>>,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
}

impl Post {
    pub(super) fn new() -> Self {
        Self {
            client: crate::http::client(PATIENCE),
            target: Arc::default(),
            deliveries: Arc::default(),
        }
    }

    pub(super) fn aim(&self, url: &str, secret: &str) {
        *locked(&self.target) = Some(Target { url: url.to_owned(), secret: secret.to_owned() });
    }

    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        locked(&self.deliveries).clone()
    }

    /// Sends what was announced, in order, without being waited for.
    pub(super) fn send_outbox(&self, hub: &Mutex<Hub>) {
        let announcements = std::mem::take(&mut locked(hub).outbox);
        if !announcements.is_empty() && locked(&self.target).is_some() {
            let post = self.clone();
            tokio::spawn(async move { post.send_all(announcements).await });
        }
    }

    /// Sends what was announced and waits for the receiver's answers.
    pub(super) async fn send_outbox_and_wait(&self, hub: &Mutex<Hub>) {
        let announcements = std::mem::take(&mut locked(hub).outbox);
        self.send_all(announcements).await;
    }

    async fn send_all(&self, announcements: Vec<Announcement>) {
        for announcement in announcements {
            let delivery = Delivery {
                id: new_id(),
                event: announcement.event.to_owned(),
                action: announcement.payload["action"].as_str().unwrap_or_default().to_owned(),
                status: None,
                body: announcement.payload.to_string(),
            };
            self.send(delivery).await;
        }
    }

    pub(super) async fn send(&self, mut delivery: Delivery) {
        let Some(target) = locked(&self.target).clone() else { return };
        let request = self
            .client
            .post(&target.url)
            .header("Content-Type", "application/json")
            .header("User-Agent", "GitHub-Hookshot/mostik")
            .header("X-GitHub-Event", &delivery.event)
            .header("X-GitHub-Delivery", &delivery.id)
            .header("X-GitHub-Hook-ID", "1")
            .header("X-Hub-Signature-256", signature(&target.secret, &delivery.body))
            .body(delivery.body.clone());
        delivery.status = request.send().await.ok().map(|answer| answer.status().as_u16());
        locked(&self.deliveries).push(delivery);
    }
}

fn new_id() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static LAST: AtomicU32 = AtomicU32::new(0);
    let (process, number) = (std::process::id(), LAST.fetch_add(1, Ordering::Relaxed));
    format!("72d3162e-cc78-11e3-{:04x}-{number:012x}", process & 0xffff)
}

/// `X-Hub-Signature-256` of a body.
pub fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
    mac.update(body.as_bytes());
    format!("sha256={:x}", mac.finalize().into_bytes())
}
