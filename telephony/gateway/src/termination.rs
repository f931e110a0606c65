//! How a call ended: result × reason, so that an impossible pair cannot be written.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a call ended. As JSON: `{"result":"message_left","reason":"silence"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "result", content = "reason", rename_all = "snake_case")]
pub enum Termination {
    /// The caller spoke after the tone; her recording is there.
    MessageLeft(MessageEnd),
    /// Nobody spoke after the tone, or the call never came so far.
    NoMessage(NoMessageEnd),
    /// She talked to a person, or asked to be called back by one.
    Talked(TalkEnd),
    /// It was refused, given up, or not agreed on.
    NotAnswered(NotAnswered),
}

/// Why a call was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotAnswered {
    /// The caller hung up while it rang.
    CallerGaveUp,
    /// Nobody has the number that was called (404).
    UnknownLine,
    /// The caller is not wanted (603).
    Declined,
    /// The call could not have been kept (503).
    Unavailable,
    /// All ports for audio are in use (503).
    NoPorts,
    /// The phone's description of its audio cannot be read (400, 413).
    BadDescription,
    /// The phone and we have no audio encoding in common (488).
    NoCommonAudio,
    /// The phone wants its audio encrypted, or not, and we the other (488).
    Encryption,
    /// The phone never confirmed our answer.
    NotAcknowledged,
    /// A call of ours: the line was busy (486).
    Busy,
    /// A call of ours: it rang and nobody answered.
    NobodyThere,
    /// A call of ours: neither the carrier nor the phone could be reached.
    NotCarried,
    /// We were shutting down.
    Shutdown,
}

/// What ended a conversation with a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TalkEnd {
    /// The caller hung up.
    CallerHungUp,
    /// The person hung up.
    PersonHungUp,
    /// The connection to the person broke, and nobody else came.
    PersonLost,
    /// She will be called when her place in the queue is reached.
    PlaceKept,
    /// Her phone was sent to the person's own (REFER).
    SentOn,
    /// The signalling peer vanished or broke the dialog.
    TrunkError,
    /// Nobody talks for so long.
    Limit,
    /// We were shutting down.
    Shutdown,
    /// The process died in the conversation; found at the next start.
    Interrupted,
}

/// What ended a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageEnd {
    /// The caller pressed `#`.
    Pound,
    /// The caller fell silent after speaking.
    Silence,
    /// The longest allowed message was reached.
    Limit,
    /// The caller hung up.
    CallerHungUp,
    /// The caller pressed `0` to talk to a person.
    AskedForPerson,
    /// No more audio arrived.
    MediaLost,
    /// The signalling peer vanished or broke the dialog.
    TrunkError,
    /// The recording could not be written on.
    RecorderFailed,
    /// We were shutting down.
    Shutdown,
    /// The process died in the call; found at the next start.
    Interrupted,
}

/// Why there is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoMessageEnd {
    /// The caller hung up while being greeted.
    HungUpBeforeTone,
    /// The caller hung up after the tone without a word.
    HungUpAfterTone,
    /// The caller hung up while she waited for a person.
    HungUpWaiting,
    /// The caller stayed but said nothing, also after being asked again.
    NothingSaid,
    /// No audio arrived.
    MediaLost,
    /// The signalling peer vanished or broke the dialog.
    TrunkError,
    /// The recording could not be written.
    RecorderFailed,
    /// The call went on far beyond what its parts can take, for instance on hold.
    Limit,
    /// We were shutting down.
    Shutdown,
    /// The process died in the call; found at the next start.
    Interrupted,
    /// A call of ours: she was told what there was to tell, and left no message.
    Told,
    /// A call of ours: a voice mailbox got a short message.
    Mailbox,
    /// It was a test of the line, not somebody with something to say.
    EchoTest,
    /// Somebody recorded the line's prompts, or had no code for it.
    Studio,
}

impl From<MessageEnd> for Termination {
    fn from(end: MessageEnd) -> Self {
        Self::MessageLeft(end)
    }
}

impl From<TalkEnd> for Termination {
    fn from(end: TalkEnd) -> Self {
        Self::Talked(end)
    }
}

impl From<NoMessageEnd> for Termination {
    fn from(end: NoMessageEnd) -> Self {
        Self::NoMessage(end)
    }
}

