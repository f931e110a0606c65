//! One test binary: the journeys and the harness's own smoke tests.

mod crate_edges;
mod discord;
mod every_step_twice;
mod github;
mod harness;
mod journeys;
mod nothing_is_lost;
mod phone_capture;
mod store_conformance;
mod web;
