//! What is behind the studio's menu: the code and the company's own prompts, in the data folder.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use mostik_gateway::{Clip, Entry, HostError, PromptText, Studio};
use mostik_speech::Spoken;

use crate::{
    data_folder::DataFolder,
    own_prompts::{OwnPrompts, Replaceable},
    prompt_code::PromptCode,
};

/// Opens to who has the code, and keeps what she records.
#[derive(Debug, Clone)]
pub(crate) struct StudioDoor {
    code: PromptCode,
    own: OwnPrompts,
    /// Two callers who try at once are counted one after the other.
    one_at_a_time: Arc<Mutex<()>>,
}

impl StudioDoor {
    pub(crate) fn of(data: &DataFolder) -> Self {
        let (code, own) = (PromptCode::of(data), OwnPrompts::of(data));
        Self { code, own, one_at_a_time: Arc::default() }
    }

    async fn on_disk<Done: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Done + Send + 'static,
    ) -> Option<Done> {
        let door = self.clone();
        tokio::task::spawn_blocking(move || {
            let _turn = door.one_at_a_time.lock().unwrap_or_else(PoisonError::into_inner);
            work(&door)
        })
        .await
        .ok()
    }
}

#[async_trait]
impl Studio for StudioDoor {
    async fn is_open(&self) -> bool {
        self.on_disk(|door| door.code.is_good(Timestamp::now())).await.unwrap_or(false)
    }

    async fn enters(&self, code: &str) -> Entry {
        let keyed = code.to_owned();
        let entry = self.on_disk(move |door| door.code.enters(&keyed, Timestamp::now())).await;
        entry.unwrap_or(Entry::Shut)
    }

    async fn finished(&self, take: Clip) -> Option<Clip> {
        let shape = move || Spoken::from_samples(take.samples()).shaped().ok();
        let shaped = tokio::task::spawn_blocking(shape).await.ok()??;
        Some(Clip::from_samples(Arc::clone(shaped.samples())))
    }

    async fn keep(&self, prompt: &'static PromptText, take: Clip) -> Result<(), HostError> {
        let kept = self.on_disk(move |door| {
            let content = Spoken::from_samples(take.samples()).to_wav();
            door.own.install(Replaceable::Text(prompt), content).map(drop)
        });
        done(kept.await)
    }

    async fn restore(&self, prompt: &'static PromptText) -> Result<(), HostError> {
        done(self.on_disk(move |door| door.own.remove(Replaceable::Text(prompt)).map(drop)).await)
    }

    async fn left(&self) {
        self.on_disk(|door| door.code.forget()).await;
    }
}

fn done(result: Option<anyhow::Result<()>>) -> Result<(), HostError> {
    match result {
        Some(result) => result.map_err(|error| HostError::new(format!("{error:#}"))),
        None => Err(HostError::new("broken off")),
    }
}

#[cfg(test)]
mod tests {
    use mostik_gateway::{Prompt, PromptLibrary, Words};

    use super::*;

    #[tokio::test]
    async fn who_has_the_code_records_a_prompt_and_brings_the_old_one_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::open(folder.path()).expect("made");
        let door = StudioDoor::of(&data);
        assert!(!door.is_open().await);
        let code = PromptCode::of(&data).make(Timestamp::now()).expect("written");
        assert!(door.is_open().await);
        assert_eq!(door.enters("x").await, Entry::Wrong);
        assert_eq!(door.enters(&code).await, Entry::Open);

        let words = |at: i16| if at / 5 % 2 == 0 { 900 } else { -900 };
        let mut raw = vec![0_i16; 12_000];
        raw.extend((0..8_000).map(words));
        raw.extend(vec![0; 12_000]);
        let take = door.finished(Clip::from_samples(raw)).await.expect("something was said");
        assert!((take.seconds() - 1.3).abs() < 0.05, "{take:?}");
        assert_eq!(door.finished(Clip::from_samples(vec![0; 8_000])).await, None);

        let text = PromptLibrary::text_by_number(519).expect("a prompt");
        let sounds = || {
            let library = PromptLibrary::load(Some(&data.join("prompts"))).expect("playable");
            library.clip(Prompt { language: text.language, words: Words::Named(text.name) })
        };
        let shipped = sounds();
        door.keep(text, take.clone()).await.expect("kept");
        assert_eq!(sounds(), Some(take));
        door.restore(text).await.expect("removed");
        door.restore(text).await.expect("there was nothing to remove");
        assert_eq!(sounds(), shipped);
        door.left().await;
        assert!(!door.is_open().await);
        assert_eq!(door.enters(&code).await, Entry::Shut);
    }
}
