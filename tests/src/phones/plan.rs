//! What a phone is to do, and what came of it.

use std::time::Duration;

use super::sound::Sound;

/// What carries the signalling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream.
    Tcp,
    /// An encrypted stream; the certificate is not checked.
    Tls,
}

impl Transport {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }
}

/// Whether the audio is encrypted (SRTP with keys in the description, RFC 4568).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Never.
    Off,
    /// Offered, and done without when it is not taken.
    Offered,
    /// Nothing else is taken.
    Required,
}

/// How a phone tells its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyWay {
    /// Among the audio packets (RFC 4733).
    Event,
    /// As a SIP message (INFO, `application/dtmf-relay`).
    Info,
}

impl Encryption {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Offered => "offered",
            Self::Required => "required",
        }
    }
}

impl KeyWay {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Info => "info",
        }
    }
}

/// The one codec a phone offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// G.711 µ-law, payload type 0.
    Pcmu,
    /// G.711 A-law, payload type 8.
    Pcma,
    /// G.722 (16 kHz), payload type 9; only PJSIP.
    G722,
}

impl Codec {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
        }
    }

    pub(super) fn payload(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
        }
    }
}

/// Who ends the call, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The phone waits until the other side hangs up.
    PeerHangsUp,
    /// The phone hangs up this long after the answer.
    After(Duration),
    /// The phone hangs up when everything is said.
    AfterSpeech,
    /// The phone gives up while it rings.
    BeforeAnswer,
}

/// A call, or several of the same kind at once.
#[derive(Debug, Clone)]
pub struct CallPlan {
    pub(super) uri: Option<String>,
    pub(super) port: u16,
    pub(super) transport: Transport,
    pub(super) codec: Codec,
    pub(super) caller: String,
    pub(super) speech: Option<Sound>,
    pub(super) keys: Vec<(Duration, String)>,
    pub(super) key_way: KeyWay,
    pub(super) holds: Vec<(Duration, Duration)>,
    pub(super) knows_events: bool,
    pub(super) encryption: Encryption,
    pub(super) ending: Ending,
    pub(super) calls: usize,
    pub(super) longest: Duration,
    pub(super) answers: Vec<Answer>,
}

impl CallPlan {
    /// A silent call over UDP with µ-law that lasts until the other side hangs up, at most two
    /// minutes.
    pub fn to(uri: impl Into<String>) -> Self {
        Self {
            uri: Some(uri.into()),
            port: 0,
            transport: Transport::Udp,
            codec: Codec::Pcmu,
            caller: "caller".to_owned(),
            speech: None,
            keys: Vec::new(),
            key_way: KeyWay::Event,
            holds: Vec::new(),
            knows_events: true,
            encryption: Encryption::Off,
            ending: Ending::PeerHangsUp,
            calls: 1,
            longest: Duration::from_mins(2),
            answers: Vec::new(),
        }
    }

    /// No call of its own: the phone waits at this port for calls (only PJSIP does).
    pub fn waits_at(port: u16) -> Self {
        Self { uri: None, port, calls: 0, ..Self::to("") }
    }

    /// Whom it calls.
    ///
    /// # Panics
    /// When the phone only waits.
    pub(super) fn callee(&self) -> &str {
        self.uri.as_deref().expect("only PJSIP waits for calls")
    }

