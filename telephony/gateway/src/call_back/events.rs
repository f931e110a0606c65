//! What a call-back hears of, and what it asks for.

use super::Sentence;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Somebody, or something, answered.
    Answered,
    /// The sentence that was to be said was said to its end.
    Said,
    /// She pressed a key.
    Key(char),
    /// Somebody began to speak.
    SpeechStarted,
    /// Somebody spoke and then was silent.
    SilenceAfterSpeech,
    /// One steady tone was heard and ended.
    Beep,
    /// A timer that was started ran out.
    TimeOut(Timer),
    /// There is nobody she could be connected to.
    NobodyFree,
    /// Somebody else talks to her from now on.
    Connected,
    /// She hung up.
    RemoteHungUp,
    /// The signalling peer vanished.
    TrunkFailed,
    /// No more audio arrives.
    MediaLost,
    /// The recording cannot be written.
    RecorderFailed,
    /// We must end now.
    Shutdown,
}

/// The times a call-back waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Speech without a pause has lasted longer than a person's "hello, who is it".
    LongSpeech,
    /// An echo of ours would be silent by now.
    Echo,
    /// After the silence of a mailbox no beep came.
    NoBeep,
    /// A mailbox has talked for long enough.
    MailboxLimit,
    /// No key was pressed after the question.
    NoKey,
    /// Nobody has spoken since the tone.
    NothingSaid,
    /// The message has its longest length.
    MessageLimit,
    /// The call has its longest length.
    CallLimit,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Say this, instead of what is being said.
    Say(Sentence),
    /// Stop talking.
    StopTalking,
    /// Report speech and beeps; a pause of a second ends speech.
    Listen,
    /// Report them no more.
    StopListening,
    /// Open the file, so that not a word is lost later.
    PrepareRecording,
    /// From now on keep what she says; speech and silence are reported.
    StartRecording,
    /// The message is complete.
    StopRecording,
    /// Start this timer anew.
    StartTimer(Timer),
    /// This timer means nothing any more.
    StopTimer(Timer),
    /// Look for a person who talks to her.
    Connect,
    /// End the call.
    HangUp,
}
