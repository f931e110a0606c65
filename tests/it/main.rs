//! One test binary: the journeys and the harness's own smoke tests.

#![allow(clippy::large_futures, reason = "octocrab's requests, one at a time")]

mod command_line;
mod crate_edges;
mod demo;
mod discord;
mod every_step_twice;
mod github;
mod harness;
mod journeys;
mod line;
mod nothing_is_lost;
mod phone_capture;
mod prompts;
mod store_conformance;
mod web;