    /// Staying reachable afterwards, for one call more (only PJSIP does).
    #[must_use]
    pub fn then_answers(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    /// Over this transport.
    #[must_use]
    pub fn over(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// Offering this codec only.
    #[must_use]
    pub fn with(mut self, codec: Codec) -> Self {
        self.codec = codec;
        self
    }

    /// With this user name in From.
    #[must_use]
    pub fn from(mut self, caller: impl Into<String>) -> Self {
        self.caller = caller.into();
        self
    }

    /// Silent for so long after the answer, then saying this.
    #[must_use]
    pub fn says_after(mut self, pause: Duration, sound: &Sound) -> Self {
        let before = self.speech.take().unwrap_or_else(|| Sound::silence(Duration::ZERO));
        self.speech = Some(before.then(&Sound::silence(pause)).then(sound));
        self
    }

    /// Pressing these keys so long after the answer (RFC 4733; only PJSIP does).
    #[must_use]
    pub fn presses_after(mut self, pause: Duration, keys: &str) -> Self {
        self.keys.push((pause, keys.to_owned()));
        self
    }

    /// Telling its keys like this.
    #[must_use]
    pub fn keys_by(mut self, way: KeyWay) -> Self {
        self.key_way = way;
        self
    }

    /// As a telephone that has no other keys than tones: none of RFC 4733 is offered (only SIPp).
    #[must_use]
    pub fn without_key_events(mut self) -> Self {
        self.knows_events = false;
        self
    }

    /// Putting the other side on hold so long after the answer, for so long (only PJSIP does).
    #[must_use]
    pub fn holds(mut self, after: Duration, length: Duration) -> Self {
        self.holds.push((after, length));
        self
    }

    /// With its audio encrypted like this (PJSIP and baresip).
    #[must_use]
    pub fn encrypted(mut self, encryption: Encryption) -> Self {
        self.encryption = encryption;
        self
    }

    /// Ended like this.
    #[must_use]
    pub fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// So many at once.
    #[must_use]
    pub fn times(mut self, calls: usize) -> Self {
        self.calls = calls;
        self
    }

    /// Given up as too long after this.
    #[must_use]
    pub fn at_most(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    /// When the phone itself hangs up, counted from the answer.
    pub(super) fn own_end(&self) -> Option<Duration> {
        match self.ending {
            Ending::After(length) => Some(length),
            Ending::AfterSpeech => Some(self.speech.as_ref().map_or(Duration::ZERO, Sound::length)),
            Ending::PeerHangsUp | Ending::BeforeAnswer => None,
        }
    }

    pub(super) fn host_and_port(&self) -> (&str, &str) {
        let address = self.callee().trim_start_matches("sip:");
        let (user, host) = address.split_once('@').unwrap_or(("", address));
        (user, host.split(';').next().unwrap_or(host))
    }
}

/// What a phone does with a call that comes in (only PJSIP takes any).
#[derive(Debug, Clone)]
pub struct Answer {
    pub(super) status: u16,
    pub(super) speech: Option<Sound>,
    pub(super) keys: Vec<(Duration, String)>,
    pub(super) hangs_up_after: Option<Duration>,
}

impl Answer {
    /// Picks up, says nothing, and waits until the other side hangs up.
    pub fn picks_up() -> Self {
        Self::with_status(200)
    }

    /// Lets it ring.
    pub fn rings() -> Self {
        Self::with_status(180)
    }

    /// Refuses with this status.
    pub fn with_status(status: u16) -> Self {
        Self { status, speech: None, keys: Vec::new(), hangs_up_after: None }
    }

    /// Pressing these keys so long after picking up.
    #[must_use]
    pub fn presses_after(mut self, pause: Duration, keys: &str) -> Self {
        self.keys.push((pause, keys.to_owned()));
        self
    }

    /// Silent for so long after picking up, then saying this.
    #[must_use]
    pub fn says_after(mut self, pause: Duration, sound: &Sound) -> Self {
        let before = self.speech.take().unwrap_or_else(|| Sound::silence(Duration::ZERO));
        self.speech = Some(before.then(&Sound::silence(pause)).then(sound));
        self
    }

    /// Hanging up so long after picking up.
    #[must_use]
    pub fn hangs_up_after(mut self, length: Duration) -> Self {
        self.hangs_up_after = Some(length);
        self
    }
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct CallReport {
    /// How many calls were answered.
    pub answered: usize,
    /// How many went exactly as planned, to their regular end.
    pub completed: usize,
    /// How many the other side ended.
    pub ended_by_peer: usize,
    /// Final statuses of calls that were refused or given up.
    pub refusals: Vec<u16>,
    /// What was heard, a sound per call (only PJSIP listens).
    pub heard: Vec<Sound>,
    /// How many calls came in.
    pub called: usize,
    /// How many of them were picked up.
    pub taken: usize,
    /// What was heard in them.
    pub heard_answering: Vec<Sound>,
    /// What the phone itself said, for messages of failure.
    pub output: String,
}

impl CallReport {
    /// Fails the test unless all calls went as planned.
    ///
    /// # Panics
    /// When one did not.
    #[expect(clippy::return_self_not_must_use, reason = "the assertion alone is often the point")]
    pub fn expect_completed(self, calls: usize) -> Self {
        assert_eq!(self.completed, calls, "calls as planned; the phone said:\n{}", self.output);
        self
    }
}
