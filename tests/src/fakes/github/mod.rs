//! A stateful GitHub.
//!
//! Wire format: GitHub's own API description checks every exchange. State rules (what closing
//! does, who may what) are the author's reading of GitHub's documentation, linked where they stand.

mod access;
mod acts;
mod apps;
mod comments;
mod history;
mod hub;
mod issues;
mod labels;
mod maintainer;
mod pages;
mod refusal;
mod render;
mod routes;
mod search;
mod webhooks;

use std::sync::{Arc, Mutex};

use axum::Router;
use hub::{App, Hub};
pub use hub::{Comment, Issue, Role, State, StateReason};
pub use maintainer::{IssueRef, Maintainer};
use routes::Shared;
use webhooks::Post;
pub use webhooks::{Delivery, signature};

use super::Request;
use super::fault::Fault;
use super::front::{Front, Served, assert_kept, locked, serve, socket};
use crate::contract::Contract;

/// The account whose token [`GitHub::token`] is.
pub const DESK_LOGIN: &str = "mostik-desk";
/// The account of the installed App.
pub const APP_LOGIN: &str = "mostik[bot]";
const DESK_TOKEN: &str = "desk-token-for-tests";

/// A GitHub on a loopback port. Dropping it fails the test when the contract was not kept.
#[derive(Debug)]
pub struct GitHub {
    shared: Shared,
    front: Arc<Front>,
    served: Served,
}

impl GitHub {
    /// Starts one with these repositories (`owner/name`), in all of which [`DESK_LOGIN`] and
    /// [`APP_LOGIN`] may write.
    pub async fn start(repositories: &[&str]) -> Self {
        let socket = socket().await;
        let mut hub = Hub::new(format!("http://{}", socket.1));
        hub.tokens.insert(DESK_TOKEN.to_owned(), DESK_LOGIN.to_owned());
        hub.meet(DESK_LOGIN);
        hub.meet(APP_LOGIN);
        for name in repositories {
            hub.add_repository(name);
            for login in [DESK_LOGIN, APP_LOGIN] {
                hub.repository(name).roles.insert(login.to_owned(), Role::Write);
            }
        }
        let shared = Shared { hub: Arc::new(Mutex::new(hub)), post: Post::new() };
        let front = Front::new(Contract::github());
        let served = serve(socket, front.clone(), routes::router(&shared), Router::new());
        Self { shared, front, served }
    }

    /// The API's address, without a final slash: `[github] api_url`.
    pub fn url(&self) -> String {
        format!("http://{}", self.served.address)
    }

    /// A good token: `[github] token`.
    pub fn token(&self) -> &'static str {
        DESK_TOKEN
    }

    /// Registers a GitHub App with this id, installed on every repository; its installation id.
    pub fn install_app(&self, id: u64) -> u64 {
        let mut hub = locked(&self.shared.hub);
        let installation = hub.next_id();
        hub.app = Some(App { id, installation });
        installation
    }

    /// Makes every token given out so far worthless.
    pub fn revoke_tokens(&self) {
        locked(&self.shared.hub).tokens.clear();
    }

    /// What the account may do there from now on.
    pub fn allows(&self, login: &str, repository: &str, role: Role) {
        let mut hub = locked(&self.shared.hub);
        hub.meet(login);
        hub.repository(repository).roles.insert(login.to_owned(), role);
    }

    /// Switches a repository's issues off: 410.
    pub fn disable_issues(&self, repository: &str) {
        locked(&self.shared.hub).repository(repository).issues_enabled = false;
    }

    /// From now on new issues do not appear in search results, as on the real service for a while.
    pub fn search_lags(&self) {
        let mut hub = locked(&self.shared.hub);
        let now = hub.next_id();
        hub.search_stands_still_since = Some(now);
    }

    /// The search index has seen everything again.
    pub fn search_catches_up(&self) {
        locked(&self.shared.hub).search_stands_still_since = None;
    }

    /// The next `times` requests of this method whose path contains `path_part` meet this trouble.
    pub fn trouble(&self, method: &str, path_part: &str, fault: Fault, times: usize) {
        self.front.plan(method, path_part, fault, times);
    }

    /// Sends every change to this address from now on, signed with this secret.
    pub fn delivers_to(&self, url: &str, secret: &str) {
        self.shared.post.aim(url, secret);
    }

    /// All deliveries that were tried, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.post.deliveries()
    }

    /// Sends a delivery again under the same id, as an administrator can.
    pub async fn redelivers(&self, delivery: &Delivery) {
        self.shared.post.send(delivery.clone()).await;
    }

    /// A person of the owner team.
    pub fn maintainer(&self, login: &str) -> Maintainer<'_> {
        Maintainer { github: self, login: login.to_owned() }
    }

    /// The repository's issues (not pull requests), oldest first.
    pub fn issues(&self, repository: &str) -> Vec<Issue> {
        let mut hub = locked(&self.shared.hub);
        hub.repository(repository)
            .issues
            .iter()
            .filter(|issue| !issue.is_pull_request)
            .cloned()
            .collect()
    }

    /// One issue as it is now.
    pub fn issue(&self, issue: impl Into<IssueRef>) -> Issue {
        let IssueRef { repository, number } = issue.into();
        locked(&self.shared.hub).issue(&repository, number).clone()
    }

    /// Everything that was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.front.requests()
    }

    /// Fails the test when the contract was not kept. Dropping does the same.
    pub fn assert_contract_kept(&self) {
        assert_kept("GitHub", &self.front);
    }

    /// What was not as the contract says; for tests of the harness itself.
    pub fn departures(&self) -> Vec<String> {
        self.front.departures()
    }

    async fn deliver(&self) {
        self.shared.post.send_outbox_and_wait(&self.shared.hub).await;
    }
}

impl Drop for GitHub {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_contract_kept();
        }
    }
}
