//! The seam to whoever embeds the gateway: who answers for a line, and who keeps a finished call.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::call_back::CallBackReport;
use crate::call_flow::{People, Script};
use crate::{
    CallFacts, CallOrder, CallProgress, Caller, CameBy, NoMessageEnd, NotAnswered, PressedKeys,
    Sentence, SpokenLanguage, SpokenPromise, Staff, StudioPlan, Talk, Termination, Turn, TurnEnd,
    Understood, Waited,
};

/// Decides how calls are met and keeps what they brought.
#[async_trait]
pub trait CallHost: Send + Sync {
    /// How to meet this call: asked once, before it is answered, and waited for a few seconds only.
    async fn plan(&self, arrived: &ArrivedCall) -> Result<CallApp, Refusal>;

    /// Keeps an ended call. Its recording is on disk. Called again with the same `id` until it
    /// returns `Ok` (also after a restart), so a repeat must be harmless.
    async fn completed(&self, call: CompletedCall) -> Result<(), HostError>;

    /// What a message is about, to be read back to the caller, who waits a few seconds for it.
    async fn understand(&self, _message: &LeftMessage) -> Option<Understood> {
        None
    }

    /// Who may be rung now for a caller of this line, in this order. Asked while somebody waits,
    /// about once a second: cheap.
    async fn staff(&self, _line: &str) -> Staff {
        Staff::default()
    }

    /// How long a caller of this line usually waits with so many before her, when enough is known
    /// of it to say so.
    async fn usual_wait(&self, _line: &str, _ahead: usize) -> Option<Duration> {
        None
    }

    /// Waits for what a desk wants of a call; a call that is not in progress any more is passed
    /// over. Cancel-safe.
    async fn next_order(&self) -> (String, CallOrder) {
        std::future::pending().await
    }

    /// Waits for the turn of somebody who kept her place; each is returned once, until its end was
    /// told. Cancel-safe.
    async fn next_turn(&self) -> Turn {
        std::future::pending().await
    }

    /// A person is there, and she is called at this moment: what the host notes of it now survives
    /// a crash. `false`: she is not to be called any more.
    async fn about_to_call(&self, _about: &str) -> bool {
        false
    }

    /// A turn ended without their talking. Otherwise [`CallHost::completed`] tells of it.
    async fn turn_over(&self, _about: &str, _end: TurnEnd) {}

    /// Hears where a call is whose caller waits for a person or talks to one.
    async fn progressed(&self, _progress: &CallProgress) {}
}

/// A message that was just left.
#[derive(Debug, Clone)]
pub struct LeftMessage {
    /// Our name of the call.
    pub call: String,
    /// The whole file.
    pub recording: PathBuf,
    /// The language spoken to the caller.
    pub language: SpokenLanguage,
}

/// A call that rings.
#[derive(Debug, Clone)]
pub struct ArrivedCall {
    /// Our name of the call: `call_` and a UUID v7.
    pub id: String,
    /// Who calls.
    pub caller: Caller,
    /// The user part of what was dialled: the line.
    pub line: String,
    /// Where the signalling came from.
    pub source: SocketAddr,
    /// Who vouches for that; nobody, when it may be a lie.
    pub came_by: Option<CameBy>,
    /// When it arrived.
    pub at: Timestamp,
}

/// What happens in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallApp {
    /// The caller is greeted and leaves a message.
    Message(CallPlan),
    /// The caller hears herself: proves that audio passes both ways.
    Echo,
    /// The caller records the line's prompts, once she has keyed the code.
    Studio(StudioPlan),
}

/// How a caller is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPlan {
    /// The language of the first greeting.
    pub language: SpokenLanguage,
    /// By when the caller is told she will be answered; rounded up to what can be spoken.
    pub promise: SpokenPromise,
    /// The longest message that is recorded, from 5 seconds to 10 minutes.
    pub max_message: Duration,
    /// How the call goes.
    pub script: Arc<Script>,
    /// Whether she can talk to a person.
    pub people: People,
    /// Whether she may hang up and be called when her place in the queue is reached.
    pub keeps_places: bool,
    /// How it stands with the problem that she told last time, while it is open.
    pub last_problem: Option<Sentence>,
    /// What is out of order now.
    pub outage: Option<Sentence>,
    /// After so long nobody should wait for a person any more.
    pub longest_wait: Duration,
}

impl CallPlan {
    /// A greeting, a message, and thanks.
    pub fn message(
        language: SpokenLanguage,
        promise: SpokenPromise,
        max_message: Duration,
    ) -> Self {
        Self {
            language,
            promise,
            max_message,
            script: Arc::default(),
            people: People::Never,
            keeps_places: false,
            last_problem: None,
            outage: None,
            longest_wait: Duration::from_mins(10),
        }
    }
}

