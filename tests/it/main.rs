//! One test binary: the journeys and the harness's own smoke tests.

mod github;
mod harness;
