use std::{fmt, sync::Arc};

use mostik_domain::{
    Call, Capture, Captured, Change, Claimed, Decision, Inbound, InboundCall, Language,
    OfficeHours, Words, capture,
};
use mostik_store::{Clock, Store, StoreError};

/// Names the language of a text; the second argument is the answer when the text does not tell.
pub type DetectLanguage = Arc<dyn Fn(&str, Language) -> Language + Send + Sync>;

/// A message of more bytes than this (64 KiB, about thirty pages) is refused, not cut: a cut
/// message would be answered as if it had been read.
pub const LONGEST_TEXT: usize = 64 * 1024;

/// Names beyond this many characters are cut: they are for greeting only.
const LONGEST_NAME: usize = 100;

/// Longer than any mailbox (RFC 5321 section 4.5.3.1: 64 + 1 + 255) or number.
const LONGEST_ADDRESS: usize = 320;

/// A page address beyond this many bytes is dropped: it is context, not the message.
const LONGEST_PAGE: usize = 2048;

/// The one door by which everything comes in, whichever channel brought it: cleans the words,
/// makes the promise, stores all of it at once.
#[derive(Clone)]
pub struct Intake {
    /// Where it is kept.
    pub store: Arc<dyn Store>,
    /// Gives ids.
    pub clock: Arc<dyn Clock>,
    /// When people are there to answer.
    pub hours: OfficeHours,
    /// The promise, in minutes of office time.
    pub response_minutes: u32,
    /// Names the language of a message.
    pub detect_language: DetectLanguage,
}

/// Why something was not captured.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// There is nothing to answer.
    #[error("the message is empty")]
    Empty,
    /// Longer than [`LONGEST_TEXT`].
    #[error("the message has {bytes} bytes; at most {LONGEST_TEXT} are taken")]
    TooLong {
        /// Its length in UTF-8.
        bytes: usize,
    },
    /// Not stored: the channel must not acknowledge it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CaptureError {
    /// True when the same message will be refused however often it is tried.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Empty | Self::TooLong { .. })
    }
}

impl Intake {
    /// Stores a written message, once. `inbound.language` is the inbox's language, used when the
    /// words themselves do not tell theirs.
    pub async fn message(&self, inbound: Inbound) -> Result<Captured, CaptureError> {
        let channel = inbound.channel;
        let inbound = self.cleaned(inbound)?;
        let fresh = || self.clock.fresh_id();
        let capture = capture::message(inbound, &self.hours, self.response_minutes, &fresh);
        let captured = self.stored(capture).await?;
        metrics::counter!(
            "mostik_messages_captured_total",
            "channel" => channel.as_str(),
            "new" => if captured.new { "yes" } else { "no" }
        )
        .increment(1);
        Ok(captured)
    }

    /// Stores a call that reached the tone, once.
    pub async fn call(&self, inbound: InboundCall) -> Result<Captured, CaptureError> {
        let inbound = InboundCall { name: inbound.name.as_ref().and_then(clean_name), ..inbound };
        let fresh = || self.clock.fresh_id();
        let capture = capture::call(inbound, &self.hours, self.response_minutes, &fresh);
        Ok(self.stored(capture).await?)
    }

    /// Keeps a call that became no feedback, for whoever asks why.
    pub async fn call_without_a_message(&self, call: Call) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store.submit(Decision::nothing().and(Change::SaveCall(call)), now).await
    }

    fn cleaned(&self, inbound: Inbound) -> Result<Inbound, CaptureError> {
        let bytes = inbound.text.reveal().len();
        if bytes > LONGEST_TEXT {
            return Err(CaptureError::TooLong { bytes });
        }
        let text = without_controls(inbound.text.reveal());
        let text = text.trim();
        if text.is_empty() {
            return Err(CaptureError::Empty);
        }
        Ok(Inbound {
            language: (self.detect_language)(text, inbound.language),
            text: Words::new(text),
            name: inbound.name.as_ref().and_then(clean_name),
            page: inbound.page.filter(|page| page.len() <= LONGEST_PAGE),
            claimed: inbound.claimed.map(|claimed| Claimed {
                email: claimed.email.as_ref().and_then(clean_address),
                phone: claimed.phone.as_ref().and_then(clean_address),
            }),
            ..inbound
        })
    }

    async fn stored(&self, capture: Capture) -> Result<Captured, StoreError> {
        self.store.capture(capture).await
    }
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake")
            .field("response_minutes", &self.response_minutes)
            .finish_non_exhaustive()
    }
}

fn clean_name(name: &Words) -> Option<Words> {
    one_line(name, LONGEST_NAME)
}

fn one_line(words: &Words, most_characters: usize) -> Option<Words> {
    let line: String = without_controls(words.reveal())
        .chars()
        .map(|c| if c == '\n' || c == '\t' { ' ' } else { c })
        .take(most_characters)
        .collect();
    let line = line.trim();
    (!line.is_empty()).then(|| Words::new(line))
}

/// What is too long to be an address is none.
fn clean_address(address: &Words) -> Option<Words> {
    (address.reveal().len() <= LONGEST_ADDRESS).then(|| one_line(address, LONGEST_ADDRESS))?
}

/// Keeps line breaks and tabs. What goes: C0 and C1 controls (PostgreSQL refuses NUL, terminals
/// obey escapes) and the marks that turn the direction of text and so disguise it (Unicode
/// technical report 36, section 2.5).
fn without_controls(text: &str) -> String {
    let broken_alike = text.replace("\r\n", "\n").replace('\r', "\n");
    broken_alike
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !(c.is_control() || turns_direction(*c)))
        .collect()
}

const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_disguises_go_but_lines_stay() {
        assert_eq!(without_controls("a\r\nb\rc\td"), "a\nb\nc\td");
        assert_eq!(without_controls("a\0b\u{1b}[31mc\u{9b}"), "ab[31mc");
        assert_eq!(without_controls("txt.\u{202e}exe"), "txt.exe");
        assert_eq!(without_controls("Ё́жик 🦔"), "Ё́жик 🦔");
    }

    #[test]
    fn a_name_is_one_short_line_or_none() {
        assert_eq!(clean_name(&"  Анна\nПетрова ".into()), Some("Анна Петрова".into()));
        assert_eq!(clean_name(&" \u{202e}\n ".into()), None);
        let long = clean_name(&"я".repeat(10_000).into()).expect("letters are a name");
        assert_eq!(long.reveal().chars().count(), LONGEST_NAME);
    }
}
