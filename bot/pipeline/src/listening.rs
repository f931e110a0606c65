//! Listening to a message while its caller is still on the line.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use mostik_channels::{Ears, Heard};
use mostik_domain::{Confidence, Language, MessageKind, Words};
use mostik_speech::{Recording, SpeechError, SpeechToText, Transcript};
use mostik_taxonomy::{MessageJudge, RootCauseClassifier};

use crate::pipeline::{heard_language, spoken_language};

/// Transcripts that wait for their calls to end; older ones are made anew.
const MOST_WAITING: usize = 64;
/// Below this, words of a transcript are likely wrong: she is asked by the cause alone.
const CLEARLY_HEARD: f32 = 0.5;
/// More words than this are no gist, and nobody wants to hear them said back.
const LONGEST_GIST: usize = 12;

/// Recognises and understands messages at once, and keeps what was recognised for the step that
/// transcribes: nothing is listened to twice.
pub struct Listener {
    speech: Arc<dyn SpeechToText>,
    root_causes: Arc<dyn RootCauseClassifier>,
    judge: Arc<dyn MessageJudge>,
    heard: Mutex<VecDeque<(Key, Transcript)>>,
}

/// A recording that was gone on with is another one.
type Key = (String, u64);

impl Listener {
    /// With the same recogniser, classifier and judge that the steps use.
    pub fn new(
        speech: Arc<dyn SpeechToText>,
        root_causes: Arc<dyn RootCauseClassifier>,
        judge: Arc<dyn MessageJudge>,
    ) -> Self {
        Self { speech, root_causes, judge, heard: Mutex::default() }
    }

    /// What was recognised of a recording of so many bytes, once.
    pub(crate) fn take(&self, file: &str, bytes: u64) -> Option<Transcript> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let place =
            heard.iter().position(|((name, length), _)| name == file && *length == bytes)?;
        heard.remove(place).map(|(_, transcript)| transcript)
    }

    fn keep(&self, key: Key, transcript: Transcript) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.len() == MOST_WAITING {
            heard.pop_front();
        }
        heard.push_back((key, transcript));
    }

    async fn recognise(
        &self,
        recording: &Path,
        language: Language,
    ) -> Result<(Key, Transcript), SpeechError> {
        let path = recording.to_owned();
        let opened = tokio::task::spawn_blocking(move || Recording::open(&path)).await;
        let opened =
            opened.map_err(|failed| SpeechError::Failed { reason: failed.to_string() })??;
        let name = recording.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = opened.wav().len() as u64;
        let transcript = self.speech.transcribe(&opened, spoken_language(language)).await?;
        Ok(((name, bytes), transcript))
    }
}

#[async_trait]
impl Ears for Listener {
    async fn listen(&self, recording: &Path, language: Language) -> Option<Heard> {
        if !self.speech.ready() {
            return None;
        }
        let (key, transcript) = match self.recognise(recording, language).await {
            Ok(heard) => heard,
            Err(error) => {
                tracing::info!(%error, "a message is not read back");
                return None;
            }
        };
        let (text, confidence) = (transcript.text.clone(), transcript.confidence);
        let spoken = heard_language(transcript.language);
        self.keep(key, transcript);
        if text.trim().is_empty() {
            return None;
        }
        if matches!(self.judge.judge(&text).kind, MessageKind::Thanks | MessageKind::Cooperation) {
            // Nothing went wrong, so there is no cause to confirm.
            return None;
        }
        let named = self.root_causes.classify(&text, spoken).await.ok()?;
        let clear = Confidence::new(confidence).value() >= CLEARLY_HEARD;
        let same = spoken == language;
        let said = (clear && same).then(|| gist(&text, &named.evidence)).flatten();
        Some(Heard { cause: named.root_cause, gist: said.map(Words::new) })
    }
}

/// The clause in which the words stand that decided.
fn gist(text: &str, evidence: &[String]) -> Option<String> {
    let clauses = text.split(['.', '!', '?', ',', ';', '\n']).map(str::trim);
    let decides = |clause: &&str| {
        let clause = clause.to_lowercase();
        evidence.iter().any(|words| clause.contains(&words.to_lowercase()))
    };
    let clause = clauses.filter(|clause| !clause.is_empty()).find(decides)?;
    let words = clause.split_whitespace().count();
    (2..=LONGEST_GIST).contains(&words).then(|| lower_first(clause))
}

fn lower_first(clause: &str) -> String {
    let mut letters = clause.chars();
    let Some(first) = letters.next() else { return String::new() };
    let rest = letters.as_str();
    // "I", and names in capitals.
    let keeps = rest.chars().next().is_none_or(|next| next.is_uppercase() || !next.is_alphabetic());
    if keeps { clause.to_owned() } else { format!("{}{rest}", first.to_lowercase()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gist_is_a_short_clause_with_the_words_that_decided() {
        let told = "Здравствуйте. Я заказывала у вас торт, посылка не пришла, и я жду уже неделю.";
        assert_eq!(gist(told, &["посылка".into()]).as_deref(), Some("посылка не пришла"));
        let told = "Hello. The courier never came! I called twice.";
        assert_eq!(gist(told, &["courier".into()]).as_deref(), Some("the courier never came"));
        assert_eq!(gist(told, &["called".into()]).as_deref(), Some("I called twice"));
        assert_eq!(gist(told, &["parcel".into()]), None);
        assert_eq!(gist("Courier!", &["courier".into()]), None, "one word says nothing");
        let long = format!("the courier {} came", "really ".repeat(20));
        assert_eq!(gist(&long, &["courier".into()]), None, "nobody listens to that");
    }
}
