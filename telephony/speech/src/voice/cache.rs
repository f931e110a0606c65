//! What was spoken once is kept: sentences of a line repeat.

mod folder;
mod lately;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;
use tokio::sync::watch;

use super::text::sayable;
use crate::{Language, Spoken, TextToSpeech, VoiceError};
use folder::Folder;
use lately::Lately;

/// Where and how much is kept.
#[derive(Debug)]
pub struct CacheOptions {
    /// The folder; made if missing, readable by its owner only.
    pub folder: PathBuf,
    /// What names the files: without this key nobody can tell from a name whether a guessed sentence
    /// was spoken. One for each installation, kept elsewhere.
    pub key: SecretSlice<u8>,
    /// The most bytes on disk; what was used longest ago goes first.
    pub most_bytes: u64,
    /// Sentences older than this are forgotten, and made anew when they are needed again.
    pub keep_for: Duration,
}

/// A voice that speaks each sentence once.
///
/// Askers of the same sentence at the same time wait for one making of it, which goes on when they
/// stop waiting: the next call finds it.
pub struct CachedSpeech {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Arc<dyn TextToSpeech>,
    key: SecretSlice<u8>,
    folder: Folder,
    lately: Mutex<Lately>,
    making: Mutex<HashMap<Name, watch::Receiver<Option<Outcome>>>>,
}

type Outcome = Result<Spoken, VoiceError>;

/// A sentence by one voice, told by a keyed hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Name([u8; 32]);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl CachedSpeech {
    /// So many sentences may be in the making at once.
    const MOST_AT_ONCE: usize = 32;

    /// Opens the folder and counts what is there. Blocks on the disk.
    pub fn open(engine: Arc<dyn TextToSpeech>, options: CacheOptions) -> io::Result<Self> {
        let CacheOptions { folder, key, most_bytes, keep_for } = options;
        let folder = Folder::open(folder, most_bytes, keep_for)?;
        let (lately, making) = (Mutex::new(Lately::new(keep_for)), Mutex::default());
        Ok(Self { shared: Arc::new(Shared { engine, key, folder, lately, making }) })
    }
}

#[async_trait]
impl TextToSpeech for CachedSpeech {
    async fn speak(&self, text: &str, language: Language) -> Result<Spoken, VoiceError> {
        let line = sayable(text)?;
        let voice = self.shared.engine.voice(language).ok_or(VoiceError::NoVoice(language))?;
        let name = self.shared.name_of(&line, &voice, language);
        if let Some(spoken) = locked(&self.shared.lately).get(name) {
            return Ok(spoken);
        }
        let mut made = self.shared.clone().made(name, line, language)?;
        let outcome = made.wait_for(Option::is_some).await;
        let outcome = outcome.ok().and_then(|it| it.clone());
        outcome.unwrap_or(Err(VoiceError::Failed { reason: "its work was broken off".into() }))
    }

    fn voice(&self, language: Language) -> Option<String> {
        self.shared.engine.voice(language)
    }

    fn name(&self) -> String {
        self.shared.engine.name()
    }

    fn forget_older_than(&self, time: SystemTime) -> io::Result<usize> {
        locked(&self.shared.lately).forget_older_than(time);
        self.shared.folder.forget_older_than(time)
    }
}

impl Shared {
    fn name_of(&self, line: &str, voice: &str, language: Language) -> Name {
        // A key of any length is taken.
        let mut hash = <Hmac<Sha256> as Mac>::new_from_slice(self.key.expose_secret())
            .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
        // Lengths before the parts: no two different requests look alike.
        for part in [voice, language.code(), &Spoken::SAMPLE_RATE.to_string(), line] {
            hash.update(&part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
        Name(hash.finalize().into_bytes().into())
    }

    /// The outcome to wait for: of a making that is under way, or of one that starts now.
    fn made(
        self: Arc<Self>,
        name: Name,
        line: String,
        language: Language,
    ) -> Result<watch::Receiver<Option<Outcome>>, VoiceError> {
        let mut making = locked(&self.making);
        let crowded = making.len() >= CachedSpeech::MOST_AT_ONCE;
        let place = match making.entry(name) {
            Entry::Occupied(under_way) => return Ok(under_way.get().clone()),
            Entry::Vacant(_) if crowded => return Err(VoiceError::Busy),
            Entry::Vacant(place) => place,
        };
        let (tell, made) = watch::channel(None);
        place.insert(made.clone());
        drop(making);
        tokio::spawn(async move {
            // Should the engine panic, the place becomes free and the askers hear of it.
            let _place = Place { shared: self.clone(), name };
            let outcome = self.find_or_make(name, &line, language).await;
            if let Ok(spoken) = &outcome {
                locked(&self.lately).put(name, spoken.clone());
            }
            tell.send_replace(Some(outcome));
        });
        Ok(made)
    }

    async fn find_or_make(
        self: &Arc<Self>,
        name: Name,
        line: &str,
        language: Language,
    ) -> Result<Spoken, VoiceError> {
        let shared = self.clone();
        let found = tokio::task::spawn_blocking(move || shared.folder.get(name)).await;
        if let Ok(Some(spoken)) = found {
            return Ok(spoken);
        }
        let spoken = self.engine.speak(line, language).await?;
        let (shared, kept) = (self.clone(), spoken.clone());
        let put = tokio::task::spawn_blocking(move || shared.folder.put(name, &kept)).await;
        if let Ok(Err(error)) = put {
            tracing::warn!(%error, "a spoken sentence cannot be kept");
        }
        Ok(spoken)
    }
}

/// A making's place in the list, given up when this is dropped.
struct Place {
    shared: Arc<Shared>,
    name: Name,
}

impl Drop for Place {
    fn drop(&mut self) {
        locked(&self.shared.making).remove(&self.name);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