impl From<NotAnswered> for Termination {
    fn from(why: NotAnswered) -> Self {
        Self::NotAnswered(why)
    }
}

impl Termination {
    /// The first half, as a metrics label.
    pub const fn result(self) -> &'static str {
        match self {
            Self::MessageLeft(_) => "message_left",
            Self::NoMessage(_) => "no_message",
            Self::Talked(_) => "talked",
            Self::NotAnswered(_) => "not_answered",
        }
    }

    /// The second half, as a metrics label.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::MessageLeft(end) => match end {
                MessageEnd::Pound => "pound",
                MessageEnd::Silence => "silence",
                MessageEnd::Limit => "limit",
                MessageEnd::CallerHungUp => "caller_hung_up",
                MessageEnd::AskedForPerson => "asked_for_person",
                MessageEnd::MediaLost => "media_lost",
                MessageEnd::TrunkError => "trunk_error",
                MessageEnd::RecorderFailed => "recorder_failed",
                MessageEnd::Shutdown => "shutdown",
                MessageEnd::Interrupted => "interrupted",
            },
            Self::NoMessage(end) => match end {
                NoMessageEnd::HungUpBeforeTone => "hung_up_before_tone",
                NoMessageEnd::HungUpAfterTone => "hung_up_after_tone",
                NoMessageEnd::HungUpWaiting => "hung_up_waiting",
                NoMessageEnd::NothingSaid => "nothing_said",
                NoMessageEnd::MediaLost => "media_lost",
                NoMessageEnd::TrunkError => "trunk_error",
                NoMessageEnd::RecorderFailed => "recorder_failed",
                NoMessageEnd::Limit => "limit",
                NoMessageEnd::Shutdown => "shutdown",
                NoMessageEnd::Interrupted => "interrupted",
                NoMessageEnd::Told => "told",
                NoMessageEnd::Mailbox => "mailbox",
                NoMessageEnd::EchoTest => "echo_test",
                NoMessageEnd::Studio => "studio",
            },
            Self::Talked(end) => match end {
                TalkEnd::CallerHungUp => "caller_hung_up",
                TalkEnd::PersonHungUp => "person_hung_up",
                TalkEnd::PersonLost => "person_lost",
                TalkEnd::PlaceKept => "place_kept",
                TalkEnd::SentOn => "sent_on",
                TalkEnd::TrunkError => "trunk_error",
                TalkEnd::Limit => "limit",
                TalkEnd::Shutdown => "shutdown",
                TalkEnd::Interrupted => "interrupted",
            },
            Self::NotAnswered(why) => match why {
                NotAnswered::CallerGaveUp => "caller_gave_up",
                NotAnswered::UnknownLine => "unknown_line",
                NotAnswered::Declined => "declined",
                NotAnswered::Unavailable => "unavailable",
                NotAnswered::NoPorts => "no_ports",
                NotAnswered::BadDescription => "bad_description",
                NotAnswered::NoCommonAudio => "no_common_audio",
                NotAnswered::Encryption => "encryption",
                NotAnswered::NotAcknowledged => "not_acknowledged",
                NotAnswered::Busy => "busy",
                NotAnswered::NobodyThere => "nobody_there",
                NotAnswered::NotCarried => "not_carried",
                NotAnswered::Shutdown => "shutdown",
            },
        }
    }
}

impl fmt::Display for Termination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.result(), self.reason())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_labels_agree() {
        for termination in [
            Termination::MessageLeft(MessageEnd::CallerHungUp),
            Termination::NoMessage(NoMessageEnd::HungUpBeforeTone),
            Termination::Talked(TalkEnd::PersonHungUp),
            Termination::NotAnswered(NotAnswered::NoCommonAudio),
        ] {
            let json = serde_json::to_value(termination).expect("plain enums serialise");
            assert_eq!(json["result"], termination.result());
            assert_eq!(json["reason"], termination.reason());
            let back: Termination = serde_json::from_value(json).expect("and read back");
            assert_eq!(back, termination);
        }
    }

    #[test]
    fn impossible_pairs_are_refused() {
        let json = r#"{"result":"message_left","reason":"hung_up_before_tone"}"#;
        assert!(serde_json::from_str::<Termination>(json).is_err());
    }
}
