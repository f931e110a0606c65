//! The harness is tested too: a check that cannot fail and a fake that cannot be used prove
//! nothing.

mod contract_canaries;
mod fake_discord;
mod fake_github;
mod fake_openai;
mod real_browser;
mod real_phones;
mod real_postgres;
mod recorded_github;
mod running_mostik;
