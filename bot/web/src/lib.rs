//! The REST API, the pages, health and metrics.
//!
//! This crate has no write path of its own: what a person decides at the desk
//! is submitted as the same [`Decision`](mostik_domain::Decision)s that the
//! steps make. What it needs besides the store comes in through the traits of
//! [`ports`]. [`serve`] runs the [`router`] with limits on connections, headers
//! and time.
//!
//! | who | sees |
//! |---|---|
//! | everybody | the front page with the form, `POST /api/v1/messages`, health |
//! | who has the signed link | a customer's own page, `/c/{token}` |
//! | owner | the board, the problems: no customer's personal data |
//! | operator | the desk, the phone, and everything of the API |
//! | manager | also sets an acceptance stage by hand |
//! | admin | also adds people |

mod access;
mod acts;
mod api;
mod assets;
mod error;
mod guard;
mod likely;
mod locale;
mod pages;
mod phone_desk;
pub mod ports;
mod recording_folder;
mod refusal;
mod router;
mod serve;
mod state;
mod wording;

pub use access::{one_time_link, token_hash};
pub use api::open_api;
pub use recording_folder::RecordingFolder;
pub use router::router;
pub use serve::serve;
pub use state::{WebParts, WebSettings, WebState};
