//! A stateful Discord: HTTP API, checked against Discord's own description, and the gateway.

mod gateway;
mod guild;
mod rest;

use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use guild::Message;
use guild::{Channel, Frame, Guild};
use rest::Shared;

use super::Request;
use super::fault::Fault;
use super::front::{Front, Served, assert_kept, locked, serve, socket};
use crate::contract::Contract;
use crate::eventually::eventually;

/// Has the shape of a bot token: three parts, the first of which is the bot's id.
const TOKEN: &str = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GTests.token-of-the-tests-and-nothing-else-at-all";

/// A Discord on a loopback port, with one guild and one bot. Dropping it fails the test when the
/// contract was not kept.
#[derive(Debug)]
pub struct Discord {
    shared: Shared,
    front: Arc<Front>,
    served: Served,
}

/// Somebody who writes to the bot.
#[derive(Debug)]
pub struct User<'d> {
    discord: &'d Discord,
    /// Snowflake.
    pub id: u64,
}

impl Discord {
    /// Starts one.
    pub async fn start() -> Self {
        let socket = socket().await;
        let guild = Arc::new(Mutex::new(Guild::new(socket.1.to_string())));
        let shared = Shared { guild, token: TOKEN };
        let front = Front::new(Contract::discord());
        let served = serve(socket, front.clone(), rest::router(&shared), gateway::router(&shared));
        Self { shared, front, served }
    }

    /// `[discord] api_url`: the base without `/api/v10`.
    pub fn url(&self) -> String {
        format!("http://{}", self.served.address)
    }

    /// `[discord] token`.
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// Makes a text channel; its id, for `[discord] channels`.
    pub fn channel(&self, name: &str) -> u64 {
        let mut guild = locked(&self.shared.guild);
        let id = guild.next_id();
        guild.channels.insert(id, Channel::Guild { name: name.to_owned() });
        id
    }

    /// Somebody, known by the name shown.
    pub fn user(&self, name: &str) -> User<'_> {
        let id = locked(&self.shared.guild).meet(name, false);
        User { discord: self, id }
    }

    /// All messages of a channel, oldest first.
    pub fn messages(&self, channel: u64) -> Vec<Message> {
        let guild = locked(&self.shared.guild);
        guild.messages.iter().filter(|message| message.channel == channel).cloned().collect()
    }

    /// Waits until the bot has identified itself or resumed on an open connection.
    pub async fn connected(&self, patience: Duration) {
        eventually("the bot to be connected to the gateway", patience, async || {
            let guild = locked(&self.shared.guild);
            let open = guild.sessions.values().any(|session| session.line.is_some());
            if open { Ok(()) } else { Err(format!("identified {} times", guild.identified)) }
        })
        .await;
    }

    /// How often a bot identified itself, and how often one resumed.
    pub fn logins(&self) -> (usize, usize) {
        let guild = locked(&self.shared.guild);
        (guild.identified, guild.resumed)
    }

    /// Cuts every gateway connection. The sessions can be resumed.
    pub fn drops_connections(&self) {
        for session in locked(&self.shared.guild).sessions.values_mut() {
            if let Some(line) = session.line.take() {
                // A full line is about to be given up anyway.
                let _ = line.try_send(Frame::Cut);
            }
        }
    }

    /// Cuts every connection and forgets the sessions: a resumption is refused, and what was
    /// written meanwhile is only to be had by the HTTP API.
    pub fn forgets_sessions(&self) {
        self.drops_connections();
        locked(&self.shared.guild).sessions.clear();
    }

    /// The next `times` requests of this method whose path contains `path_part` meet this trouble.
    pub fn trouble(&self, method: &str, path_part: &str, fault: Fault, times: usize) {
        self.front.plan(method, path_part, fault, times);
    }

    /// Everything that was asked by HTTP so far.
    pub fn requests(&self) -> Vec<Request> {
        self.front.requests()
    }

    /// Fails the test when the contract was not kept. Dropping does the same.
    pub fn assert_contract_kept(&self) {
        assert_kept("Discord", &self.front);
    }
}

impl Drop for Discord {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_contract_kept();
        }
    }
}

impl User<'_> {
    /// Writes to the bot directly; the message's id.
    pub fn writes_dm(&self, text: &str) -> u64 {
        let mut guild = locked(&self.discord.shared.guild);
        let channel = guild.direct_channel(self.id);
        guild.write(channel, self.id, text, None)
    }

    /// Writes in a channel; the message's id.
    pub fn writes_in(&self, channel: u64, text: &str) -> u64 {
        locked(&self.discord.shared.guild).write(channel, self.id, text, None)
    }

    /// From now on the bot may not write to this person directly (their privacy settings).
    pub fn refuses_direct_messages(&self) {
        locked(&self.discord.shared.guild).refuses_direct.push(self.id);
    }

    /// The direct conversation with the bot, oldest first.
    pub fn conversation(&self) -> Vec<Message> {
        let channel = locked(&self.discord.shared.guild).direct_channel(self.id);
        self.discord.messages(channel)
    }
}
