//! The studio: an admin calls, keys a code, and records the line's prompts by key menu.

pub mod flow;
mod running;
mod takes;
mod timers;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

pub(crate) use running::run;
pub(crate) use takes::forget_left_takes;

use crate::{Clip, HostError, PromptText, SpokenLanguage};

/// Who knows the code, and keeps what is recorded.
#[async_trait]
pub trait Studio: Send + Sync {
    /// Whether anybody may enter now. Otherwise the call is refused: there is no such number.
    async fn is_open(&self) -> bool;

    /// A caller keyed this. Counts what is wrong, over all calls.
    async fn enters(&self, code: &str) -> Entry;

    /// A take as it would be heard: without silence at its ends, as loud as the prompts that ship.
    /// `None`: nothing was said. Of at most a minute.
    async fn finished(&self, take: Clip) -> Option<Clip>;

    /// Puts a finished take in the prompt's place, where the gateway's
    /// [`prompts_dir`](crate::GatewayConfig::prompts_dir) is.
    async fn keep(&self, prompt: &'static PromptText, take: Clip) -> Result<(), HostError>;

    /// Goes back to the prompt that ships; fine when nothing stands in its place.
    async fn restore(&self, prompt: &'static PromptText) -> Result<(), HostError>;

    /// Who had entered is done: her code is used.
    async fn left(&self);
}

/// What a keyed code opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It is right.
    Open,
    /// It is wrong, and she may try again.
    Wrong,
    /// There is none any more: it is too late, or too many were wrong.
    Shut,
}

/// How a caller of the studio is met.
#[derive(Clone)]
pub struct StudioPlan {
    /// The language of the key menu; prompts of every language can be recorded.
    pub language: SpokenLanguage,
    /// What is behind the menu.
    pub studio: Arc<dyn Studio>,
}

impl fmt::Debug for StudioPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StudioPlan").field("language", &self.language).finish_non_exhaustive()
    }
}

/// The same menu of the same studio.
impl PartialEq for StudioPlan {
    fn eq(&self, other: &Self) -> bool {
        self.language == other.language && Arc::ptr_eq(&self.studio, &other.studio)
    }
}

impl Eq for StudioPlan {}