/// Why a call is not taken. The caller's phone sees a SIP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody has this number: 404.
    #[error("no such line")]
    UnknownLine,
    /// This caller is not wanted: 603.
    #[error("declined")]
    Declined,
    /// The host cannot keep a call now: 503.
    #[error("temporarily unavailable")]
    Unavailable,
}

impl Refusal {
    /// The SIP status that tells the caller's phone (RFC 3261 section 21).
    pub const fn sip_status(self) -> u16 {
        match self {
            Self::UnknownLine => 404,
            Self::Declined => 603,
            Self::Unavailable => 503,
        }
    }
}

/// The host could not keep a call; it will be asked again.
#[derive(Debug, thiserror::Error)]
#[error("the call could not be kept: {0}")]
pub struct HostError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl HostError {
    /// Wraps whatever went wrong. Its text is logged, so it must not quote the caller.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl From<Refusal> for NotAnswered {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownLine => Self::UnknownLine,
            Refusal::Declined => Self::Declined,
            Refusal::Unavailable => Self::Unavailable,
        }
    }
}

/// Everything a call brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompletedCall {
    /// `call_` and a UUID v7: the same for every repeat.
    pub id: String,
    /// The user part of what was dialled.
    pub line: String,
    /// Who called.
    pub caller: Caller,
    /// The language the caller ended up with.
    pub language: SpokenLanguage,
    /// When the call arrived.
    pub arrived_at: Timestamp,
    /// When it was answered; never, when it was refused or given up before.
    pub answered_at: Option<Timestamp>,
    /// When the tone ended and recording began; `None` when the call ended before.
    pub tone_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How it ended.
    pub termination: Termination,
    /// The promise the caller heard to its end, in the greeting or in the thanks.
    pub promise: Option<SpokenPromise>,
    /// What was recorded from the tone on, also when nobody spoke.
    pub recording: Option<Recording>,
    /// The RTP encoding name of the caller's audio: `PCMU` or `PCMA`.
    pub codec: String,
    /// The keys the caller pressed.
    pub keys: PressedKeys,
    /// What the line noticed of it.
    #[serde(default)]
    pub facts: CallFacts,
    /// What she said by key that her message is about, as the host named it.
    #[serde(default)]
    pub topic: Option<String>,
    /// Whom she talked to.
    #[serde(default)]
    pub talks: Vec<Talk>,
    /// How long she waited for a person, at last.
    #[serde(default)]
    pub waited: Option<Waited>,
    /// How often she was handed on.
    #[serde(default)]
    pub hand_ons: u8,
    /// Since when she waited who asked to be called in her turn.
    #[serde(default)]
    pub place_kept: Option<Timestamp>,
    /// The kept place whose turn it was, for a call of ours.
    #[serde(default)]
    pub turn: Option<String>,
    /// What it was placed for and brought; `None` for a call that came in.
    #[serde(default)]
    pub call_back: Option<CallBackReport>,
}

impl CompletedCall {
    /// A call that begins now, as it would be told if everything ended now.
    pub fn beginning(
        id: String,
        line: String,
        caller: Caller,
        language: SpokenLanguage,
        facts: CallFacts,
    ) -> Self {
        let now = Timestamp::now();
        Self {
            id,
            line,
            caller,
            language,
            arrived_at: now,
            answered_at: None,
            tone_at: None,
            ended_at: now,
            termination: Termination::NoMessage(NoMessageEnd::Interrupted),
            promise: None,
            recording: None,
            codec: String::new(),
            keys: PressedKeys::default(),
            facts,
            topic: None,
            talks: Vec::new(),
            waited: None,
            hand_ons: 0,
            place_kept: None,
            turn: None,
            call_back: None,
        }
    }

    /// One that came in.
    pub(crate) fn arriving(
        arrived: ArrivedCall,
        language: SpokenLanguage,
        facts: CallFacts,
    ) -> Self {
        let ArrivedCall { id, caller, line, at, .. } = arrived;
        Self { arrived_at: at, ..Self::beginning(id, line, caller, language, facts) }
    }
}

/// A finished WAV file (8 kHz, 16 bit) in the recordings directory: mono; or what the caller said
/// on the left channel and the people she talked to on the right one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    /// The file's name inside the recordings directory.
    pub file_name: String,
    /// How long it plays, in seconds.
    pub seconds: f64,
    /// The size of the whole file, in bytes.
    pub bytes: u64,
    /// 1 or 2.
    #[serde(default = "one")]
    pub channels: u8,
}

const fn one() -> u8 {
    1
}
